import Foundation
import Testing

@testable import Recording

/// A core that is killed at any moment leaves a film that opens and holds what had been handed to the system.
struct KillTests {
    @Test(arguments: 0..<12) func killedAtRandomTheFilmOpens(round: Int) async throws {
        let folder = TemporaryFolder()
        let seed = UInt64.random(in: 0...UInt64.max)
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, seed = seed as UInt64] in
            try writeUntilKilled(path, seed: seed)
        }
        let synced = (try? readFile(path + "/synced")) ?? []
        let lastSynced = synced.withUnsafeBytes { bytes in
            bytes.count >= 8 ? bytes.loadUnaligned(fromByteOffset: (bytes.count / 8 - 1) * 8, as: UInt64.self) : 0
        }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path + "/films")) ?? []
        guard !files.isEmpty else { return }
        let reader = try RecordingReader(path: path + "/films")
        let (records, gaps) = collect(reader.cursor())
        let sequences = records.filter { $0.kind == .events }.map(\.sequence)
        #expect(sequences == Array(1..<UInt64(sequences.count) + 1), "seed \(seed)")
        #expect(UInt64(sequences.count) >= lastSynced, "seed \(seed): synced \(lastSynced)")
        #expect(gaps.allSatisfy { $0.reason == .tornTail }, "seed \(seed): \(gaps)")
        // The next session goes on with the film.
        let writer = try startWriter(path + "/films", session: 8)
        writer.end()
    }
}

/// Records as fast as it can, notes what was promised to be on the disk, and is killed by its own second thread.
private func writeUntilKilled(_ path: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let delay = UInt32.random(in: 0...120_000, using: &generator)
    Thread.detachNewThread {
        usleep(delay)
        kill(getpid(), SIGKILL)
    }
    var limits = RecordingLimits()
    limits.flushMilliseconds = 2
    limits.syncMilliseconds = 5
    limits.queueBytes = 1 << 30
    let writer = try startWriter(path + "/films", limits: limits)
    let synced = open(path + "/synced", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var sequence: UInt64 = 0
    while true {
        for _ in 0..<Int.random(in: 1...40, using: &generator) {
            sequence += 1
            writer.append(
                eventsRecord(
                    sequence, atSecond: Double(sequence) / 100, size: Int.random(in: 0...3_000, using: &generator)))
        }
        if Bool.random(using: &generator) {
            var snapshot = eventsRecord(sequence, atSecond: Double(sequence) / 100, size: 20_000)
            snapshot.kind = .snapshot
            writer.append(snapshot, startsSegment: Int.random(in: 0..<10, using: &generator) == 0)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            writer.synchronize()
            var promised = sequence
            write(synced, &promised, 8)
        }
    }
}
