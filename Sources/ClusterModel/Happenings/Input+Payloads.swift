/// What inputs carry.

/// A core takes the lead.
public struct CoreStart: Hashable, Sendable, Wired {
    /// The cluster's unique id, made once when its state store was made.
    public var cluster = ""
    /// One more than the last epoch that was kept.
    public var epoch: UInt64 = 0
    /// The program's version.
    public var version = ""
    /// Who started it.
    public var user = ""
    /// The cluster file, when one was given with the start; nil = go on with what was kept.
    public var configuration: ClusterConfiguration?
    /// An empty start.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&cluster)
        coder.uint(&epoch)
        coder.text(&version)
        coder.text(&user)
        coder.optional(&configuration)
    }
}

/// What an agent says of itself when a link to it opens.
public struct AgentHello: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// What it offers, as declared or as the machine says.
    public var total = ResourceVector.zero
    /// The machine's boot id.
    public var boot = ""
    /// Distinguishes agent processes.
    public var agentStart: UInt64 = 0
    /// Operating system and kernel.
    public var kernel = ""
    /// Architecture.
    public var arch = ""
    /// Host name.
    public var host = ""
    /// The agent's version.
    public var agentVersion = ""
    /// How tasks are isolated.
    public var isolation = ""
    /// Every task the agent knows and whose end was not acknowledged.
    public var tasks: [TaskStatus] = []
    /// An empty hello.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.value(&total)
        coder.text(&boot)
        coder.uint(&agentStart)
        coder.text(&kernel)
        coder.text(&arch)
        coder.text(&host)
        coder.text(&agentVersion)
        coder.text(&isolation)
        coder.list(&tasks)
    }
}

/// A link closed, or could not be opened.
public struct AgentGone: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// What went wrong, in one line with the way out.
    public var message = ""
    /// An empty notice.
    public init() {}
    /// A notice about `node`.
    public init(node: String, message: String) {
        self.node = node
        self.message = message
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.text(&message)
    }
}

/// What an agent says of one task.
public struct TaskStatus: Hashable, Sendable, Wired {
    /// What it says.
    public enum Phase: UInt8, Sendable {
        /// The launch is known; the task has not started.
        case known
        /// It runs.
        case running
        /// It ended.
        case ended
    }
    /// Which task.
    public var task = TaskID(job: .none, index: 0)
    /// Which attempt of it.
    public var attempt: UInt32 = 0
    /// What is said.
    public var phase = Phase.known
    /// The agent's number of this status; grows with each, also over restarts of the agent.
    public var sequence: UInt64 = 0
    /// Process group.
    public var pid: Int32 = 0
    /// When it started, by the agent's clock.
    public var startedAt = Instant.never
    /// How it ended.
    public var reason = Reason.none
    /// Exit code, when it exited.
    public var exitCode: Int32 = 0
    /// Signal, when it was ended by one.
    public var signal: Int32 = 0
    /// Run time.
    public var runTime = Interval.zero
    /// Cpu time, user and system.
    public var cpuTime = Interval.zero
    /// Peak memory in bytes.
    public var memPeak: Int64 = 0
    /// One line for people, when something went wrong.
    public var message = ""
    /// An empty status.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.uint(&attempt)
        coder.word(&phase)
        coder.uint(&sequence)
        coder.int(&pid)
        coder.instant(&startedAt)
        coder.value(&reason)
        coder.int(&exitCode)
        coder.int(&signal)
        coder.interval(&runTime)
        coder.interval(&cpuTime)
        coder.int(&memPeak)
        coder.text(&message)
    }
}

/// A status with the node that tells it.
public struct NodeTaskStatus: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// What it says.
    public var status = TaskStatus()
    /// An empty status.
    public init() {}
    /// A status told by `node`.
    public init(node: String, status: TaskStatus) {
        self.node = node
        self.status = status
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.value(&status)
    }
}

/// A measurement of a node; also its sign of life.
public struct NodeSample: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// Cpu in use, thousandths.
    public var cpuUsed: Int64 = 0
    /// Memory in use, bytes.
    public var memUsed: Int64 = 0
    /// Load average of a minute, hundredths.
    public var load: Int64 = 0
    /// Its tasks.
    public var tasks: [TaskSample] = []
    /// An empty measurement.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.int(&cpuUsed)
        coder.int(&memUsed)
        coder.int(&load)
        coder.list(&tasks)
    }
}

/// What a provider saw of one of its machines.
public struct InstanceSeen: Hashable, Sendable, Wired {
    /// Which.
    public var instance = InstanceID.none
    /// Where it stands.
    public var state = InstanceRow.State.requested
    /// Where its agent is reached, once known.
    public var address = ""
    /// Whether the provider failed.
    public var failed = false
    /// The provider's word on it, one line.
    public var message = ""
    /// What kind of failure it was, when it failed.
    public var cause = ProviderFailure.none
    /// An empty sighting.
    public init() {}
    /// A sighting of `instance`.
    public init(
        instance: InstanceID, state: InstanceRow.State, address: String = "", failed: Bool = false,
        message: String = "", cause: ProviderFailure = .none
    ) {
        self.instance = instance
        self.state = state
        self.address = address
        self.failed = failed
        self.message = message
        self.cause = cause
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&instance)
        coder.word(&state)
        coder.text(&address)
        coder.flag(&failed)
        coder.text(&message)
        coder.word(&cause)
    }
}

extension StoreChanged {
    /// The store works.
    public static let works = StoreChanged(writable: true, message: "")
}
