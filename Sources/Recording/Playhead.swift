import ClusterModel

/// A place in a film: the state there, and how to go on from it. A value: a copy is a second playhead.
struct Playhead: Sendable {
    /// A place in the order of all events of a film. Sessions may count events anew, so time comes first.
    struct Position: Comparable, Sendable {
        var timeMicroseconds: Int64
        var sequence: UInt64

        static func < (a: Position, b: Position) -> Bool {
            (a.timeMicroseconds, a.sequence) < (b.timeMicroseconds, b.sequence)
        }
    }

    private enum Held: Sendable {
        case events([StampedEvent], next: Int, isBroken: Bool)
        case snapshot(Record)
    }

    /// The state at this place.
    private(set) var state: ClusterState
    /// Last event or snapshot that the state holds.
    private(set) var position: Position
    /// Why the state is older than the instant shown; nil when it is right.
    private(set) var fault: RecordingGap?
    /// Events and records of unknown kinds that were passed over.
    private(set) var skipped = 0
    private var cursor: RecordCursor
    private var held: Held?

    /// Nil when the snapshot cannot be decoded.
    init?(_ point: RecordingReader.StartingPoint) {
        guard let chunks = TurnCoding.snapshot(in: point.snapshot.payload), var state = ClusterState(chunks: chunks)
        else { return nil }
        if let changes = point.changes {
            guard let pieces = TurnCoding.snapshot(in: changes.payload), state.restore(chunks: pieces) else {
                return nil
            }
        }
        self.state = state
        cursor = point.cursor
        position = Position(timeMicroseconds: point.timeMicroseconds, sequence: point.sequence)
    }

    /// Goes on until the next event would pass the test. False when the film ended before. `seen` gets each event with
    /// the state before it.
    mutating func advance(
        in reader: RecordingReader, until isBeyond: (Position) -> Bool,
        seen: (StampedEvent, ClusterState) -> Void = { _, _ in }
    ) -> Bool {
        while true {
            guard let item = held ?? next() else { return false }
            held = nil
            switch item {
            case .snapshot(let record):
                let place = Position(timeMicroseconds: record.timeMicroseconds, sequence: record.sequence)
                if isBeyond(place) {
                    held = item
                    return true
                }
                adopt(place, in: reader)
            case .events(let events, var next, let isBroken):
                while next < events.count {
                    let place = Position(
                        timeMicroseconds: events[next].time.microseconds, sequence: events[next].sequence)
                    if isBeyond(place) {
                        held = .events(events, next: next, isBroken: isBroken)
                        return true
                    }
                    apply(events[next], at: place, seen)
                    next += 1
                }
                if isBroken { breakOff(.unknownKind(.events)) }
            }
        }
    }

    private mutating func apply(
        _ stamped: StampedEvent, at place: Position, _ seen: (StampedEvent, ClusterState) -> Void
    ) {
        // A cursor may begin inside of a frame whose first events the snapshot holds already.
        if stamped.sequence <= state.sequence && fault == nil { return }
        // A new core begins its numbers beyond all that were given; its snapshot stands right before.
        var isNext = stamped.sequence == state.sequence &+ 1
        if case .coreStarted = stamped.event { isNext = true }
        if !isNext { breakOff(.eventsMissing) }
        // Damage that cost only inputs, marks or snapshots has cost the state nothing.
        if fault != nil, isNext, isMendable { fault = nil }
        guard fault == nil else { return }
        seen(stamped, state)
        state.apply(stamped)
        position = place
    }

    /// Whether the number of the next event can tell that nothing was missed.
    private var isMendable: Bool {
        switch fault?.reason {
        case .damaged, .unreadable: true
        default: false
        }
    }

    private mutating func breakOff(_ reason: RecordingGap.Reason) {
        guard fault == nil else { return }
        fault = RecordingGap(
            reason: reason, segment: cursor.segmentNumber, fromMicroseconds: position.timeMicroseconds)
    }

    /// A snapshot puts a broken state right again; a right one needs none.
    private mutating func adopt(_ place: Position, in reader: RecordingReader) {
        guard fault != nil || place.sequence != state.sequence else { return }
        guard let point = reader.startingPoint(at: place), var fresh = Playhead(point) else { return }
        fresh.skipped += skipped
        self = fresh
    }

    /// The next events or snapshot; nil at the end of the film.
    private mutating func next() -> Held? {
        while let item = cursor.next() {
            switch item {
            case .gap(let gap):
                if gap.reason != .tornTail || gap.toMicroseconds != nil { fault = fault ?? gap }
            case .record(let record) where record.kind.isSnapshot: return .snapshot(record)
            case .record(let record) where record.kind == .events || record.kind == .sample:
                guard let batch = EventBatch.decode(TurnCoding.batch(in: record.payload)) else {
                    breakOff(.damaged)
                    continue
                }
                skipped += batch.skipped
                return .events(batch.events, next: 0, isBroken: batch.broken)
            case .record(let record) where !record.kind.isKnown: breakOff(.unknownKind(record.kind))
            case .record: continue
            }
        }
        return nil
    }
}
