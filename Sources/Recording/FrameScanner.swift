/// Reads frames from a segment one after the other, whatever state the file is in. After damage it goes on at the
/// next fragment that begins a frame, and says which bytes it could not use.
struct FrameScanner: Sendable {
    /// What comes next in a segment.
    enum Item {
        /// A whole frame and where it began.
        case frame([UInt8], offset: UInt64)
        /// Bytes that hold nothing usable.
        case damage(Range<UInt64>, isTornTail: Bool)
    }

    let file: SegmentFile
    /// Bytes from here on are not looked at.
    let end: UInt64
    /// Where the next fragment is looked for.
    private(set) var offset: UInt64
    private var block: [UInt8] = []
    private var blockStart: UInt64 = .max
    private var frame: [UInt8]?
    private var frameStart: UInt64 = 0
    private var damageStart: UInt64?
    private var damageIsTorn = false

    init(file: SegmentFile, from offset: UInt64 = UInt64(SegmentFormat.headerBytes), end: UInt64) {
        self.file = file
        self.offset = max(offset, UInt64(SegmentFormat.headerBytes))
        self.end = end
    }

    /// The next frame or stretch of damage; nil at the end.
    mutating func next() throws(RecordingError) -> Item? {
        while offset < end {
            let found = try fragment()
            switch found {
            case .padding: offset = min(end, blockEnd)
            case .damaged(let next, let isTorn):
                noteDamage(isTorn: isTorn)
                offset = next
            case .good(let type, let data):
                if let item = take(type, data) { return item }
            }
        }
        return atEnd()
    }

    /// Joins a good fragment to the frame; an item when a frame is whole, or when damage ends here.
    private mutating func take(_ type: FragmentType, _ data: Range<Int>) -> Item? {
        let begins = type == .full || type == .first
        if begins, frame != nil { noteDamage(isTorn: false) }
        if begins, let start = damageStart {
            // The damage is told first; the same fragment is read again after it.
            damageStart = nil
            return .damage(start..<offset, isTornTail: false)
        }
        let fragmentStart = offset
        offset += UInt64(SegmentFormat.fragmentHeaderBytes + data.count)
        if type == .full { return .frame(Array(block[data]), offset: fragmentStart) }
        if type == .first {
            frame = Array(block[data])
            frameStart = fragmentStart
            return nil
        }
        guard frame != nil, (frame?.count ?? 0) + data.count <= SegmentFormat.maximumFrameBytes else {
            offset = fragmentStart
            noteDamage(isTorn: false)
            offset = fragmentStart + UInt64(SegmentFormat.fragmentHeaderBytes + data.count)
            return nil
        }
        frame?.append(contentsOf: block[data])
        guard type == .last, let whole = frame else { return nil }
        frame = nil
        return .frame(whole, offset: frameStart)
    }

    private mutating func atEnd() -> Item? {
        if frame != nil { noteDamage(isTorn: true) }
        guard let start = damageStart else { return nil }
        damageStart = nil
        return .damage(start..<end, isTornTail: damageIsTorn)
    }

    /// Opens a stretch of damage at the present place, or at the start of the frame that it cuts.
    private mutating func noteDamage(isTorn: Bool) {
        if damageStart == nil {
            damageStart = frame == nil ? offset : frameStart
            damageIsTorn = isTorn
        }
        frame = nil
    }

    // MARK: - One fragment

    private enum Found {
        case good(FragmentType, data: Range<Int>)
        case padding
        case damaged(next: UInt64, isTorn: Bool)
    }

    private var blockEnd: UInt64 {
        let size = UInt64(SegmentFormat.blockBytes)
        return offset / size * size + size
    }

