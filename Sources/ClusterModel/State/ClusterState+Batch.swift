import ByteCoding

/// Taking over a batch of events straight from its bytes. A cluster of many nodes is mostly measured: samples go into
/// the rows without becoming events in between, which costs several times as much.
extension ClusterState {
    /// What came of a batch.
    public struct BatchOutcome: Sendable, Hashable {
        /// Events passed over, all of them ignorable.
        public var skipped = 0
        /// A state-bearing event was not understood: the state is right again only from the next snapshot on.
        public var broken = false
    }

    /// Makes the events of an `EventBatch` true whose numbers come after `last`. Nil, and nothing changed, when the
    /// bytes are no batch. Costs what the events change.
    public mutating func apply(batch bytes: ArraySlice<UInt8>, after last: UInt64) -> BatchOutcome? {
        guard EventBatch.isWellFormed(bytes) else { return nil }
        var reader = ByteReader(bytes)
        let first = reader.varint()
        let time = Instant(microseconds: reader.signed())
        let count = reader.varint()
        var outcome = BatchOutcome()
        for offset in 0..<count {
            let kind = reader.varint()
            let flags = reader.byte()
            let payload = reader.blob()
            let number = first &+ offset
            guard number > last else { continue }
            if kind == EventBatch.sampledKind, let sample = Sampled(wireBytes: payload) {
                now = max(now, time)
                sequence = number
                apply(sample)
            } else if let known = UInt16(exactly: kind), let event = Event(kind: known, payload: payload) {
                apply(StampedEvent(sequence: number, time: time, event: event))
            } else if flags & EventBatch.ignorable != 0 {
                outcome.skipped += 1
            } else {
                outcome.broken = true
            }
        }
        return outcome
    }
}

extension EventBatch {
    /// The kind of `Event.sampled`, for ever.
    static let sampledKind: UInt64 = 27

    /// Whether the bytes have the form of a batch; what the events hold is not looked at.
    static func isWellFormed(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reader = ByteReader(bytes)
        _ = reader.varint()
        _ = reader.signed()
        let count = reader.varint()
        guard !reader.failed, count <= UInt64(reader.remaining) else { return false }
        for _ in 0..<count where !reader.failed {
            _ = reader.varint()
            _ = reader.byte()
            _ = reader.blob()
        }
        return !reader.failed
    }
}
