import AgentLink
import ClusterModel
import Glibc
import Providers

/// How a core is to be started.
public struct LiveOptions: Sendable {
    /// Folder of all that the cluster keeps on this machine; made with mode 0700 when it is missing.
    public var stateFolder: String
    /// The cluster file, when one was given; nil = go on with what was kept.
    public var configuration: ClusterConfiguration?
    /// The program's version.
    public var version = "0.1.0"
    /// Who starts it; actions of the embedded source are in this name.
    public var user = LiveOptions.userName
    /// Limits of the runtime.
    public var limits = RuntimeLimits()
    /// Limits of links to agents.
    public var linkLimits = LinkLimits()
    /// The agent program; nil = beside this executable, BELLOWS_AGENT, PATH.
    public var agentProgram: AgentProgram?
    /// A configuration file for ssh instead of the user's own; BELLOWS_SSH_CONFIG sets it, "" = the user's own.
    public var sshConfiguration = LiveOptions.variable("BELLOWS_SSH_CONFIG")
    /// Called once when the core has ended because somebody asked it to (`shutdown`), on a queue of its own.
    public var onStop: @Sendable () -> Void = {}

    /// Options for a cluster kept in `stateFolder`.
    public init(stateFolder: String, configuration: ClusterConfiguration? = nil) {
        self.stateFolder = stateFolder
        self.configuration = configuration
    }

    private static func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

    /// The name of the user that runs this process; the number when it has none.
    public static var userName: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "\(getuid())" }
        return String(cString: name)
    }
}

/// Why a core could not be started; the description is for the operator.
public enum RuntimeError: Error, CustomStringConvertible {
    /// The state store cannot take the first facts.
    case notKept(cause: String)
    /// The system has no thread left.
    case noThread

    public var description: String {
        switch self {
        case .notKept(let cause):
            "the core cannot start: its state store takes nothing (\(cause)); make room, or choose another state folder"
        case .noThread: "the core cannot start: the system has no thread left"
        }
    }
}
