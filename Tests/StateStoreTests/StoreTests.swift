import Foundation
import GRDB
import Synchronization
import Testing

@testable import StateStore

/// Facts are kept all or none, in order, by one owner, and every failure has its name.
struct StoreTests {
    let folder = TemporaryFolder()
    var path: String { folder.path + "/registry.sqlite" }

    private func mode(_ path: String) -> mode_t {
        var information = stat()
        stat(path, &information)
        return information.st_mode & 0o777
    }

    @Test func theLogHasItsLengthFromTheStart() throws {
        func length() -> Int {
            var information = stat()
            stat(path + "-wal", &information)
            return Int(information.st_size)
        }
        let store = try SQLiteRegistryStore(path: path)
        let first = length()
        #expect(first > 4_000_000)
        for number in 0..<3_000 as Range<UInt64> {
            #expect(store.commit([RegistryChange(key: bytes(number % 7), value: bytes(number))]) == nil)
        }
        #expect(length() < first + 100_000)
        #expect(try store.load().count == 7)
        #expect(try store.database.pragma("quick_check") == "ok")
        store.close()
    }

    @Test func factsComeBackInOrder() throws {
        var expected: [UInt64: [UInt8]] = [:]
        do {
            let store = try SQLiteRegistryStore(path: path)
            #expect(try store.load().isEmpty)
            var generator = SeededGenerator(seed: 1)
            for _ in 0..<50 {
                var batch: [RegistryChange] = []
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    let key = UInt64.random(in: 0..<200, using: &generator)
                    let size = Int.random(in: 0...300, using: &generator)
                    let value: [UInt8]? = size < 60 ? nil : Array(repeating: UInt8(key), count: size - 60)
                    batch.append(RegistryChange(key: bytes(key), value: value))
                    expected[key] = value
                }
                #expect(store.commit(batch) == nil)
            }
            store.close()
        }
        let store = try SQLiteRegistryStore(path: path)
        let facts = try store.load()
        #expect(facts.map { number($0.key) } == expected.keys.sorted())
        for fact in facts { #expect(expected[number(fact.key)] == fact.value) }
        #expect(mode(path) == 0o600)
        #expect(mode(path + "-wal") == 0o600)
        #expect(mode(path + ".lock") == 0o600)
        store.close()
    }

    @Test func everyCommitWaitsForTheDisk() throws {
        let database = try RegistryDatabase(path: path, busyMilliseconds: 100)
        #expect(try database.pragma("synchronous") == "2")
        #expect(try database.pragma("journal_mode") == "wal")
        database.close()
    }

    @Test func completionsComeInOrderAndGroupsShareACommit() throws {
        let store = try SQLiteRegistryStore(path: path)
        let order = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        for position in 0..<2_000 {
            store.enqueue([RegistryChange(key: bytes(UInt64(position)), value: [1, 2, 3])]) { error in
                order.withLock { $0.append(error == nil ? position : -1) }
                if position == 1_999 { done.signal() }
            }
        }
        done.wait()
        #expect(order.withLock(\.self) == Array(0..<2_000))
        let figures = store.figures
        #expect(figures.batches == 2_000 && figures.changes == 2_000)
        #expect(figures.commits < 1_000)
        #expect(figures.queuedBytes == 0)
        store.close()
        #expect(store.commit([RegistryChange(key: [1], value: [1])]) == .closed)
    }

    @Test func closingKeepsWhatWasHandedOver() throws {
        let store = try SQLiteRegistryStore(path: path)
        let kept = Mutex(0)
        for position in 0..<300 {
            store.enqueue([RegistryChange(key: bytes(UInt64(position)), value: [7])]) { error in
                if error == nil { kept.withLock { $0 += 1 } }
            }
        }
        store.close()
        #expect(kept.withLock(\.self) == 300)
        let again = try SQLiteRegistryStore(path: path)
        #expect(try again.load().count == 300)
        again.close()
    }

