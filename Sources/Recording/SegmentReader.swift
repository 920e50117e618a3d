import ByteCoding
import Synchronization

/// One segment of a film that is being read: its header, and its index once somebody asked for it.
final class SegmentReader: Sendable {
    let entry: FilmFiles.Entry
    /// Nil when the header page is damaged; the frames may be whole all the same.
    let header: SegmentHeader?

    private struct Known {
        var index = SegmentIndex()
        /// Everything before this place is in the index.
        var coveredEnd = UInt64(SegmentFormat.headerBytes)
        var ending: SegmentEnding?
        var isLoaded = false
    }
    private let known = Mutex(Known())

    /// Reads the header page.
    ///
    /// - Throws: `newerMajor`, `notARecording` for a foreign file, `system`, `notFound`.
    init(_ entry: FilmFiles.Entry) throws(RecordingError) {
        self.entry = entry
        let file = try SegmentFile.open(entry.path)
        let page = try file.read(at: 0, count: SegmentFormat.headerBytes)
        switch SegmentHeader.read(page) {
        case .header(let header): self.header = header
        case .damaged: header = nil
        case .newerMajor(let found):
            throw .newerMajor(path: entry.path, found: found, supported: SegmentFormat.major)
        case .foreign:
            // The very magic may be what is damaged: a good frame behind it tells.
            let size = try file.size()
            var scanner = FrameScanner(file: file, end: size)
            var hasFrame = false
            while !hasFrame, let item = try scanner.next() {
                if case .frame = item { hasFrame = true }
            }
            guard hasFrame else { throw .notARecording(path: entry.path, why: "it does not begin like one") }
            header = nil
        }
    }

    /// The file, opened anew: a film of months has more segments than a process may have open files.
    func open() throws(RecordingError) -> SegmentFile { try SegmentFile.open(entry.path) }

    /// What the segment holds and where. The first call reads the index records, or scans what they do not cover;
    /// later calls only look at what was appended since.
    func index() throws(RecordingError) -> SegmentIndex { try refreshed().index }

    /// How the segment ends; nil when it was not closed: its core was killed, or still writes.
    func ending() throws(RecordingError) -> SegmentEnding? { try refreshed().ending }

    private func refreshed() throws(RecordingError) -> Known {
        var known = known.withLock(\.self)
        // A closed segment never changes again.
        if known.isLoaded && known.ending != nil { return known }
        let file = try open()
        let size = try file.size()
        guard !known.isLoaded || (known.ending == nil && size > known.coveredEnd) else { return known }
        if !known.isLoaded, let (index, end) = try Self.indexFromTail(file, size: size) {
            known.index = index
            known.coveredEnd = end
        }
        try Self.scan(file, size: size, into: &known)
        known.isLoaded = true
        let result = known
        self.known.withLock { $0 = result }
        return result
    }

    /// Reads frames from the covered end on and takes them into the index.
    private static func scan(_ file: SegmentFile, size: UInt64, into known: inout Known) throws(RecordingError) {
        var scanner = FrameScanner(file: file, from: known.coveredEnd, end: size)
        while let item = try scanner.next() {
            guard case .frame(let bytes, let offset) = item, let records = FrameReader.records(in: bytes) else {
                continue
            }
            known.index.note(records, frameOffset: offset)
            // Only what follows a good frame is known to be no half-written tail.
            known.coveredEnd = scanner.offset
            if let end = records.first, end.kind == .end { known.ending = SegmentEnding(end.payload) }
        }
    }

    /// Follows the chain of index records from the end of the file back to the start. Nil when a link is missing.
    private static func indexFromTail(
        _ file: SegmentFile, size: UInt64
    ) throws(RecordingError) -> (SegmentIndex, UInt64)? {
        guard let (last, end) = try lastIndex(file, size: size) else { return nil }
        if last.isWhole { return (last, end) }
        var stretches = [last]
        var previous = last.previous
        var bound = UInt64.max
        while previous != 0 {
            // Links only ever lead back; anything else is nonsense that must not loop.
            guard previous < bound, let (index, _) = try readIndex(file, at: previous, size: size) else { return nil }
            bound = previous
            stretches.append(index)
            previous = index.previous
        }
        var whole = SegmentIndex()
        for stretch in stretches.reversed() { whole.append(stretch) }
        whole.previous = last.previous
        return (whole, end)
    }

    /// The last index record that can be read, looking block by block from the end.
    private static func lastIndex(
        _ file: SegmentFile, size: UInt64
    ) throws(RecordingError) -> (SegmentIndex, UInt64)? {
        let blockBytes = UInt64(SegmentFormat.blockBytes)
        guard size > UInt64(SegmentFormat.headerBytes) else { return nil }
        var block = (size - 1) / blockBytes * blockBytes
        var scanner = FrameScanner(file: file, end: size)
        while true {
            if let place = try scanner.lastIndexStart(inBlockAt: block),
                let found = try readIndex(file, at: place, size: size)
            {
                return found
            }
            if block == 0 { return nil }
            block -= blockBytes
        }
    }

    /// The index record at `place`, or the one that the end record there names, and the place after it.
    private static func readIndex(
        _ file: SegmentFile, at place: UInt64, size: UInt64
    ) throws(RecordingError) -> (SegmentIndex, UInt64)? {
        var scanner = FrameScanner(file: file, from: place, end: size)
        guard case .frame(let bytes, place)? = try scanner.next(),
            let record = FrameReader.records(in: bytes)?.first
        else { return nil }
        if record.kind == .end {
            guard let ending = SegmentEnding(record.payload), ending.indexOffset < place else { return nil }
            return try readIndex(file, at: ending.indexOffset, size: size)
        }
        guard record.kind == .index, let index = SegmentIndex(decoding: record.payload) else { return nil }
        return (index, scanner.offset)
    }
}

/// What the end record of a segment says.
struct SegmentEnding: Equatable {
    var indexOffset: UInt64
    /// Why the recording ended; empty when all was well.
    var reason: String

    init?(_ payload: ArraySlice<UInt8>) {
        var reader = ByteReader(payload)
        indexOffset = reader.varint()
        reason = reader.text()
        if reader.failed { return nil }
    }
}
