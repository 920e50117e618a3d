import Glibc

/// Says that one process has a store: a lock on a file beside it, which holds that process's id for others to read.
/// The system gives the lock back when the process ends, however it ends.
final class OwnerLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock at `path`.
    ///
    /// - Throws: `owned` with the owner's process id; `notWritable`, `system`.
    init(path: String, of store: String) throws(RegistryStoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw code == EACCES || code == EROFS || code == EPERM || code == ENOENT
                ? .notWritable(path: path, detail: String(cString: strerror(code)))
                : .system(operation: "open", path: path, code: code)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = Self.readOwner(descriptor)
            close(descriptor)
            throw code == EWOULDBLOCK
                ? .owned(path: store, processID: owner) : .system(operation: "lock", path: path, code: code)
        }
        self.descriptor = descriptor
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // A child between fork and exec holds the file too: a close alone would leave it the lock for that moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func readOwner(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let digits = bytes[..<count].prefix { (48...57).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}
