/// What the actions on declared nodes carry.

/// Machines to be added, all or none.
public struct AddNodes: Hashable, Sendable, Wired {
    /// Most nodes in one request.
    public static let limit = 100_000
    /// The machines.
    public var specs: [NodeSpec] = []
    /// With one spec: how many nodes NAME-1 ... NAME-N are made of it; 0 = just the one.
    public var count: UInt32 = 0
    /// An empty request.
    public init() {}
    /// These machines.
    public init(_ specs: [NodeSpec], count: UInt32 = 0) {
        self.specs = specs
        self.count = count
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&specs, empty: NodeSpec()) { $0.record(&$1) }
        coder.uint(&count)
    }
}

/// Declared nodes to be drained and removed.
public struct RemoveNodes: Hashable, Sendable, Wired {
    /// Which.
    public var nodes: [String] = []
    /// How long running tasks are waited for before they are ended; zero = as long as it takes.
    public var patience = Interval.zero
    /// Whether nothing of the agent is to be left on the machines.
    public var purges = false
    /// An empty selection.
    public init() {}
    /// These nodes.
    public init(_ nodes: [String], patience: Interval = .zero, purges: Bool = false) {
        self.nodes = nodes
        self.patience = patience
        self.purges = purges
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.texts(&nodes)
        coder.interval(&patience)
        coder.flag(&purges)
    }
}
