import ClusterModel
import HeapModule

/// Moments at which the core must look again, earliest first. Entries may be out of date: whoever takes one checks it
/// against the state. A cache: `init(rebuiltFrom:)` makes one that acts the same.
struct DeadlineQueue: Sendable {
    /// What is to be looked at.
    enum Subject: UInt8, Sendable, Comparable {
        case offer, staging, timeLimit, silence, drain, boot, poolBackOff, retry, filters, retention, slot, day
        case scale, budget
        case telling, operation, framework, lease, gang, ending, registration

        static func < (a: Subject, b: Subject) -> Bool { a.rawValue < b.rawValue }
    }
    struct Entry: Sendable, Comparable {
        var at: Instant
        var subject: Subject
        var number: UInt64

        static func < (a: Entry, b: Entry) -> Bool {
            (a.at, a.subject, a.number) < (b.at, b.subject, b.number)
        }
    }

    private var heap = Heap<Entry>()
    /// For each node the one look at its silence that counts, and for each task that is to end the one at its end;
    /// entries at other times are out of date.
    private var silenceDue: [UInt64: Instant] = [:]
    private var endingDue: [UInt64: Instant] = [:]
    /// When the next round of the autoscaler is due, as it stands among the entries.
    private var scaleDue = Instant.never
    /// When budgets are looked at next, as it stands among the entries.
    var budgetDue = Instant.never

    /// Nothing to look at.
    init() {}

    /// When the earliest entry is due.
    var next: Instant? { heap.min?.at }

    /// Adds an entry.
    mutating func add(_ subject: Subject, _ number: some BinaryInteger, at: Instant) {
        guard at < .distantFuture else { return }
        if subject == .silence { silenceDue[UInt64(truncatingIfNeeded: number)] = at }
        if subject == .ending { endingDue[UInt64(truncatingIfNeeded: number)] = at }
        heap.insert(Entry(at: at, subject: subject, number: UInt64(truncatingIfNeeded: number)))
    }

    /// Takes what is due by `now`, each subject once, in an order that is theirs and not that of the entries: one that
    /// is out of date must not bring its subject forward.
    mutating func take(by now: Instant) -> [Entry] {
        guard let first = heap.min, first.at <= now else { return [] }
        var due: [Entry] = []
        while let first = heap.min, first.at <= now {
            _ = heap.popMin()
            if first.subject == .budget { budgetDue = .never }
            guard first.subject != .silence || silenceDue[first.number] == first.at else { continue }
            if first.subject == .ending {
                guard endingDue[first.number] == first.at else { continue }
                endingDue[first.number] = nil
            }
            due.append(first)
        }
        guard due.count > 1 else { return due }
        due.sort { ($0.subject, $0.number) < ($1.subject, $1.number) }
        var last: Entry?
        return due.filter { entry in
            defer { last = entry }
            return last?.subject != entry.subject || last?.number != entry.number
        }
    }

    /// Adds what follows from an event that has been applied.
    mutating func note(_ event: Event, in state: ClusterState) {
        let limits = state.configuration.limits
        noteScaling(state)
        switch event {
        case .coreStarted:
            self = DeadlineQueue(rebuiltFrom: state)
        case .offerMade(let e): add(.offer, e.offer.raw, at: e.expiresAt)
        case .offersMade(let e): for one in e.offers { add(.offer, one.offer.raw, at: one.expiresAt) }
        case .taskLaunched(let e):
            add(.staging, e.task.packed, at: state.now + limits.stagingTimeout)
            if !e.deadline.isNever { add(.timeLimit, e.task.packed, at: Self.limitPassed(e.deadline, e.task, state)) }
        case .taskStarted(let e): noteRegistration(of: e.task, in: state)
        case .taskKilling(let e): add(.ending, e.task.packed, at: Self.killAgain(e.task, state))
        case .nodeAdded(let e): add(.silence, e.node.raw, at: state.now + limits.unreachableAfter)
        case .nodeRegistered(let e):
            add(.silence, e.node.raw, at: state.now + limits.unreachableAfter)
            for task in state.index.tasksOnNode[e.node.index] { noteRegistration(of: task, in: state) }
            let row = state.nodes[e.node.index]
            if row.state == .draining, !row.drainDeadline.isNever { add(.drain, e.node.raw, at: row.drainDeadline) }
        case .nodeChanged(let e):
            if e.state == .draining, !e.drainDeadline.isNever { add(.drain, e.node.raw, at: e.drainDeadline) }
            switch e.state {
            case .unreachable: add(.silence, e.node.raw, at: state.nodes[e.node.index].heardAt + limits.lostAfter)
            case .removed: add(.slot, e.node.raw, at: state.now + Self.slotKept)
            case .absent, .joining, .lost: break
            default:
                add(.silence, e.node.raw, at: state.nodes[e.node.index].heardAt + limits.unreachableAfter)
                for task in state.index.tasksOnNode[e.node.index] { noteRegistration(of: task, in: state) }
            }
        case .instanceWished(let e): add(.boot, e.instance.raw, at: e.deadline)
        case .instanceChanged(let e): if !e.deadline.isNever { add(.boot, e.instance.raw, at: e.deadline) }
        case .gangsChanged(let e): if let holder = e.gangs.holder { add(.gang, 0, at: holder.until) }
        case .instanceLeased(let e): if let due = state.leaseDue(e.instance) { add(.lease, e.instance.raw, at: due) }
        case .poolChanged(let e): add(.poolBackOff, e.pool.raw, at: e.backOffUntil)
        case .taskRequeued(let e): if e.notBefore > state.now { add(.retry, e.task.job.raw, at: e.notBefore) }
        case .filterSet(let e): add(.filters, 0, at: e.until)
        case .taskEnded, .externalTaskUpdated, .externalTaskAcknowledged:
            noteFrameworks(event, in: state)
            if state.ended.count == 1, let first = state.ended.first, let row = state.row(of: first) {
                add(.retention, 0, at: row.endedAt + limits.keepFinished)
            }
        case .dayTurned(let e): add(.day, 0, at: Self.startOf(day: e.day + 1))
        default: noteFrameworks(event, in: state)
        }
    }

