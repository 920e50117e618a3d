import CSys
import Glibc

/// Runs a short-lived program with its output in a file, so that a daemon it leaves behind holds no pipe of ours open.
enum ChildProcess {
    /// How a program ended.
    struct Ending {
        /// Exit code; 128 + signal when a signal ended it.
        var code: Int32
        /// The first line of its output.
        var word: String
    }

    /// Most bytes of output that are read.
    private static let outputBytes = 4_096
    /// How often a running program is looked at, in nanoseconds.
    private static let pollNanoseconds: UInt64 = 2_000_000

    /// Runs `program` and waits; ends it with SIGKILL when it takes longer than `seconds`. Blocks.
    static func run(
        _ program: String, _ arguments: [String], output: String, seconds: Int
    ) throws(ProviderFault) -> Ending {
        let pid = try spawn(program, arguments, output: output)
        let deadline = cs_clock_ns(1) + UInt64(seconds) * 1_000_000_000
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid { break }
            if found < 0, errno != EINTR { throw .notStarted(program: program, cause: text(errno)) }
            if cs_clock_ns(1) > deadline {
                kill(pid, SIGKILL)
                waitpid(pid, &status, 0)
                throw .tookTooLong(program: ([program] + arguments.prefix(1)).joined(separator: " "), seconds: seconds)
            }
            cs_sleep_ns(pollNanoseconds)
        }
        let signal = status & 0x7f
        let word = (readText(output, limit: outputBytes) ?? "").split(separator: "\n").first.map(String.init) ?? ""
        unlink(output)
        return Ending(code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, word: word)
    }

    /// Starts `program` in a process group of its own, its output going to the file `output` (made anew, mode 0600).
    /// `environment` holds NAME=VALUE each; nil = this process's.
    static func spawn(
        _ program: String, _ arguments: [String], output: String, environment: [String]? = nil
    ) throws(ProviderFault) -> pid_t {
        let input = cs_open("/dev/null", O_RDONLY | O_CLOEXEC, 0)
        guard input >= 0 else { throw .notStarted(program: program, cause: text(errno)) }
        defer { Glibc.close(input) }
        let file = cs_open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .notStarted(program: program, cause: "\(output): \(text(errno))") }
        defer { Glibc.close(file) }
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let variables: [UnsafeMutablePointer<CChar>?] = (environment ?? []).map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        var pid = pid_t()
        let code =
            environment == nil
            ? cs_start_child(program, words, cs_environ(), [input, file, file], &pid)
            : cs_start_child(program, words, variables, [input, file, file], &pid)
        guard code == 0 else { throw .notStarted(program: program, cause: text(code)) }
        return pid
    }

    /// The absolute path of `program`: itself when it is a path, else looked for in PATH; nil when it is not there.
    static func find(_ program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let search = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return search.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// What an error number means.
    static func text(_ code: Int32) -> String { String(cString: cs_error_text(code)) }

    /// A small file's text; nil when it cannot be read.
    static func readText(_ path: String, limit: Int) -> String? {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return nil }
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(file, &bytes, limit)
        guard count >= 0 else { return nil }
        return String(decoding: bytes[0..<count], as: UTF8.self)
    }
}
