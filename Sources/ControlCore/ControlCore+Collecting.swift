import ClusterModel

/// Before a machine is ended, what its tasks left on it is brought here: ends of outputs, within limits. The exit
/// statuses are here already: a node counts as drained only when no task of it is open.
extension ControlCore {
    /// How long a machine is kept for that.
    static let collectPatience = Interval.seconds(60)
    /// Most tasks whose outputs are asked for; those that ended last come first.
    static let collectLimit = 1_000

    /// Whether a drained node still has something that would go with its machine.
    private func leavings(on node: NodeID) -> [TaskAttempt] {
        guard state.nodes[node.index].connected, !state.nodes[node.index].isSimulated else { return [] }
        var found: [TaskAttempt] = []
        for task in state.ended.elements.reversed() {
            guard let row = state.row(of: task), row.node == node, row.attempt > 0 else { continue }
            found.append(TaskAttempt(task: task, attempt: row.attempt))
            if found.count == Self.collectLimit { break }
        }
        return found
    }

    /// Has what is left on a drained node brought here; false when there is nothing, or its machine is on its way out.
    mutating func collect(_ node: NodeID) -> Bool {
        let id = state.nodes[node.index].instance
        guard !id.isNone, state.instances.contains(id.index), state.instances[id.index].state == .draining else {
            return false
        }
        let tasks = leavings(on: node)
        guard !tasks.isEmpty else { return false }
        emit(.instanceChanged(InstanceChanged(instance: id, state: .draining, deadline: now + Self.collectPatience)))
        direct(.collect(node: state.name(of: node), tasks))
        return true
    }

    /// What could be had of a node is here.
    mutating func nodeCollected(_ collected: NodeCollected) {
        guard let node = state.node(named: collected.node), isCollecting(node) else { return }
        // The line broke meanwhile: an agent that comes back in time is asked again.
        if collected.missed > 0, !state.nodes[node.index].connected { return }
        end(machineOf: node, collected.missed > 0 ? "\(collected.missed) outputs could not be had and go with it" : "")
    }

    /// The time to collect is over.
    mutating func endCollecting(_ node: NodeID) {
        guard isCollecting(node) else { return }
        end(machineOf: node, "its outputs were not had within \(Self.collectPatience.seconds) s and go with it")
    }

    private func isCollecting(_ node: NodeID) -> Bool {
        let row = state.nodes[node.index]
        let stands = row.state == .unreachable ? row.stateBeforeSilence : row.state
        return stands == .drained && row.removeWhenDrained && state.instances.contains(row.instance.index)
            && state.instances[row.instance.index].state == .draining
    }
}
