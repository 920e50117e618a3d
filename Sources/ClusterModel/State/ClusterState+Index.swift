/// The index, made anew from the tables. What `apply` maintains step by step must equal this at any time.
extension ClusterState {
    /// Rebuilds every look-up and order. The order of tasks on a node is kept where it was decoded.
    public mutating func rebuildIndex() {
        var fresh = StateIndex()
        for slot in roles.indices { fresh.roleByPath[roles[slot].path] = RoleID(slot) }
        for slot in pools.indices { fresh.poolByName[pools[slot].name] = PoolID(slot) }
        for slot in 0..<nodes.count {
            let row = nodes[slot]
            if row.isPresent {
                fresh.nodeByName[row.name] = NodeID(slot)
                fresh.nodeByAgent[row.agent] = NodeID(slot)
            }
            fresh.roomy.set(NodeID(slot), row.hasRoom)
            if row.state == .absent { fresh.freeSlots.append(NodeID(slot)) }
        }
        fresh.offersOnNode = Dictionary(grouping: openOffers) { offers[$0.index].node }
        fresh.tasksOnNode = index.tasksOnNode
        while fresh.tasksOnNode.count < nodes.count { fresh.tasksOnNode.append([]) }
        for number in 1..<max(1, instances.count) where instances.contains(number) {
            let row = instances[number]
            if !row.pool.isNone, row.state != .gone { fresh.liveInstances.append(InstanceID(number)) }
            if row.state.isBilled { fresh.listRatePerHour += row.listRatePerHour }
        }
        fresh.pending = Array(repeating: [], count: roles.count)
        for number in 1..<max(1, jobs.count) where jobs.contains(number) && jobs[number].count > 0 {
            let job = JobID(number)
            fresh.liveJobs.append(job)
            let row = jobs[number]
            if row.gate == .open, row.queued > 0, !isExternal(row.framework) {
                fresh.pending[row.role.index].append(job)
            }
            if row.gate == .waiting || row.gate == .held || row.gate == .stuck {
                for other in specs[number].after where contains(other) && !jobs[other.index].succeeded {
                    fresh.waiting[other, default: []].append(job)
                }
            }
        }
        for role in fresh.pending.indices {
            fresh.pending[role].sort { startsBefore($0, $1) }
        }
        index = fresh
        index.externalOf = Array(repeating: [], count: frameworks.count)
        index.demanding = frameworkDetails.indices.filter { frameworkDetails[$0].demand != nil }.map { FrameworkID($0) }
        for number in 0..<externalTasks.count where externalTasks.contains(number) {
            noteExternal(JobID(number), externalTasks[number])
        }
    }

    /// Notes whether a node has room, after each change of what that depends on.
    mutating func noteRoom(of node: NodeID) { index.roomy.set(node, nodes[node.index].hasRoom) }

    /// Tasks on nodes, found by looking at every task; for rebuilding from facts and for checks. O(tasks).
    mutating func rebuildTasksOnNodes() {
        index.tasksOnNode = Array(repeating: [], count: nodes.count)
        for slot in 0..<tasks.count where tasks.contains(slot) && tasks[slot].state.isPlaced {
            index.tasksOnNode[tasks[slot].node.index].append(tasks[slot].id)
        }
    }
}
