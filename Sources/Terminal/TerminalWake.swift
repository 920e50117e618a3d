// The way in for other threads: it says that something changed, and carries nothing else.

import CNcurses
import Glibc

/// Wakes a terminal's loop from any thread. Many calls before the loop looks are one wake-up.
public final class TerminalWake: Sendable {
    /// The counter that the loop polls.
    let descriptor: Int32

    init() throws(TerminalError) {
        descriptor = cn_event_counter()
        guard descriptor >= 0 else { throw .system(call: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    /// Makes the loop deliver ``TerminalEvent/wake`` soon. Never blocks; harmless after the screen was closed.
    public func callAsFunction() {
        // One more than signals add, so that the loop can tell them apart: they add 1, and 2^32 of those cannot be
        // unread.
        var amount: UInt64 = 1 << 32
        _ = write(descriptor, &amount, MemoryLayout<UInt64>.size)
    }

    /// What arrived since the last look: whether somebody woke the loop (signals alone do not count).
    func take() -> Bool {
        var amount: UInt64 = 0
        guard read(descriptor, &amount, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size else { return false }
        return amount >= 1 << 32
    }
}