    @Test func oneOwnerAtATime() throws {
        let store = try SQLiteRegistryStore(path: path)
        do {
            _ = try SQLiteRegistryStore(path: path)
            Issue.record("a second owner was let in")
        } catch {
            #expect(error == .owned(path: path, processID: getpid()))
            #expect("\(error)".contains("belongs to process \(getpid())"))
        }
        store.close()
        try SQLiteRegistryStore(path: path).close()
    }

    @Test func damageIsNamed() throws {
        let store = try SQLiteRegistryStore(path: path)
        for position in 0..<200 {
            store.commit([RegistryChange(key: bytes(UInt64(position)), value: Array(repeating: 9, count: 400))])
        }
        store.close()
        var content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for position in 4_096..<12_288 { content[position] = 0x5a }
        try Data(content).write(to: URL(fileURLWithPath: path))
        #expect { try SQLiteRegistryStore(path: path) } throws: { error in
            guard case RegistryStoreError.corrupted = error else { return false }
            return "\(error)".contains("restore it from a copy")
        }
        try Data("certainly no database, but a text of some length".utf8).write(to: URL(fileURLWithPath: path))
        #expect { try SQLiteRegistryStore(path: path) } throws: { error in
            guard case RegistryStoreError.corrupted = error else { return false }
            return true
        }
    }

    @Test func aNewerVersionIsRefused() throws {
        let database = try RegistryDatabase(path: path, busyMilliseconds: 100)
        database.close()
        let raw = try DatabaseQueue(path: path)
        try raw.inDatabase { try $0.execute(sql: "PRAGMA user_version = 9") }
        try raw.close()
        #expect(throws: RegistryStoreError.newerVersion(path: path, found: 9, supported: 1)) {
            try SQLiteRegistryStore(path: path)
        }
    }

    @Test func aLockedDatabaseFailsTheGroupAndWorksAgain() throws {
        var limits = RegistryLimits()
        limits.busyMilliseconds = 50
        let store = try SQLiteRegistryStore(path: path, limits: limits)
        let other = try DatabaseQueue(path: path)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect(store.commit([RegistryChange(key: [1], value: [1])]) == .locked(path: path))
            try database.execute(sql: "ROLLBACK")
        }
        #expect(store.commit([RegistryChange(key: [2], value: [2])]) == nil)
        #expect(try store.load().map(\.key) == [[2]])
        try other.close()
        store.close()
    }

    @Test func aFullDiskFailsTheWholeGroup() throws {
        let store = try SQLiteRegistryStore(path: path)
        #expect(store.commit([RegistryChange(key: [1], value: [1])]) == nil)
        try store.limitPages(20)
        let batch = (UInt64(0)..<100).map {
            RegistryChange(key: bytes($0), value: Array(repeating: 1, count: 2_000))
        }
        #expect(store.commit(batch) == .diskFull(path: path))
        #expect(try store.load().map(\.key) == [[1]])
        try store.limitPages(1_000_000)
        #expect(store.commit(batch) == nil)
        #expect(try store.load().count == 101)
        store.close()
    }

    @Test func limitsAreHeld() throws {
        var limits = RegistryLimits()
        limits.queueBytes = 1_000
        let store = try SQLiteRegistryStore(path: path, limits: limits)
        #expect(
            store.commit([RegistryChange(key: [1], value: Array(repeating: 0, count: 2_000))])
                == .queueFull(limitBytes: 1_000))
        let key = [UInt8](repeating: 0, count: 257)
        #expect(store.commit([RegistryChange(key: key, value: [])]) == .tooLarge(keyBytes: 257, valueBytes: 0))
        #expect(store.figures.failures == 2)
        store.close()
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect { try SQLiteRegistryStore(path: folder.path + "/none/registry.sqlite") } throws: { error in
            guard case RegistryStoreError.notWritable = error else { return false }
            return true
        }
    }
}
