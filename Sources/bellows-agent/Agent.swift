import CSys

/// The agent: one thread, one poll loop, all state in this object. The journal is both its memory and the queue on
/// which supervisors report.
final class Agent {
    let options: Options
    let log: OperatorLog
    /// The agent's folder, absolute.
    let directory: String
    let bootID: String
    let groups: ControlGroups
    let journal = JournalFolder()

    /// Made when the folder was first used.
    var agentID = ""
    /// Which start of the agent this is; the high part of sequences.
    var startNumber: UInt64 = 0
    var sequenceCount: UInt64 = 0
    var owner: OwnerRecord?

    var tasks: [AgentTaskKey: TaskEntry] = [:]
    /// Running or staging tasks, in no order.
    var active: [AgentTaskKey: TaskEntry] = [:]
    /// Finished and acknowledged tasks, oldest first from `settledHead`.
    var settled: [TaskEntry] = []
    var settledHead = 0
    /// Settled tasks whose sandbox has nothing in it, to be taken over by the next ones.
    var spares: [AgentTaskKey] = []
    /// Statuses not given to the session's output yet, in order from `unsentHead`: entry, and whether it is the end.
    var unsent: [(entry: TaskEntry, isEnd: Bool)] = []
    var unsentHead = 0
    /// Final statuses that name a task whose carried record is still to come (first read only).
    var early: [AgentTaskKey: StatusRecord] = [:]

    /// Records to be appended at the end of this turn.
    var batch: [UInt8] = []
    var batchLaunches: [(entry: TaskEntry, bodyAt: Int)] = []
    /// Launches in the journal whose sync is under way, and those that wait for the next.
    var syncing: [TaskEntry] = []
    var written: [TaskEntry] = []
    var syncRunning = false
    /// Launches to be handed to the starter.
    var handing: [TaskEntry] = []
    var startRequests: Int32 = -1
    var starterNumber: UInt64 = 0
    /// Locks of starters that may still start something; while there are any, the fate of old launches is open.
    var openLocks: [(fd: Int32, path: String)] = []

    var listener: Int32 = -1
    var wake: Int32 = -1
    var syncRequests: Int32 = -1
    var syncReplies: Int32 = -1
    var removals: Int32 = -1
    var removalQueue: [String] = []
    /// Containers may be there: they are looked at, and taken away where their tasks are over.
    var hasContainers = true
    var containerTries: [AgentTaskKey: Int] = [:]
    /// The process that takes containers away, or 0.
    var cleaner: Int32 = 0
    var openFilesBefore: UInt64 = 0

    var connections: [Connection] = []
    var session: Connection?
    /// Tasks still to be named in the inventory, or nil when it is out.
    var inventory: [AgentTaskStatus]?
    var inventoryHead = 0
    var streams: [LogStream] = []
    var executorListener: Int32 = -1
    var executorPortFailed = false
    var executorStreams: [ExecutorStream] = []
    var lastExecutorStream: UInt64 = 0
    var sampleNanoseconds: UInt64 = 0
    var nextSample: UInt64 = 0
    var nextWatch: UInt64 = 0
    var nextCleaning: UInt64 = 0
    var watchRounds = 0
    var retention: AgentRetention
    var lease = AgentLease(softSeconds: 0, hardSeconds: 0)
    /// When the lease was renewed last, in the clock that also counts suspend.
    var leasedAt: UInt64 = 0
    var leaseIsOver = false
    var nextPowerOff: UInt64 = 0
    var powerOffs = 0
    var endingSince: UInt64 = 0
    var endingGrace: UInt64 = 0
    var isEnding = false
    var isDone = false

    init(_ options: Options, _ log: OperatorLog, directory: String) {
        self.options = options
        self.log = log
        self.directory = directory
        bootID = System.line("/proc/sys/kernel/random/boot_id")
        groups = options.controlGroups ? ControlGroups.find() : ControlGroups()
        retention = AgentRetention(
            keepMilliseconds: options.keepMilliseconds, keepTasks: options.keepTasks,
            freeDiskBytes: options.freeDiskBytes)
    }

    /// The next sequence: start number above, count below, so that it rises through restarts.
    func nextSequence() -> UInt64 {
        sequenceCount += 1
        return startNumber << 40 | sequenceCount
    }
}
