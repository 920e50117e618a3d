import CSys
import ClusterModel
import Commands
import ControlRuntime
import Glibc

/// `bellows doctor`: hosts are examined several at a time, and told in order.
enum Examining {
    /// Prints what was found; 1 when something is bad.
    static func run(_ hosts: [SSHAddress], acceptsNewHostKeys: Bool, _ variables: [String: String]) -> Int32 {
        let configuration = variables["BELLOWS_SSH_CONFIG"] ?? ""
        let isWell = HostDoctor.examine(
            hosts, configuration: configuration, acceptsNewHostKeys: acceptsNewHostKeys
        ) { host, findings in
            var text = "\(host.nodeName)\n"
            for finding in findings {
                let verdict = finding.verdict
                let padding = String(repeating: " ", count: max(1, 14 - finding.step.count))
                text += "  \(verdict)\(verdict.count < 4 ? String(repeating: " ", count: 4 - verdict.count) : "") "
                text += "\(finding.step)\(padding)\(finding.text)\n"
            }
            _ = Descriptor.write(Array(text.utf8), to: STDOUT_FILENO)
        }
        return isWell ? ExitCode.done.rawValue : ExitCode.failed.rawValue
    }
}

/// A program in our place on the terminal: it gets the keys, we wait.
enum ChildOnTerminal {
    /// Runs it; answers its exit code, 128 + signal when a signal ended it.
    static func run(_ words: [String]) throws -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var (child, status): (pid_t, Int32) = (0, 0)
        guard let program = words.first else { return 0 }
        // Ctrl-C is the program's; without it we end as it did.
        let (interrupt, quit) = (signal(SIGINT, SIG_IGN), signal(SIGQUIT, SIG_IGN))
        defer {
            signal(SIGINT, interrupt)
            signal(SIGQUIT, quit)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var usual = sigset_t()
        sigemptyset(&usual)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&usual, number) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let code = posix_spawnp(&child, program, nil, &attributes, &pointers, cs_environ())
        guard code == 0 else {
            throw CommandFailure(.failed, "\(program) cannot be started: \(String(cString: cs_error_text(code)))")
        }
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}
