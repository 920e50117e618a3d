import ClusterModel
import ClusterSource
import ControlCore
import Dispatch

/// The film as the console sees it: everything can be looked at, nothing can be changed.
extension RecordedSession {
    private static let refusal = "this is a recording: the past cannot be changed; go to the live core to act"

    public var abilities: SourceAbilities {
        SourceAbilities(
            kind: .recording, actionsDisabled: Self.refusal, seeks: true,
            outputDisabled: "a recording holds no task output: use `bellows logs` on the live core while it is kept")
    }

    public func frame() -> SourceFrame {
        shown.withLock { shown in
            shown.isWakeDue = true
            return SourceFrame(
                mode: .past(speed: shown.speed), state: shown.playhead.state, now: shown.instant,
                recording: RecordingStatus(since: shown.span.lowerBound), span: shown.span,
                warnings: warnings(shown), timeline: shown.timeline)
        }
    }

    private func warnings(_ shown: Shown) -> [String] {
        var lines: [String] = []
        if let fault = shown.playhead.fault {
            let age = (shown.instant.microseconds &- shown.playhead.position.timeMicroseconds) / 1_000_000
            lines.append("shown as of \(max(0, age)) s earlier: \(fault)")
        }
        if shown.playhead.skipped > 0 {
            lines.append(
                "\(shown.playhead.skipped) events of unknown kinds were passed over: a newer bellows knows them")
        }
        return lines
    }

    public func onChange(_ wake: @escaping @Sendable () -> Void) {
        let isNew = shown.withLock { shown in
            shown.wake = wake
            return shown.timeline == nil
        }
        // Whoever listens shows pictures; the first of them does not wait for this.
        if isNew { queue.async { [weak self] in self?.makeTimeline() } }
    }

    public func perform(
        _ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void
    ) {
        queue.async { answer(ActionAnswer(accepted: false, message: Self.refusal)) }
    }

    public func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        queue.async { answer(ActionPlan(refusal: Self.refusal)) }
    }

    public func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        queue.async { [self] in
            let (state, instant) = shown.withLock { ($0.playhead.state, $0.instant) }
            answer(ControlCore.explain(question, in: state, at: instant))
        }
    }

    public func output(
        _ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower {
        let fault = abilities.outputDisabled ?? ""
        queue.async { receive(OutputPiece(offset: 0, bytes: [], isLast: true, fault: fault)) }
        return NoOutput()
    }

    public func close() {
        shown.withLock { shown in
            shown.isClosed = true
            shown.playing &+= 1
            shown.wake = nil
        }
    }

    public func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        _ = interrupt()
        queue.async { [self] in answer(carryOut(command)) }
    }

    private func carryOut(_ command: SeekCommand) -> ActionAnswer {
        if case .play(let speed) = command { return play(speed) }
        stopPlaying()
        switch command {
        case .to(let instant): go(to: instant)
        case .share(let thousandths): go(to: share(thousandths))
        case .start: go(to: span.lowerBound)
        case .end:
            lookForMore()
            go(to: span.upperBound)
        case .event(let sequence):
            move {
                $0.sequence <= sequence
            } to: { head, _ in
                Instant(microseconds: head.position.timeMicroseconds)
            }
            guard shown.withLock({ $0.playhead.position.sequence }) == sequence else {
                return ActionAnswer(
                    accepted: false, message: "event #\(sequence) is not in this recording: the nearest is shown")
            }
        case .step(let count): return step(count, "event") { $0.event.isNotable }
        case .stepSample(let count): return step(count, "sample") { $0.event.isSample }
        case .play: break
        }
        return ActionAnswer(accepted: true, message: "")
    }

    /// Shows an instant, or the nearest one that the film holds.
    func go(to instant: Instant) {
        move {
            $0.timeMicroseconds <= instant.microseconds
        } to: { _, span in
            min(max(instant, span.lowerBound), span.upperBound)
        }
    }

    private func share(_ thousandths: Int) -> Instant {
        let span = span
        let length = span.upperBound.microseconds &- span.lowerBound.microseconds
        // Divided last, in full width: the whole is the very last microsecond.
        let part = length.multipliedFullWidth(by: Int64(min(max(thousandths, 0), 1_000)))
        return span.lowerBound + Interval(microseconds: Int64(1_000).dividingFullWidth(part).quotient)
    }

    private func step(_ count: Int, _ word: String, where passes: (StampedEvent) -> Bool) -> ActionAnswer {
        for _ in 0..<min(abs(count), 10_000) {
            let (instant, position) = shown.withLock { ($0.instant, $0.playhead.position) }
            // After going to an instant, what is shown may be later than the last event.
            let from = max(instant.microseconds, position.timeMicroseconds)
            let found =
                count > 0
                ? event(
                    after: Instant(microseconds: position.timeMicroseconds), sequence: position.sequence, where: passes)
                : event(before: Instant(microseconds: from), sequence: backSequence(from, position), where: passes)
            guard let found else {
                let side = count > 0 ? "after" : "before"
                return ActionAnswer(accepted: false, message: "no \(word) \(side) this one")
            }
            let place = Playhead.Position(found)
            move {
                $0 <= place
            } to: { _, _ in
                found.time
            }
        }
        return ActionAnswer(accepted: true, message: "")
    }

    /// Back from an event goes before that event; back from an instant between events, to the last event before it.
    private func backSequence(_ from: Int64, _ position: Playhead.Position) -> UInt64 {
        from > position.timeMicroseconds ? .max : position.sequence
    }

    /// A film that is still being written may have grown.
    private func lookForMore() {
        try? reader.refresh()
        guard let range = reader.range else { return }
        shown.withLock { shown in
            shown.span = Instant(microseconds: range.lowerBound)...Instant(microseconds: range.upperBound)
        }
        makeTimeline()
    }
}

/// A request for output that gets none.
private final class NoOutput: OutputFollower {
    func cancel() {}
}
