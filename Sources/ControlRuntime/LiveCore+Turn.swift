import AgentLink
import ClusterModel
import ControlCore

/// The core in a box, so that a turn changes it in place.
final class ControlCoreBox {
    var value: ControlCore
    init(_ state: ClusterState) { value = ControlCore(state: state) }
}

/// The core thread: waits for inputs or for the next deadline, handles what is there in turns.
extension LiveCore {
    func run() {
        while let reports = queue.take(waitingUpTo: sleepMilliseconds()) {
            if reports.isEmpty {
                turn([LinkReport(input: .wake, session: 0)])
                continue
            }
            for start in stride(from: 0, to: reports.count, by: limits.turnInputs) {
                let part = reports[start..<min(start + limits.turnInputs, reports.count)]
                turn(part)
                if queue.handled(part.count) { links.resume() }
            }
        }
    }

    /// Time until the core wants to look at the clock, rounded up to milliseconds.
    private func sleepMilliseconds() -> Int {
        guard let deadline = owned.withLock({ $0.core.value.nextDeadline }) else {
            return limits.longestSleepMilliseconds
        }
        let left = deadline.microseconds.subtractingReportingOverflow(clock.now().microseconds)
        guard !left.overflow else { return limits.longestSleepMilliseconds }
        return Int(clamping: min(max(0, (left.partialValue + 999) / 1_000), Int64(limits.longestSleepMilliseconds)))
    }

    /// Handles `reports` at one instant. Their facts and directives go into the pipeline as one.
    func turn(_ reports: some Collection<LinkReport>) {
        var work = TurnWork(time: clock.now(), keepsInputs: film != nil)
        owned.withLock { owned in
            for report in reports { work.handle(report, &owned.core.value, &owned.sessions) }
            work.encodeFacts(owned.core.value.state)
            work.settings(&owned)
            if work.isConfigured {
                let state = owned.core.value.state
                known.withLock { $0 = (state.cluster, state.configuration) }
            }
            publish(work, &owned)
        }
        pipeline.submit(CommitPipeline.Turn(facts: work.facts, consequences: work.consequences))
        for node in work.unreached { for provider in providers.values { provider.lookAfter(node) } }
        if !work.events.isEmpty { listeners.changed() }
    }

    /// Gives the turn to the film and to those who follow; its events are encoded once for all of them.
    private func publish(_ work: TurnWork, _ owned: inout Owned) {
        guard film != nil || !owned.followers.isEmpty else { return }
        let run = EventRun(work.events)
        if let film {
            var step = FilmStep(time: work.time)
            step.inputs = work.inputs
            step.events = work.events
            step.batch = run?.bytes ?? []
            step.isOperatorAct = work.hasAction
            film.record(step, state: owned.core.value.state)
        }
        if let run { for follower in owned.followers { follower.receive(run) } }
    }
}

/// What a turn brings about, gathered input by input.
struct TurnWork {
    let time: Instant
    let keepsInputs: Bool
    var inputs: [[UInt8]] = []
    var events: [StampedEvent] = []
    var consequences: [Consequence] = []
    var facts: [FactChange] = []
    var hasAction = false
    /// Nodes whose agents could not be reached.
    var unreached: [String] = []
    private(set) var isConfigured = false
    private var keys: [RegistryKey] = []
    private var known: Set<RegistryKey> = []

    init(time: Instant, keepsInputs: Bool) {
        self.time = time
        self.keepsInputs = keepsInputs
    }

    /// Handles an input. The core comes as an own parameter: through its box its state would be copied to be looked at.
    mutating func handle(_ report: LinkReport, _ core: inout ControlCore, _ sessions: inout [String: UInt64]) {
        if keepsInputs { inputs.append(report.input.bytes()) }
        switch report.input {
        case .agentHello(let hello): sessions[hello.node] = report.session
        case .agentGone(let gone): unreached.append(gone.node)
        case .action: hasAction = true
        case .start: isConfigured = true
        default: break
        }
        let outcome = core.handle(report.input, at: time)
        for stamped in outcome.events {
            if case .configured = stamped.event { isConfigured = true }
            for key in core.state.registryKeys(touchedBy: stamped.event) where known.insert(key).inserted {
                keys.append(key)
            }
        }
        events += outcome.events
        for directive in outcome.directives {
            if case .disconnect(let node) = directive { sessions[node] = nil }
            consequences.append(Consequence(directive) { sessions[$0] ?? 0 })
        }
    }

    /// Each touched fact once, from the newest state.
    mutating func encodeFacts(_ state: ClusterState) {
        facts = keys.map { FactChange(key: $0.bytes, value: state.fact(for: $0)) }
    }

    /// Tells agents what the configuration wants of them, when that has changed.
    mutating func settings(_ owned: inout LiveCore.Owned) {
        guard isConfigured else { return }
        consequences.insert(.pools(owned.core.value.state.configuration.pools), at: 0)
        let limits = owned.core.value.state.configuration.limits
        var wanted = LinkSettings()
        wanted.sampleMilliseconds = UInt64(clamping: limits.sampleEvery.milliseconds)
        wanted.keepMilliseconds = UInt64(clamping: limits.keepFinished.milliseconds)
        wanted.logLimitBytes = UInt64(clamping: limits.logLimit)
        wanted.isolate = owned.core.value.state.configuration.isolatesTasks
        wanted.processesPerTask = UInt64(clamping: owned.core.value.state.configuration.processesPerTask)
        wanted.acceptsNewHostKeys = owned.core.value.state.configuration.acceptsNewHostKeys
        guard wanted != owned.settings else { return }
        owned.settings = wanted
        consequences.insert(.settings(wanted), at: 0)
    }
}