    /// Adds the next round of the autoscaler, when it is due at another time than was known.
    mutating func noteScaling(_ state: ClusterState) {
        guard state.autoscaler != .off, let due = state.scaling.due, due != scaleDue else { return }
        scaleDue = due
        add(.scale, 0, at: due)
    }

    /// How long a removed node is still shown.
    static let slotKept = Interval.minutes(1)
    /// How long the core waits for an agent to end a task by itself when its time is over.
    static let limitSlack = Interval.seconds(30)

    static func startOf(day: Int64) -> Instant { Instant(microseconds: day * 86_400_000_000) }

    /// When a task that was asked to end just now, and has not by then, is asked again.
    static func killAgain(_ task: TaskID, _ state: ClusterState) -> Instant {
        let grace = state.contains(task.job) ? state.specs[task.job.index].grace : .zero
        return state.now + grace + state.configuration.limits.stagingTimeout
    }

    static func limitPassed(_ deadline: Instant, _ task: TaskID, _ state: ClusterState) -> Instant {
        let grace = state.contains(task.job) ? state.specs[task.job.index].grace : .zero
        return deadline + grace + limitSlack
    }
}

extension DeadlineQueue {
    /// Everything that must be looked at in `state`.
    init(rebuiltFrom state: ClusterState) {
        let limits = state.configuration.limits
        for id in state.openOffers { add(.offer, id.raw, at: state.offers[id.index].expiresAt) }
        for slot in 0..<state.nodes.count {
            let row = state.nodes[slot]
            switch row.state {
            case .absent, .lost: break
            case .removed: add(.slot, slot, at: row.stateSince + Self.slotKept)
            case .unreachable: add(.silence, slot, at: row.heardAt + limits.lostAfter)
            default: add(.silence, slot, at: row.heardAt + limits.unreachableAfter)
            }
            if row.state == .draining, !row.drainDeadline.isNever { add(.drain, slot, at: row.drainDeadline) }
            for task in state.index.tasksOnNode[slot] { addTask(task, state, limits) }
        }
        for id in state.index.liveInstances {
            let row = state.instances[id.index]
            let due = row.state == .stopping ? row.stateSince + ControlCore.stopAgain : row.deadline
            if !due.isNever { add(.boot, id.raw, at: due) }
            if let due = state.leaseDue(id) { add(.lease, id.raw, at: due) }
        }
        for slot in state.pools.indices { add(.poolBackOff, slot, at: state.pools[slot].backOffUntil) }
        for job in state.liveJobs where state.jobs[job.index].notBefore > state.now {
            add(.retry, job.raw, at: state.jobs[job.index].notBefore)
        }
        if let holder = state.gangs.holder { add(.gang, 0, at: holder.until) }
        for filter in state.filters { add(.filters, 0, at: filter.until) }
        if let first = state.ended.first, let row = state.row(of: first) {
            add(.retention, 0, at: row.endedAt + limits.keepFinished)
        }
        if state.day > 0 { add(.day, 0, at: Self.startOf(day: state.day + 1)) }
        noteScaling(state)
        // Whether a budget is crossed meanwhile is looked at with whatever happens first, and at the latest then.
        add(.budget, 0, at: state.now)
        addFrameworks(state)
    }

    private mutating func addTask(_ task: TaskID, _ state: ClusterState, _ limits: Limits) {
        guard let row = state.row(of: task) else { return }
        if row.state == .staging { add(.staging, task.packed, at: row.launchedAt + limits.stagingTimeout) }
        noteRegistration(of: task, in: state)
        if row.state == .killing { add(.ending, task.packed, at: Self.killAgain(task, state)) }
        if !row.deadline.isNever { add(.timeLimit, task.packed, at: Self.limitPassed(row.deadline, task, state)) }
    }
}
