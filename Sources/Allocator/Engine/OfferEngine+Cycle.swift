import ClusterModel

/// The cycle: every node that has changed is shown to everybody, and every node to those who have changed, poorest
/// first, until somebody takes it.
extension OfferEngine {
    /// What belongs to the present cycle alone.
    struct Walk: Sendable {
        var now = Instant.never
        var grants: [Grant] = []
        var limit = 0
        /// Shared volumes that have gone out: node and identity.
        var sharedOut: Set<UInt64> = []
        /// What was required for guarantees when the second pass began, where that counts.
        var keptRequired: ResourceVector?
        /// Use that the reference books on roles at the end of a cycle only.
        var late: [(role: Int, amount: ResourceVector)] = []
        /// To whom the present node has given something so far, and by which grant: shares follow when it is done with.
        var given: [(seeker: Int, grant: Int)] = []
        /// Seekers to whom all that the present node has is hidden, by the node's stamp.
        var hidden: [UInt32] = []
        var stamp: UInt32 = 0
        var isStamped = false
        var asked = 0
    }
    /// Refusals looked up one by one before all of a node's are laid out.
    private static let lookups = 2
    /// Most changed seekers that are asked in a list of their own, not by a walk through everybody.
    private static let fewSeekers = 32

    /// The offers that should be made now; all of them are booked. `limit` bounds their number: what is left over is
    /// offered by the next cycle. Costs what has changed since the last one; nothing when nothing has. `only`: no other
    /// nodes are looked at; what has changed elsewhere waits for a cycle that may.
    public mutating func cycle(at now: Instant, limit: Int = OfferEngine.grantLimit, only: [Int]? = nil) -> [Grant] {
        guard look(at: now) else { return [] }
        begin(limit)
        serveGangs()
        let order = candidates(only)
        walk.grants.reserveCapacity(walk.grants.count + min(order.count, walk.limit))
        var done = order.count
        for stage in ledger.guaranteeCount > 0 ? [Stage.guarantees, .everyone] : [.everyone] {
            if stage == .everyone, isCompatible, ledger.guaranteeCount > 0 {
                walk.keptRequired = ledger.requiredHeadroom
            }
            for (place, agent) in order.enumerated() {
                if walk.grants.count >= walk.limit {
                    done = min(done, place)
                    break
                }
                serve(agent, stage)
            }
        }
        return finish(order, done, isPart: only != nil)
    }

    /// The first pass alone, for whoever arranges the second himself; nil when nobody is promised anything. What has
    /// changed stays changed.
    mutating func promise(at now: Instant, only: [Int]?) -> [Grant]? {
        guard ledger.guaranteeCount > 0, look(at: now) else { return nil }
        begin(Self.grantLimit)
        for agent in candidates(only) { serve(agent, .guarantees) }
        let grants = walk.grants
        walk.grants = []
        return grants
    }

    /// Makes ready for single judgements at a time.
    mutating func begin(at now: Instant) {
        walk.now = now
        begin(0)
    }

    /// What a role may still take of unreserved resources: its limits and those above it, and what guarantees of others
    /// leave, beyond what its own lacks.
    func allowance(ofRole role: Int) -> ResourceVector {
        let room = ledger.room(role, ownOnly: isCompatible)
        if ledger.requiredHeadroom.isZero { return room }
        return room.minimum(ResourceVector(lanes: pointwiseMax(ledger.surplus.lanes, ledger.unmet(role).lanes)))
    }

    /// Whether there is anything to look at.
    private mutating func look(at now: Instant) -> Bool {
        walk.now = now
        var ended: [Int] = []
        filters.expire(by: now) { ended.append($0) }
        for agent in ended { markAgent(agent) }
        gangs.expire(by: now) { ended.append($0) }
        for agent in ended { markAgent(agent) }
        if isQuotaLoosened {
            isQuotaLoosened = false
            for agent in cutAgents {
                isCutAgent[agent] = false
                markAgent(agent)
            }
            cutAgents.removeAll(keepingCapacity: true)
        }
        return !dirtyAgents.isEmpty || !dirtySeekers.isEmpty || gangs.wantsCycle
    }

