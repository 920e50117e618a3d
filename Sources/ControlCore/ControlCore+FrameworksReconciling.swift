import ClusterModel

/// Frameworks ask where their tasks and operations stand. Answers want no acknowledgement.
extension ControlCore {
    mutating func reconcile(_ questions: [TaskQuestion], _ id: FrameworkID) {
        if questions.isEmpty {
            for job in state.externalJobs(of: id) {
                if let row = state.external(job), row.kind == .task { tellState(row, id) }
            }
            return
        }
        for question in questions.prefix(TaskQuestion.limit) {
            if let job = state.job(ofTask: question.name, of: id), let row = state.external(job) {
                tellState(row, id)
            } else if let (known, since) = stateOfUnknown(on: question.agent) {
                var update = TaskUpdate(said(known, to: id), .core, .reconciliation, at: now)
                update.unreachableSince = since
                update.message = "Reconciliation: Task is unknown"
                tell(id, .update(UpdateTold(task: question.name, agent: question.agent, update)))
            }
        }
    }

    private mutating func tellState(_ row: ExternalTask, _ id: FrameworkID) {
        var update = TaskUpdate(said(row.state, to: id), .core, .reconciliation, at: now)
        update.message = "Reconciliation: Latest task state"
        if row.state == .unreachable { update.unreachableSince = row.unreachableSince }
        let executor = row.executor.isEmpty ? row.name : row.executor
        tell(
            id,
            .update(
                UpdateTold(task: row.name, agent: state.agentID(number: row.agent), executor: executor, update)))
    }

    /// What is said of a task that is not known, by its agent; nil = nothing, since the agent is still waited for.
    private func stateOfUnknown(on agent: String) -> (FrameworkTaskState, Instant)? {
        let number = state.agentNumber(agent)
        guard let node = state.index.nodeByAgent[number] else {
            return (state.goneAgents.contains(number) ? .goneByOperator : .unknown, .never)
        }
        let row = state.nodes[node.index]
        switch row.state {
        case .unreachable, .lost: return (.unreachable, row.stateSince)
        case .joining: return nil
        default: return row.connected || row.heardAt > state.startedAt ? (.gone, .never) : nil
        }
    }

    mutating func reconcileOperations(_ questions: [TaskQuestion], _ id: FrameworkID) {
        if questions.isEmpty {
            for operation in state.operations where operation.framework == id { tell(operation, isAnswer: true) }
            return
        }
        for question in questions.prefix(TaskQuestion.limit) {
            let known = state.operations.first { $0.framework == id && $0.name == question.name }
            if let known {
                tell(known, isAnswer: true)
                continue
            }
            var told = OperationTold()
            told.operation = question.name
            told.agent = question.agent
            let number = state.agentNumber(question.agent)
            if let node = state.index.nodeByAgent[number] {
                let isAway = state.nodes[node.index].state == .unreachable || state.nodes[node.index].state == .lost
                told.state = isAway ? .unreachable : .unknown
            } else {
                told.state = state.goneAgents.contains(number) ? .goneByOperator : .unknown
            }
            told.message = "Reconciliation: Operation is unknown"
            tell(id, .operation(told))
        }
    }

    // The ends of operations.

    /// An operation is done. One with an id is told of until that is acknowledged.
    mutating func finish(_ operation: OfferOperation, _ id: FrameworkID, _ agent: UInt32, _ made: [ResourceItem]) {
        guard !operation.id.isEmpty else { return }
        var row = OperationRow()
        row.number = state.operationsEver + 1
        row.framework = id
        row.name = operation.id
        row.agent = agent
        row.state = .finished
        row.uuid = operationUUID(row.number)
        row.converted = made
        row.toldAt = now
        row.tellings = 1
        row.wire = operation.wire
        emit(.operationChanged(OperationChanged(operation: row)))
        tell(row)
    }

    private func operationUUID(_ number: UInt64) -> [UInt8] {
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        bytes += [0x80, 0x01, 0, 0, 0, 0, 0, 0]
        return bytes
    }

    /// An operation is not done; its framework is told once, if the operation has an id.
    mutating func fail(_ operation: OfferOperation, _ id: FrameworkID, agent: UInt32, _ words: String) {
        guard !operation.id.isEmpty else { return }
        var told = OperationTold()
        told.operation = operation.id
        told.agent = state.agentID(number: agent)
        told.state = .error
        told.message = words
        tell(id, .operation(told))
    }

    mutating func tell(_ operation: OperationRow, isAnswer: Bool = false) {
        var told = OperationTold()
        told.operation = operation.name
        told.agent = state.agentID(number: operation.agent)
        told.state = operation.state
        told.message = operation.message
        told.uuid = isAnswer ? [] : operation.uuid
        told.converted = operation.converted
        tell(operation.framework, .operation(told))
    }

    mutating func acknowledge(_ what: OperationAcknowledgement, _ id: FrameworkID) {
        let known = state.operations.first {
            $0.framework == id && $0.name == what.operation && $0.uuid == what.uuid
        }
        guard let known else { return }
        emit(.operationChanged(OperationChanged(operation: known, isForgotten: true)))
    }

    /// The end of an operation was not acknowledged in time.
    mutating func tellOperationAgain(_ number: UInt64) {
        guard var row = state.operations.first(where: { $0.number == number }) else { return }
        let due = Self.nextTelling(after: row.toldAt, row.tellings)
        guard due <= now else { return deadlines.add(.operation, number, at: due) }
        guard state.details(of: row.framework)?.isConnected ?? false else {
            return deadlines.add(.operation, number, at: now + Self.tellAgainAtMost)
        }
        row.toldAt = now
        row.tellings += 1
        emit(.operationChanged(OperationChanged(operation: row)))
        tell(row)
    }
}
