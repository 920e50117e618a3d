import ByteCoding

/// A frame is what is written in one piece: some small records packed together, or one large record.
///
///     frame  = signed(time) varint(sequence) entry...
///     entry  = varint(kind << 2 | flags) signed(time since the entry before) signed(sequence since ...) blob(payload)
///
/// Packing costs 4 to 6 bytes a record instead of 25, and what one damaged frame can cost stays about 8 KiB.
struct FramePacker {
    private var writer = ByteWriter(capacity: 1024)
    private var lastTime: Int64 = 0
    private var lastSequence: UInt64 = 0
    /// Number of records in the frame.
    private(set) var recordCount = 0
    /// Number of bytes in the frame.
    var byteCount: Int { writer.count }

    mutating func append(_ record: Record) {
        if recordCount == 0 {
            writer.signed(record.timeMicroseconds)
            writer.varint(record.sequence)
            lastTime = record.timeMicroseconds
            lastSequence = record.sequence
        }
        writer.varint(record.kind.rawValue << RecordFlags.storedBits | UInt64(record.flags.rawValue & 3))
        writer.signed(record.timeMicroseconds &- lastTime)
        writer.signed(Int64(bitPattern: record.sequence &- lastSequence))
        writer.blob(record.payload)
        lastTime = record.timeMicroseconds
        lastSequence = record.sequence
        recordCount += 1
    }

    /// The frame's bytes; the packer is empty after it.
    mutating func take() -> [UInt8] {
        let bytes = writer.bytes
        writer = ByteWriter(capacity: 1024)
        recordCount = 0
        return bytes
    }
}

/// Taking frames apart again.
enum FrameReader {
    /// The records of a frame, or nil when its bytes make no sense (a program's fault: the checksums were right).
    static func records(in frame: [UInt8]) -> [Record]? {
        var reader = ByteReader(frame)
        var time = reader.signed()
        var sequence = reader.varint()
        if reader.failed { return nil }
        var records: [Record] = []
        while !reader.isAtEnd {
            let head = reader.varint()
            time &+= reader.signed()
            sequence &+= UInt64(bitPattern: reader.signed())
            let payload = reader.blob()
            if reader.failed { return nil }
            records.append(
                Record(
                    kind: RecordKind(rawValue: head >> RecordFlags.storedBits),
                    flags: RecordFlags(rawValue: UInt8(head & 3)), timeMicroseconds: time, sequence: sequence,
                    payload: payload))
        }
        return records.isEmpty ? nil : records
    }

    /// Kind of the first record, from the first few bytes of a frame.
    static func firstKind(in start: ArraySlice<UInt8>) -> RecordKind? {
        var reader = ByteReader(start)
        _ = reader.signed()
        _ = reader.varint()
        let head = reader.varint()
        return reader.failed ? nil : RecordKind(rawValue: head >> RecordFlags.storedBits)
    }
}