    private mutating func begin(_ limit: Int) {
        walk.grants = []
        walk.limit = limit
        walk.sharedOut.removeAll(keepingCapacity: true)
        walk.keptRequired = nil
        if walk.hidden.count < tree.waits.count {
            walk.hidden += Array(repeating: 0, count: tree.waits.count - walk.hidden.count)
        }
        tree.settle()
        if dirtySeekers.count > 1 { dirtySeekers.sort() }
    }

    /// Nodes to be looked at, in the policy's order. All of them when a seeker has changed.
    private func candidates(_ only: [Int]?) -> [Int] {
        var order: [Int]
        if let only {
            let isAsked = !dirtySeekers.isEmpty
            order = only.filter { $0 < facts.count && (isAsked || isDirtyAgent[$0]) && mayGive($0) }.sorted()
        } else if dirtySeekers.contains(where: { tree.waits[$0] }) {
            order = facts.indices.filter { isDirtyAgent[$0] || mayGive($0) }
        } else {
            order = dirtyAgents.filter { mayGive($0) }
            if order.count > 1 { order.sort() }
        }
        if policy is FairPolicy || policy is PriorityPolicy { return order }
        let ranks = order.map { policy.rank(total: facts[$0].total, free: free[$0]) }
        return order.indices.sorted { (ranks[$0], order[$0]) < (ranks[$1], order[$1]) }.map { order[$0] }
    }
    private func mayGive(_ agent: Int) -> Bool {
        facts[agent].isOpen
            && (isSpecialFree[agent] || !freeExtras[agent].isEmpty || free[agent].lanes.max() > 0)
    }

    private mutating func finish(_ order: [Int], _ done: Int, isPart: Bool) -> [Grant] {
        let rest = done < order.count ? order[done...] : []
        if isPart {
            for agent in order { isDirtyAgent[agent] = false }
            dirtyAgents.removeAll { !isDirtyAgent[$0] }
        } else {
            for agent in dirtyAgents { isDirtyAgent[agent] = false }
            dirtyAgents.removeAll(keepingCapacity: true)
        }
        for agent in rest { markAgent(agent) }
        // A shared volume goes out once a cycle: the next one offers it again.
        for key in walk.sharedOut.sorted() { markAgent(Int(key >> 32)) }
        if !isPart && rest.isEmpty {
            for seeker in dirtySeekers { isDirtySeeker[seeker] = false }
            dirtySeekers.removeAll(keepingCapacity: true)
        }
        for (role, amount) in walk.late { ledger.use(role, amount) }
        walk.late.removeAll(keepingCapacity: true)
        walk.keptRequired = nil
        if ledger.quotaCount > 0, !walk.grants.isEmpty { isQuotaLoosened = true }
        let grants = walk.grants
        walk.grants = []
        return grants
    }

    // One node.

    private mutating func serve(_ agent: Int, _ stage: Stage) {
        guard mayGive(agent) else { return }
        walk.stamp &+= 1
        walk.isStamped = false
        walk.asked = 0
        if isDirtyAgent[agent] {
            _ = visit(RoleTree.root, agent, stage)
        } else if dirtySeekers.count <= Self.fewSeekers {
            var asked = dirtySeekers.filter { tree.waits[$0] }
            if asked.count > 1 { asked.sort { tree.isMet($0, before: $1) } }
            for seeker in asked where isInStage(seeker, stage) { if ask(agent, seeker, stage) { break } }
        } else {
            _ = visit(RoleTree.root, agent, stage)
        }
        shareOut(agent)
    }

    private func isInStage(_ seeker: Int, _ stage: Stage) -> Bool {
        stage != .guarantees || isOwed(tree.seekerRole[seeker])
    }
    private func isOwed(_ role: Int) -> Bool {
        if ledger.quota[role].guarantees.isZero { return false }
        if isCompatible, ledger.parent[role] >= 0 { return false }
        return !ledger.unmet(role).isZero
    }

    /// Asks everybody at and below a branch, in order; true when the node has nothing more to give.
    private mutating func visit(_ branch: Int, _ agent: Int, _ stage: Stage) -> Bool {
        if tree.isOwn[branch] {
            if stage == .guarantees, !isOwed(tree.role[branch]) { return false }
            let asksAll = isDirtyAgent[agent]
            var at = 0
            while at < tree.seekers[branch].count {
                let seeker = tree.seekers[branch][at]
                at += 1
                if !asksAll, !isDirtySeeker[seeker] { continue }
                if ask(agent, seeker, stage) { return true }
                if stage == .guarantees, !isOwed(tree.role[branch]) { return false }
            }
            return false
        }
        var at = 0
        while at < tree.children[branch].count {
            if visit(tree.children[branch][at], agent, stage) { return true }
            at += 1
        }
        return false
    }

