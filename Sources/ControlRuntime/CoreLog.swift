import CSys
import Glibc
import Synchronization

/// The core's log: lines for people who look for a fault. Limited in size; the one before is kept beside it.
public final class CoreLog: Sendable {
    private struct State {
        var file: Int32 = -1
        var bytes = 0
    }
    /// Where it is.
    public let path: String
    private let limitBytes: Int
    private let state = Mutex(State())

    /// A log at `path`; when that cannot be written, lines are dropped. An empty path keeps nothing.
    public init(path: String, limitBytes: Int) {
        self.path = path
        self.limitBytes = limitBytes
        guard !path.isEmpty else { return }
        state.withLock { open(&$0) }
    }

    deinit {
        let file = state.withLock { $0.file }
        if file >= 0 { Glibc.close(file) }
    }

    /// Adds a line with the wall time before it.
    public func write(_ line: String) {
        var seconds = time_t(cs_clock_ns(0) / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        let bytes = Array("\(day)T\(clock)Z \(line)\n".utf8)
        state.withLock { state in
            guard state.file >= 0 else { return }
            if state.bytes + bytes.count > limitBytes {
                Glibc.close(state.file)
                rename(path, path + ".1")
                open(&state)
            }
            state.bytes += max(0, Glibc.write(state.file, bytes, bytes.count))
        }
    }

    private func open(_ state: inout State) {
        state.file = cs_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        state.bytes = state.file >= 0 ? Int(max(0, cs_file_size(state.file))) : 0
    }
}
