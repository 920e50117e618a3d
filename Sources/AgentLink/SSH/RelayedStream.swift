import AgentProtocol
import NIOCore
import Synchronization

/// An ssh that a relay runs.
final class RelayedSSH: Carrier {
    private let state = Mutex(CarrierEnding(code: -1, errors: "", fault: nil))

    func drain() {}
    func ending(waitMilliseconds: Int) -> CarrierEnding { state.withLock { $0 } }
    func dismiss(on loop: any EventLoop) {}
    /// Says how it ended; known before its socket ends.
    func end(_ ending: CarrierEnding) { state.withLock { $0 = ending } }
}

/// Between one ssh of a relay and its socket on this side. Lives on the loop.
final class RelayedStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let number: UInt64
    let carrier = RelayedSSH()
    private let relay: RelayConnection
    private var context: ChannelHandlerContext?
    /// Bytes that the relay takes now, and those that wait for it.
    private var window = AgentLimits.relayWindowBytes
    private var waiting = ByteBuffer()
    /// What came before the socket was ours, and how it ended meanwhile.
    private var early = ByteBuffer()
    /// Bytes that were taken here since the relay was told of some.
    private var taken = 0
    private var isOver = false

    init(number: UInt64, relay: RelayConnection) {
        self.number = number
        self.relay = relay
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if early.readableBytes > 0 { take(Array(early.readableBytesView)) }
        early = ByteBuffer()
        if isOver { closeWhenWritten() }
    }

    /// Its socket could not be made ours.
    func forget() {
        isOver = true
        relay.leave(number)
    }

    // MARK: Towards the relay

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = unwrapInboundIn(data)
        waiting.writeBuffer(&piece)
        advance(context)
    }

    func widen(_ bytes: UInt64) {
        window += Int(min(bytes, UInt64(AgentLimits.relayWindowBytes)))
        if let context { advance(context) }
    }

    private func advance(_ context: ChannelHandlerContext) {
        while window > 0,
            let bytes = waiting.readBytes(
                length: min(window, waiting.readableBytes, AgentLimits.relayChunkBytes)), !bytes.isEmpty
        {
            window -= bytes.count
            relay.send(.data(stream: number, bytes: bytes))
        }
        let isFree = waiting.readableBytes == 0
        // Not only cleared: what a copy of the agent needed would be kept for as long as the connection lasts.
        if isFree { waiting = ByteBuffer() }
        context.channel.setOption(.autoRead, value: isFree).whenFailure { _ in }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        isOver = true
        relay.leave(number)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: From the relay

    func take(_ bytes: [UInt8]) {
        guard let context else {
            early.writeBytes(bytes)
            return
        }
        let (bound, count) = (NIOLoopBound(self, eventLoop: context.eventLoop), bytes.count)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenSuccess { bound.value.noteTaken(count) }
    }

    private func noteTaken(_ count: Int) {
        taken += count
        guard taken >= AgentLimits.relayWindowBytes / 4 else { return }
        relay.send(.credit(stream: number, bytes: UInt64(taken)))
        taken = 0
    }

    /// Its ssh has ended: so does its socket, once what came before is out.
    func end(_ ending: CarrierEnding) {
        carrier.end(ending)
        isOver = true
        closeWhenWritten()
    }

    private func closeWhenWritten() {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
