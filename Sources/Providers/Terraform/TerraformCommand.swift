import CSys
import Glibc
import Synchronization

/// Runs the terraform program. Its output goes to a file that is read while it grows: a core that dies breaks no pipe,
/// so that a running apply comes to its end and writes its state.
final class TerraformCommand: Sendable {
    /// What came of a command.
    struct Ending: Sendable {
        /// Exit code; 128 + signal when a signal ended it.
        var code: Int32 = 0
        /// The lines that are Terraform's.
        var lines: [TerraformLine] = []
        /// The last words that are not, without empty lines.
        var rest: [String] = []
    }

    /// Longest that a command may run, in seconds; it is interrupted then, and killed a minute later.
    static let commandSeconds: UInt64 = 3_600
    private static let graceSeconds: UInt64 = 60
    /// How often the output is looked at, in nanoseconds.
    private static let pollNanoseconds: UInt64 = 20_000_000
    /// Longest line that is read, in bytes, and lines of other words that are kept.
    private static let lineBytes = 16 << 20
    private static let restLines = 20

    private let folder: String
    private let work: String
    private let program: String
    private let isClosed = Atomic<Bool>(false)
    /// The running command's process; 0 = none runs.
    private let running = Atomic<Int32>(0)
    private let count = Atomic<UInt64>(0)

    /// Commands of `program` for the module in `folder`; `work` is a private folder for their files.
    init(program: String, folder: String, work: String) {
        (self.program, self.folder, self.work) = (program, folder, work)
    }

    /// No further command is started, and a running one is not waited for; it goes on by itself.
    func close() { isClosed.store(true, ordering: .relaxed) }

    /// The running command's process; 0 = none runs.
    var pid: Int32 { running.load(ordering: .relaxed) }

    /// Runs `terraform COMMAND` in the folder; each line of its output goes to `hear` as it comes. Blocks.
    func run(_ command: [String], hear: (TerraformLine) -> Void = { _ in }) throws(TerraformFault) -> Ending {
        guard !isClosed.load(ordering: .relaxed) else { throw .closed }
        guard let path = ChildProcess.find(program) else {
            throw .unusable(
                "\(program) was not found: install Terraform, or name the program in the pool's `terraform.program`")
        }
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        let output = "\(work)/\(getpid())-\(number).out"
        let pid: pid_t
        do throws(ProviderFault) {
            pid = try ChildProcess.spawn(
                path, ["-chdir=\(folder)"] + command, output: output, environment: Self.environment())
        } catch {
            throw .unusable("\(error)")
        }
        running.store(pid, ordering: .relaxed)
        defer {
            running.store(0, ordering: .relaxed)
            unlink(output)
        }
        return try follow(pid, output, hear)
    }

    private func follow(
        _ pid: pid_t, _ output: String, _ hear: (TerraformLine) -> Void
    ) throws(TerraformFault) -> Ending {
        var ending = Ending()
        var tail = FileTail(path: output, lineLimit: Self.lineBytes)
        defer { tail.close() }
        func drain() {
            while let line = tail.next() {
                if let said = TerraformLine(line) {
                    ending.lines.append(said)
                    hear(said)
                } else if !line.isEmpty {
                    ending.rest.append(String(decoding: line, as: UTF8.self))
                    if ending.rest.count > Self.restLines { ending.rest.removeFirst() }
                }
            }
        }
        let start = cs_clock_ns(1)
        var status: Int32 = 0
        var isInterrupted = false
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            drain()
            if found == pid || (found < 0 && errno != EINTR) { break }
            if isClosed.load(ordering: .relaxed) { throw .closed }
            let seconds = (cs_clock_ns(1) - start) / 1_000_000_000
            if seconds > Self.commandSeconds, !isInterrupted {
                isInterrupted = kill(-pid, SIGINT) == 0
            } else if seconds > Self.commandSeconds + Self.graceSeconds {
                kill(-pid, SIGKILL)
            }
            cs_sleep_ns(Self.pollNanoseconds)
        }
        tail.end()
        drain()
        let signal = status & 0x7f
        ending.code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return ending
    }

    /// This process's environment, made fit for a program that nobody sits at. Credentials stay in it: they are never
    /// an argument and never in a log.
    static func environment() -> [String] {
        var result: [String] = []
        var at = cs_environ()
        while let variable = at?.pointee {
            let text = String(cString: variable)
            at = at?.advanced(by: 1)
            // A log of Terraform's own holds requests with their secrets; it is not asked for from here.
            let dropped = ["TF_LOG", "TF_INPUT=", "TF_IN_AUTOMATION=", "CHECKPOINT_DISABLE="]
            if dropped.contains(where: { text.hasPrefix($0) }) { continue }
            // A configuration file that is named and not there makes each command say so.
            if text.hasPrefix("TF_CLI_CONFIG_FILE="), access(String(text.dropFirst(19)), R_OK) != 0 { continue }
            result.append(text)
        }
        return result + ["TF_INPUT=0", "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1"]
    }
}

/// Reads a growing file line by line.
struct FileTail {
    private let file: Int32
    private let lineLimit: Int
    private var bytes: [UInt8] = []
    private var at = 0
    private var hasEnded = false

    init(path: String, lineLimit: Int) {
        file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        self.lineLimit = lineLimit
    }

    /// The next whole line without its end; nil when there is none yet.
    mutating func next() -> [UInt8]? {
        if let line = take() { return line }
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < lineLimit {
            let count = file < 0 ? 0 : read(file, &piece, piece.count)
            guard count > 0 else { break }
            bytes += piece[0..<count]
            if let line = take() { return line }
        }
        guard hasEnded || bytes.count >= lineLimit, !bytes.isEmpty else { return nil }
        defer { (bytes, at) = ([], 0) }
        return bytes
    }

    private mutating func take() -> [UInt8]? {
        guard let end = bytes[at...].firstIndex(of: 0x0a) else {
            at = bytes.count
            return nil
        }
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        at = 0
        return line
    }

    /// Nothing more will be written: what is left counts as a line.
    mutating func end() { hasEnded = true }

    func close() { if file >= 0 { Glibc.close(file) } }
}
