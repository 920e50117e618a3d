/// How events about pools, instances and nodes change the state.
extension ClusterState {
    mutating func apply(_ e: PoolChanged) {
        guard e.pool.index < pools.count else { return }
        pools[e.pool.index].wanted = e.wanted
        pools[e.pool.index].backOffUntil = e.backOffUntil
        pools[e.pool.index].failuresInRow = e.failuresInRow
        pools[e.pool.index].fault = e.fault.isEmpty ? .none : texts.intern(e.fault)
    }

    mutating func apply(_ e: InstanceWished) {
        ensureFixedPool(e.pool)
        guard e.pool.index < pools.count else { return }
        var row = InstanceRow()
        row.name = texts.intern(e.name)
        row.pool = e.pool
        row.type = texts.intern(e.type)
        row.reason = e.reason
        row.wishedAt = now
        row.stateSince = now
        row.deadline = e.deadline
        row.pricePerHour = e.pricePerHour
        row.listPrice = e.listPrice
        row.billing = e.billing
        row.role = e.role
        instances.grow(to: e.instance.index + 1, with: InstanceRow())
        instances.update(e.instance.index) { $0 = row }
        index.liveInstances.append(e.instance)
        pools[e.pool.index].instances += 1
        pools[e.pool.index].lastNumber += 1
        pools[e.pool.index].lastOutAt = now
    }

    /// The pool of nodes that somebody named comes into being with the first of them, in the next slot.
    private mutating func ensureFixedPool(_ pool: PoolID) {
        guard pool.index == pools.count else { return }
        var row = PoolRow()
        row.name = texts.intern(NodeSpec.poolName)
        row.meter.advance(to: now)
        index.poolByName[row.name] = pool
        pools.append(row)
    }

    mutating func apply(_ e: InstanceChanged) {
        guard instances.contains(e.instance.index) else { return }
        let before = instances[e.instance.index]
        guard before.state != .gone, before.pool.index < pools.count else { return }
        instances.update(e.instance.index) {
            if $0.state != e.state { $0.stateSince = now }
            $0.state = e.state
            if !e.deadline.isNever || e.state == .running { $0.deadline = e.deadline }
            if e.reason != .none { $0.reason = e.reason }
            if e.state == .running, $0.runningSince.isNever { $0.runningSince = now }
        }
        // A machine is billed from the moment the provider says it has it until it says it is gone.
        let billedBefore = before.state.isBilled
        if billedBefore != e.state.isBilled {
            let rate = e.state.isBilled ? before.pricePerHour : -before.pricePerHour
            pools[before.pool.index].meter.add(ratePerHour: rate, at: now)
            bill(e.instance, from: before.state, to: e.state)
        }
        rebook(e.instance)
        // A type that was delivered is no longer one that was refused.
        if e.state == .running { pools[before.pool.index].refusals.removeAll { $0.type == before.type } }
        if e.state == .gone {
            pools[before.pool.index].instances -= 1
            index.liveInstances.removeAll { $0 == e.instance }
        }
        if nodes.contains(before.node.index), !e.address.isEmpty || !e.message.isEmpty {
            nodeDetails.update(before.node.index) {
                if !e.address.isEmpty { $0.address = e.address }
                $0.fault = e.message
            }
        }
    }

    mutating func apply(_ e: InstanceLeased) {
        guard instances.contains(e.instance.index) else { return }
        instances.update(e.instance.index) { ($0.leasedAt, $0.leaseUntil) = (now, e.until) }
    }

    /// A machine drains when its node does so that it can be returned, and runs again when its node comes back.
    private mutating func followDrain(_ e: NodeChanged, of instance: InstanceID) {
        guard !instance.isNone, instances.contains(instance.index) else { return }
        let leaves = e.state == .draining && e.removeWhenDrained
        let (from, to): (InstanceRow.State, InstanceRow.State) =
            leaves ? (.running, .draining) : (.draining, .running)
        guard instances[instance.index].state == from, leaves || e.state == .ready else { return }
        instances.update(instance.index) { ($0.state, $0.stateSince, $0.deadline) = (to, now, e.drainDeadline) }
    }

