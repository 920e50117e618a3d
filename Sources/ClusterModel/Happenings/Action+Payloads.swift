/// What actions carry, and their bytes.

/// Jobs to be accepted together or not at all.
public struct SubmitJobs: Hashable, Sendable, Wired {
    /// Most jobs in one request.
    public static let limit = 10_000
    /// The jobs.
    public var jobs: [JobSpec] = []
    /// For each job, the positions in `jobs` of those it waits for, besides its `after`.
    public var afterPositions: [[UInt32]] = []
    /// An empty request.
    public init() {}
    /// One job.
    public init(_ job: JobSpec) { jobs = [job] }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&jobs, empty: JobSpec()) { $0.record(&$1) }
        coder.elements(&afterPositions, empty: []) { $0.elements(&$1, empty: 0) { $0.uint(&$1) } }
    }
}

/// Tasks that were picked.
public struct TaskSelection: Hashable, Sendable, Wired {
    /// Index that stands for all tasks of a job.
    public static let all = UInt32.max
    /// Which.
    public var tasks: [TaskID] = []
    /// An empty selection.
    public init() {}
    /// These tasks.
    public init(_ tasks: [TaskID]) { self.tasks = tasks }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&tasks, empty: TaskID(job: .none, index: 0)) { $0.task(&$1) }
    }
}

/// Jobs that were picked.
public struct JobSelection: Hashable, Sendable, Wired {
    /// Which.
    public var jobs: [JobID] = []
    /// An empty selection.
    public init() {}
    /// These jobs.
    public init(_ jobs: [JobID]) { self.jobs = jobs }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.ids(&jobs) }
}

/// Nodes that were picked, by name: slots may be used again before the request arrives.
public struct NodeSelection: Hashable, Sendable, Wired {
    /// Which.
    public var nodes: [String] = []
    /// How long running tasks are waited for before they are ended; zero = as long as it takes.
    public var patience = Interval.zero
    /// An empty selection.
    public init() {}
    /// These nodes.
    public init(_ nodes: [String], patience: Interval = .zero) {
        self.nodes = nodes
        self.patience = patience
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.texts(&nodes)
        coder.interval(&patience)
    }
}

/// Offers that were picked.
public struct OfferSelection: Hashable, Sendable, Wired {
    /// Which.
    public var offers: [OfferID] = []
    /// An empty selection.
    public init() {}
    /// These offers.
    public init(_ offers: [OfferID]) { self.offers = offers }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.ids(&offers) }
}

/// A priority for jobs.
public struct JobPriority: Hashable, Sendable, Wired {
    /// Which.
    public var jobs: [JobID] = []
    /// Higher starts first; -1000...1000.
    public var priority: Int32 = 0
    /// An empty change.
    public init() {}
    /// `priority` for `jobs`.
    public init(jobs: [JobID], priority: Int32) {
        self.jobs = jobs
        self.priority = priority
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.ids(&jobs)
        coder.int(&priority)
    }
}

/// More machines.
public struct ScaleOut: Hashable, Sendable, Wired {
    /// The pool, by name; "" = the only one that can grow.
    public var pool = ""
    /// How many more.
    public var count: UInt32 = 1
    /// Machine type; "" = the pool's first.
    public var type = ""
    /// An empty wish.
    public init() {}
    /// `count` more of `type` in `pool`.
    public init(pool: String, count: UInt32, type: String = "") {
        self.pool = pool
        self.count = count
        self.type = type
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&pool)
        coder.uint(&count)
        coder.text(&type)
    }
}

/// A role's weight.
public struct RoleWeight: Hashable, Sendable, Wired {
    /// The role's path.
    public var path = ""
    /// Thousandths, 1 to 1,000,000.
    public var weight: Int64 = 1_000
    /// An empty change.
    public init() {}
    /// `weight` thousandths for the role at `path`.
    public init(path: String, weight: Int64) {
        self.path = path
        self.weight = weight
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&path)
        coder.int(&weight)
    }
}

