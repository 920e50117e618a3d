import ClusterModel

/// Statuses of frameworks' tasks: each is kept until its framework has acknowledged it, told again and again until
/// then, one at a time for a task, in order.
extension ControlCore {
    /// Wait before a status that was not acknowledged is told again; doubles each time.
    static let tellAgainAfter = Interval.seconds(10)
    /// Longest such wait.
    static let tellAgainAtMost = Interval.minutes(10)

    /// When something told so often is to be told again.
    static func nextTelling(after told: Instant, _ tellings: UInt32) -> Instant {
        told + min(tellAgainAfter * (1 << Int64(min(max(1, tellings) - 1, 10))), tellAgainAtMost)
    }

    /// Makes a status of a task. With a uuid it waits for acknowledgement; without one it is told once, if anybody
    /// listens. `isFromAgent` says that it is the agent's own word.
    mutating func post(_ job: JobID, _ update: TaskUpdate, isFromAgent: Bool) {
        guard let row = state.external(job), row.kind == .task, !row.state.isTerminal else { return }
        var update = update
        if update.at.isNever { update.at = now }
        if update.state != .unreachable { update.state = said(update.state, to: row.framework) }
        if row.updates.count >= ExternalTask.updateLimit, !update.state.isTerminal { return }
        if update.data.count + update.wire.count > TaskUpdate.payloadLimit {
            (update.data, update.wire) = ([], [])
            update.message = "its payload was over \(TaskUpdate.payloadLimit) bytes and was cut"
        }
        let isConnected = state.details(of: row.framework)?.isConnected ?? false
        let isTold = isConnected && (update.uuid.isEmpty || row.updates.isEmpty)
        emit(
            .externalTaskUpdated(
                ExternalTaskUpdated(job: job, update: update, isTold: isTold, isFromAgent: isFromAgent)))
        if isTold { tell(job, row, update) }
    }

    /// What a state is called to a framework: one that does not know of partitions hears that tasks are lost.
    func said(_ state: FrameworkTaskState, to framework: FrameworkID) -> FrameworkTaskState {
        switch state {
        case .unreachable, .dropped, .gone, .goneByOperator, .unknown:
            isPartitionAware(framework) ? state : .lost
        default: state
        }
    }

    private mutating func tell(_ job: JobID, _ row: ExternalTask, _ update: TaskUpdate) {
        var told = update
        told.state = said(update.state, to: row.framework)
        let agent = state.agentID(number: row.agent)
        let executor = row.executor.isEmpty ? row.name : row.executor
        tell(row.framework, .update(UpdateTold(task: row.name, agent: agent, executor: executor, told)))
    }

    /// A status' 16 bytes, for those that the core makes itself: task and count, in the form of a random uuid.
    func uuid(_ job: JobID, _ row: ExternalTask) -> [UInt8] {
        let (high, low) = (UInt64(job.raw) << 32 | UInt64(row.counted), state.epoch)
        var bytes: [UInt8] = []
        for value in [high, low] {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64(shift)))) }
        }
        bytes[8] = 0x80 | bytes[8] & 0x3f
        return bytes
    }

    /// A status that the core makes on its agent's word.
    mutating func post(
        _ job: JobID, _ next: FrameworkTaskState, _ source: StatusSource, _ reason: StatusReason, _ message: String = ""
    ) {
        guard let row = state.external(job) else { return }
        let update = TaskUpdate(next, source, reason, message: message, uuid: uuid(job, row), at: now)
        post(job, update, isFromAgent: true)
    }

    /// Tells the oldest status that waits, as if it had never been told.
    mutating func tellOldest(_ job: JobID) {
        guard let row = state.external(job), let first = row.updates.first,
            state.details(of: row.framework)?.isConnected ?? false
        else { return }
        emit(.externalTaskTold(ExternalTaskTold(job: job, tellings: 1)))
        tell(job, row, first)
    }

    /// A status was not acknowledged in time.
    mutating func tellAgain(_ job: JobID) {
        guard let row = state.external(job), let first = row.updates.first, row.tellings > 0 else { return }
        let due = Self.nextTelling(after: row.toldAt, row.tellings)
        guard due <= now else { return deadlines.add(.telling, job.raw, at: due) }
        guard state.details(of: row.framework)?.isConnected ?? false else { return }
        emit(.externalTaskTold(ExternalTaskTold(job: job, tellings: row.tellings + 1)))
        tell(job, row, first)
    }

    mutating func acknowledge(_ what: StatusAcknowledgement, _ id: FrameworkID) {
        guard let job = state.job(ofTask: what.task, of: id), let row = state.external(job),
            let first = row.updates.first, first.uuid == what.uuid,
            what.agent.isEmpty || state.agentNumber(what.agent) == row.agent
        else { return }
        emit(.externalTaskAcknowledged(ExternalTaskAcknowledged(job: job)))
        let node = state.index.nodeByAgent[row.agent]
        notify(
            node,
            .acknowledged(
                framework: state.frameworkID(of: id), executor: row.executor, task: row.name, uuid: what.uuid))
        if row.updates.count > 1 { tellOldest(job) }
        if first.state.isTerminal, let node { finishDrain(node) }
    }

    /// Ends what a framework knows of a task without a word to it: the framework is gone.
    mutating func endUntold(_ job: JobID, _ next: FrameworkTaskState, _ reason: StatusReason) {
        guard let row = state.external(job) else { return }
        if !row.state.isTerminal {
            let update = TaskUpdate(next, .core, reason, at: now)
            emit(
                .externalTaskUpdated(ExternalTaskUpdated(job: job, update: update, isTold: false, isFromAgent: false)))
        }
        for _ in row.updates { emit(.externalTaskAcknowledged(ExternalTaskAcknowledged(job: job))) }
        let task = TaskID(job: job, index: 0)
        guard let placed = state.row(of: task), placed.state.isPlaced else { return }
        if hasProcess(row, on: placed.node), !state.nodes[placed.node.index].isSimulated {
            requestKill(task, Reason(.killed), user: "")
        } else {
            end(task, TaskEnded(task: task, state: .killed, reason: Reason(.killed)))
        }
    }
}
