import ClusterModel
import ClusterSource
import Dispatch
import Synchronization

/// Makes the answers of a `ClusterSource`, which come on its own threads, into calls that wait.
final class Waiting<Value: Sendable>: Sendable {
    private let box = Mutex<Value?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    /// Puts the answer down; the first one counts.
    func answer(_ value: Value) {
        let isFirst = box.withLock { held in
            if held != nil { return false }
            held = value
            return true
        }
        if isFirst { ready.signal() }
    }

    /// The answer, or nil when none came in time.
    func wait(atMost span: Interval) -> Value? {
        guard ready.wait(timeout: .now() + .microseconds(Int(span.microseconds))) == .success else { return nil }
        return box.withLock { $0 }
    }
}

/// Tells a waiting loop that there is something new to look at.
final class Wakes: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    /// There is something new.
    func wake() { semaphore.signal() }
    /// Waits for something new; false when there was nothing in time.
    func wait(atMost span: Interval) -> Bool {
        semaphore.wait(timeout: .now() + .microseconds(Int(span.microseconds))) == .success
    }
}

extension ClusterSource {
    /// How long a core may take to answer.
    static var answerLimit: Interval { .seconds(30) }

    /// Asks for an action and waits.
    func performAndWait(_ action: Action, confirmed: String = "") throws -> ActionAnswer {
        let waiting = Waiting<ActionAnswer>()
        perform(action, confirmed: confirmed) { waiting.answer($0) }
        return try answered(waiting, action.word)
    }
    /// Asks what an action would do and waits.
    func planAndWait(_ action: Action) throws -> ActionPlan {
        let waiting = Waiting<ActionPlan>()
        plan(action) { waiting.answer($0) }
        return try answered(waiting, "the plan of \(action.word)")
    }
    /// Asks for an explanation and waits.
    func explainAndWait(_ question: ExplainQuestion) throws -> Explanation {
        let waiting = Waiting<Explanation>()
        explain(question) { waiting.answer($0) }
        return try answered(waiting, "explain")
    }

    private func answered<Value>(_ waiting: Waiting<Value>, _ what: String) throws -> Value {
        if let value = waiting.wait(atMost: Self.answerLimit) { return value }
        throw CommandFailure(
            .noAnswer, "the core did not answer to \(what) within \(Self.answerLimit.seconds) s; it may still be done")
    }
}
