/// What was declared of a node has changed.
public struct NodeDeclared: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// What is declared now.
    public var spec = NodeSpec()

    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(node: NodeID, spec: NodeSpec) {
        self.node = node
        self.spec = spec
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.record(&spec)
    }
}

extension ClusterState {
    /// The total follows with the agent's next hello; ports and sets in use stay in use.
    mutating func apply(_ e: NodeDeclared) {
        guard nodes.contains(e.node.index), nodes[e.node.index].isPresent else { return }
        nodeDetails.update(e.node.index) {
            $0.freeExtras = e.spec.extras - ($0.extras - $0.freeExtras)
            $0.extras = e.spec.extras
            $0.attributes = e.spec.attributes
            if !e.spec.address.isEmpty { $0.address = e.spec.address }
            $0.spec = e.spec
        }
    }
}
