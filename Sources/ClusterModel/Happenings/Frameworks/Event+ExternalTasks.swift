/// Events in the life of tasks of frameworks outside. That they take and give back resources is said by the events of
/// every task; these say what their frameworks know of them.

/// A framework's task, or an executor, is one of this core's jobs.
public struct ExternalTaskAdded: Hashable, Sendable, Wired {
    /// The job, of one task.
    public var job = JobID.none
    /// What its framework knows of it.
    public var task = ExternalTask()
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(job: JobID, task: ExternalTask) {
        self.job = job
        self.task = task
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.record(&task)
    }
}

/// A status of a framework's task was made. One with a uuid is told until it is acknowledged.
public struct ExternalTaskUpdated: Hashable, Sendable, Wired {
    /// The job.
    public var job = JobID.none
    /// The status.
    public var update = TaskUpdate()
    /// Whether it was told with this event.
    public var isTold = false
    /// Whether it says what the agent said, rather than that the agent is out of reach.
    public var isFromAgent = true
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(job: JobID, update: TaskUpdate, isTold: Bool, isFromAgent: Bool) {
        self.job = job
        self.update = update
        self.isTold = isTold
        self.isFromAgent = isFromAgent
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.record(&update)
        coder.flag(&isTold)
        coder.flag(&isFromAgent)
    }
}

/// The oldest status of a task that waits for acknowledgement was told, again or for the first time.
public struct ExternalTaskTold: Hashable, Sendable, Wired {
    /// The job.
    public var job = JobID.none
    /// How often it has been told.
    public var tellings: UInt32 = 0
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(job: JobID, tellings: UInt32) {
        self.job = job
        self.tellings = tellings
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.uint(&tellings)
    }
}

/// The oldest status of a task was acknowledged; the next one waits.
public struct ExternalTaskAcknowledged: Hashable, Sendable, Wired {
    /// The job.
    public var job = JobID.none
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(job: JobID) { self.job = job }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.id(&job) }
}

/// An operation with an id came to its end, or was told again, or was acknowledged and is forgotten.
public struct OperationChanged: Hashable, Sendable, Wired {
    /// The operation; one that is there has its fields replaced.
    public var operation = OperationRow()
    /// Whether it is forgotten.
    public var isForgotten = false
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(operation: OperationRow, isForgotten: Bool = false) {
        self.operation = operation
        self.isForgotten = isForgotten
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&operation)
        coder.flag(&isForgotten)
    }
}
