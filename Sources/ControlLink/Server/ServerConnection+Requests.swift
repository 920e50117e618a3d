/// What clients ask for: actions, plans, explanations, outputs, the last events. Answers come from the core's threads
/// and go out on the event loop.
import ClusterModel
import ClusterSource
import NIOCore

extension ServerConnection {
    /// Takes a frame that begins with a request's number.
    func request(_ frame: ControlFrame) throws(FrameFault) {
        let number = try frame.requestNumber()
        switch frame.kind {
        case FrameKind.outputCredit: outputs[number]?.give(Int(clamping: try frame.decoded(OutputCredit.self).bytes))
        case FrameKind.outputEnd: outputs.removeValue(forKey: number)?.stop()
        case FrameKind.output: open(try frame.decoded())
        case FrameKind.ping: send(ControlFrame(FrameKind.pong, Numbered(number)))
        case FrameKind.tail: answer(try frame.decoded(TailRequest.self))
        case FrameKind.perform, FrameKind.plan, FrameKind.explain:
            guard inFlight < core.options.requestsInFlight else {
                fail(number, "\(inFlight) requests of this client are under way, which is the limit; wait for one")
                return
            }
            // The number could be read, so a body that could not is one of another version: say so and go on.
            do { try begin(frame, number) } catch {
                fail(number, "this core (version \(core.options.coreVersion)) does not understand the request")
            }
        default: fail(number, "this core (version \(core.options.coreVersion)) does not know requests of this kind")
        }
    }

    private func begin(_ frame: ControlFrame, _ number: UInt64) throws(FrameFault) {
        switch frame.kind {
        case FrameKind.perform:
            let wanted: PerformRequest = try frame.decoded()
            if readOnly, wanted.action.changesCluster {
                fail(number, "this client is read-only; '\(wanted.action.word)' would change the cluster")
                return
            }
            core.feed.perform(
                wanted.action, user: peer.user, confirmed: wanted.confirmed, answer: answering(number, FrameKind.answer)
            )
        case FrameKind.plan:
            let wanted: Carrying<Action> = try frame.decoded()
            core.source.plan(wanted.value, answer: answering(number, FrameKind.planned))
        default:
            let wanted: Carrying<ExplainQuestion> = try frame.decoded()
            core.source.explain(wanted.value, answer: answering(number, FrameKind.explained))
        }
    }

    /// A closure that sends a value as the answer to request `number`, from any thread.
    private func answering<Value: Wired & Equatable>(
        _ number: UInt64, _ kind: UInt8
    ) -> @Sendable (Value) -> Void {
        inFlight += 1
        let me = NIOLoopBound(self, eventLoop: house.loop)
        let answers = core.answers
        return { value in
            answers.execute {
                me.value.inFlight -= 1
                me.value.send(ControlFrame(kind, Carrying(request: number, value: value)))
            }
        }
    }

    private func fail(_ number: UInt64, _ message: String) {
        var failure = FailureMessage()
        failure.request = number
        failure.message = message
        send(ControlFrame(FrameKind.failure, failure))
    }

    private func answer(_ wanted: TailRequest) {
        let start = core.feed.subscribe { _ in }
        core.feed.unsubscribe(start.subscription)
        var tail = TailAnswer()
        tail.request = wanted.request
        let count = min(Int(wanted.count), ControlLimits.tailEvents)
        tail.batches = start.state.recent.suffix(count).map { EventBatch.encode(CollectionOfOne($0)) }
        send(ControlFrame(FrameKind.tailed, tail))
    }

    private func open(_ wanted: OutputOpening) {
        guard outputs[wanted.request] == nil, outputs.count < core.options.outputsInFlight else {
            var piece = PieceMessage()
            piece.request = wanted.request
            piece.isLast = true
            piece.fault = "\(outputs.count) outputs are followed, which is the limit; close one"
            send(ControlFrame(FrameKind.piece, piece))
            return
        }
        let output = ServedOutput(wanted, connection: self)
        outputs[wanted.request] = output
        output.start()
    }
}
