/// What the tests stand on: a core that is nothing but a state and its followers, a story of real events made from a
/// seed, and small helpers.
import ClusterModel
import ClusterSource
import Foundation
import Synchronization
import TestFolders
import Testing

@testable import ControlLink

/// A core without a brain: events are put in, and it keeps the state and tells its followers.
final class TestCore: ClusterSource, CoreFeed {
    struct Performed: Equatable {
        var action: Action
        var user: String
        var confirmed: String
    }
    private struct Contents {
        var state = ClusterState()
        var followers: [UInt64: @Sendable (FeedItem) -> Void] = [:]
        var subscriptions: UInt64 = 0
        var performed: [Performed] = []
        var recording = RecordingStatus(since: Instant(microseconds: 5), bytes: 17)
        var outputs: [TestOutput] = []
    }
    private let contents = Mutex(Contents())
    /// Bytes of every task's standard output.
    let output: [UInt8]
    /// Whether actions are left without an answer.
    let isDeaf: Bool

    init(output: [UInt8] = [], isDeaf: Bool = false) {
        self.output = output
        self.isDeaf = isDeaf
    }

    var state: ClusterState { contents.withLock { $0.state } }
    var performed: [Performed] { contents.withLock { $0.performed } }
    var followerCount: Int { contents.withLock { $0.followers.count } }
    var outputsOpened: Int { contents.withLock { $0.outputs.count } }
    var outputsCancelled: Int { contents.withLock { $0.outputs.filter(\.isCancelled).count } }

    /// Makes events true and tells the followers, all of one instant. With `lose`, the followers miss them.
    func happen(_ events: [Event], lose: Bool = false) {
        contents.withLock { own in
            let time = own.state.now + .milliseconds(3)
            var stamped: [StampedEvent] = []
            for event in events {
                let next = StampedEvent(sequence: own.state.sequence + 1, time: time, event: event)
                own.state.apply(next)
                stamped.append(next)
            }
            guard !lose, !stamped.isEmpty else { return }
            let item = FeedItem(stamped)
            for receive in own.followers.values { receive(item) }
        }
    }

    func setRecordingFault(_ fault: String) { contents.withLock { $0.recording.fault = fault } }

    // MARK: CoreFeed

    func subscribe(_ receive: @escaping @Sendable (FeedItem) -> Void) -> FeedStart {
        contents.withLock { own in
            own.subscriptions += 1
            own.followers[own.subscriptions] = receive
            return FeedStart(subscription: own.subscriptions, state: own.state)
        }
    }
    func unsubscribe(_ subscription: UInt64) { contents.withLock { $0.followers[subscription] = nil } }
    func status() -> FeedStatus {
        contents.withLock { FeedStatus(now: AttachedPicture.clock() + .hours(1), recording: $0.recording) }
    }
    func perform(
        _ action: Action, user: String, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void
    ) {
        contents.withLock { $0.performed.append(Performed(action: action, user: user, confirmed: confirmed)) }
        if !isDeaf { answer(ActionAnswer(accepted: true, message: "done: \(action.word)", jobs: [JobID(raw: 7)])) }
    }

    // MARK: ClusterSource

    let abilities = SourceAbilities(kind: .embedded)
    func frame() -> SourceFrame { SourceFrame(mode: .live, state: state, now: .never, recording: status().recording) }
    func onChange(_ wake: @escaping @Sendable () -> Void) {}
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        Issue.record("the server must ask in somebody's name")
    }
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        var plan = ActionPlan()
        plan.possible = true
        plan.lines = ["would \(action.word)"]
        plan.fingerprint = "f1"
        answer(plan)
    }
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        var explanation = Explanation()
        explanation.headline = "about \(question)"
        answer(explanation)
    }
    func output(_ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void) -> any OutputFollower {
        let follower = TestOutput()
        contents.withLock { $0.outputs.append(follower) }
        let bytes = output
        let start = request.offset < 0 ? max(0, bytes.count + Int(request.offset)) : Int(request.offset)
        Thread.detachNewThread {
            var at = start
            while !follower.isCancelled {
                let end = min(at + OutputPiece.limit, bytes.count)
                receive(OutputPiece(offset: Int64(at), bytes: Array(bytes[at..<end]), isLast: end == bytes.count))
                if end == bytes.count { return }
                at = end
            }
        }
        return follower
    }
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {}
    func close() {}
}

final class TestOutput: OutputFollower {
    private let cancelled = Mutex(false)
    var isCancelled: Bool { cancelled.withLock { $0 } }
    func cancel() { cancelled.withLock { $0 = true } }
}

/// A folder of its own for a test, short enough for socket paths, gone at the end.
final class TestFolder {
    let path: String
    init() { path = makeTestFolder() }
    var socket: String { path + "/core.sock" }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Waits for something that other threads bring about; the limit only guards against waiting for ever.
func eventually(
    _ what: Comment, seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () -> Bool
) {
    let end = Date().addingTimeInterval(seconds)
    while !holds() {
        if Date() > end {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        usleep(2_000)
    }
}

/// Collects values that come on other threads.
final class Collected<Value: Sendable>: Sendable {
    private let contents = Mutex<[Value]>([])
    var values: [Value] { contents.withLock { $0 } }
    func add(_ value: Value) { contents.withLock { $0.append(value) } }
    /// The first value, waited for.
    func first(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation) -> Value? {
        eventually(what, sourceLocation: sourceLocation) { !values.isEmpty }
        return values.first
    }
}
