import ByteCoding

/// Makes the bytes of one segment, without touching a file: header, packs, large frames, index records, end.
struct SegmentBuilder {
    private var fragments: FragmentWriter
    private var packer = FramePacker()
    private var packed: [Record] = []
    private var stretch = SegmentIndex()
    private var whole = SegmentIndex()
    private let packBytes: Int
    private let indexMicroseconds: Int64

    /// Number of records so far, those of the index not counted.
    private(set) var recordCount: UInt64 = 0
    /// Size of the segment in bytes, with what has not been taken yet.
    var byteCount: UInt64 { fragments.offset }
    /// Bytes that wait to be taken; records still in the pack are not among them.
    var pendingByteCount: Int { fragments.pending.count }

    init(header: SegmentHeader, limits: RecordingLimits) throws(RecordingError) {
        fragments = FragmentWriter(offset: 0)
        fragments.appendRaw(try header.encoded())
        packBytes = limits.packBytes
        indexMicroseconds = Int64(limits.indexSeconds) * 1_000_000
    }

    /// Adds a record; small ones wait in the pack until it is full or `seal` is called.
    mutating func append(_ record: Record) {
        recordCount += 1
        if record.kind.isSnapshot || record.payload.count > packBytes {
            seal()
            place([record])
        } else {
            packer.append(record)
            packed.append(record)
            if packer.byteCount >= packBytes { seal() }
        }
        if stretch.recordCount > 0, stretch.lastTime &- stretch.firstTime >= indexMicroseconds { writeIndex() }
    }

    /// Closes the pack, so that all records are in the bytes to be taken.
    mutating func seal() {
        guard packer.recordCount > 0 else { return }
        let offset = fragments.append(packer.take())
        stretch.note(packed, frameOffset: offset)
        packed.removeAll(keepingCapacity: true)
    }

    /// Closes the segment with an index over all of it and an end record that says why; empty when all is well.
    mutating func finish(reason: String) {
        seal()
        whole.append(stretch)
        whole.previous = stretch.previous
        whole.isWhole = true
        let place = appendInternal(.index, whole.encoded())
        var end = ByteWriter()
        end.varint(place)
        end.text(reason)
        _ = appendInternal(.end, end.bytes)
    }

    /// The bytes that have to be written next.
    mutating func takePending() -> [UInt8] { fragments.takePending() }

    private mutating func place(_ records: [Record]) {
        var single = FramePacker()
        for record in records { single.append(record) }
        let offset = fragments.append(single.take())
        stretch.note(records, frameOffset: offset)
    }

    private mutating func writeIndex() {
        seal()
        let offset = appendInternal(.index, stretch.encoded())
        whole.append(stretch)
        stretch = SegmentIndex()
        stretch.previous = offset
    }

    private mutating func appendInternal(_ kind: RecordKind, _ payload: [UInt8]) -> UInt64 {
        let last = stretch.recordCount > 0 ? stretch : whole
        var single = FramePacker()
        single.append(
            Record(
                kind: kind, flags: .ignorable, timeMicroseconds: last.lastTime, sequence: last.lastSequence,
                payload: payload[...]))
        return fragments.append(single.take())
    }
}
