import ClusterModel
import ControlCore

/// Watches the world from outside and knows what really happened. The first breach of a promise is kept in words.
struct Referee: Sendable {
    /// The first broken promise.
    private(set) var breach: String?
    private var running: [TaskID: [String]] = [:]
    private var started: [SimulatedAgent.Key: String] = [:]
    private var ends: [SimulatedAgent.Key: TaskStatus] = [:]
    /// Jobs whose submission was answered with yes.
    private(set) var accepted: [JobID] = []
    /// Tasks that the core has given up, on these nodes: their processes may still run until the node is heard again.
    private var givenUp: Set<TaskID> = []

    mutating func fail(_ words: String) { if breach == nil { breach = words } }

    mutating func sawStart(_ key: SimulatedAgent.Key, on node: String) {
        if let other = started[key] {
            fail("\(key.task) attempt \(key.attempt) was started twice: on \(other) and \(node)")
        }
        started[key] = node
        let others = running[key.task] ?? []
        if !others.isEmpty, !givenUp.contains(key.task) {
            fail("\(key.task) runs on \(others) and was started on \(node) although nobody gave it up")
        }
        running[key.task, default: []].append(node)
    }

    mutating func sawEnd(_ key: SimulatedAgent.Key, on node: String, _ status: TaskStatus) {
        ends[key] = status
        running[key.task]?.removeAll { $0 == node }
        if running[key.task]?.isEmpty ?? false { running[key.task] = nil }
    }

    mutating func sawAnswer(_ answer: ActionAnswer) { if answer.accepted { accepted += answer.jobs } }

    /// Events that have become durable are what the core has promised.
    mutating func sawDurable(_ event: Event, state: ClusterState) {
        guard case .taskEnded(let end) = event else { return }
        if end.state == .lost { givenUp.insert(end.task) }
    }

    /// Judges an end when the core writes it down.
    mutating func judge(_ end: TaskEnded, attempt: UInt32) {
        guard end.sequence > 0 else { return }
        guard let truth = ends[SimulatedAgent.Key(task: end.task, attempt: attempt)] else {
            return fail("\(end.task) attempt \(attempt) is said to have ended; it has not")
        }
        if truth.exitCode != end.exitCode || truth.signal != end.signal {
            fail("\(end.task) ended with \(truth.exitCode)/\(truth.signal), core says \(end.exitCode)/\(end.signal)")
        }
    }

    /// After the calm: every accepted job is there or was forgotten after its end, and nothing is left half way.
    mutating func judgeTheEnd(_ state: ClusterState) {
        for job in accepted where job.index >= state.jobs.count { fail("job \(job.raw) was accepted and is unknown") }
        for job in state.liveJobs {
            let row = state.jobs[job.index]
            if row.placed > 0 {
                let placed = (0..<row.count).map { TaskID(job: job, index: $0) }.compactMap { task in
                    state.row(of: task).flatMap { $0.state.isPlaced ? (task, $0) : nil }
                }
                let words = placed.map { task, row in
                    let node = state.nodes[row.node.index]
                    let link = node.connected ? "connected" : "away"
                    return "\(task) \(row.state) (\(row.reason)) on \(state.name(of: row.node)), \(node.state), \(link)"
                }
                fail("job \(job.raw) still has placed tasks after the calm: \(words.joined(separator: "; "))")
            }
            if row.gate == .open, row.queued > 0 {
                let why = ControlCore.explain(.job(job), in: state, at: state.now)
                let nodes = why.verdicts.prefix(8).map { "\($0.name): \($0.detail)" }
                fail(
                    "job \(job.raw) still has \(row.queued) tasks waiting after the calm: \(why.headline); "
                        + nodes.joined(separator: ", "))
            }
        }
        if let found = state.violation() { fail(found) }
        if !running.isEmpty { fail("still running after the calm: \(running.keys.sorted())") }
    }
}
