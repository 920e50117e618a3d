/// Machines that a cluster file names one by one, and what goes for all that are reached over ssh. It travels with the
/// limits, at the end of whose record there was room for it.
public struct Fleet: Hashable, Sendable, Wired {
    /// The machines.
    public var nodes: [NodeSpec] = []
    /// Whether the host key of a machine that was never seen is taken; else such a machine is refused.
    public var acceptsNewHostKeys = false
    /// Whether tasks run in control groups where a node has them, so that the kernel holds their limits.
    public var isolatesTasks = false
    /// Most processes and threads of a task that runs in a control group; 0 = no limit.
    public var processesPerTask: Int64 = 0

    /// No machines.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&nodes, empty: NodeSpec()) { $0.record(&$1) }
        coder.flag(&acceptsNewHostKeys)
        coder.flag(&isolatesTasks)
        coder.int(&processesPerTask)
    }
}

extension ClusterConfiguration {
    /// Machines that the file names.
    public var nodes: [NodeSpec] {
        get { limits.fleet.nodes }
        set { limits.fleet.nodes = newValue }
    }
    /// Whether the host key of a machine that was never seen is taken; else such a machine is refused.
    public var acceptsNewHostKeys: Bool {
        get { limits.fleet.acceptsNewHostKeys }
        set { limits.fleet.acceptsNewHostKeys = newValue }
    }
    /// Whether tasks run in control groups where a node has them.
    public var isolatesTasks: Bool {
        get { limits.fleet.isolatesTasks }
        set { limits.fleet.isolatesTasks = newValue }
    }
    /// Most processes and threads of a task that runs in a control group; 0 = no limit.
    public var processesPerTask: Int64 {
        get { limits.fleet.processesPerTask }
        set { limits.fleet.processesPerTask = newValue }
    }
}
