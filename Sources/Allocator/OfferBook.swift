import ClusterModel

/// The offer engine beside a cluster's state: a cache that is made from the state and kept in step with it by hearing
/// of events, or, where it has not heard all, by looking at everything. It can be thrown away at any time; offers stay
/// the same.
public struct OfferBook: Sendable {
    /// What was booked in the engine for one framework and role on a node.
    private struct Holder: Hashable, Sendable {
        var framework: Int
        var role: Int
        var holding: Holding
    }
    /// What the engine was told of a node.
    private struct Mirror: Sendable {
        var row = NodeRow()
        var details = NodeDetails()
        var holders: [Holder] = []
        var isKnown = false
        /// Whether the engine has booked something since the row was looked at: an offer that is made and comes back
        /// leaves the row as it was.
        var isAhead = false
    }

    var engine = OfferEngine()
    private var rules = OfferRules()
    private var laneNames: [String] = []
    private var isNew = true
    private var news = NodeNews()
    private var mirrors: [Mirror] = []
    private var frameworks: [FrameworkFacts] = []
    private var filters: [RefusalFilter] = []
    /// The engine's role for each role of the state, and the other way round.
    private var engineRole: [Int] = []
    private var stateRole: [Int] = []
    private var weights: [Int64] = []
    private var priorities: [Int64] = []
    private var quotas: [Quota] = []
    private var identityCount = 0

    /// A book that has not been opened yet.
    public init() {}

    /// Whether lending needs the engine: somebody takes offers and answers for himself, or a role has a quota.
    static func isNeeded(_ state: ClusterState) -> Bool {
        state.frameworks.indices.contains { $0 > 0 && state.frameworks[$0].state == .active }
            || state.roles.contains { !$0.quota.isDefault }
    }

    func role(_ role: RoleID) -> Int { engineRole[role.index] }
    func role(ofEngine role: Int) -> RoleID? {
        role < stateRole.count && stateRole[role] >= 0 ? RoleID(stateRole[role]) : nil
    }

    /// Hears of an event that `state` holds already. O(1).
    public mutating func note(_ stamped: StampedEvent, in state: ClusterState) { news.note(stamped, in: state) }

    /// Brings the engine in step with the state. Costs what has changed when it has heard of all events since, else a
    /// look at each node, framework and role.
    public mutating func refresh(_ state: ClusterState) {
        let configuration = state.configuration
        if isNew || rules != configuration.offers || laneNames != configuration.laneNames {
            self = OfferBook()
            (rules, laneNames, isNew) = (configuration.offers, configuration.laneNames, false)
            var unshared: UInt8 = 0
            for (lane, name) in laneNames.enumerated() where rules.unshared.contains(name) {
                unshared |= 1 << UInt8(lane)
            }
            engine = OfferEngine(rules: rules, unshared: unshared, policy: rules.policy.policy)
        }
        let isUp = news.isUp(to: state) && engineRole.count == state.roles.count
        refreshRoles(state)
        if !isUp || news.frameworksMoved { refreshFrameworks(state) }
        refreshNodes(isUp ? Set(news.moved).sorted() : Array(0..<state.nodes.count), state)
        news.clear(at: state)
        refreshFilters(state)
        refreshCounts(state)
        if gangs(state) != state.gangs { restoreGangs(state) }
    }

    /// How gangs stand in the engine, in the state's words.
    public func gangs(_ state: ClusterState) -> GangState {
        var told = GangState()
        told.waiting = engine.gangs.waiting.compactMap { seat($0, until: .never) }
        if let hold = engine.gangs.hold {
            told.holder = seat(hold.seeker, until: hold.until)
            told.held = hold.agents.map { NodeID($0) }.sorted()
        }
        told.rests = engine.gangs.rests.sorted { $0.key < $1.key }.compactMap { seat($0.key, until: $0.value) }
        told.made = engine.gangs.made
        return told
    }

    private func seat(_ seeker: Int, until: Instant) -> GangState.Seat? {
        role(ofEngine: engine.tree.seekerRole[seeker]).map {
            GangState.Seat(FrameworkID(engine.tree.seekerFramework[seeker]), $0, until: until)
        }
    }

    private mutating func restoreGangs(_ state: ClusterState) {
        func seeker(_ seat: GangState.Seat) -> Int? {
            engine.seeker(seat.framework.index, engineRole[seat.role.index])
        }
        var rests: [Int: Instant] = [:]
        for seat in state.gangs.rests { if let at = seeker(seat) { rests[at] = seat.until } }
        let hold = state.gangs.holder.flatMap { seat in
            seeker(seat).map { GangBook.Hold(seeker: $0, until: seat.until, agents: state.gangs.held.map(\.index)) }
        }
        let waiting = state.gangs.waiting.compactMap(seeker)
        engine.withGangs { $0.restore(waiting: waiting, hold: hold, rests: rests, made: state.gangs.made) }
    }

