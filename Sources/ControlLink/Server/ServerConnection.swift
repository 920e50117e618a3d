/// One client's connection at the core: bytes to frames, frames to what they ask for, and its end. What it does for
/// requests and for following stands in the extensions beside this file.
import ClusterModel
import Glibc
import NIOCore

/// A channel handler for one client. Lives on the event loop.
final class ServerConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How far the conversation is.
    enum Phase { case greeting, open, ended }

    /// Who it is, as the kernel says.
    let peer: Peer
    let house: ServedHouse
    var core: ServedCore { house.core }
    private(set) var phase = Phase.greeting
    private(set) var readOnly = false
    private(set) var context: ChannelHandlerContext?
    private var cutter = FrameCutter(limit: ControlLimits.handshakeFrameBytes)
    private var readWaits = false
    private var helloTimer: Scheduled<Void>?

    /// Requests being answered.
    var inFlight = 0
    /// Outputs being followed, by the client's number.
    var outputs: [UInt64: ServedOutput] = [:]
    /// What is told of the cluster, if it is.
    var following: Following?
    var isFollowing: Bool { following != nil && phase == .open }

    init(peer: Peer, house: ServedHouse) {
        self.peer = peer
        self.house = house
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        if let refusal = house.admit(self) {
            finish(refusal)
            return
        }
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let seconds = core.options.helloSeconds
        helloTimer = context.eventLoop.scheduleTask(in: .seconds(seconds)) {
            me.value.end(.fault, "no greeting came within \(seconds) s")
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .ended else { return }
        cutter.feed(unwrapInboundIn(data).readableBytesView)
        do throws(FrameFault) {
            while phase != .ended, let frame = try cutter.next() { try take(frame) }
        } catch {
            end(.fault, error.message)
        }
    }

    /// A client that does not read is not read from either, so that answers to it cannot pile up.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { readWaits = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            pump()
            if readWaits {
                readWaits = false
                context.read()
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        release()
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: - Frames

    private func take(_ frame: ControlFrame) throws(FrameFault) {
        switch phase {
        case .greeting:
            guard frame.kind == FrameKind.hello else { throw .outOfPlace(kind: frame.kind) }
            greet(try frame.decoded())
        case .open:
            switch frame.kind {
            case FrameKind.hello: throw .outOfPlace(kind: frame.kind)
            case FrameKind.follow: follow(try frame.decoded(Follow.self).generation)
            case FrameKind.firstRequest...FrameKind.lastRequest: try request(frame)
            default: break  // A newer client's word that wants no answer.
            }
        case .ended: break
        }
    }

    private func greet(_ hello: Hello) {
        helloTimer?.cancel()
        guard hello.magic == Hello.magicWord else { return _ = end(.fault, "the greeting is not a console's") }
        let own = (lowest: ControlLimits.lowestVersion, highest: ControlLimits.highestVersion)
        guard let version = commonVersion(own, (hello.lowest, hello.highest)) else {
            end(.version, "no common protocol version")
            return
        }
        phase = .open
        readOnly = hello.readOnly
        cutter.limit = ControlLimits.requestFrameBytes
        var welcome = Welcome()
        welcome.version = version
        welcome.coreVersion = core.options.coreVersion
        welcome.pid = getpid()
        welcome.user = peer.user
        send(ControlFrame(FrameKind.welcome, welcome))
    }

    /// Sends a frame now. Only for what is bounded by its requests; events go through `pump`.
    func send(_ frame: ControlFrame) { write(frame.encoded()) }

    /// Sends bytes that are whole frames.
    func write(_ bytes: [UInt8]) {
        guard phase != .ended, let context else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    // MARK: - The end

    /// How long a client may take to hear the last word and close its side.
    private static let partingPatience = TimeAmount.seconds(1)

    /// Says why, and ends the connection when the client has heard it, or after `partingPatience`.
    @discardableResult func end(_ code: Refusal.Code, _ message: String) -> EventLoopFuture<Void> {
        var refusal = Refusal()
        refusal.code = code
        refusal.message = message
        return finish(refusal)
    }

    @discardableResult private func finish(_ word: Refusal) -> EventLoopFuture<Void> {
        guard phase != .ended, let context else { return house.loop.makeSucceededVoidFuture() }
        var refusal = word
        refusal.lowest = ControlLimits.lowestVersion
        refusal.highest = ControlLimits.highestVersion
        refusal.coreVersion = core.options.coreVersion
        let frame = ControlFrame(FrameKind.refusal, refusal).encoded()
        release()
        let channel = context.channel
        let sent = channel.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(channel.allocator.buffer(bytes: frame)), promise: sent)
        // Only our half is closed: a client that is still writing would otherwise be cut off before it reads the word.
        sent.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
        let patience = channel.eventLoop.scheduleTask(in: Self.partingPatience) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in patience.cancel() }
        return channel.closeFuture
    }

    /// Lets go of everything that was done for the client.
    private func release() {
        guard phase != .ended else { return }
        phase = .ended
        helloTimer?.cancel()
        stopFollowing()
        for output in outputs.values { output.stop() }
        outputs = [:]
        house.leave(self)
    }
}
