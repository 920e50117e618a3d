/// How events in the life of tasks of frameworks outside change the state.
extension ClusterState {
    mutating func apply(_ e: ExternalTaskAdded) {
        guard contains(e.job), e.task.framework.index < frameworks.count else { return }
        externalTasks.materialize(e.job.index, with: ExternalTask())
        externalTasks.update(e.job.index) { $0 = e.task }
        noteExternal(e.job, e.task)
    }

    /// Puts a row into the look-ups. A completed task is found by its framework only.
    mutating func noteExternal(_ job: JobID, _ row: ExternalTask) {
        guard row.kind != .none else { return }
        while index.externalOf.count <= row.framework.index { index.externalOf.append([]) }
        guard !row.isCompleted else { return }
        index.externalOf[row.framework.index].insert(job)
        index.externalByName[ExternalName(row)] = job
    }

    /// Takes a row that has come to its end out of the look-ups.
    private mutating func settleExternal(_ job: JobID) {
        let row = externalTasks[job.index]
        guard row.isCompleted, index.externalOf[row.framework.index].remove(job) != nil else { return }
        if index.externalByName[ExternalName(row)] == job { index.externalByName[ExternalName(row)] = nil }
        let task = TaskID(job: job, index: 0)
        if self.row(of: task)?.state.isTerminal ?? false { ended.append(task) }
    }

    mutating func apply(_ e: ExternalTaskUpdated) {
        guard external(e.job) != nil else { return }
        externalTasks.update(e.job.index) {
            $0.state = e.update.state
            if e.isFromAgent {
                $0.stateOnAgent = e.update.state
                $0.unreachableSince = .never
            } else if !e.update.unreachableSince.isNever {
                $0.unreachableSince = e.update.unreachableSince
            }
            $0.counted += 1
            var told = e.update
            (told.data, told.wire) = ([], [])
            $0.history.removeAll { $0.state == told.state }
            $0.history.append(told)
            if $0.history.count > ExternalTask.historyLimit { $0.history.removeFirst() }
            guard !e.update.uuid.isEmpty else { return }
            $0.updates.append(e.update)
            if e.isTold {
                $0.toldAt = now
                $0.tellings = 1
            }
        }
        settleExternal(e.job)
    }

    mutating func apply(_ e: ExternalTaskTold) {
        guard external(e.job) != nil else { return }
        externalTasks.update(e.job.index) {
            $0.toldAt = now
            $0.tellings = e.tellings
        }
    }

    mutating func apply(_ e: ExternalTaskAcknowledged) {
        guard let row = external(e.job), !row.updates.isEmpty else { return }
        externalTasks.update(e.job.index) {
            $0.updates.removeFirst()
            $0.toldAt = .never
            $0.tellings = 0
        }
        settleExternal(e.job)
    }

    /// Forgets what a framework knew of a job that is forgotten.
    mutating func forgetExternal(_ job: JobID) {
        guard let row = external(job) else { return }
        if index.externalByName[ExternalName(row)] == job { index.externalByName[ExternalName(row)] = nil }
        index.externalOf[row.framework.index].remove(job)
        externalTasks.update(job.index) { $0 = ExternalTask() }
        let chunk = job.index / Table<ExternalTask>.chunkSize
        if externalTasks.chunks[chunk].rows.allSatisfy({ $0.kind == .none }) { externalTasks.release(chunk: chunk) }
    }
}
