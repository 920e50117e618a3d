import CSys

/// The agent's own log, `agent.log` in its folder: few lines, for the operator of the node; one older part is kept.
final class OperatorLog {
    /// Size at which the log is moved to `agent.log.1`, in bytes.
    static let limitBytes: Int64 = 1 << 20

    private var fd: Int32 = -1
    private var size: Int64 = 0
    private let echo: Bool

    /// Opens the log in the present folder; `echo` also writes to standard error.
    init(echo: Bool) {
        self.echo = echo
        open()
    }

    /// The descriptor, for the processes that inherit it.
    var descriptor: Int32 { fd }

    /// One line, with time and process id. Never fails: a log that cannot be written is given up silently.
    func line(_ text: String) {
        let bytes = Array("\(Self.stamp(System.wallNanoseconds)) [\(getpid())] \(text)\n".utf8)
        if echo { _ = System.writeAll(2, bytes) }
        if size > Self.limitBytes {
            close(fd)
            rename("agent.log", "agent.log.1")
            open()
        }
        if fd >= 0, System.writeAll(fd, bytes) { size += Int64(bytes.count) }
    }

    private func open() {
        fd = cs_open("agent.log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        size = fd < 0 ? 0 : max(0, cs_file_size(fd))
    }

    /// `2025-01-31T12:00:00.000Z`, from nanoseconds since 1970 (civil-from-days, proleptic Gregorian).
    static func stamp(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let days = seconds / 86400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(System.padded(year, 4))-\(System.padded(month, 2))-\(System.padded(day, 2))"
        let hour = System.padded(seconds / 3600 % 24, 2)
        let minute = System.padded(seconds / 60 % 60, 2)
        let rest = "\(System.padded(seconds % 60, 2)).\(System.padded(nanoseconds / 1_000_000 % 1000, 3))"
        return "\(date)T\(hour):\(minute):\(rest)Z"
    }
}
