import ByteCoding

/// Kinds of fragment: a frame that fits into what is left of a block is one FULL fragment, a longer one is a FIRST,
/// any number of MIDDLEs and a LAST. (The scheme of LevelDB's log, which lets a reader go on at the next block.)
enum FragmentType: UInt8 {
    case full = 1
    case first = 2
    case middle = 3
    case last = 4
}

/// Cuts frames into fragments for a segment; knows the place in the file and nothing about the file.
struct FragmentWriter {
    /// Place in the segment of the next byte.
    private(set) var offset: UInt64
    /// What has been cut and not been taken yet.
    private(set) var pending: [UInt8] = []

    init(offset: UInt64) { self.offset = offset }

    /// Appends bytes that are not fragments: the header page.
    mutating func appendRaw(_ bytes: [UInt8]) {
        pending.append(contentsOf: bytes)
        offset += UInt64(bytes.count)
    }

    /// Appends a frame and answers where it begins.
    mutating func append(_ frame: [UInt8]) -> UInt64 {
        pending.reserveCapacity(pending.count + frame.count + 2 * SegmentFormat.fragmentHeaderBytes)
        var rest = frame[...]
        var start: UInt64?
        repeat {
            padBlockIfFull()
            let room = roomInBlock - SegmentFormat.fragmentHeaderBytes
            let data = rest.prefix(room)
            rest = rest.dropFirst(data.count)
            let type: FragmentType =
                switch (start == nil, rest.isEmpty) {
                case (true, true): .full
                case (true, false): .first
                case (false, true): .last
                case (false, false): .middle
                }
            if start == nil { start = offset }
            appendFragment(type, data)
        } while !rest.isEmpty
        return start ?? offset
    }

    /// The bytes to write; `pending` is empty after it.
    mutating func takePending() -> [UInt8] {
        defer { pending = [] }
        return pending
    }

    private var roomInBlock: Int {
        SegmentFormat.blockBytes - Int(offset % UInt64(SegmentFormat.blockBytes))
    }

    private mutating func padBlockIfFull() {
        let room = roomInBlock
        if room < SegmentFormat.fragmentHeaderBytes { appendRaw([UInt8](repeating: 0, count: room)) }
    }

    private mutating func appendFragment(_ type: FragmentType, _ data: ArraySlice<UInt8>) {
        let sum = fragmentChecksum(offset: offset, type: type.rawValue, data: data)
        for shift in [UInt32(0), 8, 16, 24] { pending.append(UInt8(truncatingIfNeeded: sum >> shift)) }
        pending.append(UInt8(truncatingIfNeeded: data.count))
        pending.append(UInt8(truncatingIfNeeded: data.count >> 8))
        pending.append(type.rawValue)
        pending.append(contentsOf: data)
        offset += UInt64(SegmentFormat.fragmentHeaderBytes + data.count)
    }
}
