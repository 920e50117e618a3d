import ClusterModel
import Workloads

/// Requests about jobs and tasks.
extension ControlCore {
    mutating func submit(_ request: SubmitJobs, _ user: String) -> ActionAnswer {
        guard !request.jobs.isEmpty else { return refusal("refused: no job in the request") }
        guard request.jobs.count <= SubmitJobs.limit else {
            return refusal("refused: \(request.jobs.count) jobs in one request, at most \(SubmitJobs.limit); split it")
        }
        let first = max(1, state.jobs.count)
        var accepted: [JobSpec] = []
        for (position, raw) in request.jobs.enumerated() {
            var spec = raw
            if spec.role.isEmpty { spec.role = Self.defaultRole }
            if spec.need == .zero { spec.need = Self.defaultNeed }
            let title = spec.name.isEmpty ? "job \(position + 1)" : spec.name
            if let problem = JobCheck.problems(spec, in: state) { return refusal("\(title): \(problem)") }
            for other in spec.after where !state.contains(other) {
                return refusal("\(title): after: there is no job \(other.raw); jobs are listed by `bellows jobs`")
            }
            if position < request.afterPositions.count {
                for other in request.afterPositions[position] {
                    guard other < request.jobs.count, other != position else {
                        return refusal("\(title): after: names a job that is not in the request")
                    }
                    spec.after.append(JobID(first + Int(other)))
                }
            }
            accepted.append(spec)
        }
        if let cycle = cycle(in: accepted, first: first) {
            return refusal("refused: after: goes in a circle: \(cycle)")
        }
        var jobs: [JobID] = []
        // Jobs that others wait for come first in numbers but all are known before any gate is judged.
        for (position, spec) in accepted.enumerated() {
            let job = JobID(first + position)
            jobs.append(job)
            emit(.jobSubmitted(JobSubmitted(job: job, user: user, framework: .batch, spec: spec)))
        }
        closeGates(jobs)
        wanting += jobs
        let tasks = jobs.reduce(0) { $0 + Int(state.jobs[$1.index].count) }
        let names = jobs.count == 1 ? state.label(of: jobs[0]) : "\(jobs.count) jobs"
        return ActionAnswer(
            accepted: true, message: "submitted \(names), \(tasks) task\(tasks == 1 ? "" : "s")", jobs: jobs)
    }

    /// Role of jobs that name none.
    static let defaultRole = "default"
    /// Need of jobs that name none: one cpu and 128 MiB.
    static let defaultNeed = ResourceVector(cpus: 1_000, mem: 128 << 20, disk: 0, gpus: 0)

    /// A job may wait for one that comes later in the same request: then its gate is judged again.
    private mutating func closeGates(_ jobs: [JobID]) {
        for job in jobs where state.jobs[job.index].gate != .held {
            let (gate, reason) = gate(of: job)
            guard gate != state.jobs[job.index].gate else { continue }
            let priority = state.jobs[job.index].priority
            emit(.jobChanged(JobChanged(job: job, gate: gate, reason: reason, priority: priority)))
        }
    }

    private func cycle(in specs: [JobSpec], first: Int) -> String? {
        var marks = Array(repeating: 0, count: specs.count)
        var path: [Int] = []
        func visit(_ at: Int) -> String? {
            if marks[at] == 2 { return nil }
            if marks[at] == 1 {
                let from = path.firstIndex(of: at) ?? 0
                return (path[from...] + [at]).map { specs[$0].name.isEmpty ? "job \($0 + 1)" : specs[$0].name }
                    .joined(separator: " -> ")
            }
            marks[at] = 1
            path.append(at)
            for other in specs[at].after where other.index >= first && other.index < first + specs.count {
                if let found = visit(other.index - first) { return found }
            }
            path.removeLast()
            marks[at] = 2
            return nil
        }
        for at in specs.indices { if let found = visit(at) { return found } }
        return nil
    }

    /// The tasks a selection means; nil and a refusal when one is not there.
    private func resolve(_ selection: TaskSelection) -> (tasks: [TaskID], refusal: ActionAnswer?) {
        var tasks: [TaskID] = []
        for task in selection.tasks {
            guard state.contains(task.job) else {
                return ([], refusal("refused: there is no job \(task.job.raw); jobs are listed by `bellows jobs`"))
            }
            let count = state.jobs[task.job.index].count
            if task.index == TaskSelection.all {
                tasks += (0..<count).map { TaskID(job: task.job, index: $0) }
            } else if task.index < count {
                tasks.append(task)
            } else {
                return ([], refusal("refused: job \(task.job.raw) has tasks 0 to \(count - 1), not \(task.index)"))
            }
        }
        return (tasks, nil)
    }

