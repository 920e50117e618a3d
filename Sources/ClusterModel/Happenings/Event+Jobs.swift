/// Events in the life of jobs and tasks.

/// A job was accepted.
public struct JobSubmitted: Hashable, Sendable, Wired {
    /// Its number.
    public var job = JobID.none
    /// Who submitted it.
    public var user = ""
    /// The framework that runs it.
    public var framework = FrameworkID.none
    /// What was asked for.
    public var spec = JobSpec()

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(job: JobID, user: String = "", framework: FrameworkID = .none, spec: JobSpec = .init()) {
        self.job = job
        self.user = user
        self.framework = framework
        self.spec = spec
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.text(&user)
        coder.id(&framework)
        coder.record(&spec)
    }
}

/// A job's gate or priority changed.
public struct JobChanged: Hashable, Sendable, Wired {
    /// Its number.
    public var job = JobID.none
    /// Whether it may start.
    public var gate = JobRow.Gate.open
    /// Why.
    public var reason = Reason.none
    /// Its priority from now on.
    public var priority: Int32 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(job: JobID, gate: JobRow.Gate, reason: Reason = .none, priority: Int32 = 0) {
        self.job = job
        self.gate = gate
        self.reason = reason
        self.priority = priority
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.word(&gate)
        coder.value(&reason)
        coder.int(&priority)
    }
}

/// A job was given, or lost, a reservation.
public struct JobExpected: Hashable, Sendable, Wired {
    /// Its number.
    public var job = JobID.none
    /// When it can start at the latest; never = no reservation.
    public var at = Instant.never
    /// The nodes it is to have.
    public var nodes: [NodeID] = []

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(job: JobID, at: Instant = .never, nodes: [NodeID] = []) {
        self.job = job
        self.at = at
        self.nodes = nodes
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.instant(&at)
        coder.ids(&nodes)
    }
}

/// A job left the state; the recording keeps it.
public struct JobForgotten: Hashable, Sendable, Wired {
    /// Its number.
    public var job = JobID.none
    /// How many tasks it had.
    public var count: UInt32 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(job: JobID, count: UInt32 = 0) {
        self.job = job
        self.count = count
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.uint(&count)
    }
}

/// A task was given resources of an offer; its launch goes to the agent.
public struct TaskLaunched: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// Counted from 1.
    public var attempt: UInt32 = 0
    /// Where.
    public var node = NodeID.none
    /// Out of which offer.
    public var offer = OfferID.none
    /// Rank within its gang.
    public var rank: UInt32 = 0
    /// Ports and words it holds.
    public var extras = Extras()
    /// When it must have ended; never = no limit.
    public var deadline = Instant.never
    /// What it holds that is not plain.
    public var special = Portions()

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        task: TaskID, attempt: UInt32 = 0, node: NodeID = .none, offer: OfferID = .none, rank: UInt32 = 0,
        extras: Extras = .init(), deadline: Instant = .never, special: Portions = .init()
    ) {
        self.special = special
        self.task = task
        self.attempt = attempt
        self.node = node
        self.offer = offer
        self.rank = rank
        self.extras = extras
        self.deadline = deadline
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.uint(&attempt)
        coder.id(&node)
        coder.id(&offer)
        coder.uint(&rank)
        coder.value(&extras)
        coder.instant(&deadline)
        coder.value(&special)
    }
}

/// A task's image is pulled on its node before it can run.
public struct TaskPulls: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// What the agent says of it, one line.
    public var message = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(task: TaskID, message: String) {
        self.task = task
        self.message = message
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.text(&message)
    }
}

/// A task runs.
public struct TaskStarted: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// Its process group.
    public var pid: Int32 = 0
    /// When, by the agent's clock.
    public var startedAt = Instant.never
    /// The agent's number of this status.
    public var sequence: UInt64 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(task: TaskID, pid: Int32 = 0, startedAt: Instant = .never, sequence: UInt64 = 0) {
        self.task = task
        self.pid = pid
        self.startedAt = startedAt
        self.sequence = sequence
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.int(&pid)
        coder.instant(&startedAt)
        coder.uint(&sequence)
    }
}

/// A task ended for good, or its attempt did (then a requeue follows).
public struct TaskEnded: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// How.
    public var state = TaskRow.State.queued
    /// Why.
    public var reason = Reason.none
    /// Exit code.
    public var exitCode: Int32 = 0
    /// Signal, 0 if none.
    public var signal: Int32 = 0
    /// As the agent measured it.
    public var runTime = Interval.zero
    /// As the agent measured it.
    public var cpuTime = Interval.zero
    /// Bytes.
    public var memPeak: Int64 = 0
    /// One line for people.
    public var message = ""
    /// The agent's number of this status; 0 = not from an agent.
    public var sequence: UInt64 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        task: TaskID, state: TaskRow.State, reason: Reason = .none, exitCode: Int32 = 0, signal: Int32 = 0,
        runTime: Interval = .zero, cpuTime: Interval = .zero, memPeak: Int64 = 0, message: String = "",
        sequence: UInt64 = 0
    ) {
        self.task = task
        self.state = state
        self.reason = reason
        self.exitCode = exitCode
        self.signal = signal
        self.runTime = runTime
        self.cpuTime = cpuTime
        self.memPeak = memPeak
        self.message = message
        self.sequence = sequence
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.word(&state)
        coder.value(&reason)
        coder.int(&exitCode)
        coder.int(&signal)
        coder.interval(&runTime)
        coder.interval(&cpuTime)
        coder.int(&memPeak)
        coder.text(&message)
        coder.uint(&sequence)
    }
}

/// A task was asked to end.
public struct TaskKilling: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// Why.
    public var reason = Reason.none
    /// Who asked.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(task: TaskID, reason: Reason = .none, user: String = "") {
        self.task = task
        self.reason = reason
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.value(&reason)
        coder.text(&user)
    }
}

/// A task waits again.
public struct TaskRequeued: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// Why.
    public var reason = Reason.none
    /// Not to be started before this.
    public var notBefore = Instant.never
    /// Whether it counts against its retries.
    public var countsAsFailure = false

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(task: TaskID, reason: Reason = .none, notBefore: Instant = .never, countsAsFailure: Bool = false) {
        self.task = task
        self.reason = reason
        self.notBefore = notBefore
        self.countsAsFailure = countsAsFailure
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.value(&reason)
        coder.instant(&notBefore)
        coder.flag(&countsAsFailure)
    }
}

/// Ended tasks left the state; the recording keeps them.
public struct TasksForgotten: Hashable, Sendable, Wired {
    /// Which.
    public var tasks: [TaskID] = []

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(tasks: [TaskID]) {
        self.tasks = tasks
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&tasks, empty: TaskID(job: .none, index: 0)) { $0.task(&$1) }
    }
}
