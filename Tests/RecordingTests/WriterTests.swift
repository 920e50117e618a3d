import Foundation
import Synchronization
import Testing

@testable import Recording

/// The writing side: nothing waits for the disk, everything is bounded, every stop has a reason.
struct WriterTests {
    let folder = TemporaryFolder()

    private func mode(_ path: String) -> mode_t {
        var information = stat()
        stat(path, &information)
        return information.st_mode & 0o777
    }

    @Test func whatIsAppendedIsReadAndFilesArePrivate() throws {
        let place = folder.path + "/state/films"
        let writer = try startWriter(place)
        for sequence in UInt64(1)...1_000 { writer.append(eventsRecord(sequence, atSecond: Double(sequence) / 100)) }
        writer.end()
        #expect(writer.status.state == .ended)
        #expect(writer.status.recordsWritten == 1_000)
        #expect(writer.status.queuedBytes == 0)
        let reader = try RecordingReader(path: place)
        #expect(collect(reader.cursor()).records.map(\.sequence) == Array(1...1_000))
        #expect(reader.listing().map(\.isClosed) == [true])
        #expect(mode(place) == 0o700)
        #expect(mode(place + "/demo.000001.rec") == 0o600)
        #expect(!writer.append(eventsRecord(1_001, atSecond: 11)))
        #expect(writer.status.recordsRefused == 1)
    }

    @Test func operatorActsAreOnTheDiskAtOnce() throws {
        var limits = RecordingLimits()
        limits.flushMilliseconds = 3_600_000
        limits.syncMilliseconds = 3_600_000
        let writer = try startWriter(folder.path, limits: limits)
        defer { writer.end() }
        var record = eventsRecord(5, atSecond: 1)
        writer.append(record)
        record = eventsRecord(6, atSecond: 1)
        record.flags = .operatorAction
        writer.append(record)
        for _ in 0..<2_000 where writer.status.syncedSequence != 6 { usleep(10_000) }
        #expect(writer.status.syncedSequence == 6)
        #expect(collect(try RecordingReader(path: folder.path).cursor()).records.map(\.sequence) == [5, 6])
    }

    @Test func everythingIsSynchronizedInTimeWithoutAnybodyAsking() throws {
        let writer = try startWriter(folder.path)
        defer { writer.end() }
        writer.append(eventsRecord(9, atSecond: 1))
        for _ in 0..<2_000 where writer.status.syncedSequence != 9 { usleep(10_000) }
        #expect(writer.status.syncedSequence == 9)
    }

    @Test func oneWriteForManyRecords() throws {
        let writes = Mutex(0)
        var calls = FileCalls()
        let write = calls.write
        calls.write = { descriptor, bytes in
            writes.withLock { $0 += 1 }
            return write(descriptor, bytes)
        }
        var limits = RecordingLimits()
        limits.flushMilliseconds = 3_600_000
        let writer = try startWriter(folder.path, limits: limits, calls: calls)
        for sequence in UInt64(1)...2_000 { writer.append(eventsRecord(sequence, atSecond: 1)) }
        writer.synchronize()
        // The header, the records, and nothing else.
        #expect(writes.withLock(\.self) == 2)
        writer.end()
    }

    @Test func aFullQueueStopsTheRecordingAndNotTheCaller() throws {
        let gate = DispatchSemaphore(value: 0)
        var limits = RecordingLimits()
        limits.queueBytes = 10_000
        let stops = Mutex<[RecordingStop]>([])
        let writer = try startWriter(folder.path, limits: limits) { stop in stops.withLock { $0.append(stop) } }
        // The writing thread is held up by a snapshot that takes its time, as by a disk that hangs.
        writer.append(
            .snapshot, timeMicroseconds: filmStart, sequence: 0,
            payload: .deferred(estimatedBytes: 100) {
                gate.wait()
                return [1, 2, 3]
            })
        var taken = 0
        while writer.append(eventsRecord(UInt64(taken + 1), atSecond: 1, size: 400)) { taken += 1 }
        #expect(taken > 10 && taken < 25)
        #expect(writer.status.state == .stopped(.queueFull(limitBytes: 10_000)))
        #expect(!writer.append(eventsRecord(99, atSecond: 1)))
        gate.signal()
        writer.end()
        #expect(stops.withLock(\.self) == [.queueFull(limitBytes: 10_000)])
        // What had been taken is there, and the film says why it ends.
        let reader = try RecordingReader(path: folder.path)
        #expect(collect(reader.cursor()).records.count == taken + 1)
        #expect(reader.listing().first?.endReason.contains("the disk is too slow") == true)
    }

