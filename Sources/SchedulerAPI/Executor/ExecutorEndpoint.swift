import ClusterModel
import ControlRuntime
import SchedulerWire

/// `POST /api/v1/executor`, as an agent serves it to its executors: they reach it through the agent's loopback port and
/// its link. An executor is known by its node, which its connection tells, and by its token, which says for which
/// framework it is and on which node. Libraries that show none are served where frameworks need no credentials either:
/// an agent lets nobody but its own user to the port.
struct ExecutorEndpoint: Sendable {
    let core: LiveCore
    let streams: ExecutorStreams
    let limits: APILimits
    let place: @Sendable () -> MasterPlace
    /// Whether an executor must show its token; one that is shown must be right in any case.
    let needsToken: Bool

    /// Who calls, as the state knows it.
    private struct Caller {
        var key: ExecutorKey
        var framework: FrameworkID
        var node: NodeID
        var job: JobID
        var row: ExternalTask
    }

    func answer(_ request: APIRequest) async -> APIAnswer {
        guard request.method == "POST" else { return .wrongMethod(request.method) }
        let form: WireForm
        switch request.bodyForm() {
        case .success(let found): form = found
        case .failure(let answer): return answer
        }
        let call: WireExecutorCall
        do { call = try WireCoding.decode(from: request.body, form) } catch { return .text(400, error.description) }
        if let fault = Self.fault(in: call) { return .text(400, "Failed to validate Executor::Call: \(fault)") }
        guard call.type != .subscribe || request.answerForm != nil else {
            return .text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'")
        }
        let (token, node) = (Self.bearer(request), core.node(ofExecutorAt: request.place))
        guard token != nil || !needsToken && node != nil else {
            return APIAnswer(
                status: 401, headers: [("WWW-Authenticate", "Bearer realm=\"mesos-agent-executor\"")])
        }
        let state = core.state
        let found = callers(call, state).filter { node == nil || $0.key.node == node }
        guard !found.isEmpty else { return .text(400, "Framework or executor cannot be found") }
        let caller = found.first {
            guard let token else { return true }
            return core.executorTokens.isToken(
                token, framework: $0.key.framework, executor: $0.key.executor,
                agent: state.agentID(number: $0.row.agent))
        }
        guard let caller else { return .text(403, "The token is not that of this executor") }
        if call.type == .subscribe { return subscribe(call, caller, request.answerForm ?? .json) }
        guard streams.isSubscribed(caller.key) else { return .text(403, "Executor is not subscribed") }
        switch call.type {
        case .update: report(call.update.status, caller)
        case .message:
            // Messages are best effort, as in the reference: nobody's may fill the core.
            guard call.message.data.count <= Self.messageBytes else {
                return .text(413, "a message may have \(Self.messageBytes) bytes")
            }
            guard core.hasRoom else { return .text(503, "the core is busy: try again later") }
            core.feed(
                .agentReport(
                    AgentReport(
                        node: caller.key.node, framework: caller.key.framework,
                        .message(executor: caller.key.executor, data: Array(call.message.data)))))
        default: break
        }
        return .empty(202)
    }

    /// Most bytes of one message to a framework.
    private static let messageBytes = 1 << 20

    private static func bearer(_ request: APIRequest) -> String? {
        guard let said = request.headers["authorization"] else { return nil }
        let parts = said.split(separator: " ")
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }

    /// Why the call is not valid; nil = it is.
    static func fault(in call: WireExecutorCall) -> String? {
        guard call.hasType, call.type != .unknown else { return "Expecting 'type' to be present" }
        guard call.hasExecutorID else { return "Expecting 'executor_id' to be present" }
        guard call.hasFrameworkID else { return "Expecting 'framework_id' to be present" }
        switch call.type {
        case .subscribe: return call.hasSubscribe ? nil : "Expecting 'subscribe' to be present"
        case .update:
            guard call.hasUpdate else { return "Expecting 'update' to be present" }
            return fault(in: call.update.status, call)
        case .message: return call.hasMessage ? nil : "Expecting 'message' to be present"
        case .unknown, .heartbeat: return nil
        }
    }

    private static func fault(in status: WireTaskStatus, _ call: WireExecutorCall) -> String? {
        guard status.hasUuid else { return "Expecting 'uuid' to be present" }
        guard status.uuid.count == 16 else { return "Not a valid UUID" }
        guard status.source == .executor else { return "Received Call from executor with a source other than it" }
        guard status.state != .taskStaging else { return "Received TASK_STAGING from an executor" }
        if status.hasExecutorID, status.executorID.value != call.executorID.value {
            return "ExecutorID in Call differs from that in its status update"
        }
        return nil
    }

