import ClusterModel
import ControlLink
import ControlRuntime

/// The live core as the control socket wants it.
final class CoreFeedOverCore: CoreFeed {
    private let core: LiveCore
    init(core: LiveCore) { self.core = core }

    func subscribe(_ receive: @escaping @Sendable (FeedItem) -> Void) -> FeedStart {
        let start = core.follow { receive(FeedItem(batch: $0.bytes, first: $0.first, last: $0.last)) }
        return FeedStart(subscription: start.follower, state: start.state)
    }
    func unsubscribe(_ subscription: UInt64) { core.unfollow(subscription) }
    func status() -> FeedStatus { FeedStatus(now: core.now, recording: core.recording) }
    func perform(
        _ action: Action, user: String, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void
    ) {
        core.perform(action, user: user, confirmed: confirmed, answer: answer)
    }
}
