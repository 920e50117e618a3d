import Glibc

/// The few calls to the system that write a segment; tests put failing ones in their place.
struct FileCalls: Sendable {
    var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int = { Glibc.write($0, $1.baseAddress, $1.count) }
    var synchronize: @Sendable (Int32) -> Int32 = { fdatasync($0) }
}

/// An open segment file. Owns its descriptor and closes it when it goes. Reading is by position and may be done from
/// several threads at once.
final class SegmentFile: Sendable {
    let path: String
    let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a file to read it.
    static func open(_ path: String) throws(RecordingError) -> SegmentFile {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw errno == ENOENT
                ? .notFound(path: path) : .system(operation: "open", path: path, code: errno)
        }
        return SegmentFile(path: path, descriptor: descriptor)
    }

    /// Makes a new file of mode 0600 and takes its lock, which marks it as being written. Nil if it exists.
    static func create(_ path: String) throws(RecordingError) -> SegmentFile? {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
        if descriptor < 0 {
            if errno == EEXIST { return nil }
            throw .system(operation: "create", path: path, code: errno)
        }
        let file = SegmentFile(path: path, descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: path) }
        return file
    }

    /// A writer has this file's lock now.
    var isBeingWritten: Bool {
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0 { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        return false
    }

    /// Says that the file is no longer being written.
    func unlock() { flock(descriptor, LOCK_UN) }

    /// Size in bytes now.
    func size() throws(RecordingError) -> UInt64 {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw .system(operation: "look at", path: path, code: errno)
        }
        return UInt64(information.st_size)
    }

    /// Up to `count` bytes from `offset`; fewer at the end of the file.
    func read(at offset: UInt64, count: Int) throws(RecordingError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if failure != 0 { throw .system(operation: "read", path: path, code: failure) }
        return bytes
    }

    /// Appends all of `bytes`, or cuts the file back to `length` and throws.
    func append(_ bytes: [UInt8], to length: UInt64, by calls: FileCalls) throws(RecordingError) {
        let code: Int32 = bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let wrote = calls.write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]))
                if wrote < 0 && errno == EINTR { continue }
                if wrote < 0 { return errno }
                if wrote == 0 { return ENOSPC }
                done += wrote
            }
            return 0
        }
        guard code != 0 else { return }
        ftruncate(descriptor, off_t(length))
        throw .system(operation: "write", path: path, code: code)
    }

    /// Waits until what was written is on the disk.
    func synchronize(by calls: FileCalls) throws(RecordingError) {
        while calls.synchronize(descriptor) != 0 {
            if errno != EINTR { throw .system(operation: "synchronize", path: path, code: errno) }
        }
    }
}

/// Calls on folders.
enum Folder {
    /// Makes the folder and those above it that are missing, of mode 0700.
    static func make(_ path: String) throws(RecordingError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let cause = errno
        if cause == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw .system(operation: "make the folder", path: path, code: cause)
    }

    /// Waits until the folder's entries are on the disk, so that a new file's name survives a power cut.
    static func synchronize(_ path: String) throws(RecordingError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open the folder", path: path, code: errno) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw .system(operation: "synchronize the folder", path: path, code: errno) }
    }

    /// Names of the entries, sorted, without "." and "..".
    static func entries(_ path: String) throws(RecordingError) -> [String] {
        guard let folder = opendir(path) else {
            throw errno == ENOENT ? .notFound(path: path) : .system(operation: "list", path: path, code: errno)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
