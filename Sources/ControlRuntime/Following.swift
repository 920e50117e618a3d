import ClusterModel
import Dispatch
import Synchronization

/// Consecutive events of one instant, encoded once for everybody.
public struct EventRun: Sendable {
    /// The events as an `EventBatch`.
    public var bytes: [UInt8]
    /// Number of the first event.
    public var first: UInt64
    /// Number of the last event.
    public var last: UInt64

    /// The run of `events`; nil when there are none.
    init?(_ events: [StampedEvent]) {
        guard let start = events.first, let end = events.last else { return nil }
        bytes = EventBatch.encode(events)
        first = start.sequence
        last = end.sequence
    }
}

/// Where following begins.
public struct FollowStart: Sendable {
    /// Names the follower for `unfollow`.
    public var follower: UInt64
    /// The state before the first run that is received.
    public var state: ClusterState
}

/// Following a live core: a state, and from then on every event, in order, without a gap.
extension LiveCore {
    /// Starts following. `receive` is called on the core's thread, possibly before this returns; it must return at once
    /// and never call the core.
    public func follow(_ receive: @escaping @Sendable (EventRun) -> Void) -> FollowStart {
        owned.withLock { owned in
            owned.lastFollower += 1
            owned.followers.append((owned.lastFollower, receive))
            return FollowStart(follower: owned.lastFollower, state: owned.core.value.state)
        }
    }

    /// Ends following.
    public func unfollow(_ follower: UInt64) {
        owned.withLock { $0.followers.removeAll { $0.id == follower } }
    }

    /// Follows with a buffer: for whoever reads at a pace of its own. Over the limit it is dropped with a word, and may
    /// begin anew.
    public func subscription(limitBytes: Int? = nil) -> EventSubscription {
        let subscription = EventSubscription(limitBytes: limitBytes ?? limits.followerBytes)
        let start = follow { subscription.add($0) }
        subscription.begin(start) { [weak self] in self?.unfollow(start.follower) }
        return subscription
    }
}

/// A buffered way to follow: the reader takes runs when it likes.
public final class EventSubscription: Sendable {
    /// What comes next.
    public enum Item: Sendable {
        /// Events.
        case run(EventRun)
        /// Too much was waiting: what follows was dropped. Says so in words.
        case dropped(String)
        /// Nothing came in the time given.
        case nothing
    }

    private struct State {
        var runs: [EventRun] = []
        var head = 0
        var bytes = 0
        var start: ClusterState?
        var isDropped = false
        var end: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let ready = DispatchSemaphore(value: 0)
    private let limitBytes: Int

    init(limitBytes: Int) { self.limitBytes = limitBytes }

    deinit { state.withLock { $0.end }?() }

    /// The state before the first run; given once, then let go.
    public func takeStart() -> ClusterState? {
        state.withLock { state in
            defer { state.start = nil }
            return state.start
        }
    }

    /// The next run, waited for up to `milliseconds`. One reader.
    public func next(waitingUpTo milliseconds: Int) -> Item {
        guard ready.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return .nothing }
        return state.withLock { state in
            if state.head < state.runs.count {
                let run = state.runs[state.head]
                state.head += 1
                state.bytes -= run.bytes.count
                if state.head == state.runs.count { (state.runs, state.head) = ([], 0) }
                return .run(run)
            }
            return .dropped("more than \(limitBytes) bytes of events were waiting: begin again with a new state")
        }
    }

    func begin(_ start: FollowStart, end: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.start = start.state
            state.end = end
        }
    }

    func add(_ run: EventRun) {
        let signals = state.withLock { state in
            guard !state.isDropped else { return false }
            if state.bytes + run.bytes.count > limitBytes {
                state.isDropped = true
            } else {
                state.runs.append(run)
                state.bytes += run.bytes.count
            }
            return true
        }
        if signals { ready.signal() }
    }
}

/// Those who want to know that something changed, at most once until they have looked.
final class ChangeListeners: Sendable {
    private struct State {
        var last: UInt64 = 0
        var wakes: [(id: UInt64, isArmed: Bool, wake: @Sendable () -> Void)] = []
    }
    private let state = Mutex(State())

    func add(_ wake: @escaping @Sendable () -> Void) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.wakes.append((state.last, true, wake))
            return state.last
        }
    }
    func remove(_ id: UInt64) { state.withLock { $0.wakes.removeAll { $0.id == id } } }
    /// The listener has looked and wants to know of the next change.
    func arm(_ id: UInt64) {
        state.withLock { state in
            for index in state.wakes.indices where state.wakes[index].id == id { state.wakes[index].isArmed = true }
        }
    }
    func changed() {
        let due = state.withLock { state in
            var due: [@Sendable () -> Void] = []
            for index in state.wakes.indices where state.wakes[index].isArmed {
                state.wakes[index].isArmed = false
                due.append(state.wakes[index].wake)
            }
            return due
        }
        for wake in due { wake() }
    }
}
