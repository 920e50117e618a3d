import CSys
import Dispatch
import Glibc
import Synchronization

/// A thread of its own that can be waited for: the core thread is no guest of a pool.
final class PlainThread: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    /// Starts a thread that runs `body`; nil when the system has none left.
    init?(name: String, _ body: @escaping @Sendable () -> Void) {
        let finished = finished
        let box = Unmanaged.passRetained(
            Body {
                _ = cs_set_name(name)
                body()
                finished.signal()
            })
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            return nil
        }
        pthread_detach(thread)
    }

    /// Waits until the body has returned; any number of times.
    func join() {
        finished.wait()
        finished.signal()
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
