/// Reaching a core's socket from the outside, with an error that says which of the many ways it went wrong.
import Glibc

enum Dialer {
    /// A connected socket to the core at `path`, and who listens there. Waits for at most `milliseconds` while the
    /// core's queue of connections is full; 0 = not at all.
    static func dial(_ path: String, milliseconds: Int) throws(ControlLinkError) -> (descriptor: Int32, core: Peer) {
        let descriptor = makeSocket(nonBlocking: milliseconds == 0)
        guard descriptor >= 0 else { throw .system(path: path, call: "socket", message: lastErrorText()) }
        do throws(ControlLinkError) {
            if milliseconds > 0 {
                var patience = timeval(tv_sec: milliseconds / 1_000, tv_usec: (milliseconds % 1_000) * 1_000)
                setsockopt(
                    descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            guard let result = withSocketAddress(path, { connect(descriptor, $0, $1) }) else {
                throw .pathTooLong(path: path, bytes: path.utf8.count)
            }
            if result != 0 { throw fault(errno, path, milliseconds) }
            guard let core = Peer(descriptor: descriptor) else {
                throw .system(path: path, call: "getsockopt", message: lastErrorText())
            }
            // A socket in a folder that others may write to could be anybody's: what we send is for our own core.
            let own = geteuid()
            guard core.uid == own || core.uid == 0 || own == 0 else {
                throw .foreignCore(path: path, owner: core.user)
            }
            return (descriptor, core)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    private static func fault(_ code: Int32, _ path: String, _ milliseconds: Int) -> ControlLinkError {
        switch code {
        case ENOENT, ENOTDIR: return .noCore(path: path)
        case ECONNREFUSED:
            if let facts = FileFacts(path: path, followLinks: true), !facts.isSocket { return .notASocket(path: path) }
            return .noCore(path: path)
        case EACCES, EPERM:
            let facts = FileFacts(path: path) ?? FileFacts(path: folder(of: path), followLinks: true)
            return .permissionDenied(path: path, owner: facts.map { Peer.name(ofUser: $0.owner) } ?? "another user")
        case EAGAIN: return .timeout(path: path, milliseconds: milliseconds)
        default: return .system(path: path, call: "connect", message: lastErrorText(code))
        }
    }
}
