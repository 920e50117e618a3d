/// How events in a task's life change the state: what it holds moves from the offer to the task and back to the node.
extension ClusterState {
    mutating func apply(_ e: TaskLaunched) {
        guard let slot = slot(of: e.task), nodes.contains(e.node.index), !tasks[slot].state.isPlaced else { return }
        let job = e.task.job.index
        let need = tasks[slot].need
        let node = nodes[e.node.index]
        // Nobody pays for a machine that nobody bills.
        let isBilled = instances.contains(node.instance.index) && instances[node.instance.index].state.isBilled
        let share = Self.cost(of: need, on: node.total, pricePerHour: node.pricePerHour)
        let cost = isBilled ? min(share, max(0, node.pricePerHour - node.workPerHour)) : 0
        tasks.update(slot) {
            $0.state = .staging
            $0.reason = .none
            $0.attempt = e.attempt
            $0.node = e.node
            $0.rank = e.rank
            $0.stateSince = now
            $0.launchedAt = now
            $0.startedAt = .never
            $0.endedAt = .never
            $0.deadline = e.deadline
            $0.pid = 0
            $0.costPerHour = cost
            $0.costSince = now
            $0.statusSequence = 0
        }
        // Out of an offer into use; a launch that is learned from an agent has no offer and is not charged yet.
        let fromOffer = offers.contains(e.offer.index) && offers[e.offer.index].outcome == .open
        nodes.update(e.node.index) {
            if fromOffer { $0.offered -= need }
            $0.used += need
            $0.tasks += 1
        }
        noteRoom(of: e.node)
        if fromOffer {
            offers.update(e.offer.index) {
                $0.accepted += need
                $0.tasks += 1
            }
        } else {
            book(job: job, need)
        }
        if !e.extras.isEmpty {
            taskExtras[e.task] = e.extras
            if fromOffer, let lent = offerExtras[e.offer] {
                offerExtras[e.offer] = lent - e.extras
            } else {
                nodeDetails.update(e.node.index) { $0.freeExtras = $0.freeExtras - e.extras }
            }
        }
        if !e.special.isEmpty {
            taskSpecial[e.task] = e.special
            hold(e.special, of: e.node)
        }
        index.tasksOnNode[e.node.index].append(e.task)
        let role = jobs[job].role.index
        jobs.update(job) {
            $0.queued -= 1
            $0.placed += 1
            $0.expectedStart = .never
            if $0.nextQueued == e.task.index { $0.nextQueued += 1 }
        }
        roles[role].queued -= 1
        roles[role].placed += 1
        charge(jobs[job].role, jobs[job].framework, ratePerHour: cost)
        addWork(cost, on: e.node)
        noteUse(of: e.node)
        if jobs[job].queued == 0, !isExternal(jobs[job].framework) { dequeue(e.task.job) }
    }

    mutating func apply(_ e: TaskPulls) {
        guard let slot = slot(of: e.task), tasks[slot].state == .staging else { return }
        tasks.update(slot) { $0.reason = Reason(.pullsImage) }
        taskMessages[e.task] = Self.cut(e.message)
    }

    /// What was said of its image is no longer so.
    private mutating func endPull(_ task: TaskID, slot: Int) {
        guard tasks[slot].reason.code == .pullsImage else { return }
        tasks.update(slot) { $0.reason = .none }
        taskMessages[task] = nil
    }

    /// A message as long as it may be.
    public static func cut(_ message: String) -> String {
        String(decoding: message.utf8.prefix(messageLimit), as: UTF8.self)
    }

    mutating func apply(_ e: TaskStarted) {
        guard let slot = slot(of: e.task), tasks[slot].state.isPlaced else { return }
        endPull(e.task, slot: slot)
        tasks.update(slot) {
            if $0.state == .staging {
                $0.state = .running
                $0.stateSince = now
            }
            $0.pid = e.pid
            // The agent's clock counts, within what ours allows: after a new start of the core a task is not younger.
            $0.startedAt = e.startedAt.isNever ? now : min(now, max(e.startedAt, $0.launchedAt))
            $0.statusSequence = max($0.statusSequence, e.sequence)
        }
    }

    mutating func apply(_ e: TaskKilling) {
        guard let slot = slot(of: e.task) else { return }
        let row = tasks[slot]
        let givesWay = row.state == .killing && row.reason.code == .preempted
        guard row.state == .staging || row.state == .running || givesWay else { return }
        endPull(e.task, slot: slot)
        tasks.update(slot) {
            $0.state = .killing
            $0.reason = e.reason
            $0.stateSince = now
        }
    }

