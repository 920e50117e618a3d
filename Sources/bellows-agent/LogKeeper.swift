import CSys

/// Holds a task's stdout and stderr to their size. The task writes to the files itself, so that its output costs
/// nothing here and no reader's death can break it; when a file has grown by more than it may keep, the blocks of its
/// oldest parts are given back to the file system by a hole. Offsets stay what they were for every reader.
struct LogKeeper {
    /// First check after the start, in nanoseconds.
    static let firstNanoseconds: UInt64 = 50_000_000
    /// Longest time between checks, in nanoseconds.
    static let slowestNanoseconds: UInt64 = 1_000_000_000
    /// Shortest time between checks, in nanoseconds.
    static let fastestNanoseconds: UInt64 = 10_000_000
    /// Holes begin and end at multiples of this, in bytes.
    static let blockBytes: UInt64 = 4096

    private struct Log {
        let name: String
        var size: UInt64 = 0
        var removed: UInt64 = 0
    }

    private var logs: [Log] = []
    private let partBytes: UInt64
    private let keptBytes: UInt64
    private var interval = Self.firstNanoseconds
    /// When to call `check`, steady time; `.max` when both logs go elsewhere.
    private(set) var nextCheck: UInt64

    /// The keeper of one task's logs; files that the submitter named are not touched.
    init(_ launch: AgentLaunch, limitBytes: UInt64) {
        let part = launch.logLimitBytes == 0 ? limitBytes : max(launch.logLimitBytes, Self.blockBytes)
        partBytes = part
        keptBytes = part &* (min(launch.logKeptParts, 1000) + 1)
        if launch.outputPath.utf8.isEmpty { logs.append(Log(name: "stdout")) }
        if launch.errorPath.utf8.isEmpty { logs.append(Log(name: "stderr")) }
        nextCheck = logs.isEmpty ? .max : System.steadyNanoseconds + Self.firstNanoseconds
    }

    /// Looks at both files, cuts what is over, and sets the next check by how fast they grow.
    mutating func check(_ sandbox: String, now: UInt64) {
        var fastest: UInt64 = 0
        for index in logs.indices { fastest = max(fastest, look(&logs[index], sandbox)) }
        if fastest == 0 {
            interval = min(interval * 2, Self.slowestNanoseconds)
        } else {
            // At this speed, half a part should not be passed before the next look.
            let share = partBytes / 2 / max(1, fastest / max(1, interval / 1_000_000)) * 1_000_000
            interval = min(max(share, Self.fastestNanoseconds), min(interval * 2, Self.slowestNanoseconds))
        }
        nextCheck = now + interval
    }

    /// The last cut, when the task is gone.
    mutating func finish(_ sandbox: String) {
        for index in logs.indices { _ = look(&logs[index], sandbox) }
    }

    /// Both logs are in the sandbox and nothing was ever written to them.
    var areEmpty: Bool { logs.count == 2 && logs[0].size == 0 && logs[1].size == 0 }

    /// Cuts one file if it is over; by how much it has grown.
    private func look(_ log: inout Log, _ sandbox: String) -> UInt64 {
        let path = "\(sandbox)/\(log.name)"
        var allocated: UInt64 = 0
        let found = cs_path_size(path, &allocated)
        guard found > 0 else { return 0 }
        let size = UInt64(found)
        let grown = size > log.size ? size - log.size : 0
        log.size = size
        if size - min(size, log.removed) > keptBytes { cut(&log, path, size) }
        return grown
    }

    private func cut(_ log: inout Log, _ path: String, _ size: UInt64) {
        let fd = cs_open(path, O_RDWR | O_NOFOLLOW, 0)
        if fd < 0 { return }
        defer { close(fd) }
        // One whole part is cut at a time, so that a slow log is not cut at every check.
        let until = (size - (keptBytes - partBytes + partBytes / 2)) / Self.blockBytes * Self.blockBytes
        if cs_punch_hole(fd, log.removed, until - log.removed) == 0 {
            log.removed = until
        } else if ftruncate(fd, 0) == 0 {
            log = Log(name: log.name)  // a file system without holes: all of it goes, offsets start again
        }
    }
}
