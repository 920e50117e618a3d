/// The few system calls around Unix sockets that NIO does not make for us, with their errors as words.
import Glibc

/// The text of the calling thread's last error.
func lastErrorText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

/// Runs `body` with the socket address of `path`; nil when the path is too long or holds a zero byte.
func withSocketAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R? {
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count <= ControlLimits.pathBytes, !bytes.contains(0) else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// A new Unix stream socket that children do not inherit; -1 with `errno` set when there is none.
func makeSocket(nonBlocking: Bool) -> Int32 {
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return socket(AF_UNIX, nonBlocking ? flags | Int32(SOCK_NONBLOCK.rawValue) : flags, 0)
}

/// What stands at a path, links at its end not followed.
struct FileFacts: Equatable {
    var device: UInt64
    var inode: UInt64
    var mode: UInt32
    var owner: UInt32

    /// Facts about the file at `path`; nil with `errno` set when there is none.
    init?(path: String, followLinks: Bool = false) {
        var facts = stat()
        guard (followLinks ? stat(path, &facts) : lstat(path, &facts)) == 0 else { return nil }
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        mode = UInt32(facts.st_mode)
        owner = UInt32(facts.st_uid)
    }

    var isSocket: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFSOCK) }
    var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    /// Others than the owner may make files there and take away ours.
    var isOpenToOthers: Bool { mode & 0o022 != 0 && mode & UInt32(S_ISVTX) == 0 }
}

/// The folder part of a path: `.` when it has none.
func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
