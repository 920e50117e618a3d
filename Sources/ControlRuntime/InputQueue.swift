import AgentLink
import ClusterModel
import Dispatch
import Synchronization

/// What waits for the core thread. Anybody may put something in; only the core thread takes. Putting never waits:
/// whoever can be slowed down (links) is told when enough is there, and told again when there is room.
final class InputQueue: Sendable {
    private struct State {
        var items: [LinkReport] = []
        /// Taken by the core thread and not handled yet.
        var underWay = 0
        var isWaiting = false
        var isEnded = false
        /// Links were told to stop.
        var isHeld = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let limits: RuntimeLimits

    init(limits: RuntimeLimits) { self.limits = limits }

    /// Adds inputs; false when whoever can wait should.
    @discardableResult
    func put(_ reports: [LinkReport]) -> Bool {
        let (signals, hasRoom) = state.withLock { state in
            state.items += reports
            defer { state.isWaiting = false }
            let hasRoom = state.items.count + state.underWay < limits.queueHigh
            if !hasRoom { state.isHeld = true }
            return (state.isWaiting, hasRoom)
        }
        if signals { wake.signal() }
        return hasRoom
    }

    /// Adds an input that did not come over a link.
    func put(_ input: Input) { put([LinkReport(input: input, session: 0)]) }

    /// Takes all that waits, waiting for it up to `milliseconds`; nil once the queue has ended and is empty.
    func take(waitingUpTo milliseconds: Int) -> [LinkReport]? {
        let deadline = DispatchTime.now() + .milliseconds(max(0, milliseconds))
        var isLate = milliseconds <= 0
        while true {
            let (items, isEnded): ([LinkReport], Bool) = state.withLock { state in
                let items = state.items
                state.items = []
                state.underWay += items.count
                state.isWaiting = items.isEmpty && !isLate
                return (items, state.isEnded)
            }
            if !items.isEmpty { return items }
            if isEnded { return nil }
            if isLate { return [] }
            isLate = wake.wait(timeout: deadline) == .timedOut
        }
    }

    /// Notes that the core thread is done with `count` inputs; true when links may read again.
    func handled(_ count: Int) -> Bool {
        state.withLock { state in
            state.underWay -= count
            guard state.isHeld, state.items.count + state.underWay < limits.queueLow else { return false }
            state.isHeld = false
            return true
        }
    }

    /// Whether less waits than is enough: who may be turned away is, when it does not.
    var hasRoom: Bool { state.withLock { $0.items.count + $0.underWay < limits.queueHigh } }

    /// Lets the core thread end once it has taken what is there.
    func end() {
        let signals = state.withLock { state in
            state.isEnded = true
            return state.isWaiting
        }
        if signals { wake.signal() }
    }
}
