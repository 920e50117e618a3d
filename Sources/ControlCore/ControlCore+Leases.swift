import ClusterModel

/// Leases: a machine that a provider made ends by itself when this core has not renewed its lease for long enough. What
/// was promised last stands in the state, so that a later core knows why a machine is gone.
extension ControlCore {
    /// Sends the lease to the agent of a node and writes down until when it runs. For machines that cost money; agents
    /// of this machine and nodes that somebody named have none.
    mutating func renewLease(of node: NodeID) {
        let id = state.nodes[node.index].instance
        guard let lease = lease(of: id), state.nodes[node.index].connected else { return }
        let isBound = lease.soft > .zero || lease.hard > .zero
        guard isBound || !state.instances[id.index].leasedAt.isNever else { return }
        emit(.instanceLeased(InstanceLeased(instance: id, until: lease.hard > .zero ? now + lease.hard : .never)))
        direct(.renewLease(node: state.name(of: node), lease))
    }

    /// A quarter of a lease has passed.
    mutating func checkLease(_ id: InstanceID) {
        guard state.instances.contains(id.index), let due = state.leaseDue(id) else { return }
        guard due <= now else { return deadlines.add(.lease, id.raw, at: due) }
        let node = state.instances[id.index].node
        // One that is not connected is sent it with its next hello.
        if state.nodes.contains(node.index), state.nodes[node.index].instance == id { renewLease(of: node) }
    }

    /// The lease that the cluster file gives an instance.
    private func lease(of id: InstanceID) -> LeaseSettings? {
        guard !id.isNone, state.instances.contains(id.index), state.instances[id.index].state != .gone,
            let spec = state.spec(of: state.instances[id.index].pool), spec.provider != .local
        else { return nil }
        return spec.making.lease
    }

    /// Whether a machine that is gone had been promised to end by itself by now.
    func leaseRanOut(on node: NodeID) -> Bool {
        let id = state.nodes[node.index].instance
        guard !id.isNone, state.instances.contains(id.index) else { return false }
        let until = state.instances[id.index].leaseUntil
        return !until.isNever && until <= now
    }
}

extension ClusterState {
    /// When the lease of an instance is to be renewed: after a quarter of its shorter part. Nil when it has none.
    func leaseDue(_ id: InstanceID) -> Instant? {
        let row = instances[id.index]
        guard row.state != .gone, !row.leasedAt.isNever, let lease = spec(of: row.pool)?.making.lease else {
            return nil
        }
        let parts = [lease.soft, lease.hard].filter { $0 > .zero }
        guard let shorter = parts.min() else { return nil }
        return row.leasedAt + max(.milliseconds(500), Interval(microseconds: shorter.microseconds / 4))
    }
}
