import ClusterModel

/// What is done when a deadline passes. Each entry is checked against the state first; one that is out of date is
/// dropped, or put back to the moment that holds now.
extension ControlCore {
    mutating func fireDeadlines() {
        var due = deadlines.take(by: now)
        while !due.isEmpty {
            due.forEach { fire($0) }
            due = deadlines.take(by: now)
        }
    }

    private mutating func fire(_ entry: DeadlineQueue.Entry) {
        let number = Int(truncatingIfNeeded: entry.number)
        switch entry.subject {
        case .offer: expire(OfferID(number))
        case .staging: restage(TaskID(packed: entry.number))
        case .timeLimit: enforceLimit(TaskID(packed: entry.number))
        case .ending: killAgain(TaskID(packed: entry.number))
        case .registration: endMute(TaskID(packed: entry.number))
        case .silence: checkSilence(NodeID(number))
        case .drain: endPatience(NodeID(number))
        case .boot: checkStep(InstanceID(number))
        case .gang: endHolding()
        case .lease: checkLease(InstanceID(number))
        case .poolBackOff: poolsChanged = true
        case .retry: tryAgain(JobID(number))
        case .filters: expireFilters()
        case .retention: forgetEnded()
        case .slot: forgetNode(NodeID(number))
        case .day: turnDay()
        // `settle` looks at both after every input.
        case .scale, .budget: break
        case .telling: tellAgain(JobID(number))
        case .operation: tellOperationAgain(entry.number)
        case .framework: removeIfOverdue(FrameworkID(number))
        }
    }

    private mutating func expire(_ id: OfferID) {
        guard state.offers.contains(id.index), state.offers[id.index].outcome == .open else { return }
        guard state.offers[id.index].expiresAt <= now else { return }
        close(id, .timedOut)
    }

    /// Nodes were held back for a gang long enough.
    private mutating func endHolding() {
        if let holder = state.gangs.holder, holder.until <= now { startCycle() }
    }

    /// A task waited for its next attempt long enough. Said by an event, so that the state's time passes that moment:
    /// a core that is made anew from the state must not come to it again.
    private mutating func tryAgain(_ job: JobID) {
        guard state.contains(job), !state.jobs[job.index].isTerminal, state.jobs[job.index].notBefore <= now else {
            return
        }
        emit(.jobExpected(JobExpected(job: job)))
        wanting.append(job)
    }

    /// A launch that was not confirmed is sent again; the agent knows it if it came.
    private mutating func restage(_ task: TaskID) {
        guard let row = state.row(of: task), row.state == .staging else { return }
        let due = row.launchedAt + state.configuration.limits.stagingTimeout
        guard due <= now else { return deadlines.add(.staging, task.packed, at: due) }
        if state.nodes[row.node.index].connected { sendLaunch(task, row) }
        deadlines.add(.staging, task.packed, at: now + state.configuration.limits.stagingTimeout)
    }

    /// A wish to end that brought nothing about is sent again; an agent that knows it does nothing more.
    private mutating func killAgain(_ task: TaskID) {
        guard let row = state.row(of: task), row.state == .killing else { return }
        if state.nodes[row.node.index].connected { sendKill(task, row) }
        let grace = state.specs[task.job.index].grace
        deadlines.add(.ending, task.packed, at: now + grace + state.configuration.limits.stagingTimeout)
    }

    /// The agent ends a task whose time is over; this is for an agent that did not.
    private mutating func enforceLimit(_ task: TaskID) {
        guard let row = state.row(of: task), row.state == .running || row.state == .staging, !row.deadline.isNever
        else {
            return
        }
        let due = DeadlineQueue.limitPassed(row.deadline, task, state)
        guard due <= now else { return deadlines.add(.timeLimit, task.packed, at: due) }
        requestKill(task, Reason(.timeLimit), user: "")
    }

    private mutating func checkSilence(_ node: NodeID) {
        guard state.nodes.contains(node.index) else { return }
        let row = state.nodes[node.index]
        let limits = state.configuration.limits
        switch row.state {
        case .absent, .removed, .lost, .joining: return
        case _ where row.isSimulated && row.connected: return
        case .unreachable:
            let due = row.heardAt + limits.lostAfter
            guard due <= now else { return deadlines.add(.silence, node.raw, at: due) }
            loseNode(node, Reason(.silent, (now - row.heardAt).seconds))
        default:
            let due = row.heardAt + limits.unreachableAfter
            guard due <= now else { return deadlines.add(.silence, node.raw, at: due) }
            change(node, .unreachable, Reason(row.connected ? .silent : .disconnected, (now - row.heardAt).seconds))
            rescindOffers(of: node)
            agentUnreachable(node)
        }
    }

    private mutating func endPatience(_ node: NodeID) {
        guard state.nodes.contains(node.index), state.nodes[node.index].state == .draining,
            !state.nodes[node.index].drainDeadline.isNever, state.nodes[node.index].drainDeadline <= now
        else { return }
        for task in state.index.tasksOnNode[node.index].sorted() { requestKill(task, Reason(.drained), user: "") }
    }

    private mutating func expireFilters() {
        guard state.filters.contains(where: { $0.until <= now }) else { return }
        emit(.filtersCleared(FiltersCleared(framework: .none, role: .none, expiredBy: now)))
        queueChanged = true
    }

    private mutating func turnDay() {
        guard now.day > state.day else { return deadlines.add(.day, 0, at: DeadlineQueue.startOf(day: state.day + 1)) }
        emit(.dayTurned(DayTurned(day: now.day)))
    }

    private mutating func forgetNode(_ node: NodeID) {
        guard state.nodes.contains(node.index), state.nodes[node.index].state == .removed,
            state.nodes[node.index].stateSince + DeadlineQueue.slotKept <= now
        else { return }
        emit(.nodeForgotten(NodeForgotten(node: node)))
    }

    /// Lets ended tasks go that are old, or more than are kept; then jobs of which nothing is left.
    mutating func forgetEnded() {
        let limits = state.configuration.limits
        var leaving: [TaskID] = []
        var surplus = state.ended.count - Int(limits.keepFinishedCount)
        for task in state.ended.elements {
            let row = state.row(of: task)
            let isOld = row.map { $0.endedAt + limits.keepFinished <= now } ?? true
            guard surplus > 0 || isOld else { break }
            surplus -= 1
            leaving.append(task)
        }
        if !leaving.isEmpty {
            emit(.tasksForgotten(TasksForgotten(tasks: leaving)))
            forgetJobs(of: leaving)
        }
        if let first = state.ended.first, let row = state.row(of: first) {
            deadlines.add(.retention, 0, at: row.endedAt + limits.keepFinished)
        }
    }

    private mutating func forgetJobs(of tasks: [TaskID]) {
        var last = JobID.none
        for task in tasks where task.job != last {
            last = task.job
            guard state.contains(last) else { continue }
            let row = state.jobs[last.index]
            if row.isTerminal, row.forgotten == row.count {
                emit(.jobForgotten(JobForgotten(job: last, count: row.count)))
            }
        }
    }
}
