import AgentProtocol
import NIOCore
import NIOPosix
import Synchronization

/// Connections of executors on a node, each joined to a connection to whoever speaks with executors on this side.
extension NodeLink {
    /// Takes what an executor said; its first words open the way.
    func heard(_ data: AgentStreamData) {
        if let relay = relays[data.stream] { return relay.take(data) }
        // The end of one that this side has ended already.
        if data.isEnd && data.bytes.isEmpty { return }
        guard let address = hub.executorAddress, relays.count < AgentLimits.executorStreams else {
            return write(executor: data.stream, ExecutorRelay.unavailable, isEnd: true)
        }
        let relay = ExecutorRelay(link: self, stream: data.stream)
        relays[data.stream] = relay
        relay.take(data)
        relay.open(address)
    }

    /// Sends an executor bytes, in pieces that a frame may have.
    func write(executor stream: UInt64, _ bytes: ByteBuffer, isEnd: Bool) {
        var rest = bytes
        repeat {
            let count = min(rest.readableBytes, AgentLimits.executorChunkBytes)
            let piece = rest.readBytes(length: count) ?? []
            let isLast = rest.readableBytes == 0
            write(.executorOutput(AgentStreamData(stream: stream, bytes: piece, isEnd: isEnd && isLast)))
        } while rest.readableBytes > 0
        flush()
    }

    /// The connection to the agent is gone, and with it those of its executors.
    func endExecutors() {
        let all = relays
        relays = [:]
        for relay in all.values { relay.close() }
    }

    /// Whether executors may be sent more: what waits for the agent is short.
    var takesExecutorOutput: Bool { unsentBytes < ExecutorRelay.holdBytes }

    /// There is room again.
    func resumeExecutors() { for relay in relays.values { relay.resume() } }
}

/// One executor's connection, between its node and this side. Lives on the event loop.
final class ExecutorRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes that wait for an agent, above which executors are sent no more for now.
    static let holdBytes = 256 << 10
    /// Bytes that may wait for this side; an executor that says more than is read is cut off.
    private static let waitingBytes = 32 << 20
    static let unavailable = ByteBuffer(
        string: "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    private unowned let link: NodeLink
    private let stream: UInt64
    private var channel: (any Channel)?
    private var place: String?
    private var waiting = ByteBuffer()
    private var unwritten = 0
    private var inputEnded = false
    private var isClosed = false
    private var isHeld = false

    init(link: NodeLink, stream: UInt64) {
        self.link = link
        self.stream = stream
    }

    func open(_ address: SocketAddress) {
        let bound = NIOLoopBound(self, eventLoop: link.hub.loop)
        ClientBootstrap(group: link.hub.loop).connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }.connect(to: address).hop(to: link.hub.loop).whenComplete { result in
                switch result {
                case .success(let channel): bound.value.opened(channel)
                case .failure: bound.value.finish(Self.unavailable)
                }
            }
    }

    private func opened(_ channel: any Channel) {
        if isClosed { return channel.close(promise: nil) }
        self.channel = channel
        place = channel.localAddress.flatMap(ExecutorPlaces.text)
        if let place { link.hub.executorPlaces.add(place, link.node) }
        send()
        channel.read()
    }

    /// Takes what the executor said.
    func take(_ data: AgentStreamData) {
        waiting.writeBytes(data.bytes)
        if data.isEnd { inputEnded = true }
        guard waiting.readableBytes + unwritten <= Self.waitingBytes else { return finish(ByteBuffer()) }
        send()
    }

    private func send() {
        guard let channel else { return }
        if waiting.readableBytes > 0 {
            let count = waiting.readableBytes
            unwritten += count
            let bound = NIOLoopBound(self, eventLoop: link.hub.loop)
            channel.writeAndFlush(waiting).whenComplete { _ in bound.value.unwritten -= count }
            waiting = ByteBuffer()
        }
        // An executor that says no more is gone: none of them half-closes what it still reads.
        if inputEnded { finish(ByteBuffer()) }
    }

    /// Ends it on both sides, with a last word to the executor.
    private func finish(_ words: ByteBuffer) {
        guard !isClosed else { return }
        close()
        guard link.relays.removeValue(forKey: stream) != nil else { return }
        link.write(executor: stream, words, isEnd: true)
    }

    /// Closes this side's connection behind what was written to it.
    func close() {
        isClosed = true
        if let place { link.hub.executorPlaces.remove(place) }
        place = nil
        channel?.close(promise: nil)
        channel = nil
    }

    func resume() {
        guard isHeld, link.takesExecutorOutput else { return }
        isHeld = false
        channel?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isClosed { link.write(executor: stream, unwrapInboundIn(data), isEnd: false) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The link may be gone when this side is closed.
        guard !isClosed else { return }
        if link.takesExecutorOutput { context.read() } else { isHeld = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { finish(ByteBuffer()) }
    }

    func channelInactive(context: ChannelHandlerContext) { finish(ByteBuffer()) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Whose executor speaks from which address and port of this machine.
final class ExecutorPlaces: Sendable {
    private let nodes = Mutex<[String: String]>([:])

    /// An end of a connection as `ADDRESS:PORT`; nil for Unix sockets, whose ends have no names.
    static func text(_ address: SocketAddress) -> String? {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        return "\(host):\(port)"
    }

    func add(_ place: String, _ node: String) { nodes.withLock { $0[place] = node } }
    func remove(_ place: String) { nodes.withLock { $0[place] = nil } }
    func node(at place: String) -> String? { nodes.withLock { $0[place] } }
}
