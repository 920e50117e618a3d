import ClusterModel

/// What agents tell: their hello with all they know, statuses, measurements, and their going.
extension ControlCore {
    mutating func agentSaidHello(_ hello: AgentHello) {
        guard let node = state.node(named: hello.node) else {
            direct(.notice(node: hello.node, .shutdown))
            return direct(.disconnect(node: hello.node))
        }
        let before = state.nodes[node.index]
        let isReboot = !before.boot.isNone && state.text(before.boot) != hello.boot
        let isNew = before.state == .joining || before.state == .lost
        let next: NodeRow.State =
            isNew ? .ready : before.state == .unreachable ? before.stateBeforeSilence : before.state
        emit(
            .nodeRegistered(
                NodeRegistered(
                    node: node, total: total(of: node, told: hello.total), boot: hello.boot,
                    agentStart: hello.agentStart, kernel: hello.kernel, arch: hello.arch, host: hello.host,
                    agentVersion: hello.agentVersion, isolation: hello.isolation, state: next)))
        if state.instances.contains(before.instance.index), !before.instance.isNone,
            state.instances[before.instance.index].state.rawValue < InstanceRow.State.running.rawValue
        {
            emit(.instanceChanged(InstanceChanged(instance: before.instance, state: .running)))
            forgivePool(before.pool)
        }
        let lostBy = Reason(leaseRanOut(on: node) ? .lease : isReboot ? .lostAtReboot : .agentForgot)
        renewLease(of: node)
        compareNotes(node, hello.tasks, lostBy: lostBy)
        agentReturned(node)
        startCycle(on: node)
        switch state.nodes[node.index].state {
        case .draining: finishDrain(node)
        // What is left there was asked for, and its agent went before it had answered.
        case .drained where state.nodes[node.index].removeWhenDrained: dismiss(node)
        default: break
        }
    }

    /// What a node has that is plain: what was declared of it stands over what its machine says, and what operations
    /// have made of it since is no longer there.
    private func total(of node: NodeID, told: ResourceVector) -> ResourceVector {
        if told == .zero { return state.nodes[node.index].total }
        var rest = state.declaration(of: node).total(of: told)
        for portion in state.nodeDetails[node.index].special.all {
            let identity = state.identities[portion.identity]
            let wasPlain = identity.disk == .root && !identity.isRevocable && !identity.reservations.isEmpty
            if wasPlain, identity.reservations.allSatisfy({ $0.kind == .dynamic }) { rest -= portion.amount }
        }
        return rest
    }

    /// Makes the agent's tasks and ours agree: what it tells counts; what it does not know was never started, or is
    /// gone; what we do not know is ended.
    private mutating func compareNotes(_ node: NodeID, _ reports: [TaskStatus], lostBy: Reason) {
        var known: Set<TaskID> = []
        for report in reports {
            if state.row(of: report.task)?.attempt == report.attempt { known.insert(report.task) }
            take(report, from: node)
        }
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.row(of: task) else { continue }
            if known.contains(task) {
                if row.state == .killing { sendKill(task, row) }
            } else if let other = state.external(task.job), !hasProcess(other, on: node) {
                continue
            } else if row.state == .staging {
                sendLaunch(task, row)
            } else if row.state == .killing, row.startedAt.isNever {
                // It was to end before it was started, and never was.
                end(task, TaskEnded(task: task, state: .killed, reason: row.reason))
            } else {
                end(task, TaskEnded(task: task, state: .lost, reason: lostBy))
            }
        }
    }

    mutating func agentLeft(_ gone: AgentGone) {
        guard let node = state.node(named: gone.node) else { return }
        let row = state.nodes[node.index]
        guard row.connected || state.nodeDetails[node.index].fault != gone.message else { return }
        emit(.nodeLink(NodeLink(node: node, connected: false, message: gone.message)))
        let heardAt = state.nodes[node.index].heardAt
        deadlines.add(.silence, node.raw, at: heardAt + state.configuration.limits.unreachableAfter)
    }

    mutating func nodeSampled(_ sample: NodeSample) {
        guard let node = state.node(named: sample.node) else { return }
        emit(
            .sampled(
                Sampled(
                    node: node, cpuUsed: sample.cpuUsed, memUsed: sample.memUsed, load: sample.load, tasks: sample.tasks
                )))
        let row = state.nodes[node.index]
        if row.state == .lost {
            // It was given up with all it had, over a link that never broke: it must say anew what it has.
            direct(.disconnect(node: sample.node))
            connect(node)
        }
        if row.state == .unreachable {
            change(node, row.stateBeforeSilence, Reason(.returned))
            agentReturned(node)
            startCycle(on: node)
        }
    }

    mutating func taskReported(_ report: NodeTaskStatus) {
        guard let node = state.node(named: report.node) else { return }
        take(report.status, from: node)
    }

    /// One status: applied once, acknowledged as often as it is told.
    private mutating func take(_ status: TaskStatus, from node: NodeID) {
        let name = state.name(of: node)
        guard let row = state.row(of: status.task), row.node == node, row.attempt == status.attempt, row.state.isPlaced
        else { return takeStray(status, from: node, name) }
        switch status.phase {
        case .known: pulls(status, row)
        case .running:
            guard row.state == .staging || row.pid == 0 else { break }
            emit(
                .taskStarted(
                    TaskStarted(
                        task: status.task, pid: status.pid, startedAt: status.startedAt, sequence: status.sequence)))
            externalStarted(status.task)
        case .ended:
            end(status.task, ending(status, row))
            direct(
                .acknowledge(node: name, task: status.task, attempt: status.attempt, sequence: status.sequence))
        }
    }

    /// A launch that is known, and what is done before it runs; told again whenever it is asked for.
    private mutating func pulls(_ status: TaskStatus, _ row: TaskRow) {
        guard !status.message.isEmpty, row.state == .staging,
            row.reason.code != .pullsImage || state.taskMessages[status.task] != ClusterState.cut(status.message)
        else { return }
        emit(.taskPulls(TaskPulls(task: status.task, message: status.message)))
        externalPulls(status.task, status.message)
    }

    /// A status of a task that this core does not hold on that node: an end is settled already, a running one was
    /// given up and must not go on beside its next attempt.
    private mutating func takeStray(_ status: TaskStatus, from node: NodeID, _ name: String) {
        if status.phase == .ended {
            direct(.acknowledge(node: name, task: status.task, attempt: status.attempt, sequence: status.sequence))
        } else {
            direct(.kill(node: name, task: status.task, attempt: status.attempt, grace: .zero))
        }
    }

    private func ending(_ status: TaskStatus, _ row: TaskRow) -> TaskEnded {
        var reason = status.reason
        let outcome: TaskRow.State
        switch reason.code {
        case .exited:
            reason.number = Int64(status.exitCode)
            outcome = status.exitCode == 0 ? .finished : row.state == .killing ? .killed : .failed
        case .signaled:
            reason.number = Int64(status.signal)
            outcome = row.state == .killing ? .killed : .failed
        case .killed: outcome = row.reason.code == .timeLimit || row.reason.code == .gangMember ? .failed : .killed
        case .lostAtReboot, .agentForgot, .lease: outcome = .lost
        default: outcome = .failed
        }
        // Whoever asked for the end is a better reason than the signal that brought it about.
        if row.state == .killing, outcome != .finished, row.reason != .none { reason = row.reason }
        return TaskEnded(
            task: status.task, state: outcome, reason: reason, exitCode: status.exitCode, signal: status.signal,
            runTime: status.runTime, cpuTime: status.cpuTime, memPeak: status.memPeak, message: status.message,
            sequence: status.sequence)
    }
}
