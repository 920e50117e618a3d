import ClusterModel

/// Moments at which something about frameworks outside must be looked at again.
extension DeadlineQueue {
    mutating func noteFrameworks(_ event: Event, in state: ClusterState) {
        switch event {
        case .externalTaskUpdated(let e) where e.isTold && !e.update.uuid.isEmpty: addTelling(e.job, state)
        case .externalTaskTold(let e): addTelling(e.job, state)
        case .operationChanged(let e) where !e.isForgotten: addOperation(e.operation)
        case .frameworkLeft(let e) where !e.isRemoved: add(.framework, e.framework.raw, at: e.removeAt)
        case .inverseOfferChanged(let e) where !e.isForgotten: add(.filters, 0, at: e.offer.quietUntil)
        default: break
        }
    }

    /// When an executor whose process runs must have spoken.
    mutating func noteRegistration(of task: TaskID, in state: ClusterState) {
        if let due = ControlCore.registrationDue(task, state) { add(.registration, task.packed, at: due) }
    }

    private mutating func addTelling(_ job: JobID, _ state: ClusterState) {
        guard let row = state.external(job), row.tellings > 0, !row.updates.isEmpty else { return }
        add(.telling, job.raw, at: ControlCore.nextTelling(after: row.toldAt, row.tellings))
    }

    private mutating func addOperation(_ row: OperationRow) {
        guard row.tellings > 0 else { return }
        add(.operation, row.number, at: ControlCore.nextTelling(after: row.toldAt, row.tellings))
    }

    /// All of them, for a queue that is made anew.
    mutating func addFrameworks(_ state: ClusterState) {
        for slot in state.frameworkDetails.indices where state.frameworks[slot].isExternal {
            if state.frameworks[slot].state == .disconnected {
                add(.framework, slot, at: state.frameworkDetails[slot].removeAt)
            }
            for job in state.externalJobs(of: FrameworkID(slot)) { addTelling(job, state) }
        }
        for row in state.operations { addOperation(row) }
        for offer in state.inverseOffers where offer.quietUntil > state.now {
            add(.filters, 0, at: offer.quietUntil)
        }
    }
}
