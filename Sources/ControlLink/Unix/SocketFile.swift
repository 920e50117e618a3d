/// The socket in the file system: who may stand there, how an old one is told from a living one, and how it goes away.
/// A lock file beside it, held for the life of the core, keeps two cores that start at one moment apart.
import Glibc

/// A listening socket of mode 0600, its path, and the lock that guards the path.
struct SocketFile: Sendable {
    /// Where it is.
    let path: String
    /// The listening socket; whoever takes it over closes it.
    let descriptor: Int32
    private let lock: Int32
    private let device: UInt64
    private let inode: UInt64

    /// Makes the folder (0700) and the socket (0600), replacing one that a dead core left behind.
    static func open(_ path: String) throws(ControlLinkError) -> SocketFile {
        guard path.utf8.count <= ControlLimits.pathBytes else {
            throw .pathTooLong(path: path, bytes: path.utf8.count)
        }
        try prepareFolder(of: path)
        let lock = try takeLock(for: path)
        do throws(ControlLinkError) {
            try clear(path)
            let descriptor = try listen(path)
            guard let facts = FileFacts(path: path) else {
                Glibc.close(descriptor)
                throw .system(path: path, call: "stat", message: lastErrorText())
            }
            return SocketFile(
                path: path, descriptor: descriptor, lock: lock, device: facts.device, inode: facts.inode)
        } catch {
            release(lock)
            throw error
        }
    }

    /// Takes the file away, if it is still ours, and then gives the path free. Once only. The descriptor is not closed.
    func remove() {
        if let facts = FileFacts(path: path), facts.device == device, facts.inode == inode { unlink(path) }
        // The lock file stays: taking it away could tear it out of the hands of a core that has just opened it.
        Self.release(lock)
    }

    // MARK: - The steps

    private static func prepareFolder(of path: String) throws(ControlLinkError) {
        let folder = folder(of: path)
        try makeFolders(folder)
        guard let facts = FileFacts(path: folder, followLinks: true) else {
            throw .badFolder(path: folder, message: lastErrorText())
        }
        guard facts.isFolder else { throw .badFolder(path: folder, message: "it is not a folder") }
        if facts.owner != geteuid(), facts.owner != 0 {
            throw .badFolder(path: folder, message: "it belongs to \(Peer.name(ofUser: facts.owner))")
        }
        if facts.isOpenToOthers {
            throw .badFolder(path: folder, message: "other users may write there (chmod go-w would do)")
        }
    }

    /// Makes the folder and those above it that are missing, for the owner only.
    private static func makeFolders(_ path: String) throws(ControlLinkError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let code = errno
        let above = folder(of: path)
        guard code == ENOENT, above != path else { throw .badFolder(path: path, message: lastErrorText(code)) }
        try makeFolders(above)
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .badFolder(path: path, message: lastErrorText()) }
    }

    private static func takeLock(for path: String) throws(ControlLinkError) -> Int32 {
        let name = path + ".lock"
        let lock = Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .system(path: name, call: "open", message: lastErrorText()) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(lock)
            if code == EWOULDBLOCK { throw .inUse(path: path, pid: listener(at: path) ?? 0) }
            throw .system(path: name, call: "flock", message: lastErrorText(code))
        }
        return lock
    }

    /// Gives a lock back. A child between fork and exec holds the file too, so a close alone would not do.
    private static func release(_ lock: Int32) {
        flock(lock, LOCK_UN)
        Glibc.close(lock)
    }

    /// Takes a dead core's socket away; refuses a living one and what is not a socket.
    private static func clear(_ path: String) throws(ControlLinkError) {
        guard let facts = FileFacts(path: path) else { return }
        guard facts.isSocket else { throw .notASocket(path: path) }
        if let pid = listener(at: path) { throw .inUse(path: path, pid: pid) }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .system(path: path, call: "unlink", message: lastErrorText())
        }
    }

    /// The process that listens at `path`, 0 if it cannot be told which; nil when nobody does.
    private static func listener(at path: String) -> Int32? {
        let probe = makeSocket(nonBlocking: true)
        guard probe >= 0 else { return 0 }
        defer { Glibc.close(probe) }
        let result = withSocketAddress(path) { connect(probe, $0, $1) }
        if result == 0 { return Peer(descriptor: probe)?.pid ?? 0 }
        // A full queue of connections has somebody in front of it, too.
        return errno == EAGAIN ? 0 : nil
    }

    private static func listen(_ path: String) throws(ControlLinkError) -> Int32 {
        let descriptor = makeSocket(nonBlocking: false)
        guard descriptor >= 0 else { throw .system(path: path, call: "socket", message: lastErrorText()) }
        // The file comes into being with the mode of the socket, so that there is no moment at which others could
        // connect; and unlike a change of the process's mask, this touches no file that another thread makes.
        fchmod(descriptor, 0o600)
        guard withSocketAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw .system(path: path, call: "bind", message: lastErrorText(code))
        }
        guard let facts = FileFacts(path: path), facts.mode & 0o777 & ~0o600 == 0 else {
            Glibc.close(descriptor)
            unlink(path)
            throw .badFolder(path: folder(of: path), message: "its file system keeps no file modes")
        }
        guard Glibc.listen(descriptor, 128) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            unlink(path)
            throw .system(path: path, call: "listen", message: lastErrorText(code))
        }
        return descriptor
    }
}
