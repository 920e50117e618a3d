/// A value that one thread waits for and another brings.
import Dispatch
import Synchronization

/// Holds one value; the first that is brought stays.
final class Awaited<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let ready = DispatchSemaphore(value: 0)

    /// Brings the value.
    func bring(_ new: Value) {
        let isFirst = value.withLock { own in
            if own != nil { return false }
            own = new
            return true
        }
        if isFirst { ready.signal() }
    }

    /// Blocks until the value is there.
    func wait() -> Value {
        while true {
            if let known = value.withLock({ $0 }) { return known }
            ready.wait()
        }
    }
}
