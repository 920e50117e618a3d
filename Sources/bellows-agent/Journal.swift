import CSys

/// The kinds of journal records. Numbers are never reused; a kind that is not known is skipped.
enum RecordKind {
    /// First in each segment: who wrote it, on which boot.
    static let header: UInt8 = 1
    /// Which cluster and epoch leads this agent, since when.
    static let owner: UInt8 = 2
    /// A launch that was accepted; written before its process can exist.
    static let launch: UInt8 = 3
    /// A task's state, by the one that saw it: its supervisor, its starter, or the agent.
    static let status: UInt8 = 4
    /// The core has the final status.
    static let acknowledged: UInt8 = 5
    /// The task and its sandbox are gone.
    static let forgotten: UInt8 = 6
    /// All that is known of a task whose first records are in a segment about to be removed.
    static let carried: UInt8 = 7
}

/// One record as it stands in a segment.
struct JournalRecord {
    let kind: UInt8
    let body: ArraySlice<UInt8>
    /// Where the body starts in its segment.
    let bodyOffset: UInt64
}

/// One file of the journal. Several processes append to it, each record with one `write` in append mode; a record that
/// was cut by a kill is found by its checksum and stepped over.
final class JournalSegment {
    /// Version of the record format; a segment with a higher one is not read.
    static let version: UInt64 = 1
    /// Bytes before a record's body: mark (2), body length (4), checksum of kind and body (4), kind (1).
    static let headBytes = 11
    /// How much is read at once, unless a record is longer.
    private static let windowBytes = 256 << 10
    private static let mark: [UInt8] = [0xb5, 0x4a]

    let number: UInt32
    let fd: Int32
    /// Everything before this was given out.
    fileprivate(set) var readOffset: UInt64 = 0
    /// Its records were carried over; only its supervisors still append.
    fileprivate(set) var isEmptied = false
    /// Tasks whose first record (or its carried copy) is here.
    var homes = 0
    /// Tasks not ended yet whose supervisor appends here.
    var writers = 0

    /// Opens or creates segment `number` in the present folder.
    init?(number: UInt32, create: Bool) {
        self.number = number
        let flags = O_RDWR | O_APPEND | (create ? O_CREAT | O_EXCL : 0)
        fd = cs_open(Self.path(number), flags, 0o600)
        if fd < 0 { return nil }
    }

    static func path(_ number: UInt32) -> String { "journal.\(System.padded(UInt64(number), 6))" }

    /// A record ready to be appended.
    static func encode(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: headBytes + body.count)
        writer.raw(mark)
        writer.fixed32(UInt32(body.count))
        writer.fixed32(checksum(kind, body[...]))
        writer.byte(kind)
        writer.raw(body)
        return writer.bytes
    }

    private static func checksum(_ kind: UInt8, _ body: ArraySlice<UInt8>) -> UInt32 {
        body.withUnsafeBufferPointer { cs_crc32c($0.baseAddress, $0.count) } &+ UInt32(kind) &* 0x9e37_79b1
    }

    /// Appends whole records with one write. The place of the first byte, or nil with errno set.
    func append(_ bytes: [UInt8]) -> UInt64? {
        let count = bytes.withUnsafeBytes { write(fd, $0.baseAddress, $0.count) }
        guard count == bytes.count else { return nil }
        return UInt64(lseek(fd, 0, SEEK_CUR)) - UInt64(count)
    }

    /// Gives out each record that became whole since the last call, in order. Bytes that are no record (one that was
    /// cut by a kill, blocks that were given back) are stepped over once a sound record follows them.
    func scan(_ take: (JournalRecord) -> Void) {
        if readOffset == 0 { readOffset = UInt64(max(0, cs_seek_data(fd, 0))) }
        var limit = Self.windowBytes
        while true {
            guard let bytes = System.readAt(fd, offset: readOffset, limit: limit), !bytes.isEmpty else { return }
            let isTail = bytes.count < limit
            let position = walk(bytes, isTail: isTail, take)
            readOffset += UInt64(position)
            if isTail { return }
            limit = position == 0 ? limit * 2 : Self.windowBytes
        }
    }

    /// Gives out the records in `bytes`; how far it came.
    private func walk(_ bytes: [UInt8], isTail: Bool, _ take: (JournalRecord) -> Void) -> Int {
        var position = 0
        while position < bytes.count {
            if let length = Self.wholeRecord(bytes, position) {
                let start = position + Self.headBytes
                let body = bytes[start..<start + length]
                take(JournalRecord(kind: bytes[start - 1], body: body, bodyOffset: readOffset + UInt64(start)))
                position = start + length
            } else if !isTail && Self.mayGoOn(bytes, position) {
                return position
            } else if let next = Self.nextRecord(bytes, after: position) {
                position = next
            } else {
                return position
            }
        }
        return position
    }

    /// Could a sound record begin at `position` and end after these bytes.
    private static func mayGoOn(_ bytes: [UInt8], _ position: Int) -> Bool {
        if bytes.count - position < headBytes { return true }
        guard let length = bodyLength(bytes, position) else { return false }
        return position + headBytes + length > bytes.count
    }

    /// Length of the body announced at `position`, or nil if no record can begin there.
    private static func bodyLength(_ bytes: [UInt8], _ position: Int) -> Int? {
        guard bytes.count - position >= headBytes, bytes[position] == mark[0], bytes[position + 1] == mark[1] else {
            return nil
        }
        var reader = ByteReader(bytes[(position + 2)..<(position + 6)])
        let length = Int(reader.fixed32())
        return length <= 2 * AgentLimits.frameBytes ? length : nil
    }

    /// Length of the body of a whole and sound record at `position`, or nil.
    private static func wholeRecord(_ bytes: [UInt8], _ position: Int) -> Int? {
        guard let length = bodyLength(bytes, position), bytes.count - position >= headBytes + length else {
            return nil
        }
        var reader = ByteReader(bytes[(position + 6)..<(position + 10)])
        let body = bytes[(position + headBytes)..<(position + headBytes + length)]
        return reader.fixed32() == checksum(bytes[position + 10], body) ? length : nil
    }

    /// The next place with a sound record: what lies before it was cut by a kill in the middle of a write.
    private static func nextRecord(_ bytes: [UInt8], after position: Int) -> Int? {
        var place = position + 1
        while place + headBytes <= bytes.count {
            if bytes[place] == mark[0], wholeRecord(bytes, place) != nil { return place }
            place += 1
        }
        return nil
    }

    deinit { close(fd) }
}

extension JournalSegment {
    /// Gives up the records that were read: they stand elsewhere now. What supervisors append meanwhile stays, because
    /// only blocks before it are given back; a file system without holes keeps them all, which does no harm.
    func empty() {
        isEmptied = true
        _ = cs_punch_hole(fd, 0, readOffset)
    }
}
