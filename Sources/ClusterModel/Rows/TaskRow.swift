/// A task as the panes and the queue see it: plain data, no references. A job's tasks lie side by side.
public struct TaskRow: Sendable {
    /// Where a task stands in its life.
    public enum State: UInt8, Sendable, CaseIterable {
        /// The row's task has been forgotten.
        case forgotten
        /// Waits for resources.
        case queued
        /// Waits for a release or a dependency.
        case held
        /// Its launch is on its way to the agent.
        case staging
        /// Runs.
        case running
        /// Was asked to end.
        case killing
        /// Ended with exit code 0.
        case finished
        /// Ended with another exit code or by a signal of its own.
        case failed
        /// Ended because somebody asked for it.
        case killed
        /// Cannot be known any more.
        case lost

        /// Whether it holds resources of a node.
        public var isPlaced: Bool { self == .staging || self == .running || self == .killing }
        /// Whether it has ended for good.
        public var isTerminal: Bool { rawValue >= State.finished.rawValue }
    }

    /// Job and index.
    public var id = TaskID(job: .none, index: 0)
    /// Where it stands.
    public var state = State.queued
    /// Why.
    public var reason = Reason.none
    /// Which attempt this is, from 1 once launched.
    public var attempt: UInt32 = 0
    /// Failed attempts so far.
    public var failures: UInt32 = 0
    /// The node it is or was on.
    public var node = NodeID.none
    /// Rank within its gang; 0 when it is none.
    public var rank: UInt32 = 0
    /// What it holds while placed.
    public var need = ResourceVector.zero
    /// Since when it has been in its state.
    public var stateSince = Instant.never
    /// When it was launched last.
    public var launchedAt = Instant.never
    /// When it began to run.
    public var startedAt = Instant.never
    /// When it ended.
    public var endedAt = Instant.never
    /// When it must have ended; never = no limit.
    public var deadline = Instant.never
    /// Its process group on the node.
    public var pid: Int32 = 0
    /// Exit code, when it exited.
    public var exitCode: Int32 = 0
    /// Signal, when it was ended by one.
    public var signal: Int32 = 0
    /// Run time as the agent measured it.
    public var runTime = Interval.zero
    /// The agent's number of the last status applied, so that none is applied twice.
    public var statusSequence: UInt64 = 0
    /// Cpu in use as measured, thousandths.
    public var cpuUsed: Int64 = 0
    /// Memory in use as measured; its peak after the end; bytes.
    public var memUsed: Int64 = 0
    /// Cpu time used, as the agent measured it at the end.
    public var cpuTime = Interval.zero
    /// Its share of its node's price, millionths per hour.
    public var costPerHour: Int64 = 0
    /// How it ended, once it is forgotten: the job's counts and the registry still need to know.
    public var endedAs = State.queued
    /// What it has cost before `costSince`, rate x milliseconds, all attempts.
    public var costAccrued: Int64 = 0
    /// Since when it costs its present rate.
    public var costSince = Instant.never

    /// An empty row.
    public init() {}
}

extension TaskRow: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&id)
        coder.word(&state)
        coder.value(&reason)
        coder.uint(&attempt)
        coder.uint(&failures)
        coder.id(&node)
        coder.uint(&rank)
        coder.value(&need)
        coder.instant(&stateSince)
        coder.instant(&launchedAt)
        coder.instant(&startedAt)
        coder.instant(&endedAt)
        coder.instant(&deadline)
        coder.int(&pid)
        coder.int(&exitCode)
        coder.int(&signal)
        coder.interval(&runTime)
        coder.uint(&statusSequence)
        coder.int(&cpuUsed)
        coder.int(&memUsed)
        coder.interval(&cpuTime)
        coder.int(&costPerHour)
        coder.word(&endedAs)
        coder.int(&costAccrued)
        coder.instant(&costSince)
    }
}
