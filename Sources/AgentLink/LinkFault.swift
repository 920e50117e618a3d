import AgentProtocol
import NIOCore

/// Why a link is closed or cannot be opened; the description is what the operator reads beside the node.
public enum LinkFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The socket's path does not fit into a socket address.
    case addressTooLong(address: String, limitBytes: Int)
    /// The connection could not be made.
    case notReached(address: String, cause: String)
    /// The agent closed the connection.
    case closed
    /// The connection failed while it was open.
    case broken(cause: String)
    /// What came was no conversation.
    case garbled(cause: String)
    /// No complete hello in time.
    case helloTimeout(milliseconds: Int64)
    /// Nothing was heard for too long.
    case silent(milliseconds: Int64)
    /// The agent does not take what is sent.
    case tooSlow(bytes: Int)
    /// The agent said no.
    case refused(AgentRefusal)
    /// Something on the way through ssh.
    case ssh(SSHFault)
    /// No way leads to such an address.
    case noTransport(address: String)

    /// One line with the cause and, where there is one, the way out.
    public var description: String {
        switch self {
        case .addressTooLong(let address, let limit):
            "socket path \(address) is longer than \(limit) bytes: use a shorter state folder"
        case .notReached(let address, let cause): "agent at \(address) is not reached: \(cause)"
        case .closed: "the agent closed the connection"
        case .broken(let cause): "connection to the agent broke: \(cause)"
        case .garbled(let cause): "the agent sent what is no frame of this protocol: \(cause)"
        case .helloTimeout(let ms): "the agent did not say hello within \(ms) ms"
        case .silent(let ms): "nothing heard from the agent for \(ms) ms"
        case .tooSlow(let bytes): "the agent is too slow: \(bytes) bytes wait for it"
        case .refused(let refusal): LinkFault.words(refusal)
        case .ssh(let fault): fault.description
        case .noTransport(let address): "no link leads to an agent at \"\(address)\""
        }
    }

    /// Whether trying again soon is no use: somebody has to act first.
    var isLasting: Bool {
        switch self {
        case .ssh(let fault): return fault.isLasting
        case .noTransport: return true
        case .refused(let refusal):
            switch refusal.code {
            case .epoch, .cluster, .version, .replaced: return true
            default: return false
            }
        default: return false
        }
    }

    private static func words(_ refusal: AgentRefusal) -> String {
        switch refusal.code {
        case .cluster:
            "the agent belongs to cluster \(refusal.ownerCluster)\(since(refusal)), not to this one: take it over with "
                + "`bellows node add --take-over`, or end it there with `bellows-agent stop`"
        case .epoch:
            "another core leads this agent: cluster \(refusal.ownerCluster), epoch "
                + "\(refusal.ownerEpoch)\(since(refusal)); "
                + "end this core or that one"
        case .replaced: "another core of this cluster has taken the agent over: end one of them"
        case .version: "no common protocol version with the agent: \(refusal.message)"
        default: "the agent refused: \(refusal.message)"
        }
    }

    /// The agent says since when it has been led so, at the end of its words.
    private static func since(_ refusal: AgentRefusal) -> String {
        let words = refusal.message.split(separator: " ")
        guard let at = words.lastIndex(of: "since"), at + 1 < words.count else { return "" }
        return " since " + words[(at + 1)...].joined(separator: " ")
    }

    /// The fault that an error of the library stands for.
    static func from(_ error: any Error, address: String) -> LinkFault {
        if let known = error as? LinkFault { return known }
        if let system = error as? IOError { return .notReached(address: address, cause: errnoText(system.errnoCode)) }
        return .notReached(address: address, cause: "\(error)")
    }

    static func errnoText(_ code: CInt) -> String {
        switch code {
        case 2: "no socket there: the agent does not run"
        case 111: "the socket is there, the agent does not run"
        case 13: "permission denied"
        case 11: "the agent's socket is busy"
        default: "error \(code)"
        }
    }
}
