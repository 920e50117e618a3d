import ClusterModel
import ClusterSource

/// Looking for a moment: the next event of a kind, or the instant from which on something holds. A search reads the
/// film; whatever is asked of the session next ends it.
extension RecordedSession {
    /// Steps between two looks at whether somebody wants something else.
    private static let patience = 256
    /// While only measurements change, a condition is tested once in so many microseconds of film.
    private static let testMicroseconds: Int64 = 1_000_000

    public func find(_ search: MomentSearch, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        let turn = interrupt()
        queue.async { [self] in
            stopPlaying(keeping: turn)
            let (head, instant) = shown.withLock { ($0.playhead, $0.instant) }
            let found: Playhead.Position?
            switch search.test {
            case .event(let passes):
                let state = head.state
                // A search that nobody wants any more ends at the next event, whatever it is.
                found = place(of: search.isForward, from: head, instant) { stamped in
                    !self.isCurrent(turn) || passes(stamped, state)
                }
            case .state(let holds):
                found =
                    search.isForward
                    ? rise(after: head, instant, turn, holds) : rise(before: head, instant, turn, holds)
            }
            guard let found, isCurrent(turn) else {
                let side = search.isForward ? "after" : "before"
                let message = isCurrent(turn) ? "\(search.words): no such moment \(side) this one" : "search ended"
                return answer(ActionAnswer(accepted: false, message: message))
            }
            move {
                $0 <= found
            } to: { _, _ in
                Instant(microseconds: found.timeMicroseconds)
            }
            answer(ActionAnswer(accepted: true, message: ""))
        }
    }

    /// The event searched for, by the way that `,` and `.` take.
    private func place(
        of isForward: Bool, from head: Playhead, _ instant: Instant, _ passes: (StampedEvent) -> Bool
    ) -> Playhead.Position? {
        let position = head.position
        if isForward {
            return event(
                after: Instant(microseconds: position.timeMicroseconds), sequence: position.sequence, where: passes
            ).map { Playhead.Position($0) }
        }
        let from = max(instant.microseconds, position.timeMicroseconds)
        return event(
            before: Instant(microseconds: from), sequence: from > position.timeMicroseconds ? .max : position.sequence,
            where: passes
        ).map { Playhead.Position($0) }
    }

    /// The first place behind `head` where the condition begins to hold.
    private func rise(
        after head: Playhead, _ instant: Instant, _ turn: UInt64, _ holds: (ClusterState, Instant) -> Bool
    ) -> Playhead.Position? {
        var head = head
        return rises(of: &head, upTo: nil, turn, holds, wasTrue: holds(head.state, instant)) { _ in true }
    }

    /// The last place before `head` where the condition began to hold: stretches of film from snapshot to snapshot,
    /// each read forward. The film's first instant counts when it held there.
    private func rise(
        before head: Playhead, _ instant: Instant, _ turn: UInt64, _ holds: (ClusterState, Instant) -> Bool
    ) -> Playhead.Position? {
        // Back from an event goes before all that happened at its instant.
        var end = head.position
        end.sequence = instant.microseconds > end.timeMicroseconds ? .max : 0
        var from = end
        while isCurrent(turn) {
            let before = from
            guard let snapshot = reader.newestSnapshot(where: { Playhead.Position($0) < before }),
                let point = reader.startingPoint(where: { Playhead.Position($0) < before }),
                var start = Playhead(point)
            else { return nil }
            var last: Playhead.Position?
            let first = start.position
            let wasTrue = holds(start.state, Instant(microseconds: first.timeMicroseconds))
            _ = rises(of: &start, upTo: end, turn, holds, wasTrue: wasTrue) { place in
                last = place
                return false
            }
            if let last { return last }
            // The stretch before ends with the event that this snapshot was taken after.
            from = min(Playhead.Position(snapshot), first)
            end = Playhead.Position(timeMicroseconds: from.timeMicroseconds, sequence: .max)
            let edge = from
            if reader.newestSnapshot(where: { Playhead.Position($0) < edge }) == nil {
                return wasTrue && from < head.position ? from : nil
            }
        }
        return nil
    }

    /// Goes forward and tells of each place where the condition begins to hold, until `isEnough` says so; answers that
    /// place.
    private func rises(
        of head: inout Playhead, upTo end: Playhead.Position?, _ turn: UInt64,
        _ holds: (ClusterState, Instant) -> Bool, wasTrue: Bool, _ isEnough: (Playhead.Position) -> Bool
    ) -> Playhead.Position? {
        var (was, steps) = (wasTrue, 0)
        var (known, tested) = (head.state.happenings, head.position.timeMicroseconds)
        while let next = head.nextPlace(in: reader) {
            if let end, next >= end { return nil }
            steps += 1
            if steps % Self.patience == 0, !isCurrent(turn) { return nil }
            _ = head.advance(in: reader) { place in
                place.timeMicroseconds > next.timeMicroseconds || end.map { place >= $0 } ?? false
            }
            let happenings = head.state.happenings
            guard happenings != known || next.timeMicroseconds &- tested >= Self.testMicroseconds else { continue }
            (known, tested) = (happenings, next.timeMicroseconds)
            let isTrue = holds(head.state, Instant(microseconds: next.timeMicroseconds))
            if isTrue, !was, isEnough(head.position) { return head.position }
            was = isTrue
        }
        return nil
    }

    // MARK: - Commands that end what is under way

    /// A number for a new command; what an older one is doing ends soon.
    func interrupt() -> UInt64 {
        shown.withLock { shown in
            shown.playing &+= 1
            return shown.playing
        }
    }

    /// Whether no other command has come since.
    private func isCurrent(_ turn: UInt64) -> Bool { shown.withLock { $0.playing == turn && !$0.isClosed } }

    private func stopPlaying(keeping turn: UInt64) {
        shown.withLock { if $0.playing == turn { $0.speed = 0 } }
    }
}

extension Playhead {
    /// Where the next event or snapshot stands, which is not taken yet; nil at the end of the film.
    mutating func nextPlace(in reader: RecordingReader) -> Position? {
        var found: Position?
        _ = advance(in: reader) { place in
            found = place
            return true
        }
        return found
    }
}
