/// Everything that can go wrong with the control socket, on either side, in words that name the thing, the cause and
/// the way out.

/// Why a control socket cannot be opened, or a core cannot be reached through it.
public enum ControlLinkError: Error, Hashable, Sendable {
    /// Nothing listens at the path.
    case noCore(path: String)
    /// The file system does not let us reach the socket; who owns it.
    case permissionDenied(path: String, owner: String)
    /// The process that listens there belongs to somebody else.
    case foreignCore(path: String, owner: String)
    /// What stands at the path is not a socket.
    case notASocket(path: String)
    /// The path has more bytes than the kernel takes.
    case pathTooLong(path: String, bytes: Int)
    /// The core and this program have no protocol version in common; those that the core speaks.
    case versionMismatch(path: String, lowest: UInt64, highest: UInt64, coreVersion: String)
    /// The core does not let us in, in its own words.
    case refused(path: String, message: String)
    /// What came over the socket is not the protocol.
    case protocolFault(path: String, message: String)
    /// No answer in time.
    case timeout(path: String, milliseconds: Int)
    /// The connection ended; the reason as far as it is known.
    case disconnected(path: String, message: String)
    /// Another core already listens at the path; its process, 0 when it is not known.
    case inUse(path: String, pid: Int32)
    /// The socket's folder cannot be used.
    case badFolder(path: String, message: String)
    /// A call to the system failed.
    case system(path: String, call: String, message: String)
}

extension ControlLinkError: CustomStringConvertible {
    /// One line for people: the thing, the cause, the way out.
    public var description: String {
        switch self {
        case .noCore(let path):
            "no core is running at \(path); start one with 'bellows serve' or choose its socket with --socket"
        case .permissionDenied(let path, let owner):
            "the socket \(path) belongs to \(owner) and may not be opened; choose your own core's with --socket"
        case .foreignCore(let path, let owner):
            "the core at \(path) is run by \(owner), not by you; choose your own core's socket with --socket"
        case .notASocket(let path):
            "\(path) is there but is not a socket; choose another path with --socket, or move that file away"
        case .pathTooLong(let path, let bytes):
            "the socket's path has \(bytes) bytes and \(ControlLimits.pathBytes) is the most that the system takes; "
                + "choose a shorter one with --socket or BELLOWS_SOCKET: \(path)"
        case .versionMismatch(let path, let lowest, let highest, let coreVersion):
            "the core at \(path) (version \(coreVersion)) speaks protocol \(Self.words(lowest, highest)), this program "
                + "\(Self.words(ControlLimits.lowestVersion, ControlLimits.highestVersion)); "
                + "use the same version of bellows for both"
        case .refused(let path, let message): "the core at \(path) refused: \(message)"
        case .protocolFault(let path, let message):
            "what listens at \(path) does not speak as a core does: \(message); is it another program's socket?"
        case .timeout(let path, let milliseconds):
            "the core at \(path) did not answer within \(milliseconds) ms; is it stopped or very busy?"
        case .disconnected(let path, let message): "the connection to the core at \(path) ended: \(message)"
        case .inUse(let path, let pid):
            "a core is already running at \(path)" + (pid > 0 ? " (process \(pid))" : "")
                + "; attach to it with 'bellows', or choose another socket with --socket"
        case .badFolder(let path, let message):
            "the socket's folder \(path) cannot be used: \(message); choose another socket with --socket"
        case .system(let path, let call, let message): "\(call) on \(path) failed: \(message)"
        }
    }

    private static func words(_ lowest: UInt64, _ highest: UInt64) -> String {
        lowest == highest ? "\(lowest)" : "\(lowest) to \(highest)"
    }
}

extension ControlLinkError {
    /// A few words for a header in which there is little room: why the picture is not the present.
    var brief: String {
        switch self {
        case .noCore: "no core is running, trying again"
        case .disconnected(_, let message): message
        case .versionMismatch(_, _, _, let coreVersion): "the core is of version \(coreVersion) now"
        case .refused(_, let message): "refused: \(message)"
        case .protocolFault: "no core's words came, trying again"
        case .permissionDenied(_, let owner), .foreignCore(_, let owner): "the socket belongs to \(owner) now"
        case .notASocket, .pathTooLong, .timeout, .inUse, .badFolder, .system: "no core to be reached, trying again"
        }
    }
}
