import ClusterModel

/// What people type for things, looked up in the picture: `12`, `12/3`, `sim-17/3`, `sim`, `node-1`, `O-412`.
struct Naming {
    let state: ClusterState

    /// A job by number, label, or name when only one job has it.
    func job(_ text: String) throws -> JobID {
        if let number = UInt32(text) { return try known(JobID(raw: number), text) }
        if let dash = text.lastIndex(of: "-"), let number = UInt32(text[text.index(after: dash)...]) {
            let job = JobID(raw: number)
            if state.contains(job), state.label(of: job) == text { return job }
        }
        let named = state.liveJobs.filter { state.specs[$0.index].name == text }
        if named.count == 1 { return named[0] }
        if named.count > 1 {
            let numbers = named.prefix(8).map { "\($0.raw)" }.joined(separator: ", ")
            throw CommandFailure(
                .usage, "\(named.count) jobs are called \"\(text)\" (\(numbers)); name one by its number")
        }
        let labels = state.liveJobs.suffix(200).flatMap { [state.label(of: $0), state.specs[$0.index].name] }
        throw missing("job", text, labels.filter { !$0.isEmpty })
    }

    /// A task, or all tasks of a job (index `TaskSelection.all`).
    func tasks(_ text: String) throws -> TaskID {
        guard let slash = text.lastIndex(of: "/") else {
            return TaskID(job: try job(text), index: TaskSelection.all)
        }
        let job = try job(String(text[..<slash]))
        let count = state.jobs[job.index].count
        guard let index = UInt32(text[text.index(after: slash)...]), index < count else {
            throw CommandFailure(.notFound, "job \(job.raw) has tasks 0 to \(count - 1), there is no task \"\(text)\"")
        }
        return TaskID(job: job, index: index)
    }

    /// One task; a job stands for its task when it has only one.
    func task(_ text: String) throws -> TaskID {
        let task = try tasks(text)
        guard task.index == TaskSelection.all else { return task }
        let count = state.jobs[task.job.index].count
        guard count == 1 else {
            throw CommandFailure(.usage, "job \(task.job.raw) has \(count) tasks; name one, such as \(task.job.raw)/0")
        }
        return TaskID(job: task.job, index: 0)
    }

    /// A node that is there.
    func node(_ text: String) throws -> String {
        if state.node(named: text) != nil { return text }
        throw missing("node", text, state.presentNodes.map { state.name(of: $0) })
    }
    /// A pool.
    func pool(_ text: String) throws -> String {
        if state.pool(named: text) != nil { return text }
        throw missing("pool", text, state.pools.map { state.text($0.name) })
    }
    /// A role.
    func role(_ text: String) throws -> String {
        if state.role(at: text) != nil { return text }
        throw missing("role", text, state.roles.map { state.text($0.path) })
    }
    /// An offer, open or closed lately.
    func offer(_ text: String) throws -> OfferID {
        let digits = text.hasPrefix("O-") || text.hasPrefix("o-") ? String(text.dropFirst(2)) : text
        guard let number = UInt32(digits) else {
            throw CommandFailure(.usage, "\"\(text)\" is no offer; write its number, such as O-412")
        }
        let offer = OfferID(raw: number)
        guard state.openOffers.contains(offer) || state.closedOffers.contains(offer) else {
            throw CommandFailure(.notFound, "offer O-\(number) is not known; it was closed long ago, or never made")
        }
        return offer
    }

    private func known(_ job: JobID, _ text: String) throws -> JobID {
        if state.contains(job) { return job }
        let kept = Quantity.format(state.configuration.limits.keepFinished)
        throw CommandFailure(
            .notFound, "job \(text) is not known; jobs leave \(kept) after their end, `bellows replay` shows older ones"
        )
    }

    private func missing(_ what: String, _ text: String, _ names: [String]) -> CommandFailure {
        CommandFailure(.notFound, "there is no \(what) \"\(text)\"; \(Spelling.hint(for: text, in: names))")
    }
}
