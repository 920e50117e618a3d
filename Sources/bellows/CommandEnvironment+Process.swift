import CSys
import ClusterModel
import Commands
import Glibc

/// The real terminal, files and clock.
extension CommandEnvironment {
    /// The environment of this process, with ways to real cores.
    static func ofThisProcess() -> CommandEnvironment {
        var environment = CommandEnvironment()
        environment.variables = variablesOfThisProcess()
        environment.directory = currentFolder()
        environment.outputIsTerminal = isatty(STDOUT_FILENO) == 1
        environment.inputIsTerminal = isatty(STDIN_FILENO) == 1
        environment.width = terminalWidth() ?? environment.variables["COLUMNS"].flatMap { Int($0) } ?? 80
        environment.version = Version.text
        environment.secondsFromUTC = { LocalTime.secondsFromUTC(at: $0) }
        environment.write = { Descriptor.write($0, to: STDOUT_FILENO) }
        environment.complain = { _ = Descriptor.write(Array(($0 + "\n").utf8), to: STDERR_FILENO) }
        environment.ask = { question in
            _ = Descriptor.write(Array(question.utf8), to: STDERR_FILENO)
            return readLine()
        }
        environment.readFile = { path, limit in try TextFile.read(path, limit: limit) }
        environment.writeNew = { path, text in try NewFile.write(path, text) }
        let places = Places(variables: environment.variables)
        environment.connect = { try CoreAccess.connect($0, places) }
        environment.serve = { try Serving.run($0, places) }
        environment.forward = { try Forwarding.run($0) }
        environment.replay = { try ConsoleRunning.replay($0) }
        environment.themes = Themes.shelf()
        environment.checkRecording = { try RecordingFiles.check($0) }
        environment.repairRecording = { try RecordingFiles.repair($0, into: $1) }
        environment.simulate = { try Simulating.run($0, version: Version.text) }
        let variables = environment.variables
        environment.runProgram = { try ChildOnTerminal.run($0) }
        environment.diagnose = { Examining.run($0, acceptsNewHostKeys: $1, variables) }
        environment.openConsole = { try ConsoleRunning.open($0, places) }
        return environment
    }

    private static func variablesOfThisProcess() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = cs_environ()
        while let text = entry?.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry = entry?.advanced(by: 1)
        }
        return variables
    }

    private static func currentFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func terminalWidth() -> Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// Files that must not be there yet.
enum NewFile {
    static func write(_ path: String, _ text: String) throws {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw CommandFailure(.failed, "cannot make \(folder): \(String(cString: cs_error_text(cs_errno())))")
            }
        }
        let file = cs_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            let cause = String(cString: cs_error_text(cs_errno()))
            throw CommandFailure(.failed, "cannot write \(path): \(cause); choose a folder without such a file")
        }
        defer { Glibc.close(file) }
        guard Descriptor.write(Array(text.utf8), to: file) else {
            throw CommandFailure(.failed, "cannot write \(path): the disk is full")
        }
    }
}

/// How far the local clock is ahead of UTC.
enum LocalTime {
    static func secondsFromUTC(at instant: Instant) -> Int64 {
        var seconds = time_t(instant.microseconds / 1_000_000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int64(parts.tm_gmtoff)
    }
}

/// Whole writes to a descriptor.
enum Descriptor {
    /// Whether all of it was written; false when nobody reads it any more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            done += count
        }
        return true
    }
}

/// Text files that people name.
enum TextFile {
    /// The file's text, or that of standard input for `-`. Throws `CommandFailure` with the cause.
    static func read(_ path: String, limit: Int) throws -> String {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure(path) }
            if count == 0 { break }
            bytes += piece[..<count]
            if bytes.count > limit {
                throw CommandFailure(.usage, "\(path): larger than \(limit) bytes, which is the limit for such a file")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(path): this is not UTF-8 text")
        }
        return text
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(.usage, "cannot read \(path): \(String(cString: cs_error_text(cs_errno())))")
    }
}
