import Foundation
import Testing

@testable import Recording

/// A film that is cut or damaged anywhere never stops the reader, shows all that is outside of the damage, shows
/// nothing that was not recorded, and says what is missing.
struct DamageTests {
    let folder = TemporaryFolder()

    /// Three blocks and a bit: large records that cross blocks, and small ones in packs.
    private func mixedRecords() -> [Record] {
        var records: [Record] = []
        var sequence: UInt64 = 0
        func add(_ size: Int) {
            sequence += 1
            var record = eventsRecord(sequence, atSecond: Double(sequence), size: size)
            if sequence % 7 == 1 { record.kind = .snapshot }
            records.append(record)
        }
        for size in [9_000, 300, 300, 9_000, 12_000, 40, 40, 9_000, 10_000, 300, 20_000, 9_000] { add(size) }
        for _ in 0..<12 { add(60) }
        return records
    }

    private func smallPacks() -> RecordingLimits {
        var limits = RecordingLimits()
        limits.packBytes = 500
        limits.indexSeconds = 5
        return limits
    }

    /// The segment without its folder: these tests open it a hundred thousand times.
    private func openAlone(_ path: String) throws -> (reader: SegmentReader, cursor: RecordCursor) {
        let reader = try SegmentReader(FilmFiles.Entry(path: path, number: 1, bytes: 0))
        return (reader, RecordCursor(segments: [reader]))
    }

    /// Offset at which each record's frame begins and ends.
    private func extents(_ path: String) throws -> [UInt64: Range<UInt64>] {
        let file = try SegmentFile.open(path)
        var scanner = FrameScanner(file: file, end: try file.size())
        var extents: [UInt64: Range<UInt64>] = [:]
        while let item = try scanner.next() {
            guard case .frame(let bytes, let offset) = item else { continue }
            for record in FrameReader.records(in: bytes) ?? [] where !record.kind.isInternal {
                extents[record.sequence] = offset..<scanner.offset
            }
        }
        return extents
    }

    @Test(arguments: [true, false]) func cutAtEveryByteOfTheLastTwoBlocks(isClosed: Bool) throws {
        let records = mixedRecords()
        let bytes = try segmentBytes(records, limits: smallPacks(), isClosed: isClosed)
        let path = folder.path + "/demo.000001.rec"
        try writeFile(path, bytes)
        let extents = try extents(path)
        #expect(extents.count == records.count)
        // A segment that was never closed is torn in the same way; every fifth byte of it is enough.
        let step = isClosed ? -1 : -5
        let lowest = max(0, (bytes.count - 1) / SegmentFormat.blockBytes - 1) * SegmentFormat.blockBytes
        for length in stride(from: bytes.count, through: lowest, by: step) {
            truncate(path, off_t(length))
            let (reader, cursor) = try openAlone(path)
            let (shown, gaps) = collect(cursor)
            let expected = records.filter { extents[$0.sequence].map { $0.upperBound <= UInt64(length) } ?? false }
            guard shown == expected else {
                Issue.record("cut at \(length): \(shown.count) of \(expected.count) records")
                return
            }
            // A cut inside a frame is told as a torn tail; a cut between two frames leaves nothing to tell.
            guard gaps.count <= 1, gaps.allSatisfy({ $0.reason == .tornTail && $0.toMicroseconds == nil }) else {
                Issue.record("cut at \(length): \(gaps)")
                return
            }
            let cutsFrame = extents.values.contains { $0.contains(UInt64(length)) && $0.lowerBound < UInt64(length) }
            guard !cutsFrame || gaps.count == 1 else {
                Issue.record("cut at \(length) inside a frame: no gap told")
                return
            }
            // The way through the index finds the same.
            if length % 7 == 0 {
                let index = try reader.index()
                #expect(index.lastTime == expected.last?.timeMicroseconds ?? 0, "cut at \(length)")
                #expect(index.recordCount == UInt64(expected.count), "cut at \(length)")
            }
        }
    }

    @Test func flipEachByte() throws {
        var generator = SeededGenerator(seed: 4)
        // A block and a half.
        let records = Array(mixedRecords().dropFirst(6).prefix(5)) + mixedRecords().suffix(6)
        let bytes = try segmentBytes(records, limits: smallPacks())
        let path = folder.path + "/demo.000001.rec"
        try writeFile(path, bytes)
        let extents = try extents(path)
        let handle = Foundation.open(path, O_RDWR)
        defer { close(handle) }
        var last = 0
        for position in bytes.indices {
            let mask = UInt8.random(in: 1...255, using: &generator)
            flip(handle, at: position, from: bytes, mask: mask)
            defer { flip(handle, at: position, from: bytes, mask: 0) }
            let (shown, gaps) = collect(try openAlone(path).cursor)
            let block = position / SegmentFormat.blockBytes
            let blockRange = UInt64(block * SegmentFormat.blockBytes)..<UInt64((block + 1) * SegmentFormat.blockBytes)
            var next = shown[...]
            for record in records {
                if next.first == record {
                    next = next.dropFirst()
                    continue
                }
                guard extents[record.sequence].map({ $0.overlaps(blockRange) }) == true, position >= 4_096 else {
                    Issue.record("byte \(position): record \(record.sequence) outside of the damage is not shown")
                    return
                }
            }
            guard next.isEmpty else {
                Issue.record("byte \(position): something is shown that was never recorded")
                return
            }
            guard shown.count == records.count || gaps.count == 1 else {
                Issue.record("byte \(position): \(records.count - shown.count) records are missing, gaps \(gaps)")
                return
            }
            last = position
        }
        #expect(last == bytes.count - 1)
    }

