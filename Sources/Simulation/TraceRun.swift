import ClusterModel
import ControlCore
import HeapModule

/// A workload played through the live core in simulated time: agents and providers that do what they are told, each
/// machine after its pool's boot time. The same workload, configuration and seed give the same events.
public struct TraceRun: Sendable {
    /// A job that is submitted at a time and then runs for a time.
    public struct Entry: Sendable {
        /// When, after the start.
        public var submit: Interval
        /// What.
        public var spec: JobSpec
        /// How long each of its tasks runs.
        public var run: Interval
        /// How long each runs by itself, where they differ; the others run for `run`.
        public var runs: [Interval] = []
        /// Positions of the jobs, earlier ones, that must have succeeded before.
        public var after: [Int] = []
        /// A job of a run.
        public init(submit: Interval, spec: JobSpec, run: Interval) {
            self.submit = submit
            self.spec = spec
            self.run = run
        }

        func run(of index: UInt32) -> Interval { Int(index) < runs.count ? runs[Int(index)] : run }
    }

    /// One input and what came of it.
    public struct Turn: Sendable {
        /// When.
        public var time: Instant
        /// What happened.
        public var input: Input
        /// What followed.
        public var events: [StampedEvent]
    }

    struct Appointment: Sendable, Comparable {
        var at: Instant
        var order: UInt64
        var input: Input
        static func < (a: Self, b: Self) -> Bool { (a.at, a.order) < (b.at, b.order) }
        static func == (a: Self, b: Self) -> Bool { a.order == b.order }
    }

    /// Longest time that is played after the last job has ended, so that machines may go; and longest time in which
    /// nothing is submitted, starts or ends, before the jobs that are left count as ones that never start.
    public static let tail = Interval.hours(24)

    /// When a run begins that has no time of its own: a Monday at midnight.
    public static let usualStart = Instant(microseconds: 1_750_032_000_000_000)

    /// The core.
    public private(set) var core: ControlCore
    /// What was measured so far.
    public private(set) var tally: TraceTally
    /// Simulated time.
    public private(set) var now: Instant
    private let start: Instant
    private let entries: [Entry]
    private var nextEntry = 0
    private var agenda = Heap<Appointment>()
    private var order: UInt64 = 0
    private var random: SeededRandom
    private var runTimes: [JobID: Entry] = [:]
    /// The jobs of the entries that were submitted.
    private var submitted: [Int: JobID] = [:]
    /// What machines have that no pool makes, by name.
    private let machines: [String: ResourceVector]
    /// How long machines of a pool take to boot, one after the other; more of them take what half of these did.
    private let boots: [String: [Interval]]
    /// Machines cost something until then at least, whenever the work has ended.
    private let until: Instant
    private var booted: [String: Int] = [:]
    private var stopped: Set<TaskID> = []
    private var lastEnd = Instant.never
    private var lastChange: Instant
    private var pending: [Input] = []

    /// A run that has not begun. Nodes are not measured in simulated time, so silence means nothing in it. Of machines
    /// that the cluster file names, and of those that are `added` by hand, those are there of which `machines` says
    /// what they have. Machines of pools of which `boots` says nothing take four fifths to six fifths of the pool's
    /// `bootTime`. It goes on to `until` when the work has ended before.
    public init(
        _ entries: [Entry], _ configuration: ClusterConfiguration, mode: AutoscalerMode, seed: UInt64,
        start: Instant = Self.usualStart, machines: [String: ResourceVector] = [:],
        added: [String] = [], boots: [String: [Interval]] = [:], until: Instant? = nil
    ) {
        self.entries = entries
        self.until = until ?? start
        (self.machines, self.boots) = (machines, boots)
        self.start = start
        now = start
        lastChange = start
        random = SeededRandom(seed: seed)
        core = ControlCore()
        tally = TraceTally(jobs: entries.count, start: start)
        var own = configuration
        own.limits.unreachableAfter = .hours(24 * 3_650)
        own.limits.lostAfter = .hours(48 * 3_650)
        var begin = CoreStart()
        (begin.cluster, begin.epoch, begin.version, begin.user) = ("simulated", 1, "simulated", "simulate")
        begin.configuration = own
        pending = [.start(begin)]
        if !added.isEmpty {
            var request = AddNodes()
            request.specs = added.map { name in
                var spec = NodeSpec()
                (spec.name, spec.transport, spec.address) = (name, .simulated, "simulated:\(name)")
                return spec
            }
            pending.append(.action(ActionRequest(request: 0, user: "simulate", action: .addNodes(request))))
        }
        if mode != .off {
            pending.append(.action(ActionRequest(request: 0, user: "simulate", action: .autoscaler(mode))))
        }
    }

    /// Plays the next input; nil when there is nothing left to play.
    public mutating func next() -> Turn? {
        let input: Input
        if !pending.isEmpty {
            input = pending.removeFirst()
        } else {
            guard let chosen = nextInput() else { return nil }
            input = chosen
        }
        tally.pass(to: now, core.state)
        let outcome = core.handle(input, at: now)
        for stamped in outcome.events { note(stamped.event) }
        for directive in outcome.directives { obey(directive) }
        return Turn(time: now, input: input, events: outcome.events)
    }

    /// The state now.
    public var state: ClusterState { core.state }

