/// Whether a node suits a demand: the one predicate by which the allocator lends, the batch framework places, and
/// both explain. Each check that fails has its reason.
extension Demand {
    /// Why one piece does not go on `node` now, given what is free there; nil when it does. Checks in the order in
    /// which a person would want to hear of them: the node's state, what it is, what it could ever hold, what is free.
    public func obstacle(
        on node: NodeID, free: ResourceVector, freeExtras: Extras, in state: ClusterState
    ) -> Reason? {
        if let reason = Demand.closedReason(of: node, in: state) { return reason }
        if let reason = mismatch(with: node, in: state) { return reason }
        guard need.fits(in: free), fits(in: freeExtras) else { return Reason(.waitsForResources) }
        return nil
    }

    /// Why the node takes no new work whatever it is; nil when it does.
    public static func closedReason(of node: NodeID, in state: ClusterState) -> Reason? {
        guard state.nodes.contains(node.index) else { return Reason(.removedByOperator) }
        let row = state.nodes[node.index]
        guard row.state.takesWork else { return row.reason.code == .none ? Reason(.disconnected) : row.reason }
        return row.connected ? nil : Reason(.disconnected)
    }

    /// Why the node can never hold one piece, even when it is empty; nil when it can.
    public func mismatch(with node: NodeID, in state: ClusterState) -> Reason? {
        if let only, !Demand.holds(node, in: only) { return Reason(.noNodeMatches) }
        if !avoid.isEmpty, Demand.holds(node, in: avoid) { return Reason(.reserved) }
        guard need.fits(in: state.nodes[node.index].total) else { return Reason(.noNodeMatches) }
        if ports > 0 || !words.isEmpty, !fits(in: state.nodeDetails[node.index].extras) {
            return Reason(.noNodeMatches)
        }
        if let requirement, !requirement.holds(on: node, in: state) { return Reason(.noNodeMatches) }
        return nil
    }

    /// Whether `nodes`, which are ascending, hold `node`. By halving.
    private static func holds(_ node: NodeID, in nodes: [NodeID]) -> Bool {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < nodes.count && nodes[low] == node
    }

    /// Whether ports and words of one piece are in `extras`.
    public func fits(in extras: Extras) -> Bool {
        if ports > 0 {
            guard let own = extras.ranges.first(where: { $0.name == Demand.portsName }), own.count >= UInt64(ports)
            else { return false }
        }
        return words.allSatisfy { wanted in
            extras.words.contains { own in
                own.name == wanted.name && wanted.items.allSatisfy { own.items.contains($0) }
            }
        }
    }

    /// The lowest ports and the named words of one piece, out of `extras`; nil when they are not all there.
    public func take(from extras: Extras) -> Extras? {
        guard var taken = extras.lowest(UInt64(ports), of: Demand.portsName) else { return nil }
        for wanted in words {
            guard let own = extras.words.first(where: { $0.name == wanted.name }),
                wanted.items.allSatisfy({ own.items.contains($0) })
            else { return nil }
            taken.set(wanted)
        }
        return taken
    }

    /// The name under which nodes declare their ports.
    public static let portsName = "ports"
}