    /// Puts down that something of a node is held that the engine has booked already.
    mutating func hold(_ framework: Int, _ role: Int, _ node: Int, _ holding: Holding) {
        mirrors[node].isAhead = true
        news.move(node)
        if let at = mirrors[node].holders.firstIndex(where: { $0.framework == framework && $0.role == role }) {
            mirrors[node].holders[at].holding = mirrors[node].holders[at].holding + holding
        } else {
            mirrors[node].holders.append(Holder(framework: framework, role: role, holding: holding))
        }
    }

    private mutating func refreshRoles(_ state: ClusterState) {
        for slot in state.roles.indices {
            let row = state.roles[slot]
            if slot >= engineRole.count {
                engineRole.append(engine.ensureRole(state.text(row.path)))
                weights.append(1_000)
                priorities.append(0)
                quotas.append(Quota())
            }
            let role = engineRole[slot]
            while stateRole.count <= role { stateRole.append(-1) }
            stateRole[role] = slot
            if weights[slot] != row.weight || priorities[slot] != row.priority {
                (weights[slot], priorities[slot]) = (row.weight, row.priority)
                try? engine.setRole(role, weight: row.weight, priority: row.priority)
            }
            if quotas[slot] != row.quota {
                quotas[slot] = row.quota
                // What the state holds was checked when it came in.
                engine.restoreQuota(role, row.quota)
            }
        }
        if identityCount != state.identities.count {
            identityCount = state.identities.count
            engine.learn(state.identities)
        }
    }

    private mutating func refreshFrameworks(_ state: ClusterState) {
        for slot in state.frameworks.indices {
            while frameworks.count <= slot { frameworks.append(FrameworkFacts()) }
            guard slot > 0 else { continue }
            let facts = facts(of: FrameworkID(slot), state)
            if frameworks[slot] != facts || slot >= engine.frameworks.count {
                frameworks[slot] = facts
                engine.setFramework(slot, facts)
            }
            refreshDemand(FrameworkID(slot), state)
        }
    }

    /// Tells the engine what a framework would take, where it does not know that already: it counts down by itself what
    /// it offers.
    private mutating func refreshDemand(_ framework: FrameworkID, _ state: ClusterState) {
        let told = state.details(of: framework)?.demand
        for role in state.frameworks[framework.index].roles where role.index < engineRole.count {
            let pieces = told.map { told in
                told.pieces.filter { $0.role == role }.map { one in
                    var piece = Piece(one.need, count: Int(one.count))
                    (piece.ports, piece.isGang) = (UInt64(one.ports), one.isGang)
                    return piece
                }
            }
            let own = engineRole[role.index]
            if engine.demandLeft(framework.index, role: own) != pieces {
                engine.tellDemand(framework.index, role: own, pieces)
            }
        }
    }

    /// What a framework would take still, after what has been proposed; nil = it does not tell.
    public func demandLeft(_ framework: FrameworkID, _ state: ClusterState) -> ToldDemand? {
        guard var told = state.details(of: framework)?.demand else { return nil }
        for role in Set(told.pieces.map(\.role)) where role.index < engineRole.count {
            guard let left = engine.demandLeft(framework.index, role: engineRole[role.index]) else { continue }
            var rest = left[...]
            // Pieces of the engine are those that were told, in their order, without those that are used up.
            for at in told.pieces.indices where told.pieces[at].role == role {
                let one = told.pieces[at]
                if let next = rest.first, next.need == one.need, next.ports == UInt64(one.ports),
                    next.isGang == one.isGang, next.count <= Int(one.count)
                {
                    told.pieces[at].count = UInt32(next.count)
                    rest = rest.dropFirst()
                } else {
                    told.pieces[at].count = 0
                }
            }
        }
        told.pieces.removeAll { $0.count == 0 }
        return told
    }

    private func facts(of framework: FrameworkID, _ state: ClusterState) -> FrameworkFacts {
        let row = state.frameworks[framework.index]
        var facts = FrameworkFacts()
        facts.isActive = row.state == .active || row.state == .suppressed
        facts.capabilities = row.isExternal ? row.capabilities : FrameworkCapabilities(rawValue: .max)
        let details = state.details(of: framework)
        for role in row.roles where role.index < state.roles.count {
            var one = RoleFacts(role: engineRole[role.index])
            one.isSuppressed = row.state == .suppressed || row.suppressed.contains(role)
            if let details {
                let path = state.path(of: role)
                one.minimums = details.info.minimums.first { $0.role == path }?.amounts
                one.constraints = details.constraints.roles.first { $0.role == path }?.groups ?? []
            } else {
                one.minimums = row.minimum.isZero ? [] : [row.minimum]
            }
            facts.subscriptions.append(one)
        }
        return facts
    }

