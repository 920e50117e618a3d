// A pseudo-terminal, and a program on it: the tests' hand on the keyboard and eye on the screen.

import Glibc
import Synchronization
import TestFolders

@testable import Terminal

/// A pair of descriptors that behaves like a terminal with nobody at it.
final class PseudoTerminal {
    private(set) var master: Int32
    let slave: Int32
    let path: String
    var screen: VirtualTerminal
    private(set) var received = 0

    init(width: Int = 80, height: Int = 24) {
        var (first, second): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        precondition(openpty(&first, &second, &name, nil, &size) == 0, "openpty: \(errno)")
        (master, slave) = (first, second)
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for descriptor in [first, second] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        screen = VirtualTerminal(width: width, height: height)
    }

    deinit {
        if master >= 0 { close(master) }
        close(slave)
    }

    /// Closes the user's end, as a terminal window does.
    func hangUp() {
        close(master)
        master = -1
    }

    var attributes: termios {
        var now = termios()
        tcgetattr(slave, &now)
        return now
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    func resize(width: Int, height: Int) {
        screen.resize(width: width, height: height)
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Reads what is there within `milliseconds`, into the screen.
    func read(milliseconds: Int32) {
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, milliseconds) > 0, master >= 0, ready.revents & Int16(POLLIN) != 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(master, &buffer, buffer.count)
        guard count > 0 else { return }
        received += count
        screen.feed(Array(buffer.prefix(count)))
    }

    /// Reads until the condition holds; false after a generous time.
    func wait(until condition: () -> Bool) -> Bool {
        let end = Milliseconds.now + 30_000
        while Milliseconds.now < end {
            if condition() { return true }
            read(milliseconds: 20)
        }
        return condition()
    }
}

/// The probe program on a pseudo-terminal of its own.
final class ProbeProcess {
    let terminal: PseudoTerminal
    let before: termios
    private(set) var pid: pid_t = 0
    private let folder: String
    private let logPath: String
    private var status: Int32?

    init(width: Int = 80, height: Int = 24, environment: [String] = []) {
        terminal = PseudoTerminal(width: width, height: height)
        before = terminal.attributes
        folder = makeTestFolder()
        logPath = folder + "/log"
        close(creat(logPath, 0o600))
        let base = ["TERM=xterm-256color", "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "PROBE_LOG=\(logPath)"]
        pid = Self.spawn(on: terminal.path, environment: environment + base)
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            var last: Int32 = 0
            waitpid(pid, &last, 0)
        }
        unlink(logPath)
        rmdir(folder)
    }

    var log: [String] {
        guard let file = fopen(logPath, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until the log holds a line that begins so.
    func logs(_ prefix: String) -> Bool { terminal.wait { log.contains { $0.hasPrefix(prefix) } } }

    /// Waits for the first frame.
    func isUp() -> Bool { logs("frame 1") && terminal.wait { terminal.screen.text.contains("keys 0") } }

    /// Waits until the process has ended, reading on; its status as waitpid gives it.
    func end() -> Int32 {
        var found: Int32 = -1
        _ = terminal.wait { waitpid(pid, &found, WNOHANG) == pid }
        status = found
        for _ in 0..<20 { terminal.read(milliseconds: 5) }
        return found
    }

    /// Tells that the process was waited for elsewhere.
    func hasEnded(_ status: Int32) { self.status = status }

    /// Waits until the process has stopped.
    func stops() -> Bool {
        var found: Int32 = 0
        return terminal.wait { waitpid(pid, &found, WNOHANG | WUNTRACED) == pid } && found & 0xFF == 0x7F
    }

    /// True if the terminal's settings are what they were before the program began.
    var attributesAreBack: Bool {
        let now = terminal.attributes
        return now.c_lflag == before.c_lflag && now.c_iflag == before.c_iflag && now.c_oflag == before.c_oflag
            && now.c_cflag == before.c_cflag
    }

    private static func spawn(on path: String, environment: [String]) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // POSIX_SPAWN_SETSID: a session of its own, so that opening the terminal makes it the controlling one.
        posix_spawnattr_setflags(&attributes, 0x80 | Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var words: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, &attributes, &words, &variables)
        precondition(code == 0, "\(program): \(String(cString: strerror(code)))")
        return child
    }

    /// The probe lies beside the test bundle, whose path is mapped into this process.
    static let program: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let arguments = CommandLine.arguments + [String(cString: realpath("/proc/self/exe", &path))]
        for argument in arguments {
            let folder = argument.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                .joined(separator: "/")
            let candidate = folder + "/terminal-probe"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        preconditionFailure("terminal-probe is not beside \(arguments)")
    }()
}
