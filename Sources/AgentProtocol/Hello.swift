/// How a session opens: who the core is, and what the node is.
public struct CoreHello: Sendable {
    /// Lowest protocol version that the core speaks.
    public var lowestVersion = AgentLimits.lowestVersion
    /// Highest protocol version that the core speaks.
    public var highestVersion = AgentLimits.highestVersion
    /// What the core can do.
    public var capabilities: AgentCapabilities = [.logs, .samples]
    /// The cluster that the core leads; the agent belongs to the first that it hears, until it is told otherwise.
    public var cluster: String
    /// Which leadership of that cluster; the agent refuses lower ones than it has seen.
    public var epoch: UInt64
    /// The core's program version, for logs.
    public var coreVersion: String

    /// A core's hello.
    public init(cluster: String, epoch: UInt64, coreVersion: String) {
        self.cluster = cluster
        self.epoch = epoch
        self.coreVersion = coreVersion
    }
}

/// Resources of a machine or of the slice of it that an agent offers.
public struct AgentResources: Equatable, Sendable {
    /// Processors in thousandths.
    public var cpuThousandths: UInt64 = 0
    /// Memory in bytes.
    public var memoryBytes: UInt64 = 0
    /// Disk space in bytes, of the file system that holds the agent's folder.
    public var diskBytes: UInt64 = 0
    /// Graphics processors (`/dev/nvidia<n>`).
    public var gpus: UInt64 = 0

    /// Nothing.
    public init() {}
}

/// Which kernel means hold a task's limits on this node.
public enum AgentIsolation: UInt8, Sendable {
    /// No control group can be made: limits are watched, and set as rlimits where that makes sense.
    case none = 0
    /// Control groups, version 1.
    case version1 = 1
    /// Control groups, version 2.
    case version2 = 2
}

/// The agent's answer to the core's hello.
public struct AgentHello: Sendable {
    /// The protocol version that both speak from here on.
    public var version: UInt64 = 0
    /// Lowest protocol version that the agent speaks.
    public var lowestVersion = AgentLimits.lowestVersion
    /// Highest protocol version that the agent speaks.
    public var highestVersion = AgentLimits.highestVersion
    /// What the agent can do.
    public var capabilities: AgentCapabilities = []
    /// The agent's program version.
    public var agentVersion = ""
    /// The agent's process id.
    public var pid: UInt64 = 0
    /// Made when the agent's folder was first used, 32 hex digits; another one means another agent.
    public var agentID = ""
    /// Number of this start of the agent in its folder, from 1.
    public var startNumber: UInt64 = 0
    /// The name given with `--name`, or the host name.
    public var name = ""
    /// Host name.
    public var hostname = ""
    /// Kernel release.
    public var kernel = ""
    /// Machine architecture, such as `x86_64`.
    public var architecture = ""
    /// The kernel's boot id, empty without /proc; another one means that the machine was restarted.
    public var bootID = ""
    /// The whole machine.
    public var machine = AgentResources()
    /// The slice that the agent was told to offer, or nil for the whole machine.
    public var slice: AgentResources?
    /// `key=value` attributes given with `--attribute`.
    public var attributes: [String] = []
    /// Load average of the last minute, in thousandths.
    public var loadThousandths: UInt64 = 0
    /// What holds limits here.
    public var isolation = AgentIsolation.none
    /// The folder of the agent, absolute.
    public var directory = ""
    /// The agent's clock, nanoseconds of wall time since 1970.
    public var nowNanoseconds: UInt64 = 0

    /// An empty hello.
    public init() {}
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension AgentHello: Equatable {}
    extension CoreHello: Equatable {}
#endif
