import ClusterModel

/// Tasks of frameworks outside: whether they may start, and how they become jobs of one task.
extension ControlCore {
    mutating func launch(_ task: LaunchTask, _ accepting: inout Accepting) {
        if !task.unauthorized.isEmpty {
            return tellStray(task, accepting.framework, .error, .taskUnauthorized, task.unauthorized)
        }
        if let problem = obstacle(task, accepting) {
            return tellStray(task, accepting.framework, .error, .taskInvalid, problem)
        }
        guard state.nodes[accepting.node.index].connected else {
            return drop(task, accepting.framework, .agentDisconnected, "Agent is disconnected")
        }
        guard let own = state.holding(task.resources),
            let room = Self.take(own, from: accepting.pool)
        else { return tellExcess(task, accepting) }
        accepting.pool = room
        if let executor = task.executor, !start(executor, &accepting, isNeeded: true) {
            accepting.pool = accepting.pool + own
            return tellExcess(task, accepting)
        }
        sendLaunch(submitted(task, own, accepting, group: []))
    }

    private mutating func tellExcess(_ task: LaunchTask, _ accepting: Accepting) {
        let there = ResourceText.format(accepting.pool.quantities)
        tellStray(
            task, accepting.framework, .error, .taskInvalid,
            "Task uses more resources than available; \(there.isEmpty ? "nothing" : there) is left of the offers")
    }

    mutating func launchGroup(_ executor: LaunchExecutor, _ tasks: [LaunchTask], _ accepting: inout Accepting) {
        let id = accepting.framework
        func refuseAll(_ core: inout ControlCore, _ reason: StatusReason, _ words: String) {
            for task in tasks { core.tellStray(task, id, .error, reason, words) }
        }
        if let task = tasks.first(where: { !$0.unauthorized.isEmpty }) {
            return refuseAll(&self, .taskGroupUnauthorized, task.unauthorized)
        }
        if let problem = obstacle(executor, tasks, accepting) { return refuseAll(&self, .taskGroupInvalid, problem) }
        guard state.nodes[accepting.node.index].connected else {
            for task in tasks { drop(task, id, .agentDisconnected, "Agent is disconnected") }
            return
        }
        let before = accepting.pool
        var parts: [Holding] = []
        for task in tasks {
            guard let own = state.holding(task.resources), let room = Self.take(own, from: accepting.pool) else {
                accepting.pool = before
                return refuseAll(&self, .taskGroupInvalid, "Task '\(task.id)' uses more resources than available")
            }
            accepting.pool = room
            parts.append(own)
        }
        guard start(executor, &accepting, isNeeded: true) else {
            accepting.pool = before
            return refuseAll(&self, .taskGroupInvalid, "the executor uses more resources than available")
        }
        let first = max(1, state.jobs.count)
        let group = tasks.indices.map { JobID(first + $0) }
        // All of them are known before the first is told of.
        let launches = zip(tasks, parts).map { task, own in
            var member = task
            member.executor = executor
            return submitted(member, own, accepting, group: group)
        }
        for launched in launches { sendLaunch(launched) }
    }

    /// Makes sure that the executor is there, out of the pool; false when there is no room for it.
    private mutating func start(_ executor: LaunchExecutor, _ accepting: inout Accepting, isNeeded: Bool) -> Bool {
        let agent = state.nodes[accepting.node.index].agent
        if state.job(ofExecutor: executor.id, on: agent, of: accepting.framework) != nil { return true }
        guard let own = state.holding(executor.resources), let room = Self.take(own, from: accepting.pool) else {
            return false
        }
        accepting.pool = room
        var row = ExternalTask()
        row.kind = .executor
        row.framework = accepting.framework
        row.name = executor.id
        row.agent = agent
        row.isInDefaultExecutor = executor.isDefault
        row.wire = executor.wire
        sendLaunch(placed(row, executor.spec, own, accepting))
        return true
    }

