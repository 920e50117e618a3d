import ClusterModel

/// The work of a recorded session, to be played again under other rules: what was submitted when and how long its tasks
/// ran, and beside it what it came to as it was. Tasks of frameworks outside are left out: what they would have chosen
/// instead nobody knows.
public struct RecordedWorkload: Sendable {
    /// What is known of a job.
    private struct Job: Sendable {
        var submit: Instant
        var spec: JobSpec
        /// Run times of tasks that ended, by index.
        var runs: [UInt32: Interval] = [:]
        var left: UInt32
        var hasStarted = false
        /// Tasks that had ended when the recording began.
        var past: Set<UInt32> = []
        /// Tasks of the array, or members of the gang.
        var count: UInt32 { max(spec.count, spec.nodes) }

        init(submit: Instant, spec: JobSpec) {
            self.submit = submit
            self.spec = spec
            left = max(spec.count, spec.nodes)
        }
    }

    /// Run time of a task that never ran while nothing ran whose time could stand for it.
    static let assumedRun = Interval.minutes(10)

    /// When the session began.
    public private(set) var start: Instant
    /// When it ended.
    public private(set) var end = Instant.never
    /// What it came to as it was.
    public private(set) var tally: TraceTally
    /// What was spent in its time.
    public private(set) var spent = Money.zero
    /// What machines have that no pool made, by name.
    public private(set) var machines: [String: ResourceVector] = [:]
    /// Those of them that were added by hand, ascending.
    public private(set) var added: [String] = []
    /// How long machines of each pool took from the wish to their first word, in the order of the wishes.
    public private(set) var boots: [String: [Interval]] = [:]
    /// What the session leaves open, a line each.
    public private(set) var notes: [String] = []
    /// The jobs, in the order of their submission.
    public private(set) var entries: [TraceRun.Entry] = []
    private var jobs: [JobID: Job] = [:]
    /// Machines that were wished for, and when they came.
    private var wished: [(instance: InstanceID, pool: String, at: Instant, came: Instant)] = []
    private var order: [JobID] = []
    private var open = 0
    private var framework = 0
    private var spentBefore = Money.zero
    /// The tally when all that had been submitted had ended.
    private var settled: TraceTally

    /// A session that begins with a state. Its work that had not ended counts as submitted then.
    public init(_ state: ClusterState) {
        start = state.now
        tally = TraceTally(jobs: .max, start: state.now)
        settled = tally
        spentBefore = state.spent(at: state.now)
        for number in 1..<max(1, state.jobs.count) where state.contains(JobID(number)) {
            let (id, row) = (JobID(number), state.jobs[number])
            guard row.framework == .batch, !row.isTerminal else { continue }
            var job = Job(submit: state.now, spec: state.specs[number])
            for index in 0..<row.count {
                guard let task = state.row(of: TaskID(job: id, index: index)) else { continue }
                if task.state.isTerminal { job.past.insert(index) }
                if !task.startedAt.isNever { job.hasStarted = true }
            }
            job.left -= UInt32(job.past.count)
            add(id, job)
        }
    }

    private mutating func add(_ id: JobID, _ job: Job) {
        jobs[id] = job
        order.append(id)
        open += 1
    }

    /// Takes the next event, with the state before it.
    public mutating func take(_ stamped: StampedEvent, _ before: ClusterState) {
        let now = stamped.time
        if start.microseconds <= 0 {
            // The film of a new cluster begins with a state that has no time yet.
            start = now
            tally = TraceTally(jobs: .max, start: now)
            settled = tally
        }
        tally.pass(to: now, before)
        switch stamped.event {
        case .jobSubmitted(let e):
            guard e.framework == .batch else { return framework += 1 }
            add(e.job, Job(submit: now, spec: e.spec))
        case .taskLaunched(let e):
            guard jobs[e.task.job] != nil, before.contains(e.task.job) else { return }
            let row = before.jobs[e.task.job.index]
            if e.attempt == 1, e.task.index == 0 || row.gang == 1 {
                tally.started(asLetGo(row, e.task.job), at: now)
            }
            jobs[e.task.job]?.hasStarted = true
        case .jobChanged(let e):
            // Whoever let it go then would have done so again: it waits from then on.
            guard before.contains(e.job), before.jobs[e.job.index].gate == .held, e.gate != .held else { return }
            if jobs[e.job]?.hasStarted == false { jobs[e.job]?.submit = now }
        case .taskEnded(let e): end(e, before, now)
        case .instanceWished(let e):
            tally.bought += 1
            wished.append((e.instance, before.name(of: e.pool), now, .never))
        case .nodeRegistered(let e) where before.nodes.contains(e.node.index):
            let instance = before.nodes[e.node.index].instance
            if let slot = wished.lastIndex(where: { $0.instance == instance && $0.came.isNever }) {
                wished[slot].came = now
            }
        default: break
        }
    }