/// A new cluster file.
public struct ApplyConfiguration: Hashable, Sendable, Wired {
    /// What it says.
    public var configuration = ClusterConfiguration()
    /// An empty change.
    public init() {}
    /// A change to `configuration`.
    public init(_ configuration: ClusterConfiguration) { self.configuration = configuration }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.record(&configuration) }
}

/// A note, or a named mark.
public struct NoteText: Hashable, Sendable, Wired {
    /// Longest text in bytes.
    public static let limit = 4_096
    /// The mark's name; "" for a note.
    public var mark = ""
    /// What to write.
    public var text = ""
    /// An empty note.
    public init() {}
    /// A note, or the mark `mark`.
    public init(mark: String = "", text: String) {
        self.mark = mark
        self.text = text
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&mark)
        coder.text(&text)
    }
}

/// The end of the core.
public struct Shutdown: Hashable, Sendable, Wired {
    /// Whether to drain, end instances and then stop; else running tasks and machines are left as they are.
    public var drain = false
    /// A plain stop.
    public init() {}
    /// A stop, after a drain if so wished.
    public init(drain: Bool) { self.drain = drain }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.flag(&drain) }
}

/// What the autoscaler would do now, done once.
public struct FollowScaling: Hashable, Sendable, Wired {
    /// The pool, by name; "" = all.
    public var pool = ""
    /// All pools.
    public init() {}
    /// One pool.
    public init(pool: String) { self.pool = pool }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.text(&pool) }
}

extension Action: Wired {
    public init() { self = .note(NoteText()) }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var number = kind
        coder.uint(&number)
        func visit<T: Wired>(_ value: T?, _ make: (T) -> Action) {
            var payload = value ?? T()
            coder.record(&payload)
            if C.isReading { self = make(payload) }
        }
        switch number {
        case 1: visit(payload(), Action.submit)
        case 2: visit(payload(), Action.kill)
        case 3: visit(payload(), Action.hold)
        case 4: visit(payload(), Action.release)
        case 5: visit(payload(), Action.requeue)
        case 6: visit(payload(), Action.priority)
        case 7: visit(payload(), Action.drain)
        case 8: visit(payload(), Action.undrain)
        case 9: visit(payload(), Action.rescind)
        case 10: visit(payload(), Action.scaleOut)
        case 11: visit(payload(), Action.scaleIn)
        case 12:
            var mode = AutoscalerMode.off
            if case .autoscaler(let own) = self { mode = own }
            coder.word(&mode)
            if C.isReading { self = .autoscaler(mode) }
        case 13: visit(payload(), Action.weight)
        case 14: visit(payload(), Action.apply)
        case 15: visit(payload(), Action.note)
        case 16: visit(payload(), Action.shutdown)
        case 70: visit(payload(), Action.addNodes)
        case 71: visit(payload(), Action.removeNodes)
        case 100: visit(payload(), Action.orphans)
        case 80: visit(payload(), Action.followScaling)
        case 65: visit(payload(), Action.simulate)
        default: coder.fail()
        }
    }

    /// What this action carries, when it is a `T`.
    private func payload<T: Wired>() -> T? {
        switch self {
        case .submit(let value): value as? T
        case .kill(let value): value as? T
        case .hold(let value): value as? T
        case .release(let value): value as? T
        case .requeue(let value): value as? T
        case .priority(let value): value as? T
        case .drain(let value): value as? T
        case .undrain(let value): value as? T
        case .rescind(let value): value as? T
        case .scaleOut(let value): value as? T
        case .scaleIn(let value): value as? T
        case .autoscaler: nil
        case .weight(let value): value as? T
        case .apply(let value): value as? T
        case .note(let value): value as? T
        case .shutdown(let value): value as? T
        case .addNodes(let value): value as? T
        case .removeNodes(let value): value as? T
        case .orphans(let value): value as? T
        case .followScaling(let value): value as? T
        case .simulate(let value): value as? T
        }
    }
}
