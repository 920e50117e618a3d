import ClusterModel

/// Executors that must speak: a process that was started for one and never subscribes is ended, and its tasks with it,
/// instead of keeping them waiting for ever.
extension ControlCore {
    /// Time from the start of an executor's process to its first word.
    static let registrationTimeout = Interval.minutes(1)

    /// When an executor is given up that has not spoken; nil when it has, or when nobody could hear it: the time begins
    /// anew with each core and whenever its node's state changes.
    static func registrationDue(_ task: TaskID, _ state: ClusterState) -> Instant? {
        guard let row = state.external(task.job), row.kind == .executor, !row.isInDefaultExecutor,
            row.state == .staging, let placed = state.row(of: task), placed.state == .running,
            state.nodes.contains(placed.node.index)
        else { return nil }
        let node = state.nodes[placed.node.index]
        guard !node.isSimulated, node.isPresent, node.state != .unreachable, node.state != .lost else { return nil }
        return max(placed.startedAt, max(node.stateSince, state.startedAt)) + registrationTimeout
    }

    mutating func executorSubscribed(_ executor: String, _ framework: String, on node: NodeID) {
        guard let id = state.framework(withID: framework),
            let job = state.job(ofExecutor: executor, on: state.nodes[node.index].agent, of: id),
            state.external(job)?.state == .staging
        else { return }
        let update = TaskUpdate(.running, .executor, .none, at: now)
        emit(.externalTaskUpdated(ExternalTaskUpdated(job: job, update: update, isTold: false, isFromAgent: true)))
    }

    /// Ends an executor whose time to speak is over, and fails its tasks.
    mutating func endMute(_ task: TaskID) {
        guard let due = Self.registrationDue(task, state), let row = state.external(task.job) else { return }
        guard due <= now else { return deadlines.add(.registration, task.packed, at: due) }
        let words = "Executor did not register within \(Quantity.format(Self.registrationTimeout))"
        endTasks(of: row, .executorRegistrationTimeout, words)
        requestKill(task, Reason(.killed), user: "")
    }

    /// Fails all tasks of an executor that is no more, or never was.
    mutating func endTasks(of executor: ExternalTask, _ reason: StatusReason, _ words: String) {
        for member in state.externalJobs(of: executor.framework) {
            guard let other = state.external(member), other.kind == .task, other.executor == executor.name,
                other.agent == executor.agent, !other.state.isTerminal
            else { continue }
            post(member, .failed, .agent, reason, words)
            let task = TaskID(job: member, index: 0)
            end(task, TaskEnded(task: task, state: .failed, reason: Reason(.launchFailed)))
        }
    }
}
