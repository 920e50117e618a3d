/// What the control socket needs of a core besides a `ClusterSource`: every event in order from a known state on, and
/// actions in the name of the person at the other end. The live core conforms; tests bring their own.
import ClusterModel
import ClusterSource

/// A core that lets others follow it.
public protocol CoreFeed: AnyObject, Sendable {
    /// Starts following. `receive` gets every event after `FeedStart.state`, in order, without a gap, until
    /// `unsubscribe`. It is called on the core's thread, one call at a time per subscription, possibly before
    /// `subscribe` has returned; it returns at once and never calls back into the feed.
    func subscribe(_ receive: @escaping @Sendable (FeedItem) -> Void) -> FeedStart

    /// Ends a subscription. One call of `receive` that is under way may still end after this has returned.
    func unsubscribe(_ subscription: UInt64)

    /// The core's clock and how its recording stands. Asked about once a second while somebody follows; cheap.
    func status() -> FeedStatus

    /// Asks for an action in the name of `user`. The answer comes once, on any thread.
    func perform(
        _ action: Action, user: String, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void)
}

/// Where a subscription begins.
public struct FeedStart: Sendable {
    /// Names the subscription for `unsubscribe`; never used twice by one feed.
    public var subscription: UInt64
    /// The state after event number `state.sequence`; what is received begins with the next number.
    public var state: ClusterState

    /// A start.
    public init(subscription: UInt64, state: ClusterState) {
        self.subscription = subscription
        self.state = state
    }
}

/// A piece of what happens.
public struct FeedItem: Sendable {
    /// An `EventBatch`: consecutive events of one instant. Encoded once, for the recording and for all who follow.
    public var batch: [UInt8]
    /// Number of the batch's first event.
    public var first: UInt64
    /// Number of the batch's last event.
    public var last: UInt64

    /// A batch that is already encoded and holds the events `first...last`.
    public init(batch: [UInt8], first: UInt64, last: UInt64) {
        self.batch = batch
        self.first = first
        self.last = last
    }

    /// The batch of `events`, which are consecutive, of one instant, and not empty.
    public init(_ events: some Collection<StampedEvent>) {
        batch = EventBatch.encode(events)
        first = events.first?.sequence ?? 0
        last = first &+ UInt64(max(events.count, 1)) &- 1
    }
}

/// A core's clock and recording.
public struct FeedStatus: Sendable, Hashable {
    /// The core's time now.
    public var now: Instant
    /// How its recording stands.
    public var recording: RecordingStatus

    /// A status.
    public init(now: Instant, recording: RecordingStatus) {
        self.now = now
        self.recording = recording
    }
}
