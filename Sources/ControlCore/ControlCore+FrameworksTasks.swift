import ClusterModel

/// How the life of a process, or what an executor tells, becomes statuses of a framework's task.
extension ControlCore {
    /// The image of a framework's task is pulled.
    mutating func externalPulls(_ task: TaskID, _ message: String) {
        guard let row = state.external(task.job), row.kind == .task, row.stateOnAgent == .staging,
            row.state == .staging
        else { return }
        post(task.job, .starting, .executor, .none, message)
    }

    /// A process of a framework's task runs.
    mutating func externalStarted(_ task: TaskID) {
        guard let row = state.external(task.job), row.kind == .task,
            row.stateOnAgent == .staging || row.stateOnAgent == .starting,
            row.state == .staging || row.state == .starting || row.state == .unreachable
        else { return }
        post(task.job, .running, .executor, .none)
    }

    /// A framework's task has ended, in whichever way; `before` is its row before the end.
    mutating func externalEnded(_ task: TaskID, before: TaskRow, _ ending: TaskEnded) {
        guard let row = state.external(task.job) else { return }
        if row.kind == .executor { return executorEnded(task.job, row, before, ending) }
        if !row.state.isTerminal {
            let (next, reason) = outcome(row, before, ending)
            let source: StatusSource = ending.state == .lost ? .core : .executor
            var words = ending.message
            if words.isEmpty, ending.state != .finished { words = ending.reason.description }
            post(task.job, next, source, reason, words)
        }
        settleExecutor(row, before.node, ending)
    }

    private func outcome(
        _ row: ExternalTask, _ before: TaskRow, _ ending: TaskEnded
    ) -> (FrameworkTaskState, StatusReason) {
        let node = state.nodes.contains(before.node.index) ? state.nodes[before.node.index] : NodeRow()
        switch ending.reason.code {
        case .timeLimit: return (.failed, .maxCompletionTimeReached)
        case .outOfMemory: return (.failed, .containerLimitationMemory)
        case .launchFailed: return (.failed, .containerLaunchFailed)
        case .lostAtReboot: return (.gone, .agentRestarted)
        case .agentForgot: return (.gone, .agentReregistered)
        case .nodeLost: return (.lost, .agentRemoved)
        case .drained: return (node.goneWhenDrained ? .goneByOperator : .killed, .agentDraining)
        default: break
        }
        switch ending.state {
        case .finished: return (.finished, .none)
        case .killed: return (.killed, .none)
        case .lost: return (.lost, .agentRemoved)
        default: return (.failed, .commandExecutorFailed)
        }
    }

    /// An executor's process has ended: its framework is told, and its tasks with it.
    private mutating func executorEnded(_ job: JobID, _ row: ExternalTask, _ before: TaskRow, _ ending: TaskEnded) {
        guard !row.state.isTerminal else { return }
        let update = TaskUpdate(.finished, .agent, .executorTerminated, at: now)
        emit(.externalTaskUpdated(ExternalTaskUpdated(job: job, update: update, isTold: false, isFromAgent: true)))
        guard state.frameworks[row.framework.index].state != .removed, !row.isInDefaultExecutor else { return }
        let status = ending.signal != 0 ? ending.signal : ending.exitCode << 8
        tell(
            row.framework,
            .failure(agent: state.agentID(number: row.agent), executor: row.name, status: status))
        guard state.nodes.contains(before.node.index), !state.nodes[before.node.index].isSimulated else { return }
        endTasks(of: row, .executorTerminated, "Executor terminated")
    }

    /// The built-in executor ends its group when a member fails, and itself with the last of its tasks.
    private mutating func settleExecutor(_ row: ExternalTask, _ node: NodeID, _ ending: TaskEnded) {
        guard row.isInDefaultExecutor, state.nodes.contains(node.index), !state.nodes[node.index].isSimulated else {
            return
        }
        if ending.state != .finished {
            for member in row.group {
                let task = TaskID(job: member, index: 0)
                guard let other = state.row(of: task), other.state.isPlaced, other.state != .killing else { continue }
                requestKill(task, Reason(.killed), user: "")
            }
        }
        let isInUse = state.externalJobs(of: row.framework).contains { job in
            guard let other = state.external(job), other.kind == .task, other.executor == row.executor else {
                return false
            }
            return other.agent == row.agent && !other.state.isTerminal
        }
        guard !isInUse, let job = state.job(ofExecutor: row.executor, on: row.agent, of: row.framework) else { return }
        let task = TaskID(job: job, index: 0)
        end(task, TaskEnded(task: task, state: .finished, reason: Reason(.exited)))
    }

