import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection to the interface: Hummingbird's, with a lane for plain calls in front.
struct APIChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let router: APIRouter
    private let share: LaneShare
    private let limits: APILimits

    init(
        responder: @escaping HTTPChannelHandler.Responder, router: APIRouter, share: LaneShare, limits: APILimits
    ) {
        base = HTTP1Channel(
            responder: responder,
            configuration: .init(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 64 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)))
        self.router = router
        self.share = share
        self.limits = limits
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self).handler
            try pipeline.addHandler(CallLane(router: router, share: share, limits: limits), position: .after(decoder))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
