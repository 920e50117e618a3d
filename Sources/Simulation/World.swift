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
    }
    enum Fault: Sendable, CaseIterable { case agentCrash, agentFreeze, reboot, coreCrash, clockJump }

    /// What is played.
    public let scenario: Scenario
    /// The core; nil while it is down.
    public internal(set) var core: ControlCore?
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
    var addresses: [String: InstanceID] = [:]
    var clockAhead = Interval.zero
    var epoch: UInt64 = 0
    var requests: UInt64 = 0
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
    }

    var start: Instant { Instant(microseconds: 1_750_000_000_000_000) }
    var calmFrom: Instant { start + scenario.duration }

    /// Plays the whole scenario, calm included.
    public mutating func run() {
        startCore(ClusterState())
        schedule(.act, after: scenario.actEvery)
        for fault in Fault.allCases { scheduleFault(fault) }
        let end = calmFrom + .hours(1)
        while breach == nil, let next = nextMoment(), next <= end {
            step(to: next)
            if now > calmFrom + .minutes(5), isAtRest { break }
        }
        if breach == nil, let core { referee.judgeTheEnd(core.state) }
    }

    /// Plays the first `span` of the scenario, without the calm.
    public mutating func run(until span: Interval) {
        startCore(ClusterState())
        schedule(.act, after: scenario.actEvery)
        for fault in Fault.allCases { scheduleFault(fault) }
        while breach == nil, let next = nextMoment(), next <= start + span { step(to: next) }
    }

    private var isAtRest: Bool {
        guard let core else { return false }
        return core.state.roles.allSatisfy { $0.placed == 0 }
            && core.state.liveJobs.allSatisfy {
                core.state.jobs[$0.index].gate != .open || core.state.jobs[$0.index].queued == 0
            }
            && agents.values.allSatisfy { $0.runs.values.allSatisfy { $0.end != nil } }
    }

    private func nextMoment() -> Instant? {
        let wake = core?.nextDeadline.map { max($0 - clockAhead, now) }
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
        guard var core else { return }
        let time = now + clockAhead
        let twin = checksCaches && random.once(in: 50) ? core : nil
        // Held once only while it handles, so that nothing of it is copied.
        self.core = nil
        let outcome = core.handle(input, at: time)
        if var twin {
            twin.rebuildCaches()
            let again = twin.handle(input, at: time)
            if again.events != outcome.events {
                referee.fail(
                    "with rebuilt caches \(input) gave other events than without: \(Self.first(outcome, again))")
            }
        }
        self.core = core
        eventCount += outcome.events.count
        if keepsFilm { film[film.count - 1].inputs.append((time, input, EventBatch.encode(outcome.events))) }
        for stamped in outcome.events {
            if case .taskEnded(let end) = stamped.event, let row = core.state.row(of: end.task) {
                referee.judge(end, attempt: row.attempt)
            }
        }
        guard !outcome.events.isEmpty || !outcome.directives.isEmpty else { return }
        store.enqueue(outcome, state: core.state)
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
        core = ControlCore(state: state)
        if keepsFilm { film.append(Reel(start: state)) }
        var begin = CoreStart()
        begin.cluster = "sim-\(scenario.seed)"
        begin.epoch = epoch
        begin.version = "simulated"
        begin.user = "sim"
        begin.configuration = scenario.configuration
        for name in agents.keys { agents[name]?.link = nil }
        tell(.start(begin))
    }

    mutating func newLink() -> UInt64 {
        links += 1
        return links
    }
}
