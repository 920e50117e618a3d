/// What must hold at any time: conservation of every resource, and counts that equal the rows they count.
extension ClusterState {
    /// The first violation among the rows that `event` touched, or nil. O(touched).
    public func violation(after event: Event) -> String? {
        switch event {
        case .taskLaunched(let e): violation(of: e.node)
        case .taskEnded(let e): row(of: e.task).flatMap { violation(of: $0.node) }
        case .taskRequeued(let e): row(of: e.task).flatMap { violation(of: $0.node) }
        case .offerMade(let e): violation(of: e.node)
        case .offersMade(let e): e.offers.lazy.compactMap { violation(of: $0.node) }.first
        case .offersClosed(let e):
            e.offers.lazy.compactMap {
                offers.contains($0.offer.index) ? violation(of: offers[$0.offer.index].node) : nil
            }.first
        case .offerClosed(let e): offers.contains(e.offer.index) ? violation(of: offers[e.offer.index].node) : nil
        default: nil
        }
    }

    /// Whether a node's books balance: free, offered and used are not negative and come to the total.
    public func violation(of node: NodeID) -> String? {
        guard nodes.contains(node.index) else { return nil }
        let row = nodes[node.index]
        if !row.offered.isNonNegative { return "node \(name(of: node)): offered \(row.offered.lanes) is negative" }
        if !row.used.isNonNegative { return "node \(name(of: node)): used \(row.used.lanes) is negative" }
        // A node whose agent came back with less than it had may be overcommitted; it is offered nothing then.
        if row.isPresent, !row.free.isNonNegative, row.offered != .zero {
            return "node \(name(of: node)): free \(row.free.lanes) is negative while something is offered"
        }
        return nil
    }

    /// The first violation anywhere, or nil. O(everything).
    public func violation() -> String? {
        var used = Array(repeating: ResourceVector.zero, count: nodes.count)
        var counts = Array(repeating: UInt32(0), count: nodes.count)
        var allocated = Array(repeating: ResourceVector.zero, count: roles.count)
        var sum = ResourceVector.zero
        for slot in 0..<tasks.count where tasks.contains(slot) && tasks[slot].state.isPlaced {
            let row = tasks[slot]
            used[row.node.index] += row.need
            counts[row.node.index] += 1
            let role = jobs[row.id.job.index].role
            if role.index < roles.count { allocated[role.index] += row.need }
        }
        var offered = Array(repeating: ResourceVector.zero, count: nodes.count)
        for id in openOffers {
            let row = offers[id.index]
            if row.outcome != .open { return "offer \(id.raw) is listed as open but is \(row.outcome)" }
            offered[row.node.index] += row.resources - row.accepted
            allocated[row.role.index] += row.resources - row.accepted
        }
        for slot in 0..<nodes.count {
            let row = nodes[slot]
            if let found = violation(of: NodeID(slot)) { return found }
            if row.used != used[slot] {
                return "node \(texts[row.name]): used \(row.used.lanes) but its tasks hold \(used[slot].lanes)"
            }
            if row.offered != offered[slot] {
                return "node \(texts[row.name]): offered \(row.offered.lanes) but offers hold \(offered[slot].lanes)"
            }
            if row.tasks != counts[slot] || counts[slot] != UInt32(index.tasksOnNode[slot].count) {
                return "node \(texts[row.name]): counts \(row.tasks) tasks, has \(counts[slot])"
            }
            if row.isPresent { sum += row.total }
        }
        if sum != total { return "total is \(total.lanes), nodes declare \(sum.lanes)" }
        return violationOfMoney() ?? violationOfRoles(allocated) ?? violationOfJobs() ?? violationOfIndex()
            ?? violationOfSpecial()
    }

    /// What is held of resources that are not plain is what tasks and open offers hold of them.
    private func violationOfSpecial() -> String? {
        var held = Array(repeating: Portions(), count: nodes.count)
        for (task, special) in taskSpecial {
            guard let row = row(of: task), row.state.isPlaced else { return "task \(task) holds portions but no place" }
            held[row.node.index] += special
        }
        for id in openOffers { if let lent = offerSpecial[id] { held[offers[id.index].node.index] += lent } }
        for slot in 0..<nodes.count where held[slot] != nodeDetails[slot].specialHeld {
            return "node \(texts[nodes[slot].name]): portions held are not what tasks and offers hold"
        }
        return nil
    }

    private func violationOfRoles(_ own: [ResourceVector]) -> String? {
        var sums = own
        for slot in roles.indices {
            var at = roles[slot].parent
            while at.index < roles.count {
                sums[at.index] += own[slot]
                at = roles[at.index].parent
            }
        }
        for slot in roles.indices where sums[slot] != roles[slot].allocated {
            return
                "role \(texts[roles[slot].path]): allocated \(roles[slot].allocated.lanes), held \(sums[slot].lanes)"
        }
        return nil
    }

    private func violationOfJobs() -> String? {
        for job in index.liveJobs {
            let row = jobs[job.index]
            let sum = row.queued + row.placed + row.finished + row.failed + row.killed + row.lost
            if sum != row.count { return "job \(job.raw): states count \(sum) of \(row.count) tasks" }
            var waiting: UInt32 = 0
            for slot in Int(row.firstTask)..<Int(row.firstTask) + Int(row.count) where tasks.contains(slot) {
                if tasks[slot].state == .queued || tasks[slot].state == .held { waiting += 1 }
            }
            if waiting != row.queued { return "job \(job.raw): counts \(row.queued) queued tasks, has \(waiting)" }
        }
        return nil
    }

    private func violationOfIndex() -> String? {
        var copy = self
        copy.rebuildIndex()
        if copy.index.pending != index.pending { return "the order of pending jobs is not what the jobs say" }
        if copy.index.liveJobs != index.liveJobs { return "the list of live jobs is not what the jobs say" }
        if copy.index.nodeByName != index.nodeByName { return "names of nodes do not lead to their slots" }
        if copy.index.freeSlots != index.freeSlots { return "free slots are not what the nodes say" }
        if copy.index.listRatePerHour != index.listRatePerHour { return "the rate at list prices is not the machines'" }
        if copy.index.roomy != index.roomy { return "the set of nodes with room is not what the nodes say" }
        if copy.index.offersOnNode != index.offersOnNode { return "offers on nodes are not the open ones" }
        if copy.index.liveInstances != index.liveInstances { return "the list of live instances is not what they say" }
        return nil
    }
}
