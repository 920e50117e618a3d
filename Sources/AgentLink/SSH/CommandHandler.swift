import NIOCore

/// One command on a node whose output nobody reads: waits for its end. Lives on the loop.
final class CommandHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// How long ssh may take to end after its socket has, in milliseconds.
    private static let endMilliseconds = 100

    private let host: String
    private let seconds: Int
    private let carrier: any Carrier
    private let promise: EventLoopPromise<CarrierEnding>
    private var deadline: Scheduled<Void>?

    init(host: String, seconds: Int, carrier: any Carrier, promise: EventLoopPromise<CarrierEnding>) {
        (self.host, self.seconds, self.carrier, self.promise) = (host, seconds, carrier, promise)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            let (handler, context) = bound.value
            handler.promise.fail(
                LinkFault.ssh(.slow(host: handler.host, step: "the command", seconds: handler.seconds)))
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { carrier.drain() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        promise.succeed(carrier.ending(waitMilliseconds: Self.endMilliseconds))
        carrier.dismiss(on: context.eventLoop)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