    @Test func aFullDiskStopsTheRecordingAtARecordBorder() throws {
        let room = Mutex(40_000)
        var calls = FileCalls()
        let write = calls.write
        calls.write = { descriptor, bytes in
            let allowed = room.withLock { room in
                let allowed = min(room, bytes.count)
                room -= allowed
                return allowed
            }
            if allowed == 0 {
                errno = ENOSPC
                return -1
            }
            // A full disk takes a part of a write before it takes nothing.
            return write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<allowed]))
        }
        let stops = Mutex<[RecordingStop]>([])
        let writer = try startWriter(folder.path, calls: calls) { stop in stops.withLock { $0.append(stop) } }
        for sequence in UInt64(1)...300 {
            writer.append(eventsRecord(sequence, atSecond: Double(sequence), size: 300))
            if sequence % 20 == 0 { writer.synchronize() }
        }
        writer.end()
        guard case .stopped(.failed(.system("write", let path, ENOSPC))) = writer.status.state else {
            Issue.record("state \(writer.status.state)")
            return
        }
        #expect(path.hasSuffix("demo.000001.rec"))
        #expect(stops.withLock(\.count) == 1)
        #expect("\(stops.withLock { $0[0] })".contains("No space left on device; the cluster runs on"))
        let (records, gaps) = collect(try RecordingReader(path: folder.path).cursor())
        #expect(gaps == [])
        #expect(records.count == 100)
    }

    @Test func aFailingSyncStopsTheRecording() throws {
        var calls = FileCalls()
        let count = Mutex(0)
        calls.synchronize = { descriptor in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { return fdatasync(descriptor) }
            errno = EIO
            return -1
        }
        let writer = try startWriter(folder.path, calls: calls)
        writer.append(eventsRecord(1, atSecond: 1))
        writer.synchronize()
        writer.end()
        guard case .stopped(.failed(.system("synchronize", _, EIO))) = writer.status.state else {
            Issue.record("state \(writer.status.state)")
            return
        }
    }

    @Test func aSecondWriterIsRefusedWhileTheFirstLives() throws {
        let first = try startWriter(folder.path)
        #expect(throws: RecordingError.inUse(path: folder.path + "/demo.000001.rec")) {
            try startWriter(folder.path, session: 8)
        }
        first.end()
        let second = try startWriter(folder.path, session: 8)
        #expect(second.status.path.hasSuffix("demo.000002.rec"))
        second.end()
    }

    @Test func namesThatLeaveTheFolderAreRefused() throws {
        for name in ["", "..", "a/b", "a.b", String(repeating: "x", count: 65)] {
            #expect(throws: RecordingError.badName(name)) {
                try RecordingWriter(
                    folder: folder.path, name: name, metadata: RecordingMetadata(), session: 1, startMicroseconds: 0)
            }
        }
    }

    @Test func segmentsBeginWithTheirSnapshotAndOldOnesGo() throws {
        var limits = RecordingLimits()
        limits.keepBytes = 60_000
        let writer = try startWriter(folder.path, limits: limits)
        var sequence: UInt64 = 0
        for part in 0..<10 {
            var snapshot = eventsRecord(sequence, atSecond: Double(sequence), size: 2_000)
            snapshot.kind = .snapshot
            writer.append(snapshot, startsSegment: part > 0)
            for _ in 0..<50 {
                sequence += 1
                writer.append(eventsRecord(sequence, atSecond: Double(sequence), size: 200))
            }
        }
        writer.end()
        #expect(writer.status.segments == 10)
        let reader = try RecordingReader(path: folder.path)
        let listing = reader.listing()
        #expect(listing.last?.number == 10)
        #expect(listing.count == 10 - writer.status.segmentsRemoved)
        let closedBytes = listing.dropLast().reduce(0) { $0 + $1.bytes }
        #expect(closedBytes <= 60_000)
        #expect(listing.allSatisfy { $0.isClosed })
        for segment in listing {
            var cursor = try RecordingReader(path: segment.path).cursor()
            if segment.number == listing.first?.number {
                guard case .record(let first)? = cursor.next() else {
                    Issue.record("nothing in \(segment.path)")
                    return
                }
                #expect(first.kind == .snapshot)
            }
        }
        #expect(collect(reader.cursor()).gaps == [])
    }

    @Test func ageRemovesSegmentsInOrderAndNeverTheLast() {
        let entries = (1...5).map { FilmFiles.Entry(path: "\($0)", number: UInt32($0), bytes: 100) }
        var limits = RecordingLimits()
        limits.keepSeconds = 10
        func surplus(now: Int64, _ starts: [Int64?]) -> [UInt32] {
            Retention.surplus(
                entries, starts: starts.map { $0.map { $0 * 1_000_000 } }, nowMicroseconds: now * 1_000_000,
                limits: limits
            ).map(\.number)
        }
        #expect(surplus(now: 20, [0, 5, 10, 15, 20]) == [1])
        #expect(surplus(now: 1_000, [0, 5, 10, 15, 20]) == [1, 2, 3, 4])
        // What cannot be dated is kept, and so is all that comes after it.
        #expect(surplus(now: 1_000, [0, 5, nil, 15, 20]) == [1])
        limits.keepBytes = 250
        #expect(surplus(now: 20, [0, 5, 10, 15, 20]) == [1, 2, 3])
    }
}