    mutating func apply(_ e: NodeAdded) {
        if e.spec.transport != .pool { ensureFixedPool(e.pool) }
        if e.node.index >= nodes.count {
            nodes.grow(to: e.node.index + 1, with: NodeRow())
            nodeDetails.grow(to: e.node.index + 1, with: NodeDetails())
        }
        nodes.materialize(e.node.index, with: NodeRow())
        nodeDetails.materialize(e.node.index, with: NodeDetails())
        while index.tasksOnNode.count < nodes.count { index.tasksOnNode.append([]) }
        index.freeSlots.removeAll { $0 == e.node }
        var row = NodeRow()
        row.name = texts.intern(e.name)
        row.pool = e.pool
        row.instance = e.instance
        row.state = .joining
        row.stateSince = now
        row.heardAt = now
        row.total = e.total
        row.pricePerHour = e.pricePerHour
        nodes.update(e.node.index) { $0 = row }
        var details = NodeDetails()
        details.attributes = e.attributes
        details.extras = e.extras
        details.freeExtras = e.extras
        details.address = e.address
        details.spec = e.spec
        nodeDetails.update(e.node.index) { $0 = details }
        index.nodeByName[row.name] = e.node
        total += e.total
        if instances.contains(e.instance.index) { instances.update(e.instance.index) { $0.node = e.node } }
        noteRoom(of: e.node)
        applyToFrameworks(e)
    }

    mutating func apply(_ e: NodeRegistered) {
        guard nodes.contains(e.node.index) else { return }
        let boot = texts.intern(e.boot)
        let instance = nodes[e.node.index].instance
        total += e.total - nodes[e.node.index].total
        nodes.update(e.node.index) {
            $0.total = e.total
            $0.boot = boot
            $0.agentStart = e.agentStart
            $0.connected = true
            $0.heardAt = now
            if $0.joinedAt.isNever {
                $0.joinedAt = now
                ($0.idleSince, $0.quietSince) = (now, now)
            }
            if $0.state != e.state {
                $0.state = e.state
                $0.stateSince = now
                $0.reason = Reason(.registered)
            }
        }
        noteRoom(of: e.node)
        nodeDetails.update(e.node.index) {
            $0.kernel = e.kernel
            $0.arch = e.arch
            $0.host = e.host
            $0.agentVersion = e.agentVersion
            $0.isolation = e.isolation
            $0.fault = ""
        }
        rebook(instance)
    }

    mutating func apply(_ e: NodeChanged) {
        guard nodes.contains(e.node.index), nodes[e.node.index].state != .absent else { return }
        let before = nodes[e.node.index]
        nodes.update(e.node.index) {
            if e.state == .unreachable, $0.state != .lost { $0.stateBeforeSilence = $0.state }
            $0.state = e.state
            $0.reason = e.reason
            $0.stateSince = now
            $0.removeWhenDrained = e.removeWhenDrained
            $0.drainDeadline = e.drainDeadline
            if e.state == .ready {
                $0.failuresInRow = 0
                $0.awaitsAcknowledgement = false
            }
        }
        noteRoom(of: e.node)
        if e.purges { nodeDetails.update(e.node.index) { $0.spec.purges = true } }
        if e.state == .removed, before.state != .removed {
            total -= before.total
            if index.nodeByName[before.name] == e.node { index.nodeByName[before.name] = nil }
            index.nodeByAgent[before.agent] = nil
        }
        if e.removeWhenDrained, !before.removeWhenDrained, before.pool.index < pools.count {
            pools[before.pool.index].lastInAt = now
        }
        followDrain(e, of: before.instance)
        rebook(before.instance)
    }

    mutating func apply(_ e: NodeLink) {
        guard nodes.contains(e.node.index) else { return }
        nodes.update(e.node.index) {
            $0.connected = e.connected
            // A simulated node does not send signs of life: it is silent from the moment at which its link breaks.
            if e.connected || $0.isSimulated { $0.heardAt = now }
        }
        noteRoom(of: e.node)
        nodeDetails.update(e.node.index) { $0.fault = e.message }
    }

    mutating func apply(_ e: NodeForgotten) {
        guard nodes.contains(e.node.index), nodes[e.node.index].state == .removed else { return }
        nodes.update(e.node.index) { $0 = NodeRow() }
        noteRoom(of: e.node)
        nodeDetails.update(e.node.index) { $0 = NodeDetails() }
        index.freeSlots.insert(e.node, at: index.freeSlots.firstIndex { $0 > e.node } ?? index.freeSlots.count)
    }

    mutating func apply(_ e: Sampled) {
        guard nodes.contains(e.node.index), nodes[e.node.index].isPresent else { return }
        nodes.update(e.node.index) {
            $0.heardAt = now
            $0.cpuUsed = e.cpuUsed
            $0.memUsed = e.memUsed
            $0.load = e.load
        }
        for sample in e.tasks {
            guard let slot = slot(of: sample.task), tasks.contains(slot), tasks[slot].state.isPlaced,
                tasks[slot].node == e.node
            else { continue }
            tasks.update(slot) {
                $0.cpuUsed = sample.cpuUsed
                $0.memUsed = sample.memUsed
            }
            reprice(slot: slot)
        }
    }
}

extension InstanceRow.State {
    /// Whether a machine in this state costs money.
    public var isBilled: Bool {
        switch self {
        case .queued, .requested, .gone: false
        case .allocated, .booting, .registering, .running, .draining, .stopping: true
        }
    }
}