    private mutating func refreshNodes(_ slots: [Int], _ state: ClusterState) {
        while mirrors.count < state.nodes.count { mirrors.append(Mirror()) }
        for slot in slots where differs(slot, state) { refreshNode(slot, state) }
    }

    /// Whether something that the engine knows of a node is another now.
    private func differs(_ slot: Int, _ state: ClusterState) -> Bool {
        guard state.nodes.contains(slot) else { return mirrors[slot].isKnown }
        guard mirrors[slot].isKnown else { return state.nodes[slot].isPresent }
        if mirrors[slot].isAhead { return true }
        let (old, row) = (mirrors[slot].row, state.nodes[slot])
        return old.total != row.total || old.offered != row.offered || old.used != row.used || old.state != row.state
            || old.connected != row.connected || old.lacks != row.lacks || old.tasks != row.tasks
            || mirrors[slot].details != state.nodeDetails[slot]
    }

    private mutating func refreshNode(_ slot: Int, _ state: ClusterState) {
        guard state.nodes.contains(slot), state.nodes[slot].isPresent else {
            for one in mirrors[slot].holders {
                engine.giveBack(one.framework, role: one.role, agent: slot, one.holding)
            }
            if mirrors[slot].isKnown { engine.removeAgent(slot) }
            mirrors[slot] = Mirror()
            return
        }
        let (row, details) = (state.nodes[slot], state.nodeDetails[slot])
        let node = NodeID(slot)
        var facts = AgentFacts(row.total, details.extras, details.special)
        facts.attributes = details.attributes
        facts.hostname = details.hostname.isEmpty ? details.host : details.hostname
        facts.domain = details.domain
        facts.lacks = row.lacks
        facts.isOpen = Demand.closedReason(of: node, in: state) == nil
        let before = slot < engine.agentCount && mirrors[slot].isKnown ? engine.facts[slot] : nil
        if before != facts { engine.setAgent(slot, facts) }
        let holders = holders(on: node, state)
        for one in mirrors[slot].holders where !holders.contains(one) {
            engine.giveBack(one.framework, role: one.role, agent: slot, one.holding)
        }
        for one in holders where !mirrors[slot].holders.contains(one) {
            engine.take(one.framework, role: one.role, agent: slot, one.holding)
        }
        mirrors[slot] = Mirror(row: row, details: details, holders: holders, isKnown: true)
    }

    /// Who holds what of a node, one entry for each framework and role.
    private func holders(on node: NodeID, _ state: ClusterState) -> [Holder] {
        var holders: [Holder] = []
        func add(_ framework: FrameworkID, _ role: RoleID, _ holding: Holding) {
            guard role.index < engineRole.count, !holding.isEmpty else { return }
            let own = engineRole[role.index]
            if let at = holders.firstIndex(where: { $0.framework == framework.index && $0.role == own }) {
                holders[at].holding = holders[at].holding + holding
            } else {
                holders.append(Holder(framework: framework.index, role: own, holding: holding))
            }
        }
        for offer in state.index.offersOnNode[node] ?? [] {
            let row = state.offers[offer.index]
            let special = state.offerSpecial[offer] ?? Portions()
            add(
                row.framework, row.role,
                Holding(row.resources - row.accepted, state.offerExtras[offer] ?? Extras(), special))
        }
        for task in state.index.tasksOnNode[node.index] {
            guard let row = state.row(of: task), state.contains(task.job) else { continue }
            let job = state.jobs[task.job.index]
            let special = state.taskSpecial[task] ?? Portions()
            add(job.framework, job.role, Holding(row.need, state.taskExtras[task] ?? Extras(), special))
        }
        return holders.sorted { ($0.framework, $0.role) < ($1.framework, $1.role) }
    }

    private mutating func refreshFilters(_ state: ClusterState) {
        let known = filters.count
        let isLonger =
            known <= state.filters.count && filters.first == state.filters.prefix(known).first
            && filters.last == state.filters.prefix(known).last
        if isLonger {
            for filter in state.filters[known...] { refuse(filter) }
        } else {
            engine.forgetRefusals()
            for filter in state.filters { refuse(filter) }
        }
        filters = state.filters
    }
    private mutating func refuse(_ filter: RefusalFilter) {
        guard filter.node.index < engine.agentCount, filter.role.index < engineRole.count else { return }
        engine.refuse(
            filter.framework.index, role: engineRole[filter.role.index], agent: filter.node.index,
            Holding(filter.resources, filter.extras, filter.special), until: filter.until)
    }

    /// Ties are broken by how often roles and frameworks were given something, as the state counts it.
    private mutating func refreshCounts(_ state: ClusterState) {
        for slot in state.roles.indices { engine.setCount(ofRole: engineRole[slot], state.roles[slot].allocations) }
        for slot in state.frameworks.indices { engine.setCount(of: slot, state.frameworks[slot].allocations) }
    }
}
