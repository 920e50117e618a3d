import ClusterModel

/// The ends of tasks and what follows from them: retries, gangs, dependencies, nodes on which tasks fail.
extension ControlCore {
    /// Ends a task, or its attempt, and settles what follows.
    mutating func end(_ task: TaskID, _ ending: TaskEnded) {
        guard let before = state.row(of: task), !before.state.isTerminal else { return }
        emit(.taskEnded(ending))
        externalEnded(task, before: before, ending)
        if before.state.isPlaced {
            freed.append(before.node)
            holdIfFailing(before.node)
        }
        let job = task.job
        if state.jobs[job.index].gang > 1 {
            settleGang(job, rank: task.index, ending)
        } else if ending.state == .killed, ending.reason.code == .preempted {
            emit(
                .taskRequeued(
                    TaskRequeued(
                        task: task, reason: ending.reason, notBefore: now + Self.restAfterGivingWay,
                        countsAsFailure: false)))
        } else if ending.state == .failed || ending.state == .lost {
            retry(task, ending)
        }
        if state.contains(job), state.jobs[job.index].isTerminal { settleDependents(of: job) }
        if before.state.isPlaced { finishDrain(before.node) }
        if state.ended.count > Int(state.configuration.limits.keepFinishedCount) + Self.forgetBatch { forgetEnded() }
    }

    /// How long a job of which a task gave way starts nothing: what was freed is for another, and who would take it at
    /// once would have to give way again.
    static let restAfterGivingWay = Interval.seconds(10)

    /// Ended tasks above the limit that are let go in one go.
    static let forgetBatch = 256

    /// Starts a failed task again, later each time, as often as its job allows.
    private mutating func retry(_ task: TaskID, _ ending: TaskEnded) {
        guard let row = state.row(of: task), state.jobs[task.job.index].framework == .batch,
            row.failures < state.specs[task.job.index].retries
        else { return }
        emit(.taskRequeued(requeue(task, failures: row.failures)))
        wanting.append(task.job)
    }

    private func requeue(_ task: TaskID, failures: UInt32) -> TaskRequeued {
        let wait = state.configuration.limits.retryAfter * (1 << Int64(min(failures, 10)))
        return TaskRequeued(
            task: task, reason: Reason(.retryBackoff, Int64(failures) + 1), notBefore: now + wait, countsAsFailure: true
        )
    }

    /// A gang ends as one: a member that did not finish takes the others with it; once all have ended, all start again
    /// if the job allows it.
    private mutating func settleGang(_ job: JobID, rank: UInt32, _ ending: TaskEnded) {
        let row = state.jobs[job.index]
        if ending.state != .finished {
            for index in 0..<row.count {
                let member = TaskID(job: job, index: index)
                guard let other = state.row(of: member), !other.state.isTerminal else { continue }
                if other.state.isPlaced {
                    requestKill(member, Reason(.gangMember, Int64(rank)), user: "")
                } else {
                    emit(
                        .taskEnded(
                            TaskEnded(task: member, state: ending.state, reason: Reason(.gangMember, Int64(rank)))))
                }
            }
        }
        guard state.jobs[job.index].isTerminal, !state.jobs[job.index].succeeded, state.jobs[job.index].killed == 0
        else {
            return
        }
        let members = (0..<row.count).map { TaskID(job: job, index: $0) }
        let failures = members.compactMap { state.row(of: $0)?.failures }.max() ?? 0
        guard failures < state.specs[job.index].retries else { return }
        for member in members { emit(.taskRequeued(requeue(member, failures: failures))) }
        wanting.append(job)
    }

