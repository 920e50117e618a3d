import ClusterModel

/// Agents that operators take out of work over the API: drained, deactivated, brought back, given up.
extension ControlCore {
    mutating func drain(_ agent: String, _ grace: Interval, _ marksGone: Bool) -> CallVerdict {
        guard let node = state.node(withAgentID: agent) else {
            return CallVerdict(.invalid, "Unknown agent \(agent)")
        }
        let row = state.nodes[node.index]
        if row.lacks.contains(.draining) { return CallVerdict(.invalid, "Agent \(agent) is not capable of draining") }
        if state.nodeDetails[node.index].unavailability != nil {
            return CallVerdict(.invalid, "Agent \(agent) is in the maintenance schedule; take it out first")
        }
        emit(
            .agentMarked(
                AgentMarked(node: node, agent: row.agent, goneWhenDrained: marksGone, drainGrace: grace, awaits: true)))
        rescindOffers(of: node)
        emit(
            .nodeChanged(
                NodeChanged(
                    node: node, state: .draining, reason: Reason(.drained), drainDeadline: .never,
                    name: state.name(of: node))))
        notify(node, .drain(grace: grace, marksGone: marksGone))
        if !row.isSimulated {
            for task in state.index.tasksOnNode[node.index].sorted() { endForDrain(task, grace) }
        }
        finishDrain(node)
        return CallVerdict()
    }

    private mutating func endForDrain(_ task: TaskID, _ grace: Interval) {
        guard let placed = state.row(of: task), placed.state.isPlaced else { return }
        let own = state.specs[task.job.index].grace
        let time = grace >= .zero ? min(own, grace) : own
        if let row = state.external(task.job), !hasProcess(row, on: placed.node) {
            guard row.kind == .task else { return }
            let text = state.frameworkID(of: row.framework)
            return notify(placed.node, .kill(framework: text, executor: row.executor, task: row.name, grace: time))
        }
        emit(.taskKilling(TaskKilling(task: task, reason: Reason(.drained), user: "")))
        direct(.kill(node: state.name(of: placed.node), task: task, attempt: placed.attempt, grace: time))
    }

    /// Whether nothing runs on a node. Executors of frameworks outside end with it.
    func isEmpty(_ node: NodeID) -> Bool {
        if state.nodes[node.index].tasks == 0 { return true }
        guard state.nodes[node.index].awaitsAcknowledgement else { return false }
        return state.index.tasksOnNode[node.index].allSatisfy { state.external($0.job)?.kind == .executor }
    }

    /// Whether a drain over the API still waits: for tasks, or for frameworks to learn of their ends.
    func awaitsFrameworks(_ node: NodeID) -> Bool {
        let row = state.nodes[node.index]
        guard row.awaitsAcknowledgement else { return false }
        for slot in state.frameworkDetails.indices {
            for job in state.externalJobs(of: FrameworkID(slot)) {
                if let other = state.external(job), other.agent == row.agent, !other.isCompleted { return true }
            }
        }
        return false
    }

    mutating func deactivate(_ agent: String) -> CallVerdict {
        guard let node = state.node(withAgentID: agent) else { return CallVerdict(.invalid, "Unknown agent \(agent)") }
        rescindOffers(of: node)
        switch state.nodes[node.index].state {
        case .draining, .drained, .held: break
        default: change(node, .held, Reason(.heldByOperator))
        }
        return CallVerdict()
    }

    mutating func reactivate(_ agent: String) -> CallVerdict {
        guard let node = state.node(withAgentID: agent) else { return CallVerdict(.invalid, "Unknown agent \(agent)") }
        let row = state.nodes[node.index]
        switch row.state {
        case .held, .drained: break
        case .draining: return CallVerdict(.invalid, "Agent \(agent) is still draining")
        default: return CallVerdict(.invalid, "Agent \(agent) is not deactivated")
        }
        if row.state == .drained, row.goneWhenDrained { return CallVerdict(.invalid, "Agent \(agent) is marked gone") }
        emit(.agentMarked(AgentMarked(node: node, agent: row.agent)))
        change(node, .ready, Reason(.returned))
        freed.append(node)
        return CallVerdict()
    }

    mutating func markGone(_ agent: String) -> CallVerdict {
        let number = state.agentNumber(agent)
        if state.goneAgents.contains(number) { return CallVerdict() }
        guard let node = state.index.nodeByAgent[number] else {
            return CallVerdict(.unknown, "Agent \(agent) is not known")
        }
        declareGone(node)
        return CallVerdict()
    }

    /// A node will never come back.
    mutating func declareGone(_ node: NodeID) {
        let number = state.nodes[node.index].agent
        emit(.agentMarked(AgentMarked(node: node, agent: number, isGone: true)))
        notify(node, .shutdown)
        let leaves = !state.nodes[node.index].instance.isNone
        if leaves {
            rescindOffers(of: node)
            tellEnds(of: node, .goneByOperator, .agentRemovedByOperator)
            dismiss(node)
        } else {
            removeAgent(node, .goneByOperator, .agentRemovedByOperator, Reason(.removedByOperator))
        }
    }
}
