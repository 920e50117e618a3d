import ClusterModel

/// What the engine is told of nodes, roles and frameworks.
extension OfferEngine {
    // Identities and roles.

    /// Tells of identities of resources that are not plain; those it knows stay as they are.
    public mutating func learn(_ table: IdentityTable) {
        identities = table
        while identityRole.count < table.count {
            let identity = table[IdentityID(identityRole.count)]
            identityTraits.append(IdentityTraits(identity))
            identityRole.append(identity.role.map { ensureRole($0) } ?? -1)
        }
    }

    /// The index of the role at `path`; it and those above it come into being by being named.
    @discardableResult public mutating func ensureRole(_ path: String) -> Int {
        let index = tree.ensureRole(path)
        for role in isHierarchical.count..<max(isHierarchical.count, tree.roleCount) {
            let above = tree.parent[tree.branchOfRole[role]]
            ledger.addRole(parent: above == RoleTree.root ? -1 : tree.role[above])
            isHierarchical.append(tree.path(ofRole: role).utf8.contains(UInt8(ascii: "/")))
            priorities.append(0)
        }
        return index
    }
    /// The role at `path`, if it was named.
    public func role(at path: String) -> Int? { tree.role(at: path) }
    /// A role's path.
    public func path(ofRole role: Int) -> String { tree.path(ofRole: role) }

    /// Sets a role's weight in thousandths, at least 1, and its priority, which counts under the policy of that name.
    public mutating func setRole(_ role: Int, weight: Int64, priority: Int64 = 0) throws(WorldFault) {
        guard weight > 0 else { throw .weight(role: path(ofRole: role), weight) }
        priorities[role] = priority
        tree.setWeight(ofRole: role, weight, precedence: policy.precedence(priority: priority))
    }

    /// Sets how many times a role itself was given something; for an engine that is made anew.
    public mutating func restoreCount(ofRole role: Int, _ count: UInt64) { tree.restoreCounts(ofRole: role, count) }
    /// The same for a framework in a role.
    public mutating func restoreCount(of framework: Int, role: Int, _ count: UInt64) {
        if let seeker = seeker(framework, role) { tree.restoreCounts(seeker, count) }
    }

    // Nodes.

    /// Tells of a node, new or changed; what is held there stays held. A change of what constraints look at ends all
    /// refusals of it.
    public mutating func setAgent(_ agent: Int, _ next: AgentFacts) {
        while facts.count <= agent { addAgent() }
        let before = facts[agent]
        count(agent, -1)
        if before.attributes != next.attributes || before.hostname != next.hostname || before.domain != next.domain {
            constraints.forget(agent: agent)
            if before.total != .zero || !before.attributes.isEmpty { filters.clear(agent: agent) }
        }
        facts[agent] = next
        free[agent] += next.total - before.total
        if before.extras != next.extras { freeExtras[agent] = next.extras - (before.extras - freeExtras[agent]) }
        hasSpecial[agent] = !next.special.isEmpty
        isSpecialFree[agent] = hasFreeSpecial(agent)
        count(agent, 1)
        wants[agent] = capabilitiesWanted(next)
        markAgent(agent)
        isQuotaLoosened = true
    }

    /// Opens a node for new work, or closes it.
    public mutating func setAgent(_ agent: Int, isOpen: Bool) {
        guard facts[agent].isOpen != isOpen else { return }
        count(agent, -1)
        facts[agent].isOpen = isOpen
        count(agent, 1)
        isQuotaLoosened = true
        if isOpen { markAgent(agent) }
    }

    /// A node is gone, with all that was held there.
    public mutating func removeAgent(_ agent: Int) {
        var gone = facts[agent]
        (gone.total, gone.extras, gone.special, gone.isOpen) = (.zero, Extras(), Portions(), false)
        setAgent(agent, gone)
        filters.clear(agent: agent)
    }

