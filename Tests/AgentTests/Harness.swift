import AgentProtocol
import Glibc
import TestFolders
import Testing

/// The agent program as an operator sees it: a folder, a command line, a socket. Ends what it started.
final class AgentUnderTest {
    /// Built beside the tests.
    static let program: String = {
        if let given = getenv("BELLOWS_AGENT") { return String(cString: given) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, 4095)
        let own = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let paths = [own, CommandLine.arguments[0]].map { path in
            path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/bellows-agent"
        }
        return String(paths.first { access(String($0), X_OK) == 0 } ?? paths[1])
    }()

    let directory: String
    private var sessions: [CoreSession] = []

    /// A fresh folder of its own.
    init() throws {
        directory = makeTestFolder()
    }

    /// Runs a command of the program and waits for its end.
    @discardableResult
    func command(_ words: [String]) throws -> (code: Int32, error: String) {
        try Program.run([Self.program] + words)
    }

    func start(_ options: [String] = []) throws {
        let result = try command(["start", "--dir", directory] + options)
        #expect(result.code == 0, "\(result.error)")
    }

    /// A session of cluster `eng`, after its inventory.
    func session(epoch: UInt64 = 1) throws -> CoreSession {
        let session = try CoreSession(directory)
        sessions.append(session)
        try session.open(epoch: epoch)
        return session
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Number in `journal`-independent words: how often a task wrote its mark.
    func marks(_ name: String) -> Int { Files.text(path(name)).split(separator: "\n").count }

    /// Ends agent and tasks, and removes the folder.
    func end() {
        for session in sessions { session.close() }
        _ = try? command(["stop", "--dir", directory, "--kill-tasks", "--grace-ms", "0"])
        _ = try? Program.run(["/bin/rm", "-rf", directory])
    }

    /// Kills the agent the hard way and waits until it is gone.
    func killHard(_ pid: UInt64) {
        kill(pid_t(pid), SIGKILL)
        while Self.runs(pid_t(pid)) { usleep(1000) }
    }

    /// Whether a process is there and no zombie: its files and locks are gone once its last thread is, although nobody
    /// may have waited for it yet.
    static func runs(_ pid: pid_t) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, Int32(line.count), file) != nil else { return false }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return false }
        let state = text[end...].dropFirst(2).first
        guard state == "Z" || state == "X" else { return true }
        guard let threads = opendir("/proc/\(pid)/task") else { return false }
        defer { closedir(threads) }
        var entries = 0
        while readdir(threads) != nil { entries += 1 }
        return entries > 3
    }
}

/// Running a program to its end.
enum Program {
    static func run(_ words: [String]) throws -> (code: Int32, error: String) {
        var pair: [Int32] = [-1, -1]
        #expect(pipe(&pair) == 0)
        for fd in pair { _ = fcntl(fd, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pair[1], 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let failed = posix_spawn(&pid, words[0], &actions, nil, &arguments, environ)
        posix_spawn_file_actions_destroy(&actions)
        close(pair[1])
        defer { close(pair[0]) }
        try #require(failed == 0, "cannot run \(words[0]): \(String(cString: strerror(failed)))")
        let error = Files.all(pair[0])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return (status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f), String(decoding: error, as: UTF8.self))
    }
}

/// Small file helpers without Foundation.
enum Files {
    static func all(_ fd: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(fd, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func text(_ path: String) -> String {
        let fd = open(path, O_RDONLY)
        if fd < 0 { return "" }
        defer { close(fd) }
        return String(decoding: all(fd), as: UTF8.self)
    }

    static func write(_ path: String, _ text: String) {
        let fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(fd, $0.baseAddress, $0.count) }
        close(fd)
    }

    static func facts(_ path: String) -> stat? {
        var found = stat()
        return lstat(path, &found) == 0 ? found : nil
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// Waits until something is so; a guard against hanging, generous because machines are noisy.
func waitUntil(_ what: String, seconds: Int = 60, _ isSo: () throws -> Bool) throws {
    for _ in 0..<(seconds * 100) {
        if try isSo() { return }
        usleep(10_000)
    }
    Issue.record("waited \(seconds) s in vain: \(what)")
}

/// A small generator whose seed can be printed and given again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// BELLOWS_SEED, or a new one; printed, so that a failure can be made again.
    static func seeded(_ test: String) -> (UInt64, SplitMix) {
        let given = getenv("BELLOWS_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 0 ... .max)
        print("\(test): seed \(seed)")
        return (seed, SplitMix(seed: seed))
    }
}