    /// Looks at the fragment at `offset`.
    private mutating func fragment() throws(RecordingError) -> Found {
        try loadBlock()
        let header = SegmentFormat.fragmentHeaderBytes
        let room = Int(blockEnd - offset)
        guard room >= header else { return .padding }
        let position = Int(offset - blockStart)
        let available = block.count - position
        guard available >= header else { return .damaged(next: end, isTorn: true) }
        let length = Int(block[position + 4]) | Int(block[position + 5]) << 8
        let type = block[position + 6]
        if length == 0 && type == 0 && sum(at: position) == 0 { return try zeros() }
        if header + length > room { return .damaged(next: min(end, blockEnd), isTorn: false) }
        if header + length > available { return .damaged(next: end, isTorn: true) }
        let data = position + header..<position + header + length
        if let type = FragmentType(rawValue: type), isGood(at: position, data: data) { return .good(type, data: data) }
        let isLast = offset + UInt64(header + length) == end
        if isLast && hasZeroSector(data) { return .damaged(next: end, isTorn: true) }
        return .damaged(next: afterDamage(nextPosition: data.upperBound), isTorn: false)
    }

    /// The place after a bad fragment: its neighbour if that one is good (then only the data was bad, not the
    /// length), else the next block.
    private func afterDamage(nextPosition: Int) -> UInt64 {
        let header = SegmentFormat.fragmentHeaderBytes
        let fallback = min(end, blockEnd)
        guard nextPosition + header <= block.count else { return fallback }
        let length = Int(block[nextPosition + 4]) | Int(block[nextPosition + 5]) << 8
        let data = nextPosition + header..<nextPosition + header + length
        guard data.upperBound <= block.count, FragmentType(rawValue: block[nextPosition + 6]) != nil,
            isGood(at: nextPosition, data: data)
        else { return fallback }
        return blockStart + UInt64(nextPosition)
    }

    private func isGood(at position: Int, data: Range<Int>) -> Bool {
        sum(at: position)
            == fragmentChecksum(
                offset: blockStart + UInt64(position), type: block[position + 6], data: block[data])
    }

    private func sum(at position: Int) -> UInt32 {
        UInt32(block[position]) | UInt32(block[position + 1]) << 8 | UInt32(block[position + 2]) << 16
            | UInt32(block[position + 3]) << 24
    }

    /// Zeros where a fragment should be: up to the end they are a tail that never reached the disk, else damage.
    private mutating func zeros() throws(RecordingError) -> Found {
        let next = min(end, blockEnd)
        var place = offset
        while place < end {
            let bytes = try file.read(at: place, count: Int(min(end - place, 1 << 20)))
            if bytes.isEmpty { break }
            if bytes.contains(where: { $0 != 0 }) { return .damaged(next: next, isTorn: false) }
            place += UInt64(bytes.count)
        }
        return .damaged(next: end, isTorn: true)
    }

    private func hasZeroSector(_ data: Range<Int>) -> Bool {
        let sector = SegmentFormat.sectorBytes
        var start = (data.lowerBound + sector - 1) / sector * sector
        while start < data.upperBound {
            let stop = min(start + sector, data.upperBound)
            // A short piece at the end may be zeros by chance; eight bytes of it hardly.
            if stop - start >= 8, block[start..<stop].allSatisfy({ $0 == 0 }) { return true }
            start += sector
        }
        return false
    }

    private mutating func loadBlock() throws(RecordingError) {
        let size = UInt64(SegmentFormat.blockBytes)
        let start = offset / size * size
        guard start != blockStart else { return }
        block = try file.read(at: start, count: Int(min(size, end - start)))
        blockStart = start
        // A file that shrank under the reader reads as torn.
        if start + UInt64(block.count) <= offset { block = [UInt8](repeating: 0, count: Int(offset - start)) }
    }

    // MARK: - Looking for the last index

    /// Where the last frame of kind index or end begins that starts in the block at `start`; nil for none.
    mutating func lastIndexStart(inBlockAt start: UInt64) throws(RecordingError) -> UInt64? {
        offset = max(start, UInt64(SegmentFormat.headerBytes))
        let stop = min(end, start + UInt64(SegmentFormat.blockBytes))
        var found: UInt64?
        while offset < stop {
            switch try fragment() {
            case .padding: offset = stop
            case .damaged(let next, _): offset = max(next, offset + 1)
            case .good(let type, let data):
                if type == .full || type == .first,
                    FrameReader.firstKind(in: block[data])?.isInternal == true
                {
                    found = offset
                }
                offset += UInt64(SegmentFormat.fragmentHeaderBytes + data.count)
            }
        }
        return found
    }
}
