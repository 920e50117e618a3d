import ClusterModel

/// Who is offered what: dominant-resource fairness over the tree of roles. Pure functions over the state; whatever
/// sways them stands in it.
public enum Allocator {
    /// Most proposals of one call when the caller names no limit.
    public static let proposalLimit = 10_000

    /// What should be lent now, poorest first. `demands` stand in each framework's own order and name all that
    /// frameworks that speak of demand would take; every other active framework in the state is taken to want
    /// all of any node, and is served by the offer engine with all of its rules.
    /// `candidates` are nodes on which something has become free (nil = all nodes).
    /// Same state, same answer, whatever `book` remembers. An answer of `limit` proposals may have left something: lend
    /// it and ask again. All proposals must be lent. Costs candidates x demands at worst, plus the pieces that are
    /// lent, and for frameworks outside the making of the engine: O(nodes + frameworks + refusals).
    public static func propose(
        _ state: ClusterState, demands: [Demand], candidates: [NodeID]? = nil, now: Instant,
        limit: Int = proposalLimit, book: inout OfferBook
    ) -> [Proposal] {
        if OfferBook.isNeeded(state) {
            return book.propose(state, demands: demands, candidates: candidates, now: now, limit: limit)
        }
        let nodes = FreeNodes(state, candidates: candidates)
        if nodes.isEmpty, !demands.contains(where: { $0.only != nil }) { return [] }
        return share(state, demands: demands, nodes: nodes, limit: limit, book: &book, usesEngine: false)
    }

    /// The same with a book that is opened for this call alone.
    public static func propose(
        _ state: ClusterState, demands: [Demand], candidates: [NodeID]? = nil, now: Instant,
        limit: Int = proposalLimit
    ) -> [Proposal] {
        var book = OfferBook()
        return propose(state, demands: demands, candidates: candidates, now: now, limit: limit, book: &book)
    }

    /// Gives nodes away piece by piece, to those who tell their demand and those who take all there is.
    static func share(
        _ state: ClusterState, demands: [Demand], nodes: FreeNodes, limit: Int, book: inout OfferBook,
        usesEngine: Bool
    ) -> [Proposal] {
        var nodes = nodes
        var seekers = Seekers(state, demands: demands, nodes: &nodes)
        guard !seekers.all.isEmpty else { return [] }
        var tree = ShareTree(state, leaves: seekers.roles)
        var lending = Lending(limit: limit)
        while lending.proposals.count < limit, let leaf = tree.poorestLeaf() {
            guard let chosen = seekers.poorest(at: leaf) else {
                tree.close(leaf)
                continue
            }
            let room = limit - lending.proposals.count
            let found =
                usesEngine
                ? seekers.next(chosen, nodes: &nodes, in: state, room: room, book: &book)
                : seekers.next(chosen, nodes: &nodes, in: state, room: room)
            guard let take = found else {
                seekers.close(chosen)
                continue
            }
            let seeker = seekers.all[chosen]
            for (slot, amount, extras) in take.parts {
                let isNew = lending.lend(amount, extras, take.special, of: slot, node: nodes.ids[slot], to: seeker)
                nodes.take(amount, extras, at: slot, in: state)
                tree.charge(leaf, amount, isNew: isNew)
                seekers.charge(chosen, amount, isNew: isNew)
                if usesEngine {
                    let holding = Holding(amount, extras, take.special)
                    book.take(seeker.framework, seeker.role, nodes.ids[slot], holding, counts: isNew ? 1 : 0)
                }
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
    /// the seconds until the refusal ends, rounded up. By the predicates of the offer engine; see `OfferBook.explain`.
    public static func reasonAgainst(
        _ node: NodeID, framework: FrameworkID, role: RoleID, in state: ClusterState, now: Instant
    ) -> Reason? {
        if let reason = Seekers.closedReason(of: framework, in: state) { return reason }
        if let reason = Demand.closedReason(of: node, in: state) { return reason }
        var book = OfferBook()
        book.refresh(state)
        switch book.explain(framework, role, node, now: now) {
        case .success: return nil
        case .failure(let refusal): return refusal.reason.reason(at: now)
        }
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
        _ amount: ResourceVector, _ extras: Extras, _ special: Portions, of slot: Int, node: NodeID, to seeker: Seeker
    ) -> Bool {
        var at = newest[slot] ?? -1
        while at >= 0 {
            if proposals[at].framework == seeker.framework, proposals[at].role == seeker.role {
                proposals[at].resources += amount
                if !extras.isEmpty { proposals[at].extras = proposals[at].extras + extras }
                if !special.isEmpty { proposals[at].special += special }
                return false
            }
            at = before[at]
        }
        before.append(newest[slot] ?? -1)
        newest[slot] = proposals.count
        proposals.append(
            Proposal(
                framework: seeker.framework, role: seeker.role, node: node, resources: amount, extras: extras,
                special: special))
        return true
    }
}