    private mutating func addAgent() {
        var closed = AgentFacts()
        closed.isOpen = false
        facts.append(closed)
        free.append(.zero)
        freeExtras.append(Extras())
        held.append(Portions())
        wants.append([])
        hasSpecial.append(false)
        isSpecialFree.append(false)
        isDirtyAgent.append(false)
        isCutAgent.append(false)
        filters.growAgents(to: facts.count)
    }

    private func capabilitiesWanted(_ facts: AgentFacts) -> FrameworkCapabilities {
        var wanted = FrameworkCapabilities()
        if rules.filtersGpus, facts.total.gpus + facts.special.quantities.gpus > 0 { wanted.insert(.gpuResources) }
        if !facts.domain.region.isEmpty, !rules.domain.region.isEmpty, facts.domain.region != rules.domain.region {
            wanted.insert(.regionAware)
        }
        return wanted
    }

    /// Counts a node in the sums, or takes it out of them.
    private mutating func count(_ agent: Int, _ sign: Int64) {
        let agentFacts = facts[agent]
        let quantities = agentFacts.total + agentFacts.special.quantities
        if !quantities.isZero { tree.setTotal(tree.total + quantities * sign) }
        for portion in agentFacts.special.all where identityRole[portion.identity.index] >= 0 {
            if identityTraits[portion.identity.index].contains(.revocable) { continue }
            ledger.reserve(identityRole[portion.identity.index], portion.amount * sign)
        }
        if countsAsFree(agent) { ledger.addFree(unreservedFree(agent) * sign) }
    }

    /// Whether what is free on a node counts as room for guarantees. The reference counts nodes too that take no work.
    func countsAsFree(_ agent: Int) -> Bool { facts[agent].isOpen || isCompatible }

    func unreservedFree(_ agent: Int) -> ResourceVector {
        guard hasSpecial[agent] || !held[agent].isEmpty else { return free[agent] }
        var sum = free[agent]
        for portion in facts[agent].special.all where isUnreserved(portion.identity) { sum += portion.amount }
        for portion in held[agent].all where isUnreserved(portion.identity) { sum -= portion.amount }
        return sum
    }
    /// Whether an identity's resources are for everybody and cannot be taken back.
    func isUnreserved(_ identity: IdentityID) -> Bool {
        identityRole[identity.index] < 0 && !identityTraits[identity.index].contains(.revocable)
    }

    // Frameworks.

    /// Tells of a framework, new or changed. Roles that are not among its subscriptions any more leave the sort; what
    /// is held for them stays held. A subscription that is no longer suppressed loses its refusals.
    public mutating func setFramework(_ framework: Int, _ next: FrameworkFacts) {
        while frameworks.count <= framework {
            var silent = FrameworkFacts()
            silent.isActive = false
            frameworks.append(silent)
            seekersOf.append([])
        }
        let before = frameworks[framework]
        frameworks[framework] = next
        for subscription in next.subscriptions {
            let seeker = ensureSeeker(framework, subscription.role)
            let old = before.subscriptions.first { $0.role == subscription.role }
            minimums[seeker] = subscription.minimums
            constraint[seeker] = constraints.intern(subscription.constraints)
            if old?.isSuppressed == true, !subscription.isSuppressed { filters.clear(seeker: seeker) }
            if old != subscription || before.capabilities != next.capabilities || !before.isActive {
                markSeeker(seeker)
            }
        }
        for seeker in seekersOf[framework] {
            let gone = !next.subscriptions.contains { $0.role == tree.seekerRole[seeker] }
            if gone || !next.isActive { filters.clear(seeker: seeker) }
            refreshWaiting(seeker)
        }
    }

    /// Takes a framework's refusals for a role back, or for all its roles when that is nil, and looks at every node
    /// again.
    public mutating func revive(_ framework: Int, role: Int? = nil) {
        for seeker in seekersOf[framework] where role == nil || tree.seekerRole[seeker] == role {
            filters.clear(seeker: seeker)
            markSeeker(seeker)
        }
    }