    private func flip(_ handle: Int32, at position: Int, from bytes: [UInt8], mask: UInt8) {
        var byte = bytes[position] ^ mask
        pwrite(handle, &byte, 1, off_t(position))
    }

    @Test func damageInTheMiddleIsToldWithItsInstants() throws {
        let records = (UInt64(1)...40).map { eventsRecord($0, atSecond: Double($0), size: 5_000) }
        var bytes = try segmentBytes(records, limits: smallPacks())
        for position in 70_000..<70_064 { bytes[position] ^= 0x55 }
        try writeFile(folder.path + "/demo.000001.rec", bytes)
        let (shown, gaps) = collect(try RecordingReader(path: folder.path).cursor())
        let gap = try #require(gaps.first)
        #expect(gaps.count == 1)
        #expect(gap.reason == .damaged)
        let missing = Set(records.map(\.sequence)).subtracting(shown.map(\.sequence))
        #expect(missing.count == 1)
        let lost = try #require(missing.first)
        #expect(gap.fromMicroseconds == filmStart + Int64(lost - 1) * 1_000_000)
        #expect(gap.toMicroseconds == filmStart + Int64(lost + 1) * 1_000_000)
        #expect(gap.bytes >= 5_000 && gap.bytes < 6_000)
        #expect("\(gap)".hasPrefix("lost 2.0 s (damaged, "))
    }

    @Test func zerosAtTheEndAreATornTailAndZerosInTheMiddleAreDamage() throws {
        let records = (UInt64(1)...40).map { eventsRecord($0, atSecond: Double($0), size: 5_000) }
        let whole = try segmentBytes(records, isClosed: false)
        let path = folder.path + "/demo.000001.rec"
        try writeFile(path, whole + [UInt8](repeating: 0, count: 70_000))
        var read = collect(try RecordingReader(path: path).cursor())
        #expect(read.records.count == 40)
        #expect(read.gaps.map(\.reason) == [.tornTail])

        var holed = whole
        for position in 65_536..<98_304 { holed[position] = 0 }
        try writeFile(path, holed)
        read = collect(try RecordingReader(path: path).cursor())
        #expect(read.gaps.map(\.reason) == [.damaged])
        #expect(read.records.count >= 40 - 9)

        // A power cut may leave sectors of the last write that never arrived.
        var torn = whole
        for position in torn.count - 2_048..<torn.count { torn[position] = 0 }
        try writeFile(path, torn)
        read = collect(try RecordingReader(path: path).cursor())
        #expect(read.gaps.map(\.reason) == [.tornTail])
        // The last pack held two records.
        #expect(read.records.count == 38)
    }

    @Test func damageNearTheEndDoesNotHideTheIndex() throws {
        let records = (UInt64(1)...200).map { eventsRecord($0, atSecond: Double($0), size: 1_000) }
        let bytes = try segmentBytes(records, limits: smallPacks())
        let path = folder.path + "/demo.000001.rec"
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var damaged = bytes
            let position = Int.random(in: 4_096..<bytes.count, using: &generator)
            damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
            try writeFile(path, damaged)
            let reader = try RecordingReader(path: path)
            let shown = collect(reader.cursor()).records.count
            let count = try reader.segments[0].index().recordCount
            // The index may know of records that the damage hides, never of fewer than can be shown.
            #expect(count >= UInt64(shown) && count <= 200, "byte \(position)")
            let point = reader.startingPoint(atOrBefore: filmStart)
            #expect(point == nil)
        }
    }

    @Test func nonsenseNeverStopsTheReader() throws {
        let path = folder.path + "/demo.000001.rec"
        for seed in UInt64(0)..<60 {
            var generator = SeededGenerator(seed: seed)
            var bytes = try segmentBytes(mixedRecords(), limits: smallPacks())
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                for position in start..<min(bytes.count, start + Int.random(in: 1...3_000, using: &generator)) {
                    bytes[position] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            try writeFile(path, bytes)
            guard let reader = try? RecordingReader(path: path) else { continue }
            let shown = collect(reader.cursor()).records
            let genuine = Set(mixedRecords().map(\.sequence))
            #expect(shown.allSatisfy { genuine.contains($0.sequence) }, "seed \(seed)")
            _ = reader.listing()
            _ = reader.marks()
            _ = reader.range.map { reader.density(of: $0, buckets: 80) }
            _ = reader.startingPoint(atOrBefore: filmStart + 10_000_000)
        }
    }
}
