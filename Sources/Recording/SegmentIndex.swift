import ByteCoding

/// Where a snapshot stands.
struct SnapshotPoint: Equatable {
    var offset: UInt64
    var timeMicroseconds: Int64
    var sequence: UInt64
    var isWhole: Bool
}

/// Where a frame begins whose first record has this time and sequence.
struct FramePoint: Equatable {
    var offset: UInt64
    var timeMicroseconds: Int64
    var sequence: UInt64
}

/// Number of events in one second of film.
struct DensityPoint: Equatable {
    var second: Int64
    var events: UInt64
}

/// A mark or note and where it stands.
struct MarkPoint: Equatable {
    var offset: UInt64
    var kind: RecordKind
    var timeMicroseconds: Int64
    var sequence: UInt64
    /// At most `SegmentFormat.maximumIndexedMarkBytes` of its payload.
    var payload: [UInt8]
}

/// What a stretch of a segment holds and where: enough to open a day at any instant without reading the day.
/// An index record covers the stretch since the one before it; the last one, before the end record, covers the segment.
struct SegmentIndex: Equatable {
    /// Offset of the index record before this one; 0 for none.
    var previous: UInt64 = 0
    /// The index covers everything from the segment's first frame on.
    var isWhole = false
    /// First and last instant, and the sequence at the end; meaningless while `recordCount` is 0.
    var firstTime: Int64 = 0
    var lastTime: Int64 = 0
    var lastSequence: UInt64 = 0
    /// Number of records, those of the index itself not counted.
    var recordCount: UInt64 = 0
    var snapshots: [SnapshotPoint] = []
    var points: [FramePoint] = []
    var marks: [MarkPoint] = []
    var density: [DensityPoint] = []

    /// A new point is noted after this much film or this many bytes, whichever comes first.
    static let pointMicroseconds: Int64 = 1_000_000
    static let pointBytes: UInt64 = 256 << 10

    /// Takes up the records of a frame that begins at `offset`.
    mutating func note(_ records: [Record], frameOffset offset: UInt64) {
        for (position, record) in records.enumerated() where !record.kind.isInternal {
            let time = recordCount == 0 ? record.timeMicroseconds : max(lastTime, record.timeMicroseconds)
            if recordCount == 0 { firstTime = time }
            lastTime = time
            lastSequence = record.sequence
            recordCount &+= 1
            if position == 0 { notePoint(offset: offset, time: time, sequence: record.sequence) }
            noteContent(record, offset: offset, time: time)
        }
    }

    private mutating func notePoint(offset: UInt64, time: Int64, sequence: UInt64) {
        if let last = points.last, time &- last.timeMicroseconds < Self.pointMicroseconds,
            offset &- last.offset < Self.pointBytes
        {
            return
        }
        points.append(FramePoint(offset: offset, timeMicroseconds: time, sequence: sequence))
    }

    private mutating func noteContent(_ record: Record, offset: UInt64, time: Int64) {
        if record.kind.isSnapshot {
            snapshots.append(
                SnapshotPoint(
                    offset: offset, timeMicroseconds: time, sequence: record.sequence,
                    isWhole: record.kind == .snapshot))
        } else if record.kind.isMark {
            marks.append(
                MarkPoint(
                    offset: offset, kind: record.kind, timeMicroseconds: time, sequence: record.sequence,
                    payload: Array(record.payload.prefix(SegmentFormat.maximumIndexedMarkBytes))))
        } else if record.kind == .events {
            var reader = ByteReader(record.payload)
            noteEvents(reader.varint(), second: time.dividedDown(by: 1_000_000))
        }
    }

    private mutating func noteEvents(_ count: UInt64, second: Int64) {
        // A damaged count must not make the bar overflow; no input has this many events.
        let count = min(count, 1 << 32)
        if let last = density.last, last.second == second {
            density[density.count - 1].events &+= count
        } else {
            density.append(DensityPoint(second: second, events: count))
        }
    }

    /// Takes up a later stretch of the same segment.
    mutating func append(_ later: SegmentIndex) {
        guard later.recordCount > 0 else { return }
        if recordCount == 0 { firstTime = later.firstTime }
        lastTime = max(lastTime, later.lastTime)
        lastSequence = later.lastSequence
        recordCount &+= later.recordCount
        snapshots += later.snapshots
        points += later.points
        marks += later.marks
        density += later.density
    }
}

extension Int64 {
    /// Division that rounds down below zero too, so that buckets are of equal width.
    func dividedDown(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