    /// Executors of that name of that framework, one for each node that has one.
    private func callers(_ call: WireExecutorCall, _ state: ClusterState) -> [Caller] {
        guard let framework = state.framework(withID: call.frameworkID.value) else { return [] }
        return state.externalJobs(of: framework).compactMap { job in
            guard let row = state.external(job), row.kind == .executor, row.name == call.executorID.value,
                !row.state.isTerminal, let node = state.index.nodeByAgent[row.agent]
            else { return nil }
            let key = ExecutorKey(
                framework: call.frameworkID.value, executor: row.name, node: state.name(of: node))
            return Caller(key: key, framework: framework, node: node, job: job, row: row)
        }
    }

    // MARK: SUBSCRIBE

    private func subscribe(_ call: WireExecutorCall, _ caller: Caller, _ form: WireForm) -> APIAnswer {
        let (key, streams) = (caller.key, streams)
        let stream = ExecutorStream(form: form, limits: limits)
        streams.add(stream, for: key)
        stream.whenClosed { streams.remove(stream, key) }
        // What is told from here on waits on the stream; what was told before stands in this state.
        let state = core.state
        for update in call.subscribe.unacknowledgedUpdates { report(update.status, caller) }
        var known = Set(call.subscribe.unacknowledgedTasks.map(\.taskID.value))
        known.formUnion(call.subscribe.unacknowledgedUpdates.map(\.status.taskID.value))
        var events = [subscribed(caller, state)]
        var launched: Set<String> = []
        for job in state.externalJobs(of: caller.framework) {
            guard let row = state.external(job), row.kind == .task, row.executor == key.executor,
                row.agent == caller.row.agent, !row.state.isTerminal,
                let placed = state.row(of: TaskID(job: job, index: 0))
            else { continue }
            if row.stateOnAgent == .staging { launched.insert(row.name) }
            let isNew = row.stateOnAgent == .staging && !known.contains(row.name)
            if placed.state == .killing, isNew {
                // Nobody ever started it.
                let update = TaskUpdate(
                    .killed, .agent, .taskKilledDuringLaunch, message: "Killed before it was started")
                core.feed(
                    .agentReport(
                        AgentReport(
                            node: key.node, framework: key.framework,
                            .status(task: row.name, executor: key.executor, update))))
            } else if placed.state == .killing {
                events.append(ExecutorEvents.kill(row.name, state.specs[job.index].grace))
            } else if isNew, let task = try? WireTaskInfo(serializedBytes: row.wire, partial: true) {
                events.append(ExecutorEvents.launch(task))
            }
        }
        if state.row(of: TaskID(job: caller.job, index: 0))?.state == .killing {
            events.append(.with { $0.type = .shutdown })
        }
        streams.begin(key, stream, events, launched: launched)
        if caller.row.state == .staging {
            core.feed(
                .agentReport(
                    AgentReport(
                        node: key.node, framework: key.framework, .executorSubscribed(executor: key.executor))))
        }
        return APIAnswer(status: 200, headers: [("Content-Type", form.rawValue)], stream: stream)
    }

    private func subscribed(_ caller: Caller, _ state: ClusterState) -> WireExecutorEvent {
        let reading = StateReading(state, place())
        return .with {
            $0.type = .subscribed
            if let info = try? WireExecutorInfo(serializedBytes: caller.row.wire, partial: true) {
                $0.subscribed.executorInfo = info
            }
            $0.subscribed.executorInfo.executorID.value = caller.key.executor
            $0.subscribed.executorInfo.frameworkID.value = caller.key.framework
            $0.subscribed.frameworkInfo = reading.info(of: caller.framework)
            $0.subscribed.agentInfo = reading.agentInfo(caller.node)
            $0.subscribed.containerID.value = "\(caller.job.raw)"
        }
    }

    // MARK: UPDATE

    private func report(_ status: WireTaskStatus, _ caller: Caller) {
        var update = TaskUpdate(
            Self.state(status.state), .executor, Self.reason(status), message: status.message,
            uuid: Array(status.uuid))
        update.data = Array(status.data)
        update.wire = WireCoding.encode(status, .protobuf)
        core.feed(
            .agentReport(
                AgentReport(
                    node: caller.key.node, framework: caller.key.framework,
                    .status(task: status.taskID.value, executor: caller.key.executor, update))))
    }

    private static func state(_ state: WireTaskState) -> FrameworkTaskState {
        FrameworkTaskState.allCases.first { EventMapping.state($0) == state } ?? .unknown
    }

    private static func reason(_ status: WireTaskStatus) -> StatusReason {
        guard status.hasReason, let at = WireTaskStatus.Reason.allCases.firstIndex(of: status.reason) else {
            return .none
        }
        return StatusReason(rawValue: UInt8(truncatingIfNeeded: at + 1)) ?? .none
    }
}