    /// Opens, or shuts for good, the gates of jobs that waited for this one.
    private mutating func settleDependents(of job: JobID) {
        let succeeded = state.jobs[job.index].succeeded
        for waiter in state.index.waiting[job] ?? [] {
            guard state.contains(waiter) else { continue }
            let row = state.jobs[waiter.index]
            guard row.gate == .waiting || row.gate == .stuck else { continue }
            if succeeded {
                let (gate, reason) = gate(of: waiter)
                if gate != row.gate || reason != row.reason {
                    emit(.jobChanged(JobChanged(job: waiter, gate: gate, reason: reason, priority: row.priority)))
                    wanting.append(waiter)
                }
            } else if row.gate == .waiting {
                let reason = Reason(.dependencyFailed, Int64(job.raw))
                emit(.jobChanged(JobChanged(job: waiter, gate: .stuck, reason: reason, priority: row.priority)))
            }
        }
    }

    /// What a job's dependencies say of its gate. A job that has been forgotten had ended; it counts as done.
    func gate(of job: JobID) -> (JobRow.Gate, Reason) {
        for other in state.specs[job.index].after where state.contains(other) {
            let row = state.jobs[other.index]
            if row.succeeded { continue }
            if row.isTerminal { return (.stuck, Reason(.dependencyFailed, Int64(other.raw))) }
            return (.waiting, Reason(.dependency, Int64(other.raw)))
        }
        return (.open, .none)
    }

    /// Holds a node on which different jobs fail one after the other, unless all others at work were held for the same:
    /// then it is the jobs that fail, and not the nodes.
    private mutating func holdIfFailing(_ node: NodeID) {
        let limit = state.configuration.limits.failuresInRow
        let row = state.nodes[node.index]
        guard limit > 0, row.failuresInRow >= limit, row.state == .ready, !state.isLastOfFailing(node) else { return }
        change(node, .held, Reason(.failuresInRow, Int64(row.failuresInRow)))
        emit(
            .decided(
                Decision(
                    about: .hold,
                    summary: "\(state.name(of: node)) held: \(row.failuresInRow) failures of different jobs in a row; "
                        + "look at it, then undrain it", node: node)))
        rescindOffers(of: node)
    }

    /// Asks a placed task to end; one that is not placed ends at once.
    mutating func requestKill(_ task: TaskID, _ reason: Reason, user: String) {
        guard let row = state.row(of: task), !row.state.isTerminal else { return }
        guard row.state.isPlaced else {
            return end(task, TaskEnded(task: task, state: .killed, reason: reason))
        }
        // Somebody who wants its end wants more than that it gives way for a while.
        let isMore = row.reason.code == .preempted && reason.code != .preempted
        if row.state != .killing || isMore { emit(.taskKilling(TaskKilling(task: task, reason: reason, user: user))) }
        sendKill(task, row)
    }

    mutating func sendKill(_ task: TaskID, _ row: TaskRow) {
        let grace = state.specs[task.job.index].grace
        if let other = state.external(task.job), !hasProcess(other, on: row.node) {
            guard other.kind == .task else { return }
            let framework = state.frameworkID(of: other.framework)
            return notify(
                row.node, .kill(framework: framework, executor: other.executor, task: other.name, grace: grace))
        }
        if let other = state.external(task.job), other.kind == .executor {
            // It is asked to end; what does not in its grace is killed.
            notify(
                row.node,
                .shutdownExecutor(framework: state.frameworkID(of: other.framework), executor: other.name))
        }
        direct(.kill(node: state.name(of: row.node), task: task, attempt: row.attempt, grace: grace))
    }

    mutating func sendLaunch(_ task: TaskID, _ row: TaskRow) {
        let launched = TaskLaunched(
            task: task, attempt: row.attempt, node: row.node, offer: .none, rank: row.rank,
            extras: state.taskExtras[task] ?? Extras(), deadline: row.deadline,
            special: state.taskSpecial[task] ?? Portions())
        sendLaunch(launched)
    }
}

extension ClusterState {
    /// Whether a node is the only one left at work where others are held because jobs failed there too. Looks at nodes
    /// until another at work is found.
    func isLastOfFailing(_ node: NodeID) -> Bool {
        var others = false
        for slot in 0..<nodes.count where slot != node.index {
            let row = nodes[slot]
            if row.state.takesWork { return false }
            if row.state == .held, row.reason.code == .failuresInRow { others = true }
        }
        return others
    }
}
