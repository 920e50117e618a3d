import ClusterModel

/// Places to begin reading from.
extension RecordingReader {
    /// A state to begin from: a whole snapshot, perhaps the changes since, and a cursor behind them.
    public struct StartingPoint: Sendable {
        /// The whole snapshot.
        public var snapshot: Record
        /// What had changed since, as of the instant begun from; nil when the whole snapshot is the newest.
        public var changes: Record?
        /// Reads on from there.
        public var cursor: RecordCursor
        /// The instant begun from: that of `changes` if there are any, else that of `snapshot`.
        public var timeMicroseconds: Int64 { changes?.timeMicroseconds ?? snapshot.timeMicroseconds }
        /// Number of the last event in the state begun from.
        public var sequence: UInt64 { changes?.sequence ?? snapshot.sequence }
    }

    /// Goes through the whole film once: `seen` gets each event with the state before it, after `begin` got the first
    /// state. Answers the last state; nil when no snapshot can be read. O(events).
    public func walk(
        begin: (ClusterState) -> Void, seen: (StampedEvent, ClusterState) -> Void
    ) -> ClusterState? {
        guard let range, let point = startingPoint(atOrBefore: range.lowerBound), var playhead = Playhead(point) else {
            return nil
        }
        begin(playhead.state)
        _ = playhead.advance(in: self, until: { _ in false }, seen: seen)
        return playhead.state
    }

    /// The newest state that was snapshot at or before `time`, passing over snapshots that cannot be read. Before
    /// the first snapshot of the film it is that first one. Nil when the film has none.
    public func startingPoint(atOrBefore time: Int64) -> StartingPoint? {
        startingPoint { $0.timeMicroseconds <= time }
    }

    /// The newest state that was snapshot when at most `sequence` events had been applied. Sessions may count anew:
    /// the newest session that goes back so far is taken.
    public func startingPoint(atOrBeforeSequence sequence: UInt64) -> StartingPoint? {
        startingPoint { $0.sequence <= sequence }
    }

    /// The state that was snapshot at this very place.
    func startingPoint(at place: Playhead.Position) -> StartingPoint? {
        guard let point = startingPoint(where: { Playhead.Position($0) <= place }) else { return nil }
        return point.timeMicroseconds == place.timeMicroseconds && point.sequence == place.sequence ? point : nil
    }

    /// Where the newest snapshot is that passes the test; reads indexes only.
    func newestSnapshot(where isEarlyEnough: (SnapshotPoint) -> Bool) -> SnapshotPoint? {
        for segment in segments.reversed() {
            guard let index = try? segment.index(), index.snapshots.first.map(isEarlyEnough) == true else { continue }
            return index.snapshots.last(where: isEarlyEnough)
        }
        return nil
    }

    func startingPoint(where isEarlyEnough: (SnapshotPoint) -> Bool) -> StartingPoint? {
        let segments = segments
        for position in segments.indices.reversed() {
            guard let index = try? segments[position].index(),
                index.snapshots.first.map(isEarlyEnough) == true
            else { continue }
            let candidates = index.snapshots.filter(isEarlyEnough)
            if let found = Self.read(candidates, of: position, in: segments) { return found }
        }
        for position in segments.indices {
            guard let index = try? segments[position].index() else { continue }
            let wholes = index.snapshots.filter(\.isWhole)
            for whole in wholes {
                if let found = Self.read([whole], of: position, in: segments) { return found }
            }
        }
        return nil
    }

    /// The last of the candidates that can be read, with the whole snapshot that it builds on.
    private static func read(
        _ candidates: [SnapshotPoint], of position: Int, in segments: [SegmentReader]
    ) -> StartingPoint? {
        var changes: (Record, RecordCursor)?
        for point in candidates.reversed() {
            if !point.isWhole && changes != nil { continue }
            guard let (record, cursor) = record(at: point, of: position, in: segments) else {
                // The changes found so far build on a later whole snapshot only if that one was read: this was it.
                if point.isWhole { changes = nil }
                continue
            }
            guard point.isWhole else {
                changes = (record, cursor)
                continue
            }
            return StartingPoint(snapshot: record, changes: changes?.0, cursor: changes?.1 ?? cursor)
        }
        return nil
    }

    private static func record(
        at point: SnapshotPoint, of position: Int, in segments: [SegmentReader]
    ) -> (Record, RecordCursor)? {
        var cursor = RecordCursor(segments: segments, segment: position, offset: point.offset)
        guard case .record(let record)? = cursor.next(), record.kind.isSnapshot, record.sequence == point.sequence
        else { return nil }
        return (record, cursor)
    }

    /// A cursor whose next record is the first that is not earlier than `time`. Reads one index.
    public func cursor(fromMicroseconds time: Int64) -> RecordCursor {
        let segments = segments
        let position = segments.lastIndex { reader in
            (try? reader.index()).map { $0.recordCount > 0 && $0.firstTime < time } ?? false
        }
        guard let position, let index = try? segments[position].index() else { return cursor() }
        let point = index.points.last { $0.timeMicroseconds < time }
        let start = RecordCursor(segments: segments, segment: position, offset: point?.offset ?? 0)
        return start.skipping { $0.timeMicroseconds < time }
    }

    /// A cursor whose next record is the first with this sequence or a higher one, in the newest session that goes
    /// back so far.
    public func cursor(fromSequence sequence: UInt64) -> RecordCursor {
        let segments = segments
        let position = segments.lastIndex { reader in
            (try? reader.index())?.points.first.map { $0.sequence < sequence } ?? false
        }
        guard let position, let index = try? segments[position].index() else { return cursor() }
        let point = index.points.last { $0.sequence < sequence }
        let start = RecordCursor(segments: segments, segment: position, offset: point?.offset ?? 0)
        return start.skipping { $0.sequence < sequence }
    }
}

extension RecordCursor {
    /// This cursor, moved over the records that pass the test; a gap ends the moving.
    func skipping(while isPassed: (Record) -> Bool) -> RecordCursor {
        var cursor = self
        while true {
            var ahead = cursor
            guard case .record(let record)? = ahead.next(), isPassed(record) else { return cursor }
            cursor = ahead
        }
    }
}

extension Playhead.Position {
    init(_ point: SnapshotPoint) {
        self.init(timeMicroseconds: point.timeMicroseconds, sequence: point.sequence)
    }
}
