/// The core's end of the control socket: who may come in, how many, and how it all ends. One thread serves all
/// clients; one more encodes snapshots, so that a large one holds nobody up.
import ClusterModel
import ClusterSource
import Glibc
import NIOCore
import NIOPosix

/// Serves a core to consoles and commands on this machine.
public final class ControlServer: Sendable {
    /// What can be set about a server.
    public struct Options: Sendable {
        /// The core program's version, as clients are told.
        public var coreVersion = ""
        /// Most clients at one time.
        public var clients = 64
        /// Most bytes of events that wait for one client; a client that is slower than that loses its place.
        public var queueBytes = 16 << 20
        /// Most requests of one client that are being answered.
        public var requestsInFlight = ControlLimits.requestsInFlight
        /// Most outputs that one client follows.
        public var outputsInFlight = ControlLimits.outputsInFlight
        /// Seconds within which a client must have said who it is.
        public var helloSeconds: Int64 = 10
        /// Seconds between looks at the core's clock and recording.
        public var statusSeconds: Int64 = 1
        /// Who may come in: by default the core's own user and root.
        public var admits: @Sendable (Peer) -> Bool = { $0.mayTalk(toCoreOf: geteuid()) }

        /// The defaults.
        public init(coreVersion: String = "") { self.coreVersion = coreVersion }
    }

    /// Where it listens.
    public var path: String { file.path }

    private let file: SocketFile
    private let group: MultiThreadedEventLoopGroup
    private let encoding: NIOThreadPool
    private let house: NIOLoopBound<ServedHouse>
    private let answers: OpenLoop
    private let door: Door

    /// Opens the socket at `path` and serves from then on. Throws when the path cannot be had, another core's being
    /// there included. Not from an event loop's thread.
    public convenience init(
        path: String, source: any ClusterSource, feed: any CoreFeed, options: Options = Options()
    ) throws(ControlLinkError) {
        try self.init(socket: ClaimedSocket(path), source: source, feed: feed, options: options)
    }

    /// Serves on a socket that was claimed before, so that a core does not begin only to find its place taken. When it
    /// throws, the socket has been given back. Not from an event loop's thread.
    public init(
        socket: ClaimedSocket, source: any ClusterSource, feed: any CoreFeed, options: Options = Options()
    ) throws(ControlLinkError) {
        file = socket.file
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        encoding = NIOThreadPool(numberOfThreads: 1)
        encoding.start()
        let loop = group.next()
        answers = OpenLoop(loop)
        let core = ServedCore(source: source, feed: feed, options: options, encoding: encoding, answers: answers)
        do {
            house = try loop.submit { NIOLoopBound(ServedHouse(core: core, loop: loop), eventLoop: loop) }.wait()
        } catch {
            socket.giveBack()
            encoding.shutdownGracefully { _ in }
            group.shutdownGracefully { _ in }
            throw .system(path: socket.file.path, call: "start", message: "\(error)")
        }
        door = Door(file.descriptor) { [house] client, peer in Self.receive(client, peer, house, loop) }
    }

    /// Tells every client `message`, closes their connections and takes the socket away. Waits for at most about a
    /// second. Once only; not from one of the server's own threads.
    public func close(message: String = "the core ends") {
        // The path goes first: who comes from now on finds no core instead of one that is about to end.
        file.remove()
        door.shut()
        let house = house
        try? group.next().flatSubmit { house.value.end(message) }.wait()
        try? encoding.syncShutdownGracefully()
        answers.leave()
        try? group.syncShutdownGracefully()
    }

    private static func receive(
        _ client: Int32, _ peer: Peer, _ house: NIOLoopBound<ServedHouse>, _ loop: any EventLoop
    ) {
        // A connected socket that somebody else connected: NIO calls that a client, and it is the same to it.
        _ = ClientBootstrap(group: loop)
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ServerConnection(peer: peer, house: house.value))
                }
            }
            .withConnectedSocket(client)
    }
}

/// A control socket that is ours, on which nobody answers yet; whoever connects waits.
public struct ClaimedSocket: Sendable {
    let file: SocketFile

    /// Takes the path; throws when it cannot be had, another core's being there included.
    public init(_ path: String) throws(ControlLinkError) { file = try SocketFile.open(path) }

    /// Gives the path free again. Once only, and not after a server has it.
    public func giveBack() {
        Glibc.close(file.descriptor)
        file.remove()
    }
}

/// What connections need of the core and of the server.
struct ServedCore: Sendable {
    let source: any ClusterSource
    let feed: any CoreFeed
    let options: ControlServer.Options
    let encoding: NIOThreadPool
    let answers: OpenLoop
}
