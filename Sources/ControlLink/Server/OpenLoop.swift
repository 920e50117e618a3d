/// The way from the core's threads to the server's: answers may come when the server has long ended, and then fall.
import NIOCore
import Synchronization

/// An event loop that can be left alone from a moment on.
final class OpenLoop: Sendable {
    private let loop: any EventLoop
    private let isOpen = Mutex(true)

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Runs `body` on the loop, or not at all once the loop is left alone.
    func execute(_ body: @escaping @Sendable () -> Void) {
        isOpen.withLock { if $0 { loop.execute(body) } }
    }

    /// Lets everything fall from now on.
    func leave() { isOpen.withLock { $0 = false } }
}
