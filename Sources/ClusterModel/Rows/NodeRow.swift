/// A node as the panes and the allocator see it: plain data, no references.
public struct NodeRow: Sendable {
    /// Where a node stands in its life.
    public enum State: UInt8, Sendable, CaseIterable {
        /// The slot is free.
        case absent
        /// Wished or known, its agent has not registered yet.
        case joining
        /// Takes work.
        case ready
        /// Takes no new work; running tasks go on to their end.
        case draining
        /// Drained: nothing runs there and nothing is placed there.
        case drained
        /// Held by the core or the operator: takes no new work.
        case held
        /// Silent for longer than `unreachableAfter`; its tasks may well be running.
        case unreachable
        /// Silent for longer than `lostAfter`; its tasks were given up.
        case lost
        /// Gone for good; kept for the panes until it is forgotten.
        case removed

        /// Whether the allocator may offer it.
        public var takesWork: Bool { self == .ready }
    }

    /// Its name; unique among nodes that are not removed.
    public var name = TextID.none
    /// The pool it belongs to.
    public var pool = PoolID.none
    /// The instance it came from, if a provider made it.
    public var instance = InstanceID.none
    /// Where it stands.
    public var state = State.absent
    /// The state to return to when it is heard of again.
    public var stateBeforeSilence = State.ready
    /// Why it is in this state.
    public var reason = Reason.none
    /// Since when.
    public var stateSince = Instant.never
    /// When it first registered.
    public var joinedAt = Instant.never
    /// When its agent was last heard.
    public var heardAt = Instant.never
    /// Whether a link to its agent is open.
    public var connected = false
    /// Whether its instance is to be ended once it is drained.
    public var removeWhenDrained = false
    /// When a drain gives up waiting; never = waits as long as it takes.
    public var drainDeadline = Instant.never
    /// All it declares.
    public var total = ResourceVector.zero
    /// Lent out in open offers.
    public var offered = ResourceVector.zero
    /// Used by tasks that are staging, running or ending.
    public var used = ResourceVector.zero
    /// Its price in millionths per hour.
    public var pricePerHour: Int64 = 0
    /// Failures of different jobs in a row, and the job that failed last.
    public var failuresInRow: UInt32 = 0
    /// The job that failed last.
    public var lastFailedJob = JobID.none
    /// Tasks on it that have not ended.
    public var tasks: UInt32 = 0
    /// Cpu in use as measured, thousandths.
    public var cpuUsed: Int64 = 0
    /// Memory in use as measured, bytes.
    public var memUsed: Int64 = 0
    /// Load average of the last minute, hundredths.
    public var load: Int64 = 0
    /// The machine's boot, to tell a reboot from a broken line.
    public var boot = TextID.none
    /// The agent process's start, to tell a new agent from the old.
    public var agentStart: UInt64 = 0
    /// Its agent's number, for its id; 0 = it has none yet.
    public var agent: UInt32 = 0
    /// Whether it runs nothing but accepts tasks and reports what it is told to.
    public var isSimulated = false
    /// Whether its agent is marked gone once it is drained.
    public var goneWhenDrained = false
    /// Time that a drain leaves to tasks of frameworks outside; below zero = their own.
    public var drainGrace = Interval(microseconds: -1)
    /// What its agent cannot do.
    public var lacks = AgentCapabilities()
    /// What its tasks pay of its price, millionths per hour.
    public var workPerHour: Int64 = 0
    /// Since when nothing has run on it; never = something does.
    public var idleSince = Instant.never
    /// Since when it has been used less than its pool's threshold; never = it is used more.
    public var quietSince = Instant.never
    /// Whether its drain waits until frameworks have learned of the ends of their tasks.
    public var awaitsAcknowledgement = false

    /// A free slot.
    public init() {}

    /// What is neither offered nor used.
    @inlinable public var free: ResourceVector { total - offered - used }
    /// Whether it takes work, is connected and has something free.
    public var hasRoom: Bool {
        guard state.takesWork, connected else { return false }
        let free = self.free
        return free.isNonNegative && !free.isZero
    }
    /// Whether the slot holds a node that is not removed.
    public var isPresent: Bool { state != .absent && state != .removed }
}

extension NodeRow: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&name)
        coder.id(&pool)
        coder.id(&instance)
        coder.word(&state)
        coder.word(&stateBeforeSilence)
        coder.value(&reason)
        coder.instant(&stateSince)
        coder.instant(&joinedAt)
        coder.instant(&heardAt)
        coder.flag(&connected)
        coder.flag(&removeWhenDrained)
        coder.instant(&drainDeadline)
        coder.value(&total)
        coder.value(&offered)
        coder.value(&used)
        coder.int(&pricePerHour)
        coder.uint(&failuresInRow)
        coder.id(&lastFailedJob)
        coder.uint(&tasks)
        coder.int(&cpuUsed)
        coder.int(&memUsed)
        coder.int(&load)
        coder.id(&boot)
        coder.uint(&agentStart)
        coder.uint(&agent)
        coder.flag(&isSimulated)
        coder.flag(&goneWhenDrained)
        coder.interval(&drainGrace)
        var bits = lacks.rawValue
        coder.uint(&bits)
        lacks = AgentCapabilities(rawValue: bits)
        coder.int(&workPerHour)
        coder.instant(&idleSince)
        coder.instant(&quietSince)
        coder.flag(&awaitsAcknowledgement)
    }
}

/// What is said of a node in words and lists: kept beside the rows, since only detail views and requirements read it.
public struct NodeDetails: Hashable, Sendable, Wired {
    /// Attributes, ascending by name.
    public var attributes: [Attribute] = []
    /// Ports and sets it declares.
    public var extras = Extras()
    /// Ports and sets that are neither offered nor used.
    public var freeExtras = Extras()
    /// Where its agent is reached: a socket path, later a host.
    public var address = ""
    /// Operating system and kernel.
    public var kernel = ""
    /// Architecture, as `uname -m` says.
    public var arch = ""
    /// Host name, as the machine says.
    public var host = ""
    /// Version of its agent.
    public var agentVersion = ""
    /// How tasks are isolated there: cgroup v2, v1, rlimits.
    public var isolation = ""
    /// The last fault of its link or provider, in one line.
    public var fault = ""
    /// What was declared of it, when somebody named it.
    public var spec = NodeSpec()
    /// What it has that is not plain: declared, reserved since, made a volume, lent on call.
    public var special = Portions()
    /// What of it is offered or used; a shared volume with as many copies as hold it.
    public var specialHeld = Portions()
    /// Host name as declared; "" = as its machine says.
    public var hostname = ""
    /// Where its machine stands.
    public var domain = FaultDomain()
    /// When its machine will not be there, by the maintenance schedule; nil = nothing is planned.
    public var unavailability: Unavailability?

    /// Nothing known.
    public init() {}

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&attributes)
        coder.value(&extras)
        coder.value(&freeExtras)
        coder.text(&address)
        coder.text(&kernel)
        coder.text(&arch)
        coder.text(&host)
        coder.text(&agentVersion)
        coder.text(&isolation)
        coder.text(&fault)
        coder.record(&spec)
        coder.value(&special)
        coder.value(&specialHeld)
        coder.text(&hostname)
        coder.value(&domain)
        coder.optional(&unavailability)
    }
}
