/// Who is at the other end of a Unix socket, as the kernel says; nothing that the peer claims is believed.
import CSys
import Glibc

/// The process at the other end.
public struct Peer: Hashable, Sendable {
    /// Its process number; 0 when it is out of our sight.
    public var pid: Int32
    /// Its user number.
    public var uid: UInt32
    /// Its user's name, or `uid-N` when the number has none.
    public var user: String

    /// A peer as it was found.
    public init(pid: Int32, uid: UInt32, user: String) {
        self.pid = pid
        self.uid = uid
        self.user = user
    }

    /// The peer of the connected socket `descriptor`. For a connecting side, that is who called `listen`.
    init?(descriptor: Int32) {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        guard cs_peer(descriptor, &pid, &uid, &gid) == 0 else { return nil }
        self.init(pid: pid, uid: uid, user: Self.name(ofUser: uid))
    }

    /// Whether a core of `core` takes a client of this user: its own people, and root.
    func mayTalk(toCoreOf core: UInt32) -> Bool { uid == core || uid == 0 }

    /// The name of a user number, or `uid-N`. May read the user database.
    public static func name(ofUser uid: UInt32) -> String {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var text = [CChar](repeating: 0, count: 16 << 10)
        let failed = getpwuid_r(uid, &record, &text, text.count, &found)
        guard failed == 0, found != nil, let name = record.pw_name, name.pointee != 0 else { return "uid-\(uid)" }
        return String(cString: name)
    }
}
