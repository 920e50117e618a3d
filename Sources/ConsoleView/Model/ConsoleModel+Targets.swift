import ClusterModel
import ClusterSource

/// What an action applies to: names that were given, else the thing in front, else the selection, else the row.
extension ConsoleModel {
    /// The things meant when none is named.
    func targets(frame state: ClusterState) -> [RowKey] {
        switch views.last {
        case .detail(let detail): [detail.key]
        case .output(let output): [.task(output.task)]
        case .page, .log, .history: []
        case nil: pane.targets
        }
    }

    mutating func withNodes(
        _ words: [String], _ frame: SourceFrame, _ body: (inout ConsoleModel, [String]) -> [ConsoleEffect]
    ) -> [ConsoleEffect] {
        let state = frame.state
        var names = words
        for word in words where state.node(named: word) == nil {
            say(unknown("node", word, state.presentNodes.prefix(10_000).map { state.name(of: $0) }), isError: true)
            return []
        }
        if words.isEmpty {
            for key in targets(frame: state) {
                switch key.kind {
                case .node where state.holds(key): names.append(state.label(of: key))
                case .task where state.row(of: key.task)?.state.isPlaced == true:
                    names.append(state.row(of: key.task).map { state.name(of: $0.node) } ?? "")
                default: break
                }
            }
        }
        guard !names.isEmpty else {
            say("no node is meant: put the cursor on one, select some, or name them after the command", isError: true)
            return []
        }
        return body(&self, names)
    }

    mutating func withTasks(
        _ words: [String], _ frame: SourceFrame, _ body: (inout ConsoleModel, [TaskID]) -> [ConsoleEffect]
    ) -> [ConsoleEffect] {
        let state = frame.state
        var tasks: [TaskID] = []
        for word in words {
            guard let task = state.task(named: word) else {
                say(
                    "there is no task \"\(word)\"; expected JOB, JOB/INDEX or a name as the pane shows it",
                    isError: true)
                return []
            }
            tasks.append(task)
        }
        if words.isEmpty {
            for key in targets(frame: state) where state.holds(key) {
                if key.kind == .task { tasks.append(key.task) }
                if key.kind == .job {
                    let isOne = state.jobs[key.job.index].count == 1
                    tasks.append(TaskID(job: key.job, index: isOne ? 0 : TaskSelection.all))
                }
            }
        }
        guard !tasks.isEmpty else {
            say("no task is meant: put the cursor on one, select some, or name them after the command", isError: true)
            return []
        }
        return body(&self, tasks)
    }

    mutating func withJobs(
        _ words: [String], _ frame: SourceFrame, _ body: (inout ConsoleModel, [JobID]) -> [ConsoleEffect]
    ) -> [ConsoleEffect] {
        withTasks(words, frame) { model, tasks in
            var jobs: [JobID] = []
            for task in tasks where !jobs.contains(task.job) { jobs.append(task.job) }
            return body(&model, jobs)
        }
    }

    /// Holds jobs; when all of them are held, releases them.
    mutating func hold(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        withJobs(words, frame) { model, jobs in
            let isHeld = jobs.allSatisfy { frame.state.jobs[$0.index].gate == .held }
            return model.perform(isHeld ? .release(JobSelection(jobs)) : .hold(JobSelection(jobs)))
        }
    }

    mutating func priority(_ words: [String], _ frame: SourceFrame) -> [ConsoleEffect] {
        guard let first = words.first, let priority = Int32(first), (-1_000...1_000).contains(priority) else {
            say("priority: expected a number from -1000 to 1000, as in :priority 10", isError: true)
            return []
        }
        return withJobs(Array(words.dropFirst()), frame) { model, jobs in
            model.perform(.priority(JobPriority(jobs: jobs, priority: priority)))
        }
    }

    /// What to say of a name that is not known.
    func unknown(_ kind: String, _ word: String, _ known: [String]) -> String {
        let near = Spelling.nearest(to: word, in: known).map { "; did you mean \($0)?" } ?? ""
        return "there is no \(kind) \"\(word)\"\(near)"
    }
}

extension ClusterState {
    /// The task that a person means by `12`, `12/3`, `sim-12` or `sim-12/3`; a job of many tasks alone means all.
    func task(named word: String) -> TaskID? {
        let parts = word.split(separator: "/", maxSplits: 1)
        guard let head = parts.first else { return nil }
        guard let number = UInt32(head.split(separator: "-").last ?? "") else { return nil }
        let job = JobID(raw: number)
        guard contains(job), head == "\(number)" || head == label(of: job) else { return nil }
        guard parts.count > 1 else {
            return TaskID(job: job, index: jobs[job.index].count == 1 ? 0 : TaskSelection.all)
        }
        guard let index = UInt32(parts[1]), index < jobs[job.index].count else { return nil }
        return TaskID(job: job, index: index)
    }
}