    /// Asks one seeker; true when the node has nothing more to give.
    private mutating func ask(_ agent: Int, _ seeker: Int, _ stage: Stage) -> Bool {
        if walk.isStamped {
            if walk.hidden[seeker] == walk.stamp { return false }
        } else if filters.hasEntries(agent) {
            walk.asked += 1
            if walk.asked > Self.lookups {
                layOut(agent)
                if walk.hidden[seeker] == walk.stamp { return false }
            } else if isHidden(agent, seeker) {
                return false
            }
        }
        guard case .offer(let holding) = judge(agent, seeker, stage) else { return false }
        grant(agent, seeker, holding, stage)
        return !mayGive(agent)
    }

    /// Whether everything that the node has is hidden from a seeker by a refusal: then every part of it is, and nothing
    /// else need be asked.
    private func isHidden(_ agent: Int, _ seeker: Int) -> Bool {
        guard let amount = filters.amount(of: seeker, on: agent, at: walk.now) else { return false }
        return covers(filters.amounts[agent][amount], agent)
    }
    /// Whether a refused amount holds all that the node has.
    private func covers(_ refused: Holding, _ agent: Int) -> Bool {
        if hasSpecial[agent] {
            return FilterTable.covers(
                refused, Holding(free[agent].clamped, freeExtras[agent], facts[agent].special))
        }
        return free[agent].clamped.fits(in: refused.plain)
            && (freeExtras[agent].isEmpty || freeExtras[agent] == refused.extras
                || refused.extras.contains(freeExtras[agent]))
    }

    /// Marks all to whom everything that the node has is hidden by a refusal.
    private mutating func layOut(_ agent: Int) {
        walk.isStamped = true
        let now = walk.now.microseconds
        let amounts = filters.amounts[agent]
        guard amounts.count > 1 else {
            guard let only = amounts.first, covers(only, agent) else { return }
            let stamp = walk.stamp
            for entry in filters.entries[agent]
            where entry.until > now && entry.epoch == filters.epochs[Int(entry.seeker)] {
                walk.hidden[Int(entry.seeker)] = stamp
            }
            return
        }
        let covered = amounts.map { covers($0, agent) }
        for entry in filters.entries[agent]
        where covered[Int(entry.amount)] && entry.until > now && entry.epoch == filters.epochs[Int(entry.seeker)] {
            walk.hidden[Int(entry.seeker)] = walk.stamp
        }
    }

    /// Books an offer. Shares follow when the node is done with: its order of turns stays as it began.
    mutating func grant(_ agent: Int, _ seeker: Int, _ holding: Holding, _ stage: Stage, gang: UInt64 = 0) {
        let role = tree.seekerRole[seeker]
        if isCompatible, stage == .everyone, ledger.quotaCount > 0, ledger.quota[role].isDefault {
            book(agent, seeker, holding, 1, isLate: true)
        } else {
            book(agent, seeker, holding, 1)
        }
        for portion in holding.special.all where portion.copies > 0 {
            walk.sharedOut.insert(UInt64(agent) << 32 | UInt64(portion.identity.raw))
        }
        if gang == 0 { countDown(seeker, holding) }
        walk.given.append((seeker, walk.grants.count))
        var one = Grant(framework: tree.seekerFramework[seeker], role: role, agent: agent, holding: holding)
        one.gang = gang
        walk.grants.append(one)
    }

    /// Lets shares follow what a node has given.
    mutating func shareOut(_ agent: Int) {
        if walk.given.isEmpty { return }
        for (seeker, number) in walk.given {
            tree.advance(seeker, unshared(walk.grants[number].holding))
            if !walk.grants[number].holding.special.isEmpty {
                chargeShared(agent, seeker, walk.grants[number].holding, 1)
            }
            if demand[seeker] != nil { refreshWaiting(seeker) }
        }
        walk.given.removeAll(keepingCapacity: true)
        tree.settle()
    }
}