    /// A job as if it had been submitted when it was let go.
    private func asLetGo(_ row: JobRow, _ id: JobID) -> JobRow {
        var row = row
        row.submittedAt = jobs[id]?.submit ?? row.submittedAt
        return row
    }

    private mutating func end(_ event: TaskEnded, _ before: ClusterState, _ now: Instant) {
        guard jobs[event.task.job] != nil, let task = before.row(of: event.task) else { return }
        // What had run before the session began is not played again.
        let began = task.startedAt.isNever ? Instant.never : max(task.startedAt, start)
        if !began.isNever { jobs[event.task.job]?.runs[event.task.index] = max(.milliseconds(1), now - began) }
        jobs[event.task.job]?.left -= 1
        guard let job = jobs[event.task.job], job.left == 0 else { return }
        open -= 1
        if job.hasStarted {
            var row = asLetGo(before.jobs[event.task.job.index], event.task.job)
            row.endedAt = now
            tally.ended(row, run: job.runs.values.max() ?? .zero)
        }
        if open == 0 { settled = tally }
    }

    /// Ends with the last state: `entries` and `notes` are there from now on. Linear in the jobs.
    public mutating func finish(_ state: ClusterState) {
        if open == 0 { tally = settled }
        for machine in wished where !machine.came.isNever {
            boots[machine.pool, default: []].append(machine.came - machine.at)
        }
        end = state.now
        spent = state.spent(at: end) - spentBefore
        for node in state.presentNodes where state.declaration(of: node).transport != .pool {
            machines[state.name(of: node)] = state.nodes[node.index].total
            if !state.declaration(of: node).isFromFile { added.append(state.name(of: node)) }
        }
        added.sort()
        let known = order.flatMap { jobs[$0].map { Array($0.runs.values) } ?? [] }.sorted()
        let typical = known.isEmpty ? Self.assumedRun : known[known.count / 2]
        var (cut, guessed, withdrawn, held) = (0, 0, 0, 0)
        var positions: [JobID: Int] = [:]
        // Those that were let go later count as submitted then.
        let order = order.enumerated().sorted {
            (jobs[$0.element]?.submit ?? start, $0.offset) < (jobs[$1.element]?.submit ?? start, $1.offset)
        }.map(\.element)
        for id in order {
            guard var job = jobs[id] else { continue }
            for index in 0..<job.count where job.runs[index] == nil && !job.past.contains(index) {
                guard let task = state.row(of: TaskID(job: id, index: index)), task.state.isPlaced,
                    !task.startedAt.isNever
                else { continue }
                job.runs[index] = max(.milliseconds(1), state.now - max(task.startedAt, start))
                cut += 1
            }
            if job.runs.isEmpty {
                // It ended without ever having run: whoever withdrew it would have done so again.
                if job.left == 0 {
                    withdrawn += 1
                    continue
                }
                if state.contains(id), state.jobs[id.index].gate == .held {
                    held += 1
                    continue
                }
                guessed += 1
            }
            positions[id] = entries.count
            entries.append(entry(job, typical, positions))
        }
        tally.jobs = entries.count
        func note(_ count: Int, _ words: String) { if count > 0 { notes.append("\(count) \(words)") } }
        note(framework, "tasks of frameworks outside are left out: what they choose is theirs")
        note(cut, "tasks still ran at the end: they run for as long as they had until then")
        note(guessed, "jobs had not started at the end: they run for their time limit, or as long as others did")
        note(held, "jobs were held to the end and are left out")
        note(withdrawn, "jobs ended without having run and are left out")
    }

    private func entry(_ job: Job, _ typical: Interval, _ positions: [JobID: Int]) -> TraceRun.Entry {
        var spec = job.spec
        let fallback = spec.timeLimit > .zero ? spec.timeLimit : typical
        let indexes = (0..<job.count).filter { !job.past.contains($0) }
        // An array's tasks are counted anew; a gang stays what it is.
        if spec.nodes == 1 { spec.count = UInt32(indexes.count) }
        (spec.after, spec.hold) = ([], false)
        var entry = TraceRun.Entry(
            submit: job.submit - start, spec: spec, run: job.runs.values.max() ?? fallback)
        let runs = indexes.map { job.runs[$0] ?? entry.run }
        if Set(runs).count > 1 { entry.runs = runs } else { entry.run = runs.first ?? entry.run }
        entry.after = job.spec.after.compactMap { positions[$0] }
        return entry
    }
}
