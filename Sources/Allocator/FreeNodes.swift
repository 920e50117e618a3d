import ClusterModel

/// The nodes that a call looks at and what is left on them as it goes on. Only nodes that take work and have something
/// free; looked at in ascending order, so that work is packed and the answer does not depend on who asks. They are
/// found as they are asked for: whoever is served by the first of ten thousand looks at one. Under a policy that ranks
/// nodes all of them are found at once, in its order.
struct FreeNodes {
    /// Nodes by slot, as far as they were found: the candidates, then nodes that only certain demands may look at.
    private(set) var ids: [NodeID] = []
    /// What is left on each.
    private(set) var free: [ResourceVector] = []
    /// Slots before this are open to every demand.
    private var openCount = 0
    /// Nodes that may be looked at, ascending and each once; nil = all.
    private let candidates: [NodeID]?
    /// Where the search for the next one goes on: a place among the candidates, or a node's slot.
    private var position = 0
    /// Ports and words left, where some were taken in this call.
    private var touchedExtras: [Int: Extras] = [:]
    private var slots: [NodeID: Int] = [:]

    init(_ state: ClusterState, candidates: [NodeID]?) {
        let rules = state.configuration.offers.policy
        if rules.ranksNodes {
            self.candidates = Self.ranked(candidates, by: rules.policy, state)
        } else {
            self.candidates = candidates.map { $0.count > 1 ? Array(Set($0)).sorted() : $0 }
        }
        _ = holds(slot: 0, in: state)
    }

    private static func ranked(_ candidates: [NodeID]?, by policy: any OfferPolicy, _ state: ClusterState) -> [NodeID] {
        var nodes: [NodeID] = candidates.map { Array(Set($0)) } ?? []
        if candidates == nil {
            var position = 0
            while let node = state.index.roomy.first(from: position) {
                nodes.append(node)
                position = node.index + 1
            }
        }
        let ranks = nodes.map { node in
            let row = state.nodes[node.index]
            return policy.rank(total: row.total, free: row.free)
        }
        return nodes.indices.sorted { (ranks[$0], nodes[$0]) < (ranks[$1], nodes[$1]) }.map { nodes[$0] }
    }

    /// The slot of the emptiest node on which `fits` holds; nil when there is none. O(nodes).
    mutating func emptiest(in state: ClusterState, where fits: (Int, FreeNodes) -> Bool) -> Int? {
        _ = holds(slot: .max, in: state)
        var best: (slot: Int, rank: Int64)?
        let policy = SpreadPolicy()
        for slot in 0..<openCount {
            let rank = policy.rank(total: state.nodes[ids[slot].index].total, free: free[slot])
            if rank < best?.rank ?? .max, fits(slot, self) { best = (slot, rank) }
        }
        return best?.slot
    }

    /// Whether there is none at all.
    var isEmpty: Bool { openCount == 0 }

    /// Whether there is a node at this slot that is open to every demand; finds those before it on the way.
    mutating func holds(slot: Int, in state: ClusterState) -> Bool {
        while openCount <= slot, let node = following(state) {
            admit(node, in: state)
            openCount = ids.count
        }
        return slot < openCount
    }

    private mutating func following(_ state: ClusterState) -> NodeID? {
        guard let candidates else {
            guard let node = state.index.roomy.first(from: position) else { return nil }
            position = node.index + 1
            return node
        }
        while position < candidates.count {
            position += 1
            if state.index.roomy.contains(candidates[position - 1]) { return candidates[position - 1] }
        }
        return nil
    }

    private mutating func admit(_ node: NodeID, in state: ClusterState) {
        ids.append(node)
        free.append(state.nodes[node.index].free)
    }

    /// Most nodes that are looked at closely before anything is asked of them.
    private static let fewNodes = 8

    /// Whether a piece may go on one of these nodes; looks closely only when they are few.
    mutating func mayHold(_ need: ResourceVector, in state: ClusterState) -> Bool {
        if holds(slot: Self.fewNodes, in: state) { return true }
        for slot in 0..<openCount where need.fits(in: free[slot]) { return true }
        return false
    }

    /// The slot of a node that a demand names; it need not be a candidate. Where all nodes are, they are found up to
    /// that one; else all candidates are found first.
    mutating func slot(of node: NodeID, in state: ClusterState) -> Int? {
        if candidates == nil {
            guard state.index.roomy.contains(node) else { return nil }
            while ids.last.map({ $0 < node }) ?? true, holds(slot: openCount, in: state) {}
            var (low, high) = (0, ids.count)
            while low < high {
                let middle = (low + high) / 2
                if ids[middle] < node { low = middle + 1 } else { high = middle }
            }
            return low
        }
        _ = holds(slot: Int.max, in: state)
        if slots.isEmpty { for slot in 0..<ids.count { slots[ids[slot]] = slot } }
        if let known = slots[node] { return known }
        guard state.index.roomy.contains(node) else { return nil }
        admit(node, in: state)
        slots[node] = ids.count - 1
        return ids.count - 1
    }

    /// Ports and words left at a slot.
    func extras(at slot: Int, in state: ClusterState) -> Extras {
        touchedExtras[slot] ?? state.nodeDetails[ids[slot].index].freeExtras
    }

    /// Takes away what was lent of a node before, if it is one of these.
    mutating func take(_ amount: ResourceVector, _ taken: Extras, of node: NodeID, in state: ClusterState) {
        if let slot = slot(of: node, in: state) { take(amount, taken, at: slot, in: state) }
    }

    /// Takes away what was lent.
    mutating func take(_ amount: ResourceVector, _ taken: Extras, at slot: Int, in state: ClusterState) {
        free[slot] -= amount
        if !taken.isEmpty { touchedExtras[slot] = extras(at: slot, in: state) - taken }
    }
}
