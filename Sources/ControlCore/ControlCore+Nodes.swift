import ClusterModel

/// Changes in the life of nodes.
extension ControlCore {
    /// Moves a node to a state, keeping what a drain was asked for.
    mutating func change(_ node: NodeID, _ next: NodeRow.State, _ reason: Reason) {
        let row = state.nodes[node.index]
        let keepsDrain = next == .draining || next == .drained || next == .unreachable
        emit(
            .nodeChanged(
                NodeChanged(
                    node: node, state: next, reason: reason, removeWhenDrained: keepsDrain && row.removeWhenDrained,
                    drainDeadline: keepsDrain ? row.drainDeadline : .never, name: state.name(of: node))))
        if next == .removed, row.state != .removed { tellFailure(of: node, agent: row.agent) }
    }

    /// Takes back all open offers of a node.
    mutating func rescindOffers(of node: NodeID) {
        for id in state.openOffers where state.offers[id.index].node == node { close(id, .rescinded) }
    }

    /// Closes an offer; what is left of it is free again.
    mutating func close(
        _ id: OfferID, _ outcome: OfferRow.Outcome, refuse: Interval = .zero, isTold: Bool = true
    ) {
        let row = state.offers[id.index]
        let holding = state.holding(of: id)
        if isTold, outcome == .rescinded || outcome == .timedOut, state.frameworks[row.framework.index].isExternal {
            tell(row.framework, .rescind(offer: state.offerID(id)))
        }
        let until = refuse > .zero ? now + refuse : Instant.never
        emit(.offerClosed(OfferClosed(offer: id, outcome: outcome, refusedUntil: until)))
        if refuse > .zero {
            var filter = RefusalFilter()
            filter.framework = row.framework
            filter.role = row.role
            filter.node = row.node
            filter.resources = holding.plain
            filter.extras = holding.extras
            filter.special = holding.special
            filter.until = until
            emit(.filterSet(filter))
        }
        freed.append(row.node)
    }

    /// Gives a node up: its tasks are lost, and may be tried again where their jobs allow it.
    mutating func loseNode(_ node: NodeID, _ reason: Reason) {
        rescindOffers(of: node)
        change(node, .lost, reason)
        tellUnreachable(node, all: true)
        loseTasks(of: node, sparesExternal: true)
    }

    /// Gives the tasks of a node up. What frameworks outside have there may well be running and is waited for, as long
    /// as the node may come back.
    mutating func loseTasks(of node: NodeID, sparesExternal: Bool = false) {
        let reason = Reason(leaseRanOut(on: node) ? .lease : .nodeLost)
        for task in state.index.tasksOnNode[node.index].sorted() {
            if sparesExternal, state.external(task.job) != nil { continue }
            end(task, TaskEnded(task: task, state: .lost, reason: reason))
        }
    }

    /// Starts a drain: no new work; the rest follows when the last task has ended.
    mutating func startDrain(
        _ node: NodeID, reason: Reason, removes: Bool, patience: Interval, purges: Bool = false
    ) {
        rescindOffers(of: node)
        emit(
            .nodeChanged(
                NodeChanged(
                    node: node, state: .draining, reason: reason, removeWhenDrained: removes,
                    drainDeadline: patience > .zero ? now + patience : .never, name: state.name(of: node),
                    purges: purges)))
        finishDrain(node)
    }

    /// Ends a drain once nothing runs on the node; its instance goes too when that was the aim.
    mutating func finishDrain(_ node: NodeID) {
        guard state.nodes.contains(node.index) else { return }
        let row = state.nodes[node.index]
        guard row.state == .draining, isEmpty(node), !awaitsFrameworks(node) else { return }
        change(node, .drained, row.reason)
        if row.goneWhenDrained { return declareGone(node) }
        if row.removeWhenDrained { dismiss(node) }
    }

    /// Has the provider end a node's machine; a node without one is removed at once.
    mutating func dismiss(_ node: NodeID) {
        if !collect(node) { end(machineOf: node) }
    }

    /// Has a drained node's machine ended; `message` says what goes with it.
    mutating func end(machineOf node: NodeID, _ message: String = "") {
        let row = state.nodes[node.index]
        direct(.disconnect(node: state.name(of: node)))
        guard !row.instance.isNone, state.instances.contains(row.instance.index),
            state.instances[row.instance.index].state != .gone, let order = order(for: row.instance)
        else {
            let spec = state.declaration(of: node)
            if spec.purges, spec.transport == .ssh {
                direct(.purge(node: state.name(of: node), address: state.nodeDetails[node.index].address))
            }
            return change(node, .removed, Reason(.removedByOperator))
        }
        stop(row.instance, row.reason, order, message)
    }
}
