import ClusterModel

/// Offers that frameworks use: their resources are pooled, operations take from the pool in order, what is left goes
/// back.
extension ControlCore {
    /// What an acceptance works on.
    struct Accepting {
        var framework: FrameworkID
        var role: RoleID
        var node: NodeID
        var principal: String
        /// What is still there.
        var pool: Holding
        /// What operations made; goes back without a refusal.
        var made = Holding()
    }

    mutating func accept(_ acceptance: Acceptance, _ id: FrameworkID, principal: String) {
        guard acceptance.offers.count <= Acceptance.offerLimit,
            acceptance.operations.count <= Acceptance.operationLimit
        else { return spoil(acceptance, id, "more than \(Acceptance.offerLimit) offers or operations in one call") }
        let found = acceptance.offers.compactMap { openOffer($0, of: id) }
        if let problem = obstacle(acceptance, found) { return spoil(acceptance, id, problem) }
        use(found, acceptance.operations, refuse: filterTime(acceptance.refuse), id, principal: principal)
    }

    /// Uses open offers of one framework, role and node.
    mutating func use(
        _ offers: [OfferID], _ operations: [OfferOperation], refuse time: Interval, _ id: FrameworkID,
        principal: String
    ) {
        let first = state.offers[offers[0].index]
        var accepting = Accepting(
            framework: id, role: first.role, node: first.node, principal: principal,
            pool: offers.reduce(Holding()) { $0 + state.holding(of: $1) })
        let isUsed = operations.contains { !Self.isIdle($0) }
        for offer in offers { close(offer, isUsed ? .accepted : .declined) }
        let time = isUsed ? time : max(time, declineTime(.zero))
        for operation in operations { carryOut(operation, &accepting) }
        refuse(accepting.pool - accepting.made, accepting, time)
        freed.append(accepting.node)
    }

    private static func isIdle(_ operation: OfferOperation) -> Bool {
        if case .launch(let tasks) = operation.kind { return tasks.isEmpty }
        return false
    }

    /// Why offers cannot be used together; nil when they can.
    private func obstacle(_ acceptance: Acceptance, _ found: [OfferID]) -> String? {
        if acceptance.offers.isEmpty { return "No offers specified" }
        if Set(acceptance.offers).count != acceptance.offers.count { return "Duplicate offer in the list" }
        if found.count != acceptance.offers.count {
            let lost = acceptance.offers.first { text in !found.contains { state.offerID($0) == text } } ?? ""
            return "Offer \(lost) is no longer valid"
        }
        let rows = found.map { state.offers[$0.index] }
        if rows.contains(where: { $0.node != rows[0].node }) {
            return "Aggregated offers must belong to one single agent"
        }
        if rows.contains(where: { $0.role != rows[0].role }) {
            return "Aggregated offers must be allocated to one role"
        }
        return nil
    }

    /// An acceptance that is not valid: offers that are go back, and nothing is done.
    private mutating func spoil(_ acceptance: Acceptance, _ id: FrameworkID, _ problem: String) {
        for text in acceptance.offers {
            if let offer = openOffer(text, of: id) { close(offer, .declined) }
        }
        for operation in acceptance.operations {
            switch operation.kind {
            case .launch(let tasks), .launchGroup(_, let tasks):
                for task in tasks { drop(task, id, .invalidOffers, problem) }
            default: fail(operation, id, agent: 0, problem)
            }
        }
    }

    /// A task that never was: its framework is told that it is lost, or dropped.
    mutating func drop(_ task: LaunchTask, _ id: FrameworkID, _ reason: StatusReason, _ words: String) {
        let state: FrameworkTaskState = isPartitionAware(id) ? .dropped : .lost
        tellStray(task, id, state, reason, words)
    }

    /// Tells of a task that this core never took.
    mutating func tellStray(
        _ task: LaunchTask, _ id: FrameworkID, _ state: FrameworkTaskState, _ reason: StatusReason, _ words: String
    ) {
        let update = TaskUpdate(state, .core, reason, message: words, at: now)
        tell(id, .update(UpdateTold(task: task.id, agent: task.agent, executor: task.executor?.id ?? "", update)))
    }

    private mutating func refuse(_ rest: Holding, _ accepting: Accepting, _ time: Interval) {
        guard time > .zero, !rest.isEmpty else { return }
        var filter = RefusalFilter()
        filter.framework = accepting.framework
        filter.role = accepting.role
        filter.node = accepting.node
        filter.resources = rest.plain
        filter.extras = rest.extras
        filter.special = rest.special
        filter.until = now + time
        emit(.filterSet(filter))
    }

    private mutating func carryOut(_ operation: OfferOperation, _ accepting: inout Accepting) {
        switch operation.kind {
        case .launch(let tasks):
            for task in tasks {
                if operation.id.isEmpty {
                    launch(task, &accepting)
                } else {
                    tellStray(
                        task, accepting.framework, .error, .taskInvalid,
                        "an operation id is not supported for LAUNCH; take it away")
                }
            }
        case .launchGroup(let executor, let tasks):
            guard operation.id.isEmpty else {
                for task in tasks {
                    tellStray(
                        task, accepting.framework, .error, .taskGroupInvalid,
                        "an operation id is not supported for LAUNCH_GROUP; take it away")
                }
                return
            }
            launchGroup(executor, tasks, &accepting)
        default: convert(operation, &accepting)
        }
    }
}
