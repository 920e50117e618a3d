import ClusterModel

/// The nodes that a call looks at and what is left on them as it goes on. Only nodes that take work and have something
/// free; looked at in ascending order, so that work is packed and the answer does not depend on who asks.
struct FreeNodes {
    /// Nodes by slot: the candidates, then nodes that only certain demands may look at.
    private(set) var ids: [NodeID] = []
    /// What is left on each.
    private(set) var free: [ResourceVector] = []
    /// Slots before this are open to every demand.
    private(set) var openCount = 0
    /// Ports and words left, where some were taken in this call.
    private var touchedExtras: [Int: Extras] = [:]
    private var slots: [NodeID: Int] = [:]
    private var refusals: [Int: [RefusalFilter]] = [:]

    var isEmpty: Bool { openCount == 0 }

    init(_ state: ClusterState, candidates: [NodeID]?) {
        if let candidates {
            var last = NodeID.none
            for node in candidates.sorted() where node != last {
                admit(node, in: state)
                last = node
            }
        } else {
            for slot in 0..<state.nodes.count where state.nodes[slot].state.takesWork { admit(NodeID(slot), in: state) }
        }
        openCount = ids.count
    }

    private mutating func admit(_ node: NodeID, in state: ClusterState) {
        guard Demand.closedReason(of: node, in: state) == nil else { return }
        let amount = state.nodes[node.index].free
        guard amount.isNonNegative, !amount.isZero else { return }
        ids.append(node)
        free.append(amount)
    }

    /// Whether a piece may go on one of these nodes; looks closely only when they are few.
    func mayHold(_ need: ResourceVector) -> Bool {
        guard openCount <= 8 else { return true }
        for slot in 0..<openCount where need.fits(in: free[slot]) { return true }
        return false
    }

    /// The slot of a node that a demand names; it need not be a candidate.
    mutating func slot(of node: NodeID, in state: ClusterState) -> Int? {
        if slots.isEmpty { for slot in 0..<ids.count { slots[ids[slot]] = slot } }
        if let known = slots[node] { return known }
        let count = ids.count
        admit(node, in: state)
        guard ids.count > count else { return nil }
        slots[node] = count
        return count
    }

    /// Ports and words left at a slot.
    func extras(at slot: Int, in state: ClusterState) -> Extras {
        touchedExtras[slot] ?? state.nodeDetails[ids[slot].index].freeExtras
    }

    /// Takes away what was lent.
    mutating func take(_ amount: ResourceVector, _ taken: Extras, at slot: Int, in state: ClusterState) {
        free[slot] -= amount
        if !taken.isEmpty { touchedExtras[slot] = extras(at: slot, in: state) - taken }
    }

    /// Notes the refusals in force that concern these nodes. O(refusals).
    mutating func note(_ filters: [RefusalFilter], now: Instant) {
        for filter in filters where filter.until > now {
            guard let slot = openSlot(of: filter.node) else { continue }
            refusals[slot, default: []].append(filter)
        }
    }

    /// The slot of a candidate, by halving: candidates are ascending.
    private func openSlot(of node: NodeID) -> Int? {
        var (low, high) = (0, openCount)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < openCount && ids[low] == node ? low : nil
    }

    /// Whether the framework has refused all that is left there, for this role.
    func isRefused(_ slot: Int, by framework: FrameworkID, for role: RoleID) -> Bool {
        guard let known = refusals[slot] else { return false }
        return known.contains { $0.framework == framework && $0.role == role && free[slot].fits(in: $0.resources) }
    }
}
