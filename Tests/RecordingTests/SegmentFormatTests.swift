import ByteCoding
import Testing

@testable import Recording

/// What is written is what is read; what is from the future is refused or skipped as promised.
struct SegmentFormatTests {
    let folder = TemporaryFolder()

    private func open(_ bytes: [UInt8], name: String = "demo.000001.rec") throws -> RecordingReader {
        try writeFile(folder.path + "/" + name, bytes)
        return try RecordingReader(path: folder.path + "/" + name)
    }

    @Test func recordsComeBackAsTheyWere() throws {
        var generator = SeededGenerator(seed: 2)
        var records: [Record] = []
        for sequence in UInt64(1)...400 {
            // Sizes around every border: empty, pack, block, several blocks.
            let sizes = [0, 1, 200, 8_000, 8_192, 32_700, 32_761, 32_768, 100_000]
            let size = sequence % 40 == 0 ? sizes[Int(sequence / 40) % sizes.count] : Int(sequence % 90)
            var record = eventsRecord(sequence, atSecond: Double(sequence) / 10, size: size)
            record.flags = RecordFlags(rawValue: UInt8.random(in: 0...3, using: &generator))
            record.kind = [.input, .events, .sample, .mark, .note].randomElement(using: &generator) ?? .input
            records.append(record)
        }
        let reader = try open(try segmentBytes(records))
        let read = collect(reader.cursor())
        #expect(read.gaps == [])
        #expect(read.records == records)
        #expect(reader.metadata?.clusterName == "demo")
        #expect(reader.metadata?.epoch == 3)
        #expect(reader.check().isWhole)
    }

    /// Every length of rest that a block can have before a frame begins, the seven that are too short included.
    @Test func framesFitIntoEveryRestOfABlock() throws {
        for rest in 0..<24 {
            let filler = SegmentFormat.blockBytes - SegmentFormat.headerBytes - 200
            var writer = FragmentWriter(offset: 0)
            writer.appendRaw(
                try SegmentHeader(
                    startMicroseconds: 0, number: 1, session: 1, sequence: 0, metadata: RecordingMetadata()
                ).encoded())
            _ = writer.append([UInt8](repeating: 1, count: filler))
            let left = SegmentFormat.blockBytes - Int(writer.offset) - 7 - rest
            _ = writer.append([UInt8](repeating: 2, count: left))
            _ = writer.append([UInt8](repeating: 3, count: 50))
            let path = folder.path + "/rest"
            try writeFile(path, writer.pending)
            let file = try SegmentFile.open(path)
            var scanner = FrameScanner(file: file, end: try file.size())
            var lengths: [Int] = []
            while let item = try scanner.next() {
                guard case .frame(let bytes, _) = item else {
                    Issue.record("damage at rest \(rest)")
                    break
                }
                lengths.append(bytes.count)
            }
            #expect(lengths == [filler, left, 50], "rest \(rest)")
        }
    }

    @Test func newerMajorIsRefused() throws {
        var bytes = try segmentBytes([eventsRecord(1, atSecond: 0)])
        bytes[8] = 9
        restoreHeaderChecksum(&bytes)
        let path = folder.path + "/demo.000001.rec"
        #expect(throws: RecordingError.newerMajor(path: path, found: 9, supported: 1)) { try open(bytes) }
    }

    @Test func newerMinorIsReadAndUnknownKindsAreCounted() throws {
        let future = RecordKind(rawValue: 77)
        var records = [eventsRecord(1, atSecond: 0)]
        records.append(
            Record(kind: future, flags: .ignorable, timeMicroseconds: filmStart, sequence: 1, payload: [1, 2]))
        records.append(Record(kind: future, timeMicroseconds: filmStart, sequence: 2, payload: [3]))
        records.append(eventsRecord(3, atSecond: 1))
        var bytes = try segmentBytes(records)
        bytes[10] = 5
        restoreHeaderChecksum(&bytes)
        let reader = try open(bytes)
        var cursor = reader.cursor()
        var kinds: [RecordKind] = []
        while case .record(let record)? = cursor.next() { kinds.append(record.kind) }
        // The ignorable one is passed over; the other bears state, and whoever replays has to know that it was there.
        #expect(kinds == [.events, future, .events])
        #expect(cursor.skipped == 1)
        #expect(reader.check().skipped == 1)
    }

    @Test func otherFilesAreRefusedWithAReason() throws {
        #expect(throws: RecordingError.self) { try open(Array("#!/bin/sh\necho no film\n".utf8), name: "script") }
        #expect(throws: RecordingError.notFound(path: folder.path + "/none")) {
            try RecordingReader(path: folder.path + "/none")
        }
        let empty = TemporaryFolder()
        #expect(throws: RecordingError.self) { try RecordingReader(path: empty.path) }
        do {
            _ = try open([UInt8](repeating: 65, count: 100_000), name: "letters")
            Issue.record("a file of letters was taken for a recording")
        } catch let error as RecordingError {
            #expect("\(error)".contains("is not a recording"))
        }
    }

    @Test func metadataThatDoesNotFitIsRefused() {
        let long = String(repeating: "x", count: 5_000)
        #expect(throws: RecordingError.self) {
            try SegmentHeader(
                startMicroseconds: 0, number: 1, session: 1, sequence: 0,
                metadata: RecordingMetadata(clusterName: long)
            ).encoded()
        }
    }

    private func restoreHeaderChecksum(_ bytes: inout [UInt8]) {
        let sum = checksum(bytes[..<60])
        for position in 0..<4 { bytes[60 + position] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * position)) }
    }
}
