/// One connection to a core, from the client's side: bytes to frames. What frames mean is the link's business.
import NIOCore

/// A channel handler that cuts frames for a `ClientLink`. Lives on the event loop.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let link: ClientLink
    private var context: ChannelHandlerContext?
    private var cutter = FrameCutter(limit: ControlLimits.handshakeFrameBytes)
    private var ended = false

    init(link: ClientLink) { self.link = link }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        link.opened(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !ended else { return }
        cutter.feed(unwrapInboundIn(data).readableBytesView)
        do throws(FrameFault) {
            while !ended, let frame = try cutter.next() { try link.take(frame) }
        } catch {
            end(.fault(error.message))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { link.picture.announce() }

    func channelInactive(context: ChannelHandlerContext) {
        let torn = cutter.endFault.map { ClientLink.Loss.fault($0.message) }
        end(torn ?? .closed)
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.closed) }

    /// The greeting is done: from now on frames may be large.
    func raiseLimit() { cutter.limit = ControlLimits.replyFrameBytes }

    /// Sends a frame; nothing when the connection has ended.
    func send(_ frame: ControlFrame) {
        guard !ended, let context else { return }
        context.writeAndFlush(
            wrapOutboundOut(context.channel.allocator.buffer(bytes: frame.encoded())), promise: nil)
    }

    /// Ends the connection and tells the link why, once.
    func end(_ loss: ClientLink.Loss) {
        guard !ended else { return }
        ended = true
        context?.close(promise: nil)
        link.lost(self, loss)
    }

    /// Ends the connection and tells nobody.
    func close() {
        ended = true
        context?.close(promise: nil)
    }
}
