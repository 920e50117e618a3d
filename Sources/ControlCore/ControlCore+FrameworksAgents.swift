import ClusterModel

/// What becomes of frameworks' tasks when their nodes fall silent, come back or go, and what agents tell of frameworks.
extension ControlCore {
    mutating func agentReported(_ report: AgentReport) {
        guard let node = state.node(named: report.node) else {
            return direct(.notice(node: report.node, .shutdown))
        }
        switch report.content {
        case .status(let task, _, let update): externalReported(task, update, report.framework, on: node)
        case .message(let executor, let data):
            let id = state.framework(withID: report.framework) ?? owner(of: executor, on: node)
            let event = FrameworkEvent.message(agent: state.agentID(of: node), executor: executor, data: data)
            if let id { tell(id, event) }
        case .executorExited(let executor, let status): executorExited(executor, status, report.framework, on: node)
        case .oversubscribed(let items): oversubscribe(items, on: node)
        case .unregistered: removeAgent(node, .lost, .agentRemoved, Reason(.removedByOperator))
        case .redeclared(let attributes): redeclare(attributes, node)
        case .executorSubscribed(let executor): executorSubscribed(executor, report.framework, on: node)
        }
    }

    private func owner(of executor: String, on node: NodeID) -> FrameworkID? {
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.external(task.job) else { continue }
            if row.executor == executor || row.kind == .executor && row.name == executor { return row.framework }
        }
        return nil
    }

    private mutating func executorExited(_ executor: String, _ status: Int32, _ framework: String, on node: NodeID) {
        guard let id = state.framework(withID: framework) ?? owner(of: executor, on: node) else { return }
        let agent = state.nodes[node.index].agent
        if let job = state.job(ofExecutor: executor, on: agent, of: id) {
            endUntold(job, .finished, .executorTerminated)
        }
        tell(id, .failure(agent: state.agentID(of: node), executor: executor, status: status))
    }

    /// A new estimate of what may be lent and taken back takes the place of the last.
    private mutating func oversubscribe(_ items: [ResourceItem], on node: NodeID) {
        guard items.allSatisfy(\.identity.isRevocable), let estimate = intern(items) else { return }
        var old = Holding()
        for portion in state.nodeDetails[node.index].special.all
        where state.identities[portion.identity].isRevocable {
            old.special.add(portion)
        }
        for offer in state.openOffers where state.offers[offer.index].node == node {
            let lent = state.offerSpecial[offer] ?? Portions()
            if lent.all.contains(where: { state.identities[$0.identity].isRevocable }) { close(offer, .rescinded) }
        }
        emit(.nodeConverted(NodeConverted(node: node, removed: old, added: estimate)))
        startCycle(on: node)
    }

    private mutating func redeclare(_ attributes: [Attribute], _ node: NodeID) {
        guard attributes != state.nodeDetails[node.index].attributes else { return }
        emit(.nodeRedeclared(NodeRedeclared(node: node, attributes: attributes)))
        if state.filters.contains(where: { $0.node == node }) {
            emit(
                .filtersCleared(FiltersCleared(framework: .none, role: .none, expiredBy: .distantFuture, node: node)))
        }
        startCycle(on: node)
    }

    /// A node is silent: frameworks are told that its tasks are out of reach.
    mutating func agentUnreachable(_ node: NodeID) {
        let tellsAll = state.configuration.offers.compatibility == .mesos111
        tellUnreachable(node, all: tellsAll)
        tellFailure(of: node, agent: state.nodes[node.index].agent)
    }

    /// Tells of tasks that are out of reach: those who know what that means, or all.
    mutating func tellUnreachable(_ node: NodeID, all: Bool) {
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.external(task.job), row.kind == .task, row.state != .unreachable,
                all || isPartitionAware(row.framework)
            else { continue }
            var update = TaskUpdate(.unreachable, .core, .agentRemoved, message: "Agent is unreachable", at: now)
            update.unreachableSince = now
            post(task.job, update, isFromAgent: false)
        }
    }

    /// Tells all frameworks that an agent was lost.
    mutating func tellFailure(of node: NodeID, agent: UInt32) {
        let text = state.agentID(number: agent)
        for id in connectedFrameworks { tell(id, .failure(agent: text, executor: "", status: 0)) }
    }

    /// A node is back: its tasks are told of in the state in which they are.
    mutating func agentReturned(_ node: NodeID) {
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.external(task.job), row.kind == .task, row.state == .unreachable else { continue }
            let update = TaskUpdate(
                row.stateOnAgent, .core, .agentReregistered, message: "Agent re-registered", at: now)
            post(task.job, update, isFromAgent: true)
        }
    }

    /// An agent goes and does not come back: its tasks end with the given state, its node is removed.
    mutating func removeAgent(_ node: NodeID, _ next: FrameworkTaskState, _ reason: StatusReason, _ why: Reason) {
        rescindOffers(of: node)
        for offer in state.inverseOffers where offer.node == node {
            if offer.isOpen { tell(offer.framework, .rescindInverse(offer: state.offerID(offer.id))) }
            emit(.inverseOfferChanged(InverseOfferChanged(offer: offer, isForgotten: true)))
        }
        tellEnds(of: node, next, reason)
        for task in state.index.tasksOnNode[node.index].sorted() {
            end(task, TaskEnded(task: task, state: .lost, reason: Reason(.nodeLost)))
        }
        direct(.disconnect(node: state.name(of: node)))
        change(node, .removed, why)
    }

    /// Ends what frameworks know of a node's tasks; nobody is asked to acknowledge what no agent has said.
    mutating func tellEnds(of node: NodeID, _ next: FrameworkTaskState, _ reason: StatusReason) {
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.external(task.job) else { continue }
            if row.kind == .task {
                post(task.job, TaskUpdate(next, .core, reason, message: "Agent was removed"), isFromAgent: false)
            } else {
                endUntold(task.job, .lost, reason)
            }
        }
    }
}