    mutating func kill(_ selection: TaskSelection, _ user: String) -> ActionAnswer {
        let (tasks, refusal) = resolve(selection)
        if let refusal { return refusal }
        var count = 0
        for task in tasks where state.row(of: task).map({ !$0.state.isTerminal }) ?? false {
            count += 1
            requestKill(task, Reason(.killed), user: user)
        }
        return count > 0
            ? done("ending \(count) task\(count == 1 ? "" : "s")")
            : self.refusal("refused: nothing to end; all of it has ended already")
    }

    mutating func requeue(_ selection: TaskSelection) -> ActionAnswer {
        let (tasks, refusal) = resolve(selection)
        if let refusal { return refusal }
        if let other = tasks.first(where: { state.jobs[$0.job.index].framework != .batch }) {
            let owner = state.name(of: state.jobs[other.job.index].framework)
            return self.refusal(
                "refused: \(state.label(of: other)) is a task of \(owner), which alone can start it again")
        }
        var again: [TaskID] = []
        for task in tasks where state.row(of: task).map({ $0.state.isTerminal && $0.state != .finished }) ?? false {
            guard state.jobs[task.job.index].gang > 1 else {
                again.append(task)
                continue
            }
            // A gang starts as one, so it waits again as one.
            let row = state.jobs[task.job.index]
            guard row.isTerminal, row.forgotten == 0 else {
                return self.refusal(
                    "refused: the gang of job \(task.job.raw) "
                        + (row.isTerminal ? "is partly forgotten; submit it anew" : "has not ended; kill it first"))
            }
            again += (0..<row.count).map { TaskID(job: task.job, index: $0) }.filter { !again.contains($0) }
        }
        guard !again.isEmpty else {
            return self.refusal("refused: only tasks that failed, were killed or lost can be requeued")
        }
        for task in again {
            emit(.taskRequeued(TaskRequeued(task: task, reason: .none, notBefore: .never, countsAsFailure: false)))
        }
        wanting += again.map(\.job)
        return done("\(again.count) task\(again.count == 1 ? "" : "s") wait\(again.count == 1 ? "s" : "") again")
    }

    mutating func setGate(_ selection: JobSelection, holds: Bool) -> ActionAnswer {
        for job in selection.jobs {
            guard state.contains(job) else {
                return refusal("refused: there is no job \(job.raw); jobs are listed by `bellows jobs`")
            }
            guard state.jobs[job.index].queued > 0 else {
                return refusal("refused: no task of job \(job.raw) is waiting")
            }
        }
        for job in selection.jobs {
            let row = state.jobs[job.index]
            let (gate, reason) = holds ? (.held, Reason(.heldByUser)) : released(job)
            guard gate != row.gate || reason != row.reason else { continue }
            emit(.jobChanged(JobChanged(job: job, gate: gate, reason: reason, priority: row.priority)))
            if holds { queueChanged = true } else { wanting.append(job) }
        }
        return done("\(selection.jobs.count) job\(selection.jobs.count == 1 ? "" : "s") \(holds ? "held" : "released")")
    }

    /// The gate of a job that is let go: it still waits for others, but no longer for one that failed.
    private func released(_ job: JobID) -> (JobRow.Gate, Reason) {
        let (gate, reason) = gate(of: job)
        return gate == .stuck ? (.open, .none) : (gate, reason)
    }

    mutating func setPriority(_ change: JobPriority) -> ActionAnswer {
        guard (-1_000...1_000).contains(change.priority) else {
            return refusal("refused: priority \(change.priority); it goes from -1000 to 1000")
        }
        for job in change.jobs where !state.contains(job) {
            return refusal("refused: there is no job \(job.raw); jobs are listed by `bellows jobs`")
        }
        for job in change.jobs {
            let row = state.jobs[job.index]
            emit(.jobChanged(JobChanged(job: job, gate: row.gate, reason: row.reason, priority: change.priority)))
        }
        queueChanged = true
        return done("priority \(change.priority) for \(change.jobs.count) job\(change.jobs.count == 1 ? "" : "s")")
    }
}