    private mutating func submitted(
        _ task: LaunchTask, _ own: Holding, _ accepting: Accepting, group: [JobID]
    ) -> TaskLaunched {
        var row = ExternalTask()
        row.kind = .task
        row.framework = accepting.framework
        row.name = task.id
        row.agent = state.nodes[accepting.node.index].agent
        row.executor = task.executor?.id ?? ""
        row.isInDefaultExecutor = task.executor?.isDefault ?? false
        row.group = group
        row.wire = task.wire
        row.executorWire = task.executor?.wire ?? []
        return placed(row, task.spec, own, accepting)
    }

    /// Makes a row a job of one task on the node.
    private mutating func placed(
        _ row: ExternalTask, _ spec: JobSpec, _ own: Holding, _ accepting: Accepting
    ) -> TaskLaunched {
        var spec = spec
        (spec.count, spec.nodes, spec.retries, spec.hold, spec.after) = (1, 1, 0, false, [])
        spec.role = state.path(of: accepting.role)
        spec.need = own.plain
        if spec.name.isEmpty { spec.name = row.name }
        // An executor speaks through a port that is open to the agent's own user alone.
        if row.kind == .executor { spec.runAs = "" }
        if row.kind == .task, spec.runAs.isEmpty { spec.runAs = state.details(of: row.framework)?.info.user ?? "" }
        let job = JobID(max(1, state.jobs.count))
        let user = state.name(of: accepting.framework)
        emit(.jobSubmitted(JobSubmitted(job: job, user: user, framework: accepting.framework, spec: spec)))
        emit(.externalTaskAdded(ExternalTaskAdded(job: job, task: row)))
        let launched = TaskLaunched(
            task: TaskID(job: job, index: 0), attempt: 1, node: accepting.node,
            extras: own.extras, deadline: spec.timeLimit > .zero ? now + spec.timeLimit : .never, special: own.special)
        emit(.taskLaunched(launched))
        return launched
    }

    /// Whether an agent is to start a process for a row: not for places that only count.
    func hasProcess(_ row: ExternalTask, on node: NodeID) -> Bool {
        if state.nodes[node.index].isSimulated { return row.kind == .task }
        if row.kind == .executor { return !row.isInDefaultExecutor }
        return row.executor.isEmpty || row.isInDefaultExecutor
    }

    /// What a process of a framework finds in its environment: the names that tools and libraries of this field read.
    /// Where it speaks to, and its folder, are added on the node.
    func environment(of row: ExternalTask, _ launched: TaskLaunched) -> [String] {
        let job = launched.task.job
        var lines = [
            "MESOS_FRAMEWORK_ID=\(state.frameworkID(of: row.framework))",
            "MESOS_SLAVE_ID=\(state.agentID(number: row.agent))",
            "MESOS_ALLOCATION_ROLE=\(state.path(of: state.jobs[job.index].role))",
        ]
        guard row.kind == .executor else {
            let executor = row.executor.isEmpty ? row.name : row.executor
            return lines + ["MESOS_TASK_ID=\(row.name)", "MESOS_EXECUTOR_ID=\(executor)"]
        }
        lines += [
            "MESOS_EXECUTOR_ID=\(row.name)", "MESOS_CHECKPOINT=1", "MESOS_RECOVERY_TIMEOUT=24hrs",
            "MESOS_SUBSCRIPTION_BACKOFF_MAX=2secs", "MESOS_HTTP_COMMAND_EXECUTOR=0",
            "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD=\(max(0, state.specs[job.index].grace.seconds))secs",
        ]
        return lines
    }

    /// What the agent side must know of a framework's task.
    func externalLaunch(_ job: JobID, _ row: ExternalTask) -> ExternalLaunch {
        let task = TaskID(job: job, index: 0)
        var launch = ExternalLaunch()
        launch.framework = state.frameworkID(of: row.framework)
        launch.task = row.kind == .task ? row.name : ""
        launch.executor = row.kind == .executor ? row.name : row.executor
        launch.agent = state.agentID(number: row.agent)
        launch.role = state.path(of: state.jobs[job.index].role)
        launch.resources = state.items(
            Holding(
                state.jobs[job.index].need, state.taskExtras[task] ?? Extras(), state.taskSpecial[task] ?? Portions()))
        launch.wire = row.wire
        launch.executorWire = row.kind == .executor ? row.wire : row.executorWire
        launch.group = row.group.compactMap { state.external($0)?.name }
        return launch
    }
}
