import GRDB
import Glibc

/// The SQLite file: opening, reading and writing facts, and what its errors mean. Used by one thread at a time.
final class RegistryDatabase: Sendable {
    /// Version of the file's layout, in `user_version`.
    static let version = 1
    /// Pages of the write-ahead log after which it is moved into the file and begun again.
    private static let logPages = 1_000
    /// Pages kept in memory.
    private static let cacheBytes = 2 << 20

    let path: String
    private let queue: DatabaseQueue

    /// Opens or makes the database, of mode 0600.
    init(path: String, busyMilliseconds: Int) throws(RegistryStoreError) {
        self.path = path
        try Self.makePrivate(path)
        var configuration = Configuration()
        configuration.label = "bellows.registry"
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1_000)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in try Self.prepare(database, path) }
        } catch {
            throw Self.explain(error, path)
        }
    }

    /// The file exists with mode 0600 before SQLite sees it; its WAL takes the same mode.
    private static func makePrivate(_ path: String) throws(RegistryStoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .notWritable(path: path, detail: String(cString: strerror(errno)))
        }
        defer { Glibc.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .notWritable(path: path, detail: String(cString: strerror(errno)))
        }
    }

    private static func prepare(_ database: Database, _ path: String) throws {
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        // After opening: GRDB sets a weaker mode of its own while it opens.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw RegistryStoreError.newerVersion(path: path, found: found, supported: version)
        }
        let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? ""
        guard verdict == "ok" else { throw RegistryStoreError.corrupted(path: path, detail: verdict) }
        try database.execute(
            sql: "CREATE TABLE IF NOT EXISTS fact (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID")
        try database.execute(sql: "PRAGMA user_version = \(version)")
        try makeRoom(database, path)
        try database.execute(sql: "PRAGMA cache_size = -\(cacheBytes >> 10)")
    }

    /// Lengthens the write-ahead log to the size at which it is begun again: a sync of what lies within a file is twice
    /// as fast as one that also makes it longer. A disk with little room is left as it is.
    private static func makeRoom(_ database: Database, _ path: String) throws {
        let bytes = logPages * 4_096
        var disk = statvfs()
        guard statvfs(path, &disk) == 0, UInt64(disk.f_bavail) * UInt64(disk.f_frsize) > UInt64(bytes) * 16 else {
            return
        }
        // A cache of few pages spills what is not committed into the log.
        try database.execute(
            sql: """
                PRAGMA cache_size = 16;
                BEGIN; CREATE TABLE room (bytes BLOB); INSERT INTO room VALUES (zeroblob(\(bytes))); ROLLBACK;
                """)
    }

    /// All facts by key.
    func facts() throws(RegistryStoreError) -> [(key: [UInt8], value: [UInt8])] {
        do {
            return try queue.inDatabase { database in
                var facts: [(key: [UInt8], value: [UInt8])] = []
                let rows = try Row.fetchCursor(database, sql: "SELECT key, value FROM fact ORDER BY key")
                while let row = try rows.next() {
                    let key = try row.withUnsafeData(atIndex: 0) { Array($0 ?? .init()) }
                    let value = try row.withUnsafeData(atIndex: 1) { Array($0 ?? .init()) }
                    facts.append((key, value))
                }
                return facts
            }
        } catch {
            throw Self.explain(error, path)
        }
    }

    /// Commits all changes in one transaction, or none; returns when they are on the disk.
    func commit(_ batches: some Sequence<[RegistryChange]>) throws(RegistryStoreError) {
        do {
            try queue.inDatabase { database in
                try database.inTransaction(.immediate) {
                    let put = try database.cachedStatement(
                        sql: "INSERT INTO fact VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
                    let delete = try database.cachedStatement(sql: "DELETE FROM fact WHERE key = ?")
                    for change in batches.joined() {
                        if let value = change.value {
                            try put.run(change.key, value)
                        } else {
                            try delete.run(change.key)
                        }
                    }
                    return .commit
                }
            }
        } catch {
            throw Self.explain(error, path)
        }
    }

    /// Runs a query.
    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) throws -> Value {
        try queue.inDatabase(body)
    }

    /// Moves the WAL into the file and closes it.
    func close() { try? queue.close() }

    private static func explain(_ error: any Error, _ path: String) -> RegistryStoreError {
        if let known = error as? RegistryStoreError { return known }
        guard let error = error as? DatabaseError else { return .failed(path: path, detail: "\(error)") }
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: return .diskFull(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupted(path: path, detail: detail)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: return .notWritable(path: path, detail: detail)
        case .SQLITE_IOERR where errno == ENOSPC || errno == EDQUOT: return .diskFull(path: path)
        default: return .failed(path: path, detail: detail)
        }
    }
}
