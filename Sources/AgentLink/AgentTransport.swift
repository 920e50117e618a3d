import NIOCore
import NIOPosix

/// How bytes reach an agent: the seam for ssh pipes and relays. A transport opens a channel of bytes and adds nothing
/// to it; framing, hellos and liveness are the same for all.
public protocol AgentTransport: Sendable {
    /// Opens a stream to the agent at `address` on `loop`. `prepare` adds handlers before the first byte is read.
    func open(
        address: String, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel>

    /// Takes what the cluster wants of links.
    func use(_ settings: LinkSettings)

    /// Leaves nothing of the agent at `address`, which no link uses any more; what went wrong, or nil.
    func purge(address: String, on loop: any EventLoop) -> EventLoopFuture<String?>
}

extension AgentTransport {
    public func use(_ settings: LinkSettings) {}
    public func purge(address: String, on loop: any EventLoop) -> EventLoopFuture<String?> {
        loop.makeSucceededFuture(nil)
    }
}

/// The agent's Unix socket in its folder on this machine; the address is the socket's path.
public struct SocketTransport: AgentTransport {
    /// Longest time that connecting may take, in milliseconds.
    public static let connectMilliseconds: Int64 = 5_000
    /// Longest path of a Unix socket, in bytes.
    public static let pathBytes = 107

    /// A transport without settings.
    public init() {}

    public func open(
        address: String, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        guard address.utf8.count <= Self.pathBytes else {
            return loop.makeFailedFuture(LinkFault.addressTooLong(address: address, limitBytes: Self.pathBytes))
        }
        return ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Self.connectMilliseconds))
            .channelInitializer(prepare)
            .connect(unixDomainSocketPath: address)
    }
}
