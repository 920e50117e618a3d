import ClusterModel
import ControlCore
import HeapModule

/// A whole cluster in one value and one thread: the core, its store, agents, providers, people and faults.
public struct World: Sendable {
    /// Something that will happen.
    struct Appointment: Sendable, Comparable {
        var at: Instant
        var order: UInt64
        var what: Happening
        static func < (a: Self, b: Self) -> Bool { (a.at, a.order) < (b.at, b.order) }
        static func == (a: Self, b: Self) -> Bool { a.order == b.order }
    }
    /// What may happen.
    enum Happening: Sendable {
        case input(Input, fromLink: UInt64?, node: String)
        case order(Directive, link: UInt64)
        case commit
        case taskEnds(node: String, SimulatedAgent.Key)
        case sample(node: String)
        case connect(node: String)
        case act
        case fault(Fault)
        case agentBack(node: String)
        case coreBack
        case machine(String, MachineStep)
        case machineLost
        case told(UInt64, FrameworkEvent)
        case framework(Int)
    }
    enum Fault: Sendable, CaseIterable { case agentCrash, agentFreeze, reboot, coreCrash, clockJump }

    /// What is played.
    public let scenario: Scenario
    /// A copy of the core; nil while it is down.
    public var core: ControlCore? { isUp ? live : nil }
    /// The core where it stands, which is meant while it is up. It is hundreds of references, and copying it costs more
    /// than most inputs.
    private(set) var live = ControlCore()
    var isUp = false
    /// True time; the core's clock may be ahead of it.
    public internal(set) var now = Instant(microseconds: 1_750_000_000_000_000)
    /// The state at the start of each core's life, and its inputs and events: what a recording would hold.
    public internal(set) var film: [Reel] = []
    /// Events so far, over all cores.
    public internal(set) var eventCount = 0
    /// The first promise that was broken, in words.
    public var breach: String? { referee.breach }

    /// One core's life as recorded.
    public struct Reel: Sendable {
        /// The state it began with.
        public var start: ClusterState
        /// Each input with its time and the bytes of its events.
        public var inputs: [(time: Instant, input: Input, events: [UInt8])] = []
    }

    var random: SeededRandom
    var referee = Referee()
    var store = SimulatedStore()
    var agents: [String: SimulatedAgent] = [:]
    /// What the provider has, whoever knows of it.
    var machines: [String: SimulatedMachine] = [:]
    /// Machines that were ever made: one that is gone is not made again under its name.
    var made: Set<String> = []
    var watch = ScalingWatch()
    var addresses: [String: InstanceID] = [:]
    var clockAhead = Interval.zero
    var epoch: UInt64 = 0
    var requests: UInt64 = 0
    var frameworks: [SimulatedFramework] = []
    var lastConnection: UInt64 = 0
    private var links: UInt64 = 0
    private var order: UInt64 = 0
    private var agenda = Heap<Appointment>()
    let keepsFilm: Bool
    let checksCaches: Bool

    /// A world in which nothing has happened. `keepsFilm` keeps inputs and events for re-deciding; `checksCaches`
    /// rebuilds the core's caches at random points and demands the same events.
    public init(_ scenario: Scenario, keepsFilm: Bool = true, checksCaches: Bool = true) {
        self.scenario = scenario
        self.keepsFilm = keepsFilm
        self.checksCaches = checksCaches
        random = SeededRandom(seed: scenario.seed)
        frameworks = (0..<scenario.frameworks).map { SimulatedFramework(name: "f\($0)") }
    }

    var start: Instant { Instant(microseconds: 1_750_000_000_000_000) }
    var calmFrom: Instant { start + scenario.duration }

    /// Plays the whole scenario, calm included.
    public mutating func run() {
        startCore(ClusterState())
        schedule(.act, after: scenario.actEvery)
        for number in frameworks.indices { schedule(.framework(number), after: .seconds(1)) }
        for fault in Fault.allCases { scheduleFault(fault) }
        scheduleLoss()
        let end = calmFrom + .hours(1)
        while breach == nil, let next = nextMoment(), next <= end {
            step(to: next)
            if now > calmFrom + .minutes(5), isAtRest { break }
        }
        if breach == nil, isUp {
            referee.judgeTheEnd(live.state)
            judgeMachines(live.state)
        }
        if breach == nil { judgeFrameworks() }
    }

