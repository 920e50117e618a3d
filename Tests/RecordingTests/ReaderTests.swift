import Foundation
import Testing

@testable import Recording

/// Finding an instant again, over segments, sessions and damage.
struct ReaderTests {
    let folder = TemporaryFolder()

    /// Ten minutes, two sessions, segments of two minutes; whole and partial snapshots.
    private func makeFilm(isClosed: Bool) throws -> [Record] {
        var limits = RecordingLimits()
        limits.indexSeconds = 15
        limits.packBytes = 400
        var all: [Record] = []
        for segment in 0..<5 {
            var records: [Record] = []
            for second in segment * 120..<segment * 120 + 120 {
                let sequence = UInt64(second * 3)
                if second % 40 == 0 {
                    var snapshot = eventsRecord(sequence, atSecond: Double(second), size: 900)
                    snapshot.kind = second % 120 == 0 ? .snapshot : .snapshotChanges
                    records.append(snapshot)
                }
                for step in UInt64(1)...3 {
                    records.append(
                        eventsRecord(sequence + step, atSecond: Double(second) + Double(step) / 4, events: step))
                }
                if second % 50 == 7 {
                    var mark = eventsRecord(sequence + 3, atSecond: Double(second) + 0.8)
                    mark.kind = .mark
                    records.append(mark)
                }
            }
            let bytes = try segmentBytes(
                records, number: UInt32(segment + 1), session: segment < 3 ? 1 : 2, limits: limits,
                isClosed: isClosed)
            try writeFile(FilmFiles.path(folder: folder.path, name: "demo", number: UInt32(segment + 1)), bytes)
            all += records
        }
        return all
    }

    @Test(arguments: [true, false]) func indexAndScanAgree(isClosed: Bool) throws {
        _ = try makeFilm(isClosed: isClosed)
        let reader = try RecordingReader(path: folder.path)
        for segment in reader.segments {
            var scanned = SegmentIndex()
            let file = try segment.open()
            var scanner = FrameScanner(file: file, end: try file.size())
            while case .frame(let bytes, let offset)? = try scanner.next() {
                scanned.note(FrameReader.records(in: bytes) ?? [], frameOffset: offset)
            }
            var index = try segment.index()
            #expect(index.marks == scanned.marks)
            #expect(index.snapshots == scanned.snapshots)
            #expect(index.recordCount == scanned.recordCount)
            #expect(index.firstTime == scanned.firstTime && index.lastTime == scanned.lastTime)
            #expect(index.density.reduce(0) { $0 + $1.events } == scanned.density.reduce(0) { $0 + $1.events })
            index.previous = 0
            let decoded = try #require(SegmentIndex(decoding: index.encoded()[...]))
            #expect(decoded == index)
        }
    }

    @Test(arguments: [true, false]) func everyInstantBeginsAtTheNewestSnapshotBeforeIt(isClosed: Bool) throws {
        let records = try makeFilm(isClosed: isClosed)
        let reader = try RecordingReader(path: folder.path)
        for tenth in stride(from: 0, to: 6_000, by: 37) {
            let time = filmStart + Int64(tenth) * 100_000
            let point = try #require(reader.startingPoint(atOrBefore: time))
            let snapshots = records.filter { $0.kind.isSnapshot && $0.timeMicroseconds <= time }
            #expect(point.timeMicroseconds == snapshots.last?.timeMicroseconds)
            #expect(point.snapshot == snapshots.last { $0.kind == .snapshot })
            var cursor = point.cursor
            let expected = records.first {
                $0.timeMicroseconds > point.timeMicroseconds && $0.sequence > point.sequence
            }
            #expect(cursor.next() == expected.map { .record($0) }, "at \(tenth)")
        }
        // Before the film begins, its first snapshot is what can be shown.
        #expect(reader.startingPoint(atOrBefore: 0)?.snapshot == records.first)
        let bySequence = try #require(reader.startingPoint(atOrBeforeSequence: 500))
        #expect(bySequence.sequence == 480)
    }

    @Test func aDamagedSnapshotIsPassedOver() throws {
        let records = try makeFilm(isClosed: true)
        let path = folder.path + "/demo.000002.rec"
        let whole = records.filter { $0.kind == .snapshot }[1]
        var bytes = try readFile(path)
        // The first frame of the segment is its whole snapshot.
        bytes[SegmentFormat.headerBytes + 100] ^= 1
        try writeFile(path, bytes)
        let reader = try RecordingReader(path: folder.path)
        let point = try #require(reader.startingPoint(atOrBefore: whole.timeMicroseconds + 90_000_000))
        // Changes without the whole they build on are of no use: the first segment's state it is.
        #expect(point.snapshot.sequence == 0)
        #expect(point.timeMicroseconds == filmStart + 80_000_000)
        let gaps = collect(point.cursor).gaps
        #expect(gaps.first?.reason == .damaged)
    }

    @Test func cursorsBeginWhereAsked() throws {
        let records = try makeFilm(isClosed: true)
        let reader = try RecordingReader(path: folder.path)
        for second in stride(from: 0.0, to: 600.0, by: 17.3) {
            let time = filmStart + Int64(second * 1_000_000)
            var cursor = reader.cursor(fromMicroseconds: time)
            #expect(cursor.next() == records.first { $0.timeMicroseconds >= time }.map { .record($0) })
            let sequence = UInt64(second * 3)
            cursor = reader.cursor(fromSequence: sequence)
            #expect(cursor.next() == records.first { $0.sequence >= sequence }.map { .record($0) })
        }
    }

