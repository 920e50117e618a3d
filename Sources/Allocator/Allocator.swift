import ClusterModel

/// Who is offered what: dominant-resource fairness over the tree of roles. Pure functions over the state; whatever
/// sways them stands in it.
public enum Allocator {
    /// Most proposals of one call when the caller names no limit.
    public static let proposalLimit = 10_000

    /// What should be lent now, poorest first. `demands` stand in each framework's own order and name all that
    /// frameworks that speak of demand would take; every other active framework in the state is taken to want
    /// all of any node. `candidates` are nodes on which something has become free (nil = all nodes).
    /// Same state, same answer. An answer of `limit` proposals may have left something: lend it and ask again.
    /// Cost: candidates x demands at worst, plus the pieces that are lent; each demand passes each candidate once,
    /// since what is free only shrinks within a call.
    public static func propose(
        _ state: ClusterState, demands: [Demand], candidates: [NodeID]? = nil, now: Instant,
        limit: Int = proposalLimit
    ) -> [Proposal] {
        var nodes = FreeNodes(state, candidates: candidates)
        if nodes.isEmpty, !demands.contains(where: { $0.only != nil }) { return [] }
        var seekers = Seekers(state, demands: demands, nodes: nodes)
        guard !seekers.all.isEmpty else { return [] }
        var tree = ShareTree(state, leaves: seekers.roles)
        if seekers.all.contains(where: \.takesAll) { nodes.note(state.filters, now: now) }
        var lending = Lending(limit: limit)
        while lending.proposals.count < limit, let leaf = tree.poorestLeaf() {
            guard let chosen = seekers.poorest(at: leaf) else {
                tree.close(leaf)
                continue
            }
            guard let take = seekers.next(chosen, nodes: &nodes, in: state, room: limit - lending.proposals.count)
            else {
                seekers.close(chosen)
                continue
            }
            let seeker = seekers.all[chosen]
            for (slot, amount, extras) in take.parts {
                let isNew = lending.lend(amount, extras, of: slot, node: nodes.ids[slot], to: seeker)
                nodes.take(amount, extras, at: slot, in: state)
                tree.charge(leaf, amount, isNew: isNew)
                seekers.charge(chosen, amount, isNew: isNew)
            }
        }
        return lending.proposals
    }

    /// Why `node` is not lent for this demand now, by the same predicates; nil when it could be.
    public static func reasonAgainst(
        _ node: NodeID, demand: Demand, in state: ClusterState, now: Instant
    ) -> Reason? {
        if let reason = Seekers.closedReason(of: demand.framework, in: state) { return reason }
        if let reason = Demand.closedReason(of: node, in: state) { return reason }
        let free = state.nodes[node.index].free
        return demand.obstacle(
            on: node, free: free.isNonNegative ? free : .zero, freeExtras: state.nodeDetails[node.index].freeExtras,
            in: state)
    }

    /// Why `node` is not offered to a framework that takes whatever there is; nil when it could be. `filtered` carries
    /// the seconds until the refusal ends, rounded up.
    public static func reasonAgainst(
        _ node: NodeID, framework: FrameworkID, role: RoleID, in state: ClusterState, now: Instant
    ) -> Reason? {
        if let reason = Seekers.closedReason(of: framework, in: state) { return reason }
        if let reason = Demand.closedReason(of: node, in: state) { return reason }
        let free = state.nodes[node.index].free
        guard free.isNonNegative, !free.isZero else { return Reason(.waitsForResources) }
        guard state.frameworks[framework.index].minimum.fits(in: free) else { return Reason(.belowMinimum) }
        for filter in state.filters
        where filter.node == node && filter.framework == framework && filter.role == role && filter.until > now {
            if free.fits(in: filter.resources) {
                return Reason(.filtered, ((filter.until - now).microseconds + 999_999) / 1_000_000)
            }
        }
        return nil
    }
}

/// What has been decided in one call: parts for one framework, role and node are one proposal.
struct Lending {
    private(set) var proposals: [Proposal] = []
    /// The newest proposal on a slot, and for each proposal the one before it on the same slot.
    private var newest: [Int: Int] = [:]
    private var before: [Int] = []

    init(limit: Int) { proposals.reserveCapacity(min(limit, 16)) }

    /// Writes a part down; true when it made a new proposal.
    mutating func lend(
        _ amount: ResourceVector, _ extras: Extras, of slot: Int, node: NodeID, to seeker: Seeker
    ) -> Bool {
        var at = newest[slot] ?? -1
        while at >= 0 {
            if proposals[at].framework == seeker.framework, proposals[at].role == seeker.role {
                proposals[at].resources += amount
                if !extras.isEmpty { proposals[at].extras = proposals[at].extras + extras }
                return false
            }
            at = before[at]
        }
        before.append(newest[slot] ?? -1)
        newest[slot] = proposals.count
        proposals.append(
            Proposal(framework: seeker.framework, role: seeker.role, node: node, resources: amount, extras: extras))
        return true
    }
}
