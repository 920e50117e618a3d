import CSys
import ClusterModel
import ClusterSource
import Commands
import Console
import Glibc
import Recording

/// A console on a core in the same process, and what becomes of that core afterwards.
struct EmbeddedConsole {
    private let request: ConsoleRequest
    private let socket: String
    private let host: CoreHost
    private let end = EndOfCore()

    /// Longest time in seconds that idle machines may take to end when the console is left.
    private static let leaveSeconds: Int64 = 30
    /// How often, and after which pause, a core that was left in the background is asked for its first answer: 20 s.
    private static let answerTries = 200
    private static let answerPauseNanoseconds: UInt64 = 100_000_000

    init(_ request: ConsoleRequest, socket: String, _ places: Places) throws {
        self.request = request
        self.socket = socket
        let end = end
        host = try CoreHost(request.core, socket: socket, places) { end.raise() }
    }

    /// Runs the console until it is left; answers the exit code.
    func run() throws -> Int32 {
        let recordings = host.recordings
        let exit: ConsoleExit
        do {
            exit = try ConsoleRunning.show(
                host.core.source, request.look, past: { try? RecordedSession(path: recordings) })
        } catch {
            // Nobody saw it, so nothing of it stays.
            stopWithMachines(atMost: Self.leaveSeconds)
            throw error
        }
        switch exit.choice {
        case .leave:
            if end.isOver { say("the core has ended, as it was asked to: every machine is gone") }
            stopWithMachines(atMost: Self.leaveSeconds)
        case .drainAndStop:
            say("draining: running tasks go on to their end; Ctrl-C leaves machines and tasks as they are")
            cs_catch_termination()
            stopWithMachines(atMost: nil)
        case .background: try handOver()
        }
        return ConsoleRunning.code(of: exit)
    }

    /// Drains, ends machines and then the core; what is not done in time goes on without it.
    private func stopWithMachines(atMost seconds: Int64?) {
        if host.hasMachines, !end.isOver {
            host.core.source.perform(.shutdown(Shutdown(drain: true)), confirmed: "") { _ in }
            end.wait(orTermination: seconds == nil, seconds: seconds)
        }
        host.stop()
    }

    /// Leaves the core running: this one ends in good order, and one without a screen takes over its agents and tasks
    /// with the next epoch, as after any restart.
    private func handOver() throws {
        host.stop()
        let arguments = ["bellows", "serve", "--socket", socket, "--state", host.stateFolder]
        let log = "\(host.stateFolder)/serve.log"
        guard Background.start(arguments, log: log), answers() else {
            throw CommandFailure(
                .failed,
                "the core could not be left in the background (see \(log)); tasks go on, and `bellows serve` finds them"
            )
        }
        say("the core goes on in the background; `bellows` attaches to it, `bellows shutdown --drain` ends it")
    }

    /// Whether the core in the background answers before long, so that whoever comes next finds it.
    private func answers() -> Bool {
        for _ in 0..<Self.answerTries {
            if let source = try? CoreAccess.attach(socket, readOnly: true) {
                source.close()
                return true
            }
            cs_sleep_ns(Self.answerPauseNanoseconds)
        }
        return false
    }

    private func say(_ text: String) { _ = Descriptor.write(Array((text + "\n").utf8), to: STDERR_FILENO) }
}

/// Starting this program once more, apart from the terminal.
enum Background {
    /// Starts this very program with `arguments` (the first is its name) in a session of its own, standard error going
    /// to `log`. False when it could not be started.
    static func start(_ arguments: [String], log: String) -> Bool {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // glibc's POSIX_SPAWN_SETSID, which its Swift module leaves out.
        let newSession = 0x80
        let flags = newSession | Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        return posix_spawn(&child, "/proc/self/exe", &actions, &attributes, &words, cs_environ()) == 0
    }
}
