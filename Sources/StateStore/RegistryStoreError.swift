import Glibc

/// Why facts cannot be kept or read. Every case names the thing, the cause and the way out in `description`.
public enum RegistryStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process has the store.
    case owned(path: String, processID: Int32?)
    /// No space is left, or a quota is used up.
    case diskFull(path: String)
    /// Another program holds the database's own lock.
    case locked(path: String)
    /// The file is not a database, or is damaged.
    case corrupted(path: String, detail: String)
    /// A newer program wrote it.
    case newerVersion(path: String, found: Int, supported: Int)
    /// The file or its folder cannot be written.
    case notWritable(path: String, detail: String)
    /// Too much waits for the disk.
    case queueFull(limitBytes: Int)
    /// A key or fact is over its limit.
    case tooLarge(keyBytes: Int, valueBytes: Int)
    /// The store was closed.
    case closed
    /// A call to the system failed.
    case system(operation: String, path: String, code: Int32)
    /// Anything else that the database said.
    case failed(path: String, detail: String)

    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .owned(let path, let process):
            "\(path) belongs to \(process.map { "process \($0)" } ?? "another process"): one core at a time has it; "
                + "attach to that core, or end it first"
        case .diskFull(let path): "no space for \(path): free some; nothing that was kept is lost"
        case .locked(let path): "\(path) is locked by another program, a database tool perhaps: close that one"
        case .corrupted(let path, let detail):
            "\(path) is damaged (\(detail)): restore it from a copy; agents and providers still know what runs"
        case .newerVersion(let path, let found, let supported):
            "\(path) has version \(found), this program knows up to \(supported): start a newer bellows"
        case .notWritable(let path, let detail): "\(path) cannot be written (\(detail)): check owner and mode"
        case .queueFull(let limit): "\(limit >> 20) MiB of facts wait for the disk: it is too slow, or hangs"
        case .tooLarge(let key, let value): "a fact of \(value) bytes under a key of \(key) bytes is over the limit"
        case .closed: "the state store was closed"
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path): \(String(cString: strerror(code)))"
        case .failed(let path, let detail): "\(path): \(detail)"
        }
    }
}
