/// What a framework outside knows of its task: its own id, its statuses that were not acknowledged, what it sent. The
/// task itself is a job of one task, under the same job number.
public struct ExternalTask: Hashable, Sendable, Wired {
    /// What the row stands for.
    public enum Kind: UInt8, Sendable {
        /// No such row.
        case none
        /// A task.
        case task
        /// An executor's own process, or the place it takes; never shown as a task.
        case executor
    }
    /// What it stands for.
    public var kind = Kind.none
    /// Whose.
    public var framework = FrameworkID.none
    /// The framework's id of it (of the executor, for one).
    public var name = ""
    /// The agent's number; 0 = none.
    public var agent: UInt32 = 0
    /// Its executor; "" = a process of its own.
    public var executor = ""
    /// Whether its executor is the built-in one for groups.
    public var isInDefaultExecutor = false
    /// Job numbers of its group's members, itself included; empty when it came alone.
    public var group: [JobID] = []
    /// The last state that its agent or the core said.
    public var state = FrameworkTaskState.staging
    /// What its agent said last, while `state` is that of a node out of reach.
    public var stateOnAgent = FrameworkTaskState.staging
    /// Since when its node is out of reach; never = it is not.
    public var unreachableSince = Instant.never
    /// Statuses that the framework has not acknowledged, oldest first; the first is being told.
    public var updates: [TaskUpdate] = []
    /// When the first of them was told last, and how often it has been.
    public var toldAt = Instant.never
    /// See `toldAt`.
    public var tellings: UInt32 = 0
    /// One status a state, oldest first, without payload; at most `historyLimit`.
    public var history: [TaskUpdate] = []
    /// Statuses made by the core for it so far; numbers their uuids.
    public var counted: UInt32 = 0
    /// What was sent for it, as the API encoded it (TaskInfo, or ExecutorInfo).
    public var wire: [UInt8] = []
    /// The executor's, as the API encoded it; empty without one.
    public var executorWire: [UInt8] = []

    /// Most statuses of `history`.
    public static let historyLimit = 8
    /// Most statuses that wait for acknowledgement; beyond it a status that is no end is dropped.
    public static let updateLimit = 1_000

    /// An empty row.
    public init() {}
    /// Whether nothing more is to be told of it: it ended and its framework knows.
    public var isCompleted: Bool { kind == .none || state.isTerminal && updates.isEmpty }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&kind)
        coder.id(&framework)
        coder.text(&name)
        coder.uint(&agent)
        coder.text(&executor)
        coder.flag(&isInDefaultExecutor)
        coder.ids(&group)
        coder.word(&state)
        coder.word(&stateOnAgent)
        coder.instant(&unreachableSince)
        coder.elements(&updates, empty: TaskUpdate()) { $0.record(&$1) }
        coder.instant(&toldAt)
        coder.uint(&tellings)
        coder.elements(&history, empty: TaskUpdate()) { $0.record(&$1) }
        coder.uint(&counted)
        coder.blob(&wire)
        coder.blob(&executorWire)
    }
}
