/// What the two sides say about one task: its key, its states, its status updates, and what it used.
public struct AgentTaskKey: Hashable, Comparable, Sendable {
    /// The task's number in its cluster.
    public var id: UInt64
    /// Which start of that task this is; a task is never started twice under one key.
    public var attempt: UInt32

    /// The key of one attempt.
    public init(id: UInt64, attempt: UInt32) {
        self.id = id
        self.attempt = attempt
    }

    /// Ordered by id, then attempt.
    public static func < (a: Self, b: Self) -> Bool { a.id != b.id ? a.id < b.id : a.attempt < b.attempt }

    /// `<id>.<attempt>`: the name of the sandbox folder.
    public var text: String { "\(id).\(attempt)" }
}

/// Where a task stands, as its agent knows it.
public enum AgentTaskState: UInt8, Sendable {
    /// The agent has no record of this key (answer to a kill).
    case unknown = 0
    /// Recorded, its process not started yet; a message says what is done before.
    case staging = 1
    /// Its process runs.
    case running = 2
    /// It has ended; the status says how.
    case ended = 3
}

/// Why a task ended.
public enum AgentEndReason: UInt8, Sendable {
    /// A reason that this side does not know yet.
    case unknown = 0
    /// It exited by itself; see the exit code.
    case exited = 1
    /// A signal ended it that the agent did not send.
    case signaled = 2
    /// It ran longer than its time limit.
    case timeLimit = 3
    /// It used more memory than its limit.
    case outOfMemory = 4
    /// It was never started; `step` and `errno` say what went wrong.
    case launchFailed = 5
    /// The core asked for its end.
    case killed = 6
    /// The agent cannot know how it ended: the machine restarted, or its supervisor was killed.
    case lost = 7
    /// The machine's lease ran out without a word of its core.
    case lease = 8
}

/// What the agent was doing when a launch failed.
public enum AgentLaunchStep: UInt8, Sendable {
    /// Not a launch failure, or a step that this side does not know.
    case none = 0
    /// Checking the request.
    case request = 1
    /// A limit of the agent (known tasks, disk).
    case limit = 2
    /// Creating the supervisor or the task's process.
    case fork = 3
    /// Making the sandbox folder.
    case sandbox = 4
    /// Writing an extra file.
    case file = 5
    /// Opening the input.
    case input = 6
    /// Opening the output.
    case output = 7
    /// Opening the error output.
    case error = 8
    /// Changing to the working directory.
    case directory = 9
    /// Setting resource limits.
    case limits = 10
    /// Making or entering the control group.
    case controlGroup = 11
    /// Executing the program.
    case execute = 12
    /// The agent went away before the start, and came back too late to start it.
    case agentRestart = 13
    /// Becoming the user that it is to run as.
    case user = 14
    /// Making its own view of the file systems.
    case view = 15
    /// Finding or pulling its image, or making its container.
    case image = 16
}

/// One update about a task. It is kept by the agent, and sent again in each session, until it is acknowledged.
public struct AgentTaskStatus: Sendable {
    /// Which task.
    public var key = AgentTaskKey(id: 0, attempt: 0)
    /// Rises with each update of this agent, through restarts; 0 when there is nothing to acknowledge.
    public var sequence: UInt64 = 0
    /// The task's state.
    public var state = AgentTaskState.unknown
    /// Process id, and number of the process group and session; 0 if it never started.
    public var pid: UInt64 = 0
    /// Start, in nanoseconds of wall time since 1970.
    public var startedNanoseconds: UInt64 = 0
    /// End, in nanoseconds of wall time since 1970; 0 while it runs.
    public var endedNanoseconds: UInt64 = 0
    /// Run time by the steady clock, in nanoseconds.
    public var runNanoseconds: UInt64 = 0
    /// Why it ended, once it has.
    public var reason = AgentEndReason.unknown
    /// Exit code, 0 to 255, meaningful with `signal` 0.
    public var exitCode: UInt64 = 0
    /// The signal that ended it, or 0.
    public var signal: UInt64 = 0
    /// Where a launch failed.
    public var step = AgentLaunchStep.none
    /// The error number of a failed launch, or 0.
    public var errno: UInt64 = 0
    /// One line for the operator, empty if the fields say all.
    public var message = ""
    /// What it used in all, once ended.
    public var usage = AgentTaskUsage()

    /// An empty status.
    public init() {}

    /// It ended by itself with exit code 0.
    public var succeeded: Bool { state == .ended && reason == .exited && exitCode == 0 && signal == 0 }
}

/// What a finished task used, over all of its processes that were waited for.
public struct AgentTaskUsage: Equatable, Sendable {
    /// Largest resident size of one of its processes, in bytes.
    public var maxResidentBytes: UInt64 = 0
    /// Time in user mode, in nanoseconds.
    public var userNanoseconds: UInt64 = 0
    /// Time in the kernel, in nanoseconds.
    public var systemNanoseconds: UInt64 = 0

    /// Nothing used.
    public init() {}
}

/// The core has taken a status to its own disk; the agent need not keep it any more, nor earlier ones of that task.
public struct AgentAcknowledgement: Equatable, Sendable {
    /// Which task.
    public var key: AgentTaskKey
    /// Which status of it.
    public var sequence: UInt64

    /// Acknowledges one status and the earlier ones of the same task.
    public init(key: AgentTaskKey, sequence: UInt64) {
        self.key = key
        self.sequence = sequence
    }
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension AgentTaskStatus: Equatable {}
#endif
