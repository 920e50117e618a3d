import ClusterModel

/// Lending with the engine: to frameworks that take what there is by themselves, or beside those that tell a demand.
extension OfferBook {
    /// What should be lent now; see `Allocator.propose`.
    mutating func propose(
        _ state: ClusterState, demands: [Demand], candidates: [NodeID]?, now: Instant, limit: Int
    ) -> [Proposal] {
        refresh(state)
        // Where offers are made in cycles, a cycle names its nodes; else whatever has changed is looked at.
        let isCyclic = state.configuration.offers.interval > .zero
        let only = isCyclic ? candidates?.map(\.index) : nil
        var proposals: [Proposal] = []
        if demands.contains(where: { $0.count > 0 }) {
            if let promised = engine.promise(at: now, only: only) { proposals = promised.compactMap { note($0) } }
            engine.begin(at: now)
            var nodes = FreeNodes(state, candidates: candidates)
            for one in proposals { nodes.take(one.resources, one.extras, of: one.node, in: state) }
            if !nodes.isEmpty || demands.contains(where: { $0.only != nil }) {
                proposals += Allocator.share(
                    state, demands: demands, nodes: nodes, limit: max(0, limit - proposals.count), book: &self,
                    usesEngine: true)
            }
        }
        let rest = limit - proposals.count
        if rest > 0 {
            proposals += engine.cycle(at: now, limit: rest, only: only).compactMap { note($0) }
        }
        return proposals
    }

    /// Puts an offer of the engine down as held, and answers it in the state's terms.
    private mutating func note(_ grant: Grant) -> Proposal? {
        guard let role = role(ofEngine: grant.role) else { return nil }
        hold(grant.framework, grant.role, grant.agent, grant.holding)
        return Proposal(
            framework: FrameworkID(grant.framework), role: role, node: NodeID(grant.agent),
            resources: grant.holding.plain, extras: grant.holding.extras, special: grant.holding.special)
    }

    /// Books something that was lent without the engine.
    mutating func take(
        _ framework: FrameworkID, _ role: RoleID, _ node: NodeID, _ holding: Holding, counts: UInt64
    ) {
        let own = self.role(role)
        engine.take(framework.index, role: own, agent: node.index, holding, counts: counts)
        engine.meet(framework.index, role: own, holding)
        hold(framework.index, own, node.index, holding)
    }

    /// What a framework could be offered of a node now; nil when nothing.
    mutating func judge(_ framework: FrameworkID, _ role: RoleID, _ node: NodeID) -> Holding? {
        guard node.index < engine.agentCount, let seeker = engine.seeker(framework.index, self.role(role)),
            engine.tree.waits[seeker], case .offer(let holding) = engine.judge(node.index, seeker, .everyone)
        else { return nil }
        return holding
    }

    /// What a framework could be offered of a node now, or why nothing. The book must have been refreshed.
    public func explain(
        _ framework: FrameworkID, _ role: RoleID, _ node: NodeID, now: Instant
    ) -> Result<Holding, Refusal> {
        engine.explain(framework: framework.index, role: self.role(role), agent: node.index, at: now)
    }

    /// All that a framework could take for a role by itself now. The book must have been refreshed. O(nodes).
    public func view(
        _ framework: FrameworkID, _ role: RoleID, now: Instant
    ) -> [(node: NodeID, holding: Holding)] {
        engine.view(framework: framework.index, role: self.role(role), at: now)
            .map { (NodeID($0.agent), $0.holding) }
    }

    /// Takes what a framework has chosen by itself, as far as it may have it; what was taken must be lent. Answers what
    /// was not taken. The book must have been refreshed.
    public mutating func commit(
        _ framework: FrameworkID, _ role: RoleID, _ parts: [(node: NodeID, holding: Holding)], isWhole: Bool,
        now: Instant
    ) -> [OfferEngine.Conflict] {
        let own = self.role(role)
        let asked = parts.map { OfferEngine.Part(agent: $0.node.index, $0.holding) }
        let conflicts = engine.commit(framework: framework.index, role: own, asked, isWhole: isWhole, at: now)
        if isWhole, !conflicts.isEmpty { return conflicts }
        let failed = Set(conflicts.map(\.part))
        for (number, part) in parts.enumerated() where !failed.contains(number) {
            hold(framework.index, own, part.node.index, part.holding)
        }
        return conflicts
    }

    /// When the engine must be asked again though nothing happens: a refusal ends; nil = never.
    public var nextEnd: Instant? { engine.nextEnd }
}

extension NoOffer {
    /// The reason as the state's words have it. `filtered` carries seconds, rounded up; `quota` a lane.
    public func reason(at now: Instant) -> Reason {
        switch self {
        case .unknown, .notSubscribed, .inactive: Reason(.disconnected)
        case .nodeClosed: Reason(.heldByOperator)
        case .suppressed: Reason(.suppressed)
        case .demandMet, .piecesTooLarge: Reason(.noDemand)
        case .capability, .agentCapability: Reason(.lacksCapability)
        case .constraint(let number): Reason(.constraint, Int64(number))
        case .nothingFree: Reason(.waitsForResources)
        case .reserved: Reason(.reservedForOthers)
        case .quota(_, let lane, _): Reason(.quota, Int64(lane))
        case .headroom(let lane, _): Reason(.headroom, Int64(lane))
        case .belowMinimum: Reason(.belowMinimum)
        case .filtered(let until): Reason(.filtered, ((until - now).microseconds + 999_999) / 1_000_000)
        case .heldForGang(let framework, _): Reason(.heldForGang, Int64(framework))
        }
    }
}