    /// Plays the first `span` of the scenario, without the calm.
    public mutating func run(until span: Interval) {
        startCore(ClusterState())
        schedule(.act, after: scenario.actEvery)
        for fault in Fault.allCases { scheduleFault(fault) }
        scheduleLoss()
        while breach == nil, let next = nextMoment(), next <= start + span { step(to: next) }
    }

    private var isAtRest: Bool {
        guard isUp else { return false }
        return frameworksAreAtRest && live.state.roles.allSatisfy { $0.placed == 0 }
            && live.state.liveJobs.allSatisfy {
                live.state.jobs[$0.index].gate != .open || live.state.jobs[$0.index].queued == 0
            }
            && agents.values.allSatisfy { $0.runs.values.allSatisfy { $0.end != nil } }
    }

    private func nextMoment() -> Instant? {
        let wake = isUp ? live.nextDeadline.map { max($0 - clockAhead, now) } : nil
        switch (agenda.min?.at, wake) {
        case (let a?, let b?): return min(a, b)
        case (let a?, nil): return a
        case (nil, let b): return b
        }
    }

    private mutating func step(to moment: Instant) {
        now = max(now, moment)
        if let first = agenda.min, first.at <= now {
            _ = agenda.popMin()
            happen(first.what)
        } else {
            tell(.wake)
        }
    }

    mutating func schedule(_ what: Happening, after span: Interval) {
        order += 1
        agenda.insert(Appointment(at: now + span, order: order, what: what))
    }

    func mean(_ span: Interval, _ random: inout SeededRandom) -> Interval {
        Interval(microseconds: random.number(in: 1...max(2, span.microseconds * 2)))
    }

    /// Tells the core something; what it wants done waits for the commit.
    mutating func tell(_ input: Input) {
        guard isUp else { return }
        let time = now + clockAhead
        let twin = checksCaches && random.once(in: 50) ? live : nil
        let outcome = live.handle(input, at: time)
        if var twin {
            twin.rebuildCaches()
            let again = twin.handle(input, at: time)
            if again.events != outcome.events {
                referee.fail(
                    "with rebuilt caches \(input) gave other events than without: \(Self.first(outcome, again))")
            }
        }
        eventCount += outcome.events.count
        if keepsFilm { film[film.count - 1].inputs.append((time, input, EventBatch.encode(outcome.events))) }
        if let broken = watch.note(outcome.events, live.state, now: time) { referee.fail(broken) }
        // Backwards: one that gave way may have started again within the same input.
        var started: [TaskID: UInt32] = [:]
        for stamped in outcome.events.reversed() {
            switch stamped.event {
            case .taskLaunched(let launch): started[launch.task] = launch.attempt
            case .taskEnded(let end):
                guard let row = live.state.row(of: end.task) else { continue }
                referee.judge(end, attempt: started[end.task].map { $0 - 1 } ?? row.attempt)
            default: break
            }
        }
        guard !outcome.events.isEmpty || !outcome.directives.isEmpty else { return }
        store.enqueue(outcome, state: live.state)
        schedule(.commit, after: .milliseconds(random.number(in: 1...8)))
    }

    /// The first difference between two outcomes, in words.
    static func first(_ a: ControlCore.Outcome, _ b: ControlCore.Outcome) -> String {
        for (one, other) in zip(a.events, b.events) where one != other { return "\(one.event), then \(other.event)" }
        return "\(a.events.count) and \(b.events.count) events, last \(String(describing: (a.events + b.events).last))"
    }

    /// Puts a core on `state` and lets it begin.
    mutating func startCore(_ state: ClusterState) {
        epoch = max(epoch, state.epoch) + 1
        (live, isUp) = (ControlCore(state: state), true)
        if keepsFilm { film.append(Reel(start: state)) }
        var begin = CoreStart()
        begin.cluster = "sim-\(scenario.seed)"
        begin.epoch = epoch
        begin.version = "simulated"
        begin.user = "sim"
        begin.configuration = scenario.configuration
        for name in agents.keys { agents[name]?.link = nil }
        for number in frameworks.indices { frameworks[number].connection = 0 }
        tell(.start(begin))
        if scenario.autoscales, live.state.autoscaler == .off {
            requests += 1
            tell(.action(ActionRequest(request: requests, user: "anna", action: .autoscaler(.on))))
        }
    }

    mutating func newLink() -> UInt64 {
        links += 1
        return links
    }
}
