import CSys
import Commands
import Dispatch
import Glibc
import Synchronization

/// `bellows serve`: a core without a screen.
enum Serving {
    /// Runs until SIGTERM, SIGINT or SIGHUP, or until the core ends by itself; answers the exit code.
    static func run(_ request: ServeRequest, _ places: Places) throws -> Int32 {
        let end = EndOfCore()
        cs_catch_termination()
        let socket = places.socket(request.socket)
        let host = try CoreHost(request.core, socket: socket, places) { end.raise() }
        let api: InterfaceServing?
        do { api = try InterfaceServing(request, core: host.core) } catch {
            host.stop()
            throw error
        }
        let line = "core of \(host.core.state.configuration.name) is up: socket \(socket), state \(host.stateFolder)\n"
        _ = Descriptor.write(Array(line.utf8), to: STDERR_FILENO)
        end.wait(orTermination: true)
        api?.stop()
        host.stop()
        return ExitCode.done.rawValue
    }
}

/// The moment at which a core in this process has ended by itself, or is told to by a signal.
final class EndOfCore: Sendable {
    private let event = cs_eventfd()
    private let hasEnded = Mutex(false)

    /// The core has ended.
    func raise() {
        hasEnded.withLock { $0 = true }
        var one: UInt64 = 1
        _ = Glibc.write(event, &one, MemoryLayout<UInt64>.size)
    }

    /// Whether it has ended.
    var isOver: Bool { hasEnded.withLock { $0 } }

    /// Waits for the end, or for a signal caught by `cs_catch_termination`, at most `seconds` (nil = for ever). True
    /// when the core has ended.
    @discardableResult func wait(orTermination: Bool, seconds: Int64? = nil) -> Bool {
        let deadline = seconds.map { cs_clock_ns(1) + UInt64($0) * 1_000_000_000 }
        while !isOver, !(orTermination && cs_termination_caught()) {
            var waited = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
            let now = cs_clock_ns(1)
            if let deadline, now >= deadline { break }
            _ = cs_poll(&waited, 1, deadline.map { Int64($0 - now) } ?? -1)
        }
        return isOver
    }

    deinit { close(event) }
}