    private mutating func nextInput() -> Input? {
        let arrival = nextEntry < entries.count ? start + entries[nextEntry].submit : nil
        let wake = core.nextDeadline.map { max($0, now) }
        var isOver = false
        if arrival == nil, tally.ended + tally.refused >= entries.count {
            if lastEnd.isNever { lastEnd = now }
            let isQuiet = agenda.isEmpty && core.state.autoscaler != .on
            isOver = isQuiet || !hasMachinesToLose || now > lastEnd + Self.tail
            if isOver, now >= until { return nil }
        }
        if arrival == nil, now > lastChange + Self.tail, core.state.roles.allSatisfy({ $0.placed == 0 }) { return nil }
        guard let moment = [arrival, agenda.min?.at, wake].compactMap({ $0 }).min(), !isOver || moment <= until else {
            if isOver { now = until }
            return nil
        }
        now = max(now, moment)
        if let first = agenda.min, first.at <= now {
            _ = agenda.popMin()
            if case .taskStatus = first.input { lastChange = now }
            return first.input
        }
        if let arrival, arrival <= now {
            nextEntry += 1
            lastChange = now
            var spec = entries[nextEntry - 1].spec
            spec.after += entries[nextEntry - 1].after.compactMap { submitted[$0] }
            let action = Action.submit(SubmitJobs(spec))
            return .action(ActionRequest(request: UInt64(nextEntry), user: "trace", action: action))
        }
        return .wake
    }

    private var hasMachinesToLose: Bool {
        core.state.index.liveInstances.count { core.state.instances[$0.index].pool.index < core.state.pools.count }
            > core.state.configuration.pools.reduce(0) { $0 + Int($1.minimum) }
    }

    private mutating func note(_ event: Event) {
        switch event {
        case .taskLaunched(let e)
        where e.attempt == 1 && (e.task.index == 0 || core.state.jobs[e.task.job.index].gang == 1):
            tally.started(core.state.jobs[e.task.job.index], at: now)
        case .taskEnded(let e):
            let row = core.state.jobs[e.task.job.index]
            if row.isTerminal { tally.ended(row, run: runTimes[e.task.job]?.run ?? .zero) }
        case .instanceWished: tally.bought += 1
        case .nodeChanged(let e) where e.state == .draining && e.removeWhenDrained: tally.returned += 1
        case .scaleLooked(let e):
            tally.rounds += 1
            if let record = e.record { tally.note(record) }
        case .budgetCrossed(let e) where e.isOver: tally.crossings += 1
        default: break
        }
    }

    private mutating func soon(_ input: Input, _ wait: Interval) {
        order += 1
        agenda.insert(Appointment(at: now + wait, order: order, input: input))
    }

    private mutating func obey(_ directive: Directive) {
        switch directive {
        case .createInstance(let order): create(order)
        case .destroyInstance(let order):
            soon(.instanceSeen(InstanceSeen(instance: order.instance, state: .gone)), .seconds(5))
        case .launch(let node, let launch): run(node, launch)
        case .kill(let node, let task, let attempt, _):
            guard stopped.insert(task).inserted else { return }
            report(node, task, attempt, .ended, Reason(.killed), after: .milliseconds(100))
        case .collect(let node, let tasks):
            let found = NodeCollected(node: node, outputs: UInt32(2 * tasks.count), bytes: 0, missed: 0)
            soon(.nodeCollected(found), .seconds(1))
        case .answer(let request, let answer) where request > 0:
            guard answer.accepted, let job = answer.jobs.first else { return tally.refused += 1 }
            runTimes[job] = entries[Int(request) - 1]
            submitted[Int(request) - 1] = job
        case .connect(let node, _):
            guard let total = machines[node] else { return }
            soon(.agentHello(Self.hello(node, total)), .zero)
        default: break
        }
    }

    private mutating func create(_ order: InstanceOrder) {
        let wait = bootTime(order.pool)
        var seen = InstanceSeen(instance: order.instance, state: .booting)
        seen.address = order.name
        soon(.instanceSeen(seen), .milliseconds(500))
        soon(.agentHello(Self.hello(order.name, order.type.resources)), max(wait, .milliseconds(501)))
    }

    private mutating func bootTime(_ pool: String) -> Interval {
        if let known = boots[pool], !known.isEmpty {
            let number = booted[pool, default: 0]
            booted[pool] = number + 1
            return number < known.count ? known[number] : known.sorted()[known.count / 2]
        }
        let boot = core.state.configuration.pools.first { $0.name == pool }?.scaling.bootTime ?? .minutes(1)
        return Interval(microseconds: boot.microseconds * random.number(in: 800...1_200) / 1_000)
    }

    private static func hello(_ name: String, _ total: ResourceVector) -> AgentHello {
        var hello = AgentHello()
        (hello.node, hello.total, hello.boot, hello.agentStart) = (name, total, "boot", 1)
        (hello.kernel, hello.arch, hello.host, hello.agentVersion) = ("simulated", "", name, "simulated")
        return hello
    }

    private mutating func run(_ node: String, _ launch: TaskLaunch) {
        report(node, launch.task, launch.attempt, .running, .none, after: .milliseconds(1))
        let span = runTimes[launch.task.job]?.run(of: launch.task.index) ?? launch.spec.timeLimit
        let limited = launch.spec.timeLimit > .zero && launch.spec.timeLimit < span
        report(
            node, launch.task, launch.attempt, .ended, Reason(limited ? .timeLimit : .exited),
            after: max(.milliseconds(2), limited ? launch.spec.timeLimit : span))
    }

    private mutating func report(
        _ node: String, _ task: TaskID, _ attempt: UInt32, _ phase: TaskStatus.Phase, _ reason: Reason,
        after wait: Interval
    ) {
        var status = TaskStatus()
        (status.task, status.attempt, status.phase, status.reason) = (task, attempt, phase, reason)
        (status.pid, status.startedAt, status.runTime) = (1, now, wait)
        status.sequence = phase == .ended ? 2 : 1
        if reason.code == .timeLimit || reason.code == .killed { status.signal = 15 }
        soon(.taskStatus(NodeTaskStatus(node: node, status: status)), wait)
    }
}