    /// Puts down that a framework does not want to see `holding` of a node again for a role before `until`.
    public mutating func refuse(_ framework: Int, role: Int, agent: Int, _ holding: Holding, until: Instant) {
        if filters.set(agent, ensureSeeker(framework, role), holding, until: until) { markAgent(agent) }
    }

    /// Tells what a framework would take for a role: nil = whatever there is, empty = nothing. It replaces what was
    /// told before, and shrinks as pieces are offered; what is refused must be asked for again.
    public mutating func tellDemand(_ framework: Int, role: Int, _ pieces: [Piece]?) {
        let seeker = ensureSeeker(framework, role)
        demand[seeker] = pieces.map { $0.filter { $0.count > 0 && $0.need.isNonNegative && !$0.need.isZero } }
        let wants = demand[seeker]?.contains { $0.isGang } ?? false
        withGangs { $0.told(seeker, hasGang: wants) }
        refreshWaiting(seeker)
        markSeeker(seeker)
    }

    /// Counts what a framework was given without a cycle against what it told for a role.
    mutating func meet(_ framework: Int, role: Int, _ holding: Holding) {
        guard let seeker = seeker(framework, role), demand[seeker] != nil else { return }
        countDown(seeker, holding)
        refreshWaiting(seeker)
    }

    /// Takes the pieces that are in a holding from what a seeker told.
    mutating func countDown(_ seeker: Int, _ holding: Holding) {
        guard let pieces = demand[seeker] else { return }
        let counts = Self.fill(pieces, holding).counts
        for at in pieces.indices { demand[seeker]?[at].count -= counts[at] }
        demand[seeker]?.removeAll { $0.count <= 0 }
    }

    /// What is left of what a framework told for a role; nil when it takes whatever there is.
    public func demandLeft(_ framework: Int, role: Int) -> [Piece]? {
        seeker(framework, role).flatMap { demand[$0] }
    }

    func seeker(_ framework: Int, _ role: Int) -> Int? {
        framework < seekersOf.count ? seekersOf[framework].first { tree.seekerRole[$0] == role } : nil
    }

    mutating func ensureSeeker(_ framework: Int, _ role: Int) -> Int {
        while frameworks.count <= framework {
            var silent = FrameworkFacts()
            silent.isActive = false
            frameworks.append(silent)
            seekersOf.append([])
        }
        if let known = seeker(framework, role) { return known }
        let seeker = tree.addSeeker(framework: framework, role: role)
        seekersOf[framework].append(seeker)
        minimums.append(nil)
        constraint.append(-1)
        demand.append(nil)
        isDirtySeeker.append(false)
        filters.growSeekers(to: seeker + 1)
        return seeker
    }

    mutating func refreshWaiting(_ seeker: Int) {
        let framework = tree.seekerFramework[seeker]
        let subscription = frameworks[framework].subscriptions.first { $0.role == tree.seekerRole[seeker] }
        let wantsSome = demand[seeker].map { $0.contains { !$0.isGang } } ?? true
        tree.setWaits(
            seeker,
            frameworks[framework].isActive && subscription.map { !$0.isSuppressed } ?? false && wantsSome)
    }
}

/// What a cache of the engine beside a state needs to be kept in step with it.
extension OfferEngine {
    /// Sets a role's quota without looking whether it can be kept.
    mutating func restoreQuota(_ role: Int, _ quota: Quota) {
        ledger.set(role, quota)
        isQuotaLoosened = true
        for agent in facts.indices { markAgent(agent) }
    }
    /// Forgets all refusals; everything is looked at again.
    mutating func forgetRefusals() {
        filters.clearAll()
        for agent in facts.indices { markAgent(agent) }
    }
    /// Says how often a role's own leaf has been given something.
    mutating func setCount(ofRole role: Int, _ count: UInt64) { tree.setCount(ofRole: role, count) }
    /// Says how often a framework has been given something, in all its roles.
    mutating func setCount(of framework: Int, _ count: UInt64) {
        guard framework < seekersOf.count else { return }
        for seeker in seekersOf[framework] { tree.setCount(seeker, count) }
    }
}
