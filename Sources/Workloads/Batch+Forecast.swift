import ClusterModel

/// When a waiting job should start: the queue played forward, on demand and within bounds.
extension Batch {
    /// Most steps (a task tried on a node at a time) of one forecast; beyond it no forecast is given.
    public static let forecastSteps = 2_000_000

    /// When the job's next task should start if every task runs to its time limit (or for the assumed run time) and
    /// nothing else is submitted: each role's jobs in their order, roles in turn, each task at the earliest time at
    /// which it delays none before it. nil when the job does not wait in a queue, when nothing can hold it, or when it
    /// would take too many steps to say.
    public static func expectedStart(_ job: JobID, in state: ClusterState, now: Instant) -> Instant? {
        guard state.contains(job), state.jobs[job.index].gate == .open, state.jobs[job.index].queued > 0 else {
            return nil
        }
        var forecast = Forecast(state, now: now)
        for other in turns(before: job, in: state) {
            let isLast = other == job
            let row = state.jobs[other.index]
            let known = KnownShape(Shape(state.specs[other.index], row))
            let count = row.gang > 1 || isLast ? 1 : row.queued
            for _ in 0..<count {
                guard let start = forecast.start(known, notBefore: max(now, row.notBefore)) else {
                    if forecast.stepsLeft <= 0 { return nil }
                    break
                }
                if isLast { return start }
            }
            if isLast { return nil }
        }
        return nil
    }

    /// The jobs up to `job` in the order of the forecast: the firsts of all roles, then the seconds, and so on.
    private static func turns(before job: JobID, in state: ClusterState) -> [JobID] {
        let role = state.jobs[job.index].role.index
        guard let place = state.index.pending[role].firstIndex(of: job) else { return [] }
        var order: [JobID] = []
        for turn in 0...place {
            for (other, queue) in state.index.pending.enumerated() where turn < queue.count {
                if turn == place, other == role { return order + [job] }
                order.append(queue[turn])
            }
        }
        return order
    }
}

/// What is held on each node and until when, in the present and in what has been forecast.
private struct Forecast {
    private struct Hold {
        var start: Int64
        var end: Int64
        var need: ResourceVector
    }
    private struct Host {
        let node: NodeID
        let total: ResourceVector
        var holds: [Hold]
    }
    private let state: ClusterState
    private let assumed: Interval
    private var hosts: [Host] = []
    private(set) var stepsLeft = Batch.forecastSteps

    init(_ state: ClusterState, now: Instant) {
        self.state = state
        assumed = state.configuration.limits.assumedRunTime
        for slot in 0..<state.nodes.count where state.nodes[slot].state.takesWork {
            let holds = state.index.tasksOnNode[slot].compactMap { Release($0, in: state) }.map {
                // A task that is over its time ends any moment.
                Hold(start: 0, end: max($0.end, now.microseconds + 1), need: state.tasks[Int($0.task)].need)
            }
            hosts.append(Host(node: NodeID(slot), total: state.nodes[slot].total, holds: holds))
        }
    }

    /// Books one task, or one gang, at its earliest start.
    mutating func start(_ known: KnownShape, notBefore: Instant) -> Instant? {
        guard known.isReadable else { return nil }
        let span = known.shape.timeLimit > .zero ? known.shape.timeLimit : assumed
        let size = Int(known.shape.gang)
        var best: [(time: Int64, host: Int)] = []
        for at in hosts.indices {
            if stepsLeft <= 0 { return nil }
            stepsLeft -= 1
            guard known.demand.mismatch(with: hosts[at].node, in: state) == nil,
                let time = opening(at, known.shape.need, span, from: notBefore.microseconds)
            else { continue }
            best.append((time, at))
        }
        guard best.count >= size else { return nil }
        best.sort { ($0.time, $0.host) < ($1.time, $1.host) }
        // A gang starts when the last of its nodes opens; the others are taken to stay open until then.
        let time = best[size - 1].time
        for (_, at) in best.prefix(size) {
            hosts[at].holds.append(Hold(start: time, end: time &+ span.microseconds, need: known.shape.need))
        }
        return Instant(microseconds: time)
    }

    private mutating func opening(_ at: Int, _ need: ResourceVector, _ span: Interval, from: Int64) -> Int64? {
        let holds = hosts[at].holds
        for time in [from] + holds.map(\.end).filter({ $0 > from }).sorted() {
            stepsLeft -= holds.count
            if stepsLeft <= 0 { return nil }
            if isOpen(at, need, time, time &+ span.microseconds) { return time }
        }
        return nil
    }

    /// Whether `need` goes beside what is held, all through the span: at its start and at each later start within it.
    private func isOpen(_ at: Int, _ need: ResourceVector, _ start: Int64, _ end: Int64) -> Bool {
        let holds = hosts[at].holds
        var times = [start]
        for hold in holds where hold.start > start && hold.start < end { times.append(hold.start) }
        for time in times {
            var room = hosts[at].total
            for hold in holds where hold.start <= time && hold.end > time { room -= hold.need }
            if !need.fits(in: room) { return false }
        }
        return true
    }
}
