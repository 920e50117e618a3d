import ClusterModel
import ClusterSource
import NIOCore
import NIOPosix

/// All links to agents, carried by one event-loop thread. Calls may come from any thread and return at once; what
/// agents say comes back through `deliver`, on the loop's thread.
public final class AgentLinks: Sendable {
    /// Who the core is, for the hello.
    public struct Identity: Sendable, Equatable {
        /// The cluster's unique id.
        public var cluster: String
        /// Number of this leadership.
        public var epoch: UInt64
        /// The program's version.
        public var version: String
        /// A core's identity.
        public init(cluster: String, epoch: UInt64, version: String) {
            self.cluster = cluster
            self.epoch = epoch
            self.version = version
        }
    }

    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let hub: NIOLoopBound<LinkHub>
    private let executorPlaces = ExecutorPlaces()

    /// Starts the thread; no link is opened yet.
    ///
    /// - Parameters:
    ///   - deliver: takes reports; answers false when the core has enough for now. Links then stop reading until
    ///     `resume` is called; what was delivered is taken in any case.
    ///   - log: takes lines for the core's log.
    /// - Throws: what the library throws when the loop's thread ends at once.
    public init(
        identity: Identity, limits: LinkLimits = LinkLimits(), settings: LinkSettings = LinkSettings(),
        transport: any AgentTransport = SocketTransport(),
        deliver: @escaping @Sendable ([LinkReport]) -> Bool, log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        self.loop = loop
        hub = try loop.submit { [executorPlaces] in
            let hub = LinkHub(
                loop: loop, identity: identity, limits: limits, settings: settings, transport: transport,
                deliver: deliver, log: log, executorPlaces: executorPlaces)
            hub.start()
            return NIOLoopBound(hub, eventLoop: loop)
        }.wait()
    }

    /// Opens a link to the agent at `address` and keeps it open. Repeating it with the same address changes nothing.
    public func connect(node: String, address: String) {
        loop.execute { [hub] in hub.value.connect(node: node, address: address) }
    }

    /// Closes the node's link and forgets it.
    public func disconnect(node: String) {
        loop.execute { [hub] in hub.value.disconnect(node: node) }
    }

    /// Leaves nothing of the agent on a node that was removed, its tasks included. What comes of it is logged.
    public func purge(node: String, address: String) {
        loop.execute { [hub] in hub.value.purge(node: node, address: address) }
    }

    /// Sends orders, in this order; those to nodes without an open session are dropped, since the next session begins
    /// with an inventory from which the core decides again.
    public func send(_ orders: [AgentOrder]) {
        guard !orders.isEmpty else { return }
        loop.execute { [hub] in hub.value.send(orders) }
    }

    /// Changes what is wanted of every agent.
    public func use(_ settings: LinkSettings) {
        loop.execute { [hub] in hub.value.use(settings) }
    }

    /// Joins connections of executors to the server at `place` from now on: `ADDRESS:PORT`, or a socket's path; nil =
    /// they are told to come again.
    public func serveExecutors(at place: String?) {
        let address = place.flatMap { place -> SocketAddress? in
            if place.hasPrefix("/") { return try? SocketAddress(unixDomainSocketPath: place) }
            guard let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]) else {
                return nil
            }
            let host = place[..<colon].filter { $0 != "[" && $0 != "]" }
            return try? SocketAddress(ipAddress: host, port: port)
        }
        loop.execute { [hub] in hub.value.executorAddress = address }
    }

    /// The node whose executor speaks through a connection to that server from this end, `ADDRESS:PORT`; nil = none.
    public func node(ofExecutorAt place: String) -> String? { executorPlaces.node(at: place) }

    /// Lets links read again after `deliver` answered false.
    public func resume() {
        loop.execute { [hub] in hub.value.resume() }
    }

    /// Follows an output of one attempt of a task on a node. Pieces come on the loop's thread; a fault ends them.
    public func output(
        node: String, attempt: UInt32, _ request: OutputRequest,
        receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower {
        let follower = LogFollower(receive: receive)
        loop.execute { [hub] in hub.value.follow(node: node, attempt: attempt, request, follower: follower) }
        follower.onCancel = { [loop, hub] in
            loop.execute { hub.value.unfollow(node: node, follower: follower) }
        }
        return follower
    }

    /// Closes all links and ends the thread; tasks run on. Blocks until the thread is gone.
    public func close() {
        try? loop.submit { [hub] in hub.value.close() }.wait()
        try? group.syncShutdownGracefully()
    }
}
