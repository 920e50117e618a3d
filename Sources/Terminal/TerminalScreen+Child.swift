// Another program on the same terminal for a while: ssh, a pager.

import CNcurses
import Glibc

extension TerminalScreen {
    /// How a child ended.
    public enum ChildEnd: Hashable, Sendable {
        /// By itself, with this code.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)
        /// It could not be started, for this reason (errno).
        case notStarted(Int32)
    }

    /// Runs a program on the terminal, found along PATH, and comes back when it has ended.
    ///
    /// Keyboard interrupts reach the program and not us. The thread waits; a request to leave is passed on to the
    /// program.
    public func run(_ program: String, _ arguments: [String]) throws(TerminalError) -> ChildEnd {
        try suspended { Self.spawnAndWait([program] + arguments) }
    }

    private static func spawnAndWait(_ words: [String]) -> ChildEnd {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        guard let path = pointers[0] else { return .notStarted(ENOMEM) }
        let code = posix_spawnp(&child, path, nil, &attributes, pointers, environ)
        guard code == 0 else { return .notStarted(code) }
        return wait(for: child)
    }

    private static func wait(for child: pid_t) -> ChildEnd {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return .exited(0) }
            if cn_guard_ending() { kill(child, SIGTERM) }
            // ctrl-z reached the program and us; a shell expects both to stop.
            if cn_guard_take_stop() { raise(SIGSTOP) }
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}
