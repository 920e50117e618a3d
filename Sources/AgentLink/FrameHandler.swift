import AgentProtocol
import NIOCore

/// Between the bytes of one connection and its link: cuts frames, decodes them, and hands a read's worth of messages
/// over at once. Lives on the event loop.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: NodeLink
    private let attempt: UInt64
    private var decoder = FrameDecoder()
    private var isOver = false

    init(link: NodeLink, attempt: UInt64) {
        self.link = link
        self.attempt = attempt
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { decoder.feed($0) }
        do {
            while let frame = try decoder.next() {
                link.receive(try AgentMessage.decode(frame), attempt: attempt)
            }
        } catch {
            end(.garbled(cause: error.message))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        link.readCompleted(attempt: attempt)
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(decoder.pendingBytes > 0 ? .garbled(cause: "the stream ended inside a frame") : .closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let fault = error as? LinkFault { return end(fault) }
        let cause = (error as? IOError).map { LinkFault.errnoText($0.errnoCode) } ?? "\(error)"
        end(.broken(cause: cause))
    }

    private func end(_ fault: LinkFault) {
        guard !isOver else { return }
        isOver = true
        link.fail(fault, attempt: attempt)
    }
}
