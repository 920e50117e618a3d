import Foundation
import Testing

@testable import StateStore

/// A core that is killed at any moment has lost nothing that its store had reported as kept, and nothing half.
struct KillTests {
    @Test(arguments: 0..<12) func killedAtRandomEveryCompletionHolds(round: Int) async throws {
        let folder = TemporaryFolder()
        let path = folder.path
        let seed = UInt64.random(in: 0...UInt64.max)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, seed = seed as UInt64] in
            try commitUntilKilled(path, seed: seed)
        }
        let reported = (try? Data(contentsOf: URL(fileURLWithPath: path + "/reported"))) ?? Data()
        let store = try SQLiteRegistryStore(path: path + "/registry.sqlite")
        let facts = try store.load()
        store.close()
        // Every batch writes three facts with its number: each is whole or absent, and none is missing before the last.
        var parts: [UInt64: Int] = [:]
        for fact in facts { parts[number(Array(fact.key.prefix(8))), default: 0] += 1 }
        #expect(parts.values.allSatisfy { $0 == 3 }, "seed \(seed)")
        #expect(parts.keys.sorted() == Array(0..<UInt64(parts.count)), "seed \(seed)")
        #expect(parts.count >= reported.count / 8, "seed \(seed): reported \(reported.count / 8), kept \(parts.count)")
    }
}

/// Commits batches as fast as it can, notes each completion in a file, and is killed by its own second thread.
private func commitUntilKilled(_ path: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let delay = UInt32.random(in: 0...150_000, using: &generator)
    let store = try SQLiteRegistryStore(path: path + "/registry.sqlite")
    let reported = open(path + "/reported", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    Thread.detachNewThread {
        usleep(delay)
        kill(getpid(), SIGKILL)
    }
    var batch: UInt64 = 0
    while true {
        let current = batch
        let changes = (UInt8(0)..<3).map { part in
            RegistryChange(
                key: bytes(current) + [part],
                value: Array(repeating: part, count: Int.random(in: 0...600, using: &generator)))
        }
        store.enqueue(changes) { error in
            guard error == nil else { return }
            var done = current
            write(reported, &done, 8)
        }
        batch += 1
        if Int.random(in: 0..<5, using: &generator) == 0 { usleep(UInt32.random(in: 0...2_000, using: &generator)) }
    }
}