    @Test func sessionsAreToldApart() throws {
        _ = try makeFilm(isClosed: true)
        let (_, gaps) = collect(try RecordingReader(path: folder.path).cursor())
        #expect(gaps.map(\.reason) == [.notRecorded])
        #expect(gaps.first?.segment == 4)
    }

    @Test func densityAndMarksComeFromTheIndex() throws {
        let records = try makeFilm(isClosed: true)
        let reader = try RecordingReader(path: folder.path + "/demo.000003.rec")
        let range = try #require(reader.range)
        #expect(range.lowerBound == filmStart)
        let density = reader.density(of: range, buckets: 60)
        #expect(density.reduce(0, +) == 600 * 6)
        #expect(density.allSatisfy { $0 >= 48 && $0 <= 72 })
        #expect(reader.density(of: range, buckets: 0) == [])
        let marks = records.filter { $0.kind == .mark }
        #expect(reader.marks().map(\.timeMicroseconds) == marks.map(\.timeMicroseconds))
        #expect(reader.marks().map(\.payload) == marks.map { Array($0.payload) })
        let extreme = reader.density(of: Int64.min...Int64.max, buckets: 3)
        #expect(extreme.reduce(0, +) == 600 * 6)
    }

    @Test func missingSegmentsAreTold() throws {
        _ = try makeFilm(isClosed: true)
        unlink(folder.path + "/demo.000003.rec")
        unlink(folder.path + "/demo.000002.rec")
        let (_, gaps) = collect(try RecordingReader(path: folder.path).cursor())
        #expect(gaps.map(\.reason) == [.segmentsMissing(count: 2)])
        #expect(gaps.first?.toMicroseconds == filmStart + 360_000_000)
    }

    @Test func aSegmentThatVanishesWhileItIsReadIsAGap() throws {
        _ = try makeFilm(isClosed: true)
        let reader = try RecordingReader(path: folder.path)
        unlink(folder.path + "/demo.000002.rec")
        let gaps = collect(reader.cursor()).gaps
        guard case .unreadable(.notFound)? = gaps.first?.reason else {
            Issue.record("gaps \(gaps)")
            return
        }
    }

    @Test func severalFilmsInAFolderHaveToBeNamed() throws {
        _ = try makeFilm(isClosed: true)
        try writeFile(folder.path + "/other.000001.rec", try segmentBytes([eventsRecord(1, atSecond: 0)]))
        #expect(throws: RecordingError.severalFilms(folder: folder.path, names: ["demo", "other"])) {
            try RecordingReader(path: folder.path)
        }
        #expect(try RecordingReader(path: folder.path + "/other.000001.rec").segments.count == 1)
        #expect(try RecordingReader(path: folder.path + "/demo.000002.rec").segments.count == 5)
        // A segment that was renamed opens alone.
        rename(folder.path + "/other.000001.rec", folder.path + "/incident.rec")
        #expect(collect(try RecordingReader(path: folder.path + "/incident.rec").cursor()).records.count == 1)
    }

    @Test func aFilmIsReadWhileItIsWritten() throws {
        let writer = try startWriter(folder.path)
        writer.append(eventsRecord(1, atSecond: 1))
        writer.synchronize()
        let reader = try RecordingReader(path: folder.path)
        #expect(reader.range?.upperBound == filmStart + 1_000_000)
        writer.append(eventsRecord(2, atSecond: 2))
        writer.synchronize()
        #expect(reader.range?.upperBound == filmStart + 2_000_000)
        var snapshot = eventsRecord(2, atSecond: 3)
        snapshot.kind = .snapshot
        writer.append(snapshot, startsSegment: true)
        writer.append(eventsRecord(3, atSecond: 4))
        writer.synchronize()
        try reader.refresh()
        #expect(reader.range?.upperBound == filmStart + 4_000_000)
        #expect(reader.listing().map(\.isClosed) == [true, false])
        writer.end()
        #expect(collect(reader.cursor()).records.count == 4)
    }

    @Test func repairWritesBesideTheOriginal() throws {
        let records = try makeFilm(isClosed: false)
        let path = folder.path + "/demo.000002.rec"
        var bytes = try readFile(path)
        for position in 6_000..<6_050 { bytes[position] ^= 0xff }
        bytes[20] ^= 1
        try writeFile(path, bytes)
        let damaged = try RecordingReader(path: folder.path)
        let shown = collect(damaged.cursor()).records
        #expect(shown.count < records.count && shown.count > records.count - 20)
        #expect(try damaged.repair(into: folder.path + "/repaired", name: "demo") == 5)
        let repaired = try RecordingReader(path: folder.path + "/repaired")
        #expect(collect(repaired.cursor()).records == shown)
        #expect(repaired.listing().allSatisfy { $0.isClosed && $0.endReason == "repaired" })
        #expect(try readFile(path) == bytes)
        #expect(throws: RecordingError.self) { try damaged.repair(into: folder.path + "/repaired", name: "demo") }
    }
}