    mutating func kill(_ wish: TaskKill, _ id: FrameworkID) {
        guard let job = state.job(ofTask: wish.task, of: id), let row = state.external(job) else {
            return reconcile([TaskQuestion(wish.task, agent: wish.agent)], id)
        }
        if !wish.agent.isEmpty, state.agentNumber(wish.agent) != row.agent { return }
        let task = TaskID(job: job, index: 0)
        guard let placed = state.row(of: task), placed.state.isPlaced else { return }
        let node = placed.node
        let isSimulated = state.nodes[node.index].isSimulated
        let grace = wish.grace >= .zero ? wish.grace : state.specs[job.index].grace
        if hasProcess(row, on: node) {
            if placed.state != .killing {
                emit(.taskKilling(TaskKilling(task: task, reason: Reason(.killed), user: state.name(of: id))))
            }
            direct(.kill(node: state.name(of: node), task: task, attempt: placed.attempt, grace: grace))
            let knows = state.frameworks[id.index].capabilities.contains(.taskKillingState)
            if !isSimulated, knows, row.state == .running || row.state == .starting {
                post(job, .killing, .executor, .none)
            }
        } else {
            if !isSimulated, placed.state != .killing {
                // Kept, so that an executor that is away now hears of it when it is back.
                emit(.taskKilling(TaskKilling(task: task, reason: Reason(.killed), user: state.name(of: id))))
            }
            let text = state.frameworkID(of: id)
            notify(node, .kill(framework: text, executor: row.executor, task: row.name, grace: grace))
        }
    }

    /// A status that an executor, or a simulated node, tells.
    mutating func externalReported(_ name: String, _ update: TaskUpdate, _ framework: String, on node: NodeID) {
        guard let job = job(ofTask: name, framework, on: node), let row = state.external(job) else { return }
        let node = state.index.nodeByAgent[row.agent]
        var update = update
        if update.uuid.count != 16 { update.uuid = uuid(job, row) }
        if row.updates.contains(where: { $0.uuid == update.uuid }) { return }
        if row.history.contains(where: { $0.uuid == update.uuid }) {
            // It was acknowledged, but the acknowledgement did not come to whoever tells it again.
            return notify(
                node,
                .acknowledged(framework: framework, executor: row.executor, task: row.name, uuid: update.uuid))
        }
        let task = TaskID(job: job, index: 0)
        guard let placed = state.row(of: task), placed.state.isPlaced else { return }
        post(job, update, isFromAgent: true)
        switch update.state {
        case .running, .starting:
            if placed.state == .staging { emit(.taskStarted(TaskStarted(task: task, startedAt: now))) }
        case .killing:
            if placed.state != .killing { emit(.taskKilling(TaskKilling(task: task, reason: Reason(.killed)))) }
        case let state where state.isTerminal:
            let end: TaskRow.State =
                switch state {
                case .finished: .finished
                case .killed: .killed
                case .failed, .error: .failed
                default: .lost
                }
            self.end(task, TaskEnded(task: task, state: end, reason: Reason(.exited), message: update.message))
        default: break
        }
    }

    /// The job of a framework's task on a node; with no framework named, whichever has one of that name there.
    private func job(ofTask name: String, _ framework: String, on node: NodeID) -> JobID? {
        if !framework.isEmpty {
            return state.framework(withID: framework).flatMap { state.job(ofTask: name, of: $0) }
        }
        return state.index.tasksOnNode[node.index].sorted().map(\.job).first {
            state.external($0)?.name == name && state.external($0)?.kind == .task
        }
    }
}
