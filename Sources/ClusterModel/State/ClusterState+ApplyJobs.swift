/// How events about jobs change the state.
extension ClusterState {
    mutating func apply(_ e: JobSubmitted) {
        let role = ensureRole(e.spec.role)
        var row = JobRow()
        row.role = role
        row.framework = e.framework
        row.user = texts.intern(e.user)
        row.priority = e.spec.priority
        row.submittedAt = now
        row.need = e.spec.need
        row.firstTask = UInt32(truncatingIfNeeded: tasks.count)
        row.gang = max(1, e.spec.nodes)
        row.count = row.gang > 1 ? row.gang : e.spec.count
        row.queued = row.count
        let waits = e.spec.after.filter { contains($0) && !jobs[$0.index].succeeded }
        if e.spec.hold {
            row.gate = .held
            row.reason = Reason(.heldByUser)
        } else if let first = waits.first {
            row.gate = .waiting
            row.reason = Reason(.dependency, Int64(first.raw))
        }
        jobs.materialize(e.job.index, with: JobRow())
        specs.materialize(e.job.index, with: JobSpec())
        jobs.update(e.job.index) { $0 = row }
        specs.update(e.job.index) { $0 = e.spec }
        var task = TaskRow()
        task.need = row.need
        task.stateSince = now
        task.state = row.gate == .open ? .queued : .held
        task.reason = row.reason
        for index in 0..<row.count {
            task.id = TaskID(job: e.job, index: index)
            task.rank = row.gang > 1 ? index : 0
            tasks.append(task)
        }
        roles[role.index].queued += row.count
        index.liveJobs.append(e.job)
        for other in waits { index.waiting[other, default: []].append(e.job) }
        // A framework outside launches its own tasks at once; they are never looked for in a queue.
        if row.gate == .open, !isExternal(e.framework) { enqueue(e.job) }
    }

    /// Whether a framework is a program outside.
    func isExternal(_ framework: FrameworkID) -> Bool {
        framework.index < frameworks.count && frameworks[framework.index].isExternal
    }

    mutating func apply(_ e: JobChanged) {
        guard contains(e.job) else { return }
        dequeue(e.job)
        jobs.update(e.job.index) {
            $0.gate = e.gate
            $0.reason = e.reason
            $0.priority = e.priority
            if e.gate != .open { $0.expectedStart = .never }
        }
        if e.gate == .open { specs.update(e.job.index) { $0.hold = false } }
        for other in specs[e.job.index].after where contains(other) && !jobs[other.index].succeeded {
            if !index.waiting[other, default: []].contains(e.job) { index.waiting[other, default: []].append(e.job) }
        }
        let row = jobs[e.job.index]
        let state: TaskRow.State = e.gate == .open ? .queued : .held
        for slot in Int(row.firstTask)..<Int(row.firstTask) + Int(row.count)
        where tasks.contains(slot) && (tasks[slot].state == .queued || tasks[slot].state == .held) {
            tasks.update(slot) {
                $0.state = state
                $0.reason = e.reason
            }
        }
        if e.gate == .open, row.queued > 0 { enqueue(e.job) }
    }

    mutating func apply(_ e: JobExpected) {
        guard contains(e.job) else { return }
        jobs.update(e.job.index) { $0.expectedStart = e.at }
    }

    mutating func apply(_ e: JobForgotten) {
        guard contains(e.job) else { return }
        let row = jobs[e.job.index]
        dequeue(e.job)
        let range = Int(row.firstTask)..<Int(row.firstTask) + Int(row.count)
        for slot in range where tasks.contains(slot) { tasks.update(slot) { $0.state = .forgotten } }
        releaseTaskChunks(range)
        forgetExternal(e.job)
        jobs.update(e.job.index) { $0 = JobRow() }
        specs.update(e.job.index) { $0 = JobSpec() }
        if let at = index.liveJobs.firstIndex(of: e.job) { index.liveJobs.remove(at: at) }
        index.waiting[e.job] = nil
        releaseJobChunk(of: e.job.index)
    }

    /// Frees chunks of which every task has been forgotten.
    mutating func releaseTaskChunks(_ slots: Range<Int>) {
        guard !slots.isEmpty else { return }
        let size = Table<TaskRow>.chunkSize
        for chunk in slots.lowerBound / size...(slots.upperBound - 1) / size {
            let rows = tasks.chunks[chunk].rows
            if rows.count == size, rows.allSatisfy({ $0.state == .forgotten }) { tasks.release(chunk: chunk) }
        }
    }

    private mutating func releaseJobChunk(of job: Int) {
        let chunk = job / Table<JobRow>.chunkSize
        guard chunk > 0, jobs.chunks[chunk].rows.allSatisfy({ $0.count == 0 }) else { return }
        jobs.release(chunk: chunk)
        specs.release(chunk: chunk)
    }

    /// The order of a role's queue: higher priority first, then the earlier number.
    public func startsBefore(_ a: JobID, _ b: JobID) -> Bool {
        (-Int64(jobs[a.index].priority), a) < (-Int64(jobs[b.index].priority), b)
    }

    /// Puts a job with queued tasks in its place in its role's queue.
    mutating func enqueue(_ job: JobID) {
        let role = jobs[job.index].role.index
        var low = 0
        var high = index.pending[role].count
        while low < high {
            let middle = (low + high) / 2
            if startsBefore(index.pending[role][middle], job) { low = middle + 1 } else { high = middle }
        }
        if low < index.pending[role].count, index.pending[role][low] == job { return }
        index.pending[role].insert(job, at: low)
    }

    /// Takes a job out of its role's order. O(log n) to find, O(n) to close the gap.
    mutating func dequeue(_ job: JobID) {
        let row = jobs[job.index]
        let role = row.role.index
        guard role < index.pending.count else { return }
        if let at = index.pending[role].firstIndex(of: job) { index.pending[role].remove(at: at) }
    }
}