    mutating func apply(_ e: TaskEnded) {
        guard let slot = slot(of: e.task), !tasks[slot].state.isTerminal, tasks[slot].state != .forgotten else {
            return
        }
        endPull(e.task, slot: slot)
        let before = tasks[slot]
        let job = e.task.job.index
        let role = jobs[job].role.index
        if before.state.isPlaced {
            unplace(e.task, slot: slot)
            jobs.update(job) { $0.placed -= 1 }
        } else {
            jobs.update(job) { $0.queued -= 1 }
            roles[role].queued -= 1
            if jobs[job].queued == 0 { dequeue(e.task.job) }
        }
        tasks.update(slot) {
            $0.state = e.state
            $0.reason = e.reason
            $0.stateSince = now
            $0.endedAt = now
            $0.exitCode = e.exitCode
            $0.signal = e.signal
            $0.runTime = e.runTime
            $0.cpuTime = e.cpuTime
            $0.memUsed = max(e.memPeak, 0)
            $0.cpuUsed = 0
            $0.statusSequence = max($0.statusSequence, e.sequence)
        }
        jobs.update(job) {
            switch e.state {
            case .finished: $0.finished += 1
            case .killed: $0.killed += 1
            case .lost: $0.lost += 1
            default: $0.failed += 1
            }
            if $0.isTerminal { $0.endedAt = now }
        }
        if !e.message.isEmpty {
            taskMessages[e.task] = Self.cut(e.message)
        }
        noteFailure(e, before: before)
        // A framework's task is kept until its framework knows of the end.
        if external(e.task.job)?.isCompleted ?? true { ended.append(e.task) }
        tasksEnded += 1
    }

    mutating func apply(_ e: TaskRequeued) {
        guard let slot = slot(of: e.task), tasks[slot].state != .forgotten else { return }
        let before = tasks[slot]
        let job = e.task.job.index
        guard before.state != .queued, before.state != .held else { return }
        let role = jobs[job].role.index
        if before.state.isPlaced {
            unplace(e.task, slot: slot)
            jobs.update(job) { $0.placed -= 1 }
        } else {
            jobs.update(job) {
                switch before.state {
                case .finished: $0.finished -= 1
                case .killed: $0.killed -= 1
                case .lost: $0.lost -= 1
                default: $0.failed -= 1
                }
                $0.endedAt = .never
            }
        }
        let gate = jobs[job].gate
        tasks.update(slot) {
            $0.state = gate == .open ? .queued : .held
            $0.reason = e.reason
            $0.stateSince = now
            $0.pid = 0
            $0.deadline = .never
            if e.countsAsFailure { $0.failures += 1 }
        }
        jobs.update(job) {
            $0.queued += 1
            $0.nextQueued = min($0.nextQueued, e.task.index)
            $0.notBefore = max($0.notBefore, e.notBefore)
        }
        roles[role].queued += 1
        if gate == .open { enqueue(e.task.job) }
        skipRevived()
    }

    /// Whoever waits again is no longer the oldest of those who have ended: the time of forgetting goes by one who has.
    private mutating func skipRevived() {
        while let first = ended.first, row(of: first).map({ !$0.state.isTerminal }) ?? true { ended.removeFirst() }
    }

    mutating func apply(_ e: TasksForgotten) {
        for task in e.tasks {
            guard let slot = slot(of: task), tasks.contains(slot), tasks[slot].state.isTerminal else { continue }
            tasks.update(slot) {
                $0.endedAs = $0.state
                $0.state = .forgotten
            }
            jobs.update(task.job.index) { $0.forgotten += 1 }
            taskMessages[task] = nil
        }
        skipRevived()
    }

    /// Gives back what a placed task holds and stops its cost.
    private mutating func unplace(_ task: TaskID, slot: Int) {
        closeCost(slot: slot)
        let row = tasks[slot]
        let role = jobs[task.job.index].role
        if nodes.contains(row.node.index) {
            nodes.update(row.node.index) {
                $0.used -= row.need
                $0.tasks -= 1
            }
            noteRoom(of: row.node)
            if let at = index.tasksOnNode[row.node.index].firstIndex(of: task) {
                index.tasksOnNode[row.node.index].swapAt(at, index.tasksOnNode[row.node.index].count - 1)
                index.tasksOnNode[row.node.index].removeLast()
            }
            if let held = taskExtras.removeValue(forKey: task) {
                nodeDetails.update(row.node.index) { $0.freeExtras = $0.freeExtras + held }
            }
            if let held = taskSpecial.removeValue(forKey: task) { release(held, of: row.node) }
        }
        book(job: task.job.index, .zero - row.need)
        roles[role.index].placed -= 1
        charge(role, jobs[task.job.index].framework, ratePerHour: -row.costPerHour)
        if nodes.contains(row.node.index) {
            addWork(-row.costPerHour, on: row.node)
            noteUse(of: row.node)
        }
    }

    /// Books `delta` on the job's role, the roles above it, and its framework.
    mutating func book(job: Int, _ delta: ResourceVector) {
        charge(jobs[job].role, delta)
        let framework = jobs[job].framework.index
        if framework < frameworks.count { frameworks[framework].allocated += delta }
    }

    /// Counts failures of different jobs in a row on a node; any success there starts the count anew.
    private mutating func noteFailure(_ e: TaskEnded, before: TaskRow) {
        // What frameworks outside run says nothing of the node: their failures are theirs.
        guard before.state.isPlaced, nodes.contains(before.node.index), e.sequence > 0, external(e.task.job) == nil
        else { return }
        nodes.update(before.node.index) {
            switch e.state {
            case .finished: $0.failuresInRow = 0
            case .failed where $0.lastFailedJob != e.task.job || $0.failuresInRow == 0:
                $0.failuresInRow += 1
                $0.lastFailedJob = e.task.job
            default: break
            }
        }
    }
}
