import ClusterModel

/// Looking for events, forward and back.
extension RecordedSession {
    /// The first event after a place that passes the test; nil at the end of the film. Reads the film from there on.
    public func event(
        after instant: Instant, sequence: UInt64, where passes: (StampedEvent) -> Bool
    ) -> StampedEvent? {
        let place = Playhead.Position(timeMicroseconds: instant.microseconds, sequence: sequence)
        var cursor = reader.cursor(fromMicroseconds: instant.microseconds)
        while let item = cursor.next() {
            for stamped in Self.events(in: item) where Playhead.Position(stamped) > place && passes(stamped) {
                return stamped
            }
        }
        return nil
    }

    /// The last event before a place that passes the test; nil at the start of the film. Reads stretches of film
    /// backwards, from snapshot to snapshot.
    public func event(
        before instant: Instant, sequence: UInt64, where passes: (StampedEvent) -> Bool
    ) -> StampedEvent? {
        var upper = Playhead.Position(timeMicroseconds: instant.microseconds, sequence: sequence)
        while true {
            let snapshot = reader.newestSnapshot { Playhead.Position($0) < upper }
            let lower = snapshot.map { Playhead.Position($0) }
            if let found = last(after: lower, before: upper, where: passes) { return found }
            guard let lower, lower < upper else { return nil }
            upper = Playhead.Position(timeMicroseconds: lower.timeMicroseconds, sequence: lower.sequence &+ 1)
            // A stretch without events between two snapshots must not hold the search.
            if reader.newestSnapshot(where: { Playhead.Position($0) < upper }).map({ Playhead.Position($0) }) == lower {
                upper = lower
            }
        }
    }

    private func last(
        after lower: Playhead.Position?, before upper: Playhead.Position, where passes: (StampedEvent) -> Bool
    ) -> StampedEvent? {
        var cursor = lower.map { reader.cursor(fromMicroseconds: $0.timeMicroseconds) } ?? reader.cursor()
        var found: StampedEvent?
        while let item = cursor.next() {
            if case .record(let record) = item, record.timeMicroseconds > upper.timeMicroseconds { break }
            for stamped in Self.events(in: item) {
                guard Playhead.Position(stamped) < upper else { continue }
                if passes(stamped) { found = stamped }
            }
        }
        return found
    }

    private static func events(in item: RecordingItem) -> [StampedEvent] {
        guard case .record(let record) = item, record.kind == .events || record.kind == .sample else { return [] }
        return EventBatch.decode(TurnCoding.batch(in: record.payload))?.events ?? []
    }
}

extension Playhead.Position {
    init(_ stamped: StampedEvent) {
        self.init(timeMicroseconds: stamped.time.microseconds, sequence: stamped.sequence)
    }
}
