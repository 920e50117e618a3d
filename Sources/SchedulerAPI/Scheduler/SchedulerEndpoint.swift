import ClusterModel
import ControlRuntime
import SchedulerWire

/// `POST /api/v1/scheduler`: the checks in their order, the call to the core, and its verdict as a status.
struct SchedulerEndpoint: Sendable {
    let core: LiveCore
    let streams: FrameworkStreams
    let limits: APILimits
    let place: @Sendable () -> MasterPlace

    func answer(_ request: APIRequest) async -> APIAnswer {
        guard request.method == "POST" else { return .wrongMethod(request.method) }
        let form: WireForm
        switch request.bodyForm() {
        case .success(let found): form = found
        case .failure(let answer): return answer
        }
        let call: WireSchedulerCall
        do { call = try WireCoding.decode(from: request.body, form) } catch { return .text(400, error.description) }
        if call.type == .subscribe {
            if let refusal = refusal(of: call, request) { return refusal }
            guard request.headers["mesos-stream-id"] == nil else {
                return .text(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
            }
            return await subscribe(call, request)
        }
        switch step(call, request) {
        case .answer(let answer): return answer
        case .call(let call, let answer): return answer(await ask(call))
        }
    }

    /// What becomes of a call other than SUBSCRIBE: answered on the spot, or asked of the core, whose verdict makes the
    /// answer.
    enum Step {
        case answer(APIAnswer)
        case call(FrameworkCall, then: @Sendable (CallVerdict) -> APIAnswer)
    }

    /// Checks a call that was read, in the reference's order. Never waits.
    func step(_ call: WireSchedulerCall, _ request: APIRequest) -> Step {
        if let refusal = refusal(of: call, request) { return .answer(refusal) }
        return other(call, request, request.headers["mesos-stream-id"])
    }

    /// Calls of which the answer is a status and nothing else.
    static let plain: Set<WireSchedulerCall.TypeEnum> = [
        .accept, .decline, .revive, .suppress, .acknowledge, .acknowledgeOperationStatus, .kill, .shutdown, .reconcile,
        .message, .request, .acceptInverseOffers, .declineInverseOffers, .teardown,
    ]

    private func refusal(of call: WireSchedulerCall, _ request: APIRequest) -> APIAnswer? {
        if let fault = SchedulerChecks.fault(in: call, principal: request.principal) {
            return .text(400, "Failed to validate scheduler::Call: \(fault)")
        }
        guard request.answerForm != nil || !Self.answered.contains(call.type) else {
            return .text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'")
        }
        return nil
    }

    /// Calls that are answered with more than a status.
    private static let answered: Set<WireSchedulerCall.TypeEnum> = [.subscribe, .reconcileOperations, .view, .commit]

    private func mapping(_ request: APIRequest) -> CallMapping {
        CallMapping(resources: ResourceMapping(configuration: core.configuration), rights: request.rights)
    }

    // MARK: SUBSCRIBE

    private func subscribe(_ call: WireSchedulerCall, _ request: APIRequest) async -> APIAnswer {
        guard case .subscribe(var said) = mapping(request).call(call) else { return .empty(501) }
        if said.info.principal.isEmpty { said.info.principal = request.principal }
        let form = request.answerForm ?? .json
        let (core, place) = (self.core, self.place)
        let stream = FrameworkStream(
            form: form, isRefined: said.info.capabilities.contains(.reservationRefinement), limits: limits,
            mapping: {
                EventMapping(
                    resources: ResourceMapping(configuration: core.configuration), place: place())
            })
        guard streams.add(stream, limit: limits.streams) else {
            return .text(503, "\(limits.streams) frameworks are subscribed, which is the limit: try again later")
        }
        let connection = core.openStream { stream.tell($0) }
        stream.connection.withLock { $0 = connection }
        let verdict = await ask(
            FrameworkCall(
                framework: call.frameworkID.value, connection: connection, principal: request.principal,
                .subscribe(said)))
        guard verdict.outcome == .accepted else {
            streams.remove(stream)
            core.closeStream(connection, framework: "")
            guard verdict.outcome == .refusedOnStream else { return Self.refusal(verdict) }
            let event = WireCoding.encode(EventMapping.error(verdict.message), form)
            return Self.streamed(SingleRecord(RecordIO.record(event)), id: stream.id, form)
        }
        streams.bind(stream, to: verdict.framework)
        stream.whenClosed { [streams] in
            streams.remove(stream)
            core.closeStream(connection, framework: verdict.framework)
        }
        return Self.streamed(stream, id: stream.id, form)
    }

    private static func streamed(_ stream: any AnswerStream, id: String, _ form: WireForm) -> APIAnswer {
        APIAnswer(
            status: 200, headers: [("Content-Type", form.rawValue), ("Mesos-Stream-Id", id)], stream: stream)
    }

    // MARK: Other calls

    private func other(_ call: WireSchedulerCall, _ request: APIRequest, _ streamID: String?) -> Step {
        let framework = call.frameworkID.value
        let stream = streams.stream(of: framework)
        if let stream {
            guard streamID == stream.id else { return .answer(missingStream(call, request, stream, streamID)) }
        }
        let isExtended = core.configuration.offers.has(.commits)
        guard isExtended || call.type != .view && call.type != .commit, let mapped = mapping(request).call(call)
        else { return .answer(.text(501, "501 Not Implemented.")) }
        if let rights = request.rights, case .teardown = mapped, !rights.mayUse(role: "*"), rights.roles.isEmpty {
            return .answer(.text(403, ""))
        }
        let own = FrameworkCall(
            framework: framework, connection: stream?.connection.withLock { $0 } ?? 0, principal: request.principal,
            mapped)
        return .call(own) { verdict in
            guard verdict.outcome == .accepted else { return Self.refusal(verdict) }
            switch call.type {
            case .view: return view(call, request)
            case .commit: return told(responses(core.state).commit(verdict.commit), request)
            case .updateFramework: return .empty(200)
            default: return .empty(202)
            }
        }
    }

    // MARK: What is seen and taken

    private func view(_ call: WireSchedulerCall, _ request: APIRequest) -> APIAnswer {
        let framework = call.frameworkID.value
        guard let seen = core.view(of: framework, role: call.view.role) else {
            let words = call.view.role.isEmpty ? "View names no role" : "View is for role '\(call.view.role)'"
            return .text(400, words + ", and the framework has others")
        }
        let isRefined = seen.state.framework(withID: framework)
            .map { seen.state.frameworks[$0.index].capabilities.contains(.reservationRefinement) }
        return told(responses(seen.state).view(seen.parts, isRefined: isRefined ?? true), request)
    }

    private func responses(_ state: ClusterState) -> ResponseMapping {
        ResponseMapping(state: state, resources: ResourceMapping(configuration: state.configuration))
    }

    private func told(_ response: WireSchedulerResponse, _ request: APIRequest) -> APIAnswer {
        let form = request.answerForm ?? .json
        return APIAnswer(
            status: 200, headers: [("Content-Type", form.rawValue)], body: WireCoding.encode(response, form))
    }

    /// A call without the present stream's id. Whether the framework is known and the principal its own counts first.
    private func missingStream(
        _ call: WireSchedulerCall, _ request: APIRequest, _ stream: FrameworkStream, _ given: String?
    ) -> APIAnswer {
        let state = core.state
        guard let slot = state.framework(withID: call.frameworkID.value), let details = state.details(of: slot) else {
            return .text(400, "Framework cannot be found")
        }
        if !request.principal.isEmpty, !details.info.principal.isEmpty, details.info.principal != request.principal {
            return .text(
                400,
                "Framework authenticated principal '\(request.principal)' does not match principal "
                    + "'\(details.info.principal)'")
        }
        guard let given else {
            return .text(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
        }
        return .text(
            400,
            "The stream ID '\(given)' included in this request didn't match the stream ID currently associated with "
                + "framework ID \(call.frameworkID.value)")
    }

    private func ask(_ call: FrameworkCall) async -> CallVerdict {
        await withCheckedContinuation { continuation in
            core.call(call) { continuation.resume(returning: $0) }
        }
    }

    /// A verdict that is none of acceptance, as a status.
    static func refusal(_ verdict: CallVerdict) -> APIAnswer {
        let status =
            switch verdict.outcome {
            case .accepted: 202
            case .unknownFramework, .wrongPrincipal, .wrongStream, .invalid, .refusedOnStream: 400
            case .notSubscribed: 403
            case .unknown: 404
            case .conflict: 409
            case .unavailable: 503
            }
        return .text(status, verdict.message)
    }
}
