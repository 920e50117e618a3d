/// What an attached source asks of its core. Every request is answered once, in words when it went wrong.
import ClusterModel
import ClusterSource
import NIOCore

extension AttachedSource {
    public func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        if isReadOnly, action.changesCluster {
            let message = "read-only: '\(action.word)' would change the cluster; attach without --read-only to do it"
            return answer(ActionAnswer(accepted: false, message: message))
        }
        request(FrameKind.perform, answeredBy: FrameKind.answer) { number in
            var request = PerformRequest()
            request.request = number
            request.action = action
            request.confirmed = confirmed
            return request
        } finish: { (result: Result<ActionAnswer, RequestFailure>) in
            switch result {
            case .success(let value): answer(value)
            case .failure(let failure): answer(ActionAnswer(accepted: false, message: failure.message))
            }
        }
    }

    public func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        request(FrameKind.plan, answeredBy: FrameKind.planned) {
            Carrying(request: $0, value: action)
        } finish: {
            (result: Result<ActionPlan, RequestFailure>) in
            switch result {
            case .success(let value): answer(value)
            case .failure(let failure): answer(ActionPlan(refusal: failure.message))
            }
        }
    }

    public func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        request(FrameKind.explain, answeredBy: FrameKind.explained) {
            Carrying(request: $0, value: question)
        } finish: {
            (result: Result<Explanation, RequestFailure>) in
            switch result {
            case .success(let value): answer(value)
            case .failure(let failure):
                var explanation = Explanation()
                explanation.headline = failure.message
                answer(explanation)
            }
        }
    }

    /// Asks for the last `count` notable events, oldest first, at most `ControlLimits.tailEvents`; needs no following.
    public func lastEvents(
        _ count: Int, answer: @escaping @Sendable (Result<[StampedEvent], RequestFailure>) -> Void
    ) {
        request(FrameKind.tail) { number in
            var request = TailRequest()
            request.request = number
            request.count = UInt32(clamping: count)
            return request
        } finish: { frame in
            answer(
                frame.flatMap { frame in
                    guard frame.kind == FrameKind.tailed, let tail = TailAnswer(wireBytes: frame.body[...]) else {
                        return .failure(RequestFailure(message: "the core's answer is not understood"))
                    }
                    return .success(tail.batches.flatMap { EventBatch.decode($0[...])?.events ?? [] })
                })
        }
    }

    /// Asks whether the core answers at all.
    public func ping(answer: @escaping @Sendable (Result<Void, RequestFailure>) -> Void) {
        request(FrameKind.ping) {
            Numbered($0)
        } finish: {
            answer($0.map { _ in () })
        }
    }

    public func output(
        _ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower {
        let output = AttachedOutput(offset: request.offset, receive: receive) { [weak self] output in
            self?.onLoop { $0.cancel(output) }
        }
        if !onLoop({ $0.open(request, output) }) { output.end("the connection to the core was closed here") }
        return output
    }

    // MARK: - The way there and back

    /// Sends a request whose answer carries a `Value`.
    private func request<Value: Wired & Equatable>(
        _ kind: UInt8, answeredBy answering: UInt8, _ make: @escaping @Sendable (UInt64) -> some Wired,
        finish: @escaping @Sendable (Result<Value, RequestFailure>) -> Void
    ) {
        request(kind, make) { result in
            finish(
                result.flatMap { frame in
                    guard frame.kind == answering, let answer = Carrying<Value>(wireBytes: frame.body[...]) else {
                        return .failure(RequestFailure(message: "the core's answer is not understood"))
                    }
                    return .success(answer.value)
                })
        }
    }

    private func request(
        _ kind: UInt8, _ make: @escaping @Sendable (UInt64) -> some Wired,
        finish: @escaping @Sendable (Result<ControlFrame, RequestFailure>) -> Void
    ) {
        let sent = onLoop { link in
            link.ask({ ControlFrame(kind, make($0)) }) { result in
                switch result {
                case .frame(let frame): finish(.success(frame))
                case .failure(let message): finish(.failure(RequestFailure(message: message)))
                }
            }
        }
        if !sent { finish(.failure(RequestFailure(message: "the connection to the core was closed here"))) }
    }
}

/// Why a request has no answer.
public struct RequestFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line for people.
    public var message: String
    public var description: String { message }
}

extension ClientLink {
    /// Sends a request; `finish` is called once, here or later.
    func ask(_ make: (UInt64) -> ControlFrame, finish: @escaping (RequestResult) -> Void) {
        guard isReachable else { return finish(.failure("there is no connection to the core at \(path) now")) }
        guard requests.hasRoom else {
            let limit = ControlLimits.requestsInFlight
            return finish(.failure("\(limit) requests are under way, which is the limit; wait for one"))
        }
        let number = requests.nextNumber()
        let frame = make(number)
        guard frame.body.count < ControlLimits.requestFrameBytes else {
            let most = ControlLimits.requestFrameBytes >> 20
            return finish(.failure("the request has \(frame.body.count) bytes and \(most) MiB is the most; split it"))
        }
        let me = NIOLoopBound(self, eventLoop: loop)
        let patience = PendingRequests.patienceSeconds
        let timer = loop.scheduleTask(in: .seconds(patience)) {
            me.value.requests.fail(
                number, "the core did not answer within \(patience) s; it may still do what was asked")
        }
        requests.add(number, timer: timer, finish: finish)
        send(frame)
    }

    /// Begins to follow an output.
    func open(_ request: OutputRequest, _ output: AttachedOutput) {
        guard isReachable else { return output.end("there is no connection to the core at \(path) now") }
        guard requests.hasRoomForOutput else {
            return output.end("\(ControlLimits.outputsInFlight) outputs are followed, which is the limit; close one")
        }
        guard !output.isCancelled else { return }
        var opening = OutputOpening()
        opening.request = requests.nextNumber()
        opening.task = request.task
        opening.stream = request.stream
        opening.offset = request.offset
        opening.follow = request.follow
        opening.credit = UInt64(ControlLimits.outputCreditBytes)
        output.number.withLock { $0 = opening.request }
        requests.add(opening.request, output)
        send(ControlFrame(FrameKind.output, opening))
    }

    /// Ends an output that nobody wants any more.
    func cancel(_ output: AttachedOutput) {
        guard let number = output.number.withLock({ $0 }), requests.removeOutput(number) else { return }
        send(ControlFrame(FrameKind.outputEnd, Numbered(number)))
    }
}
