import CSys
import ControlRuntime
import Dispatch
import Glibc
import Synchronization

/// A registry in one append-only file, synced per commit: real files without a database, for tests of the runtime alone.
/// Can be told to fail.
final class FileStore: RegistryKeeping {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private let path: String
    private let file: Int32
    private let queue = DispatchQueue(label: "test.store")
    let failure = Mutex<String?>(nil)

    init(path: String) throws {
        self.path = path
        file = cs_open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if file < 0 { throw Failure(description: "cannot open \(path)") }
    }

    func load() throws -> [(key: [UInt8], value: [UInt8])] {
        var bytes = [UInt8](repeating: 0, count: Int(cs_file_size(file)))
        lseek(file, 0, SEEK_SET)
        _ = read(file, &bytes, bytes.count)
        var facts: [[UInt8]: [UInt8]] = [:]
        var at = 0
        func number() -> Int {
            defer { at += 4 }
            return (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        // Commits are length, then records; a torn last one is passed over.
        while at + 4 <= bytes.count {
            let end = number() + at
            guard end <= bytes.count else { break }
            while at < end {
                let (keyCount, valueCount) = (number(), number())
                let key = Array(bytes[at..<at + keyCount])
                at += keyCount
                if valueCount == 0xffff_ffff {
                    facts[key] = nil
                } else {
                    facts[key] = Array(bytes[at..<at + valueCount])
                    at += valueCount
                }
            }
        }
        return facts.map { ($0.key, $0.value) }
    }

    func commit(_ changes: [FactChange], done: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { [self] in
            if let why = failure.withLock({ $0 }) { return done(Failure(description: why)) }
            var body: [UInt8] = []
            func append(_ number: Int) {
                for shift in [0, 8, 16, 24] { body.append(UInt8(truncatingIfNeeded: number >> shift)) }
            }
            for change in changes {
                append(change.key.count)
                append(change.value?.count ?? 0xffff_ffff)
                body += change.key + (change.value ?? [])
            }
            var bytes: [UInt8] = []
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
            bytes += body
            if changes.isEmpty { return done(nil) }
            let written = write(file, bytes, bytes.count)
            guard written == bytes.count, cs_fdatasync(file) == 0 else {
                return done(Failure(description: "cannot write \(path): error \(errno)"))
            }
            done(nil)
        }
    }

    func close() { queue.sync { _ = Glibc.close(file) } }
}
