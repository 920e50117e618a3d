import ClusterModel
import ClusterSource

/// All that a command needs from outside: terminal, files, clock, and ways to a core. The executable fills in the real
/// ones, tests their own.
public struct CommandEnvironment: Sendable {
    /// Environment variables.
    public var variables: [String: String] = [:]
    /// The current directory, a whole path.
    public var directory = "/"
    /// Whether standard output is a terminal.
    public var outputIsTerminal = false
    /// Whether standard input is a terminal, so that a question can be asked.
    public var inputIsTerminal = false
    /// Columns of the terminal.
    public var width = 80
    /// The program's version.
    public var version = ""
    /// How far local time is ahead of UTC at an instant, in seconds.
    public var secondsFromUTC: @Sendable (Instant) -> Int64 = { _ in 0 }
    /// Writes to standard output; false when nobody reads it any more.
    public var write: @Sendable ([UInt8]) -> Bool = { _ in true }
    /// Writes a line to standard error.
    public var complain: @Sendable (String) -> Void = { _ in }
    /// Writes a question to standard error and reads a line from standard input; nil at its end.
    public var ask: @Sendable (String) -> String? = { _ in nil }
    /// Reads a whole text file of at most so many bytes; `-` is standard input.
    public var readFile: @Sendable (_ path: String, _ limit: Int) throws -> String
    /// Writes a text file that is not there yet, and the folders above it.
    public var writeNew: @Sendable (_ path: String, _ text: String) throws -> Void = { path, _ in
        throw CommandFailure(.failed, "cannot write \(path)")
    }
    /// Opens a way to the running core and waits for its first picture. Throws `CommandFailure`.
    public var connect: @Sendable (ConnectRequest) throws -> any ClusterSource
    /// Opens the console; answers the exit code.
    public var openConsole: @Sendable (ConsoleRequest) throws -> Int32
    /// Runs a core without a screen until it is told to stop; answers the exit code.
    public var serve: @Sendable (ServeRequest) throws -> Int32
    /// Reaches a remote core's HTTP interface through OpenSSH until it is told to stop; answers the exit code.
    public var forward: @Sendable (ForwardRequest) throws -> Int32
    /// Opens the console on a recording; answers the exit code.
    public var replay: @Sendable (ReplayRequest) throws -> Int32
    /// Plays a workload in simulated time.
    public var simulate: @Sendable (SimulateRequest) throws -> SimulateResult

    /// Themes of this user and machine.
    public var themes = ThemeShelf()
    /// Reads every byte of the recording at a path.
    public var checkRecording: @Sendable (_ path: String) throws -> RecordingFacts
    /// Writes what can be read of the recording at a path into a new one; nil = a folder beside it.
    public var repairRecording: @Sendable (_ path: String, _ folder: String?) throws -> RepairedRecording

    /// Runs a program on this terminal, found along PATH, and answers its exit code.
    public var runProgram: @Sendable ([String]) throws -> Int32
    /// Examines hosts, prints what was found, answers the exit code.
    public var diagnose: @Sendable (_ hosts: [SSHAddress], _ acceptsNewHostKeys: Bool) throws -> Int32

    /// An environment in which no file can be read and nothing be reached.
    public init() {
        readFile = { path, _ in throw CommandFailure(.usage, "cannot read \(path)") }
        connect = { _ in throw CommandFailure(.noCore, "no core can be reached from here") }
        openConsole = { _ in throw CommandFailure(.noTerminal, "no console can be opened from here") }
        serve = { _ in throw CommandFailure(.failed, "no core can be run from here") }
        checkRecording = { _ in throw CommandFailure(.failed, "no recording can be opened from here") }
        repairRecording = { _, _ in throw CommandFailure(.failed, "no recording can be opened from here") }
        runProgram = { _ in throw CommandFailure(.failed, "no program can be run from here") }
        diagnose = { _, _ in throw CommandFailure(.failed, "no host can be reached from here") }
        replay = { _ in throw CommandFailure(.failed, "no recording can be opened from here") }
        simulate = { _ in throw CommandFailure(.failed, "nothing can be simulated from here") }
        forward = { _ in throw CommandFailure(.failed, "no host can be reached from here") }
    }

    /// A configuration file for ssh instead of the user's own; "" = the user's own.
    var sshConfiguration: String { variables["BELLOWS_SSH_CONFIG"] ?? "" }
    /// Writes a text to standard output.
    @discardableResult func print(_ text: String) -> Bool { write(Array(text.utf8)) }
    /// The path as seen from the current directory.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : directory.hasSuffix("/") ? directory + path : directory + "/" + path
    }
    /// Columns that a table may take; nil when it goes to a file or a pipe.
    var tableWidth: Int? { outputIsTerminal ? max(20, width) : nil }
}

/// How to reach a core.
public struct ConnectRequest: Sendable, Hashable {
    /// The socket's path; nil = BELLOWS_SOCKET, else the default place.
    public var socket: String?
    /// Whether only reading is wanted.
    public var readOnly: Bool
    /// How long to wait for the first picture.
    public var timeout = Interval.seconds(10)

    /// A way to a core.
    public init(socket: String?, readOnly: Bool = false) {
        self.socket = socket
        self.readOnly = readOnly
    }
}

/// How the console is to look.
public struct LookRequest: Sendable, Hashable {
    /// The theme's name or file; nil = as the user or the cluster wishes.
    public var theme: String?
    /// `auto`, `never`, `16`, `256` or `truecolor`; nil = auto.
    public var color: String?
    /// Whether only ASCII is drawn.
    public var ascii = false
    /// Whether actions are disabled.
    public var readOnly = false
    /// Whether clocks and charts stand still, for screen readers.
    public var accessible = false
    /// A plain look.
    public init() {}
}

/// `bellows` alone: a console on the running core, else on an embedded one.
public struct ConsoleRequest: Sendable, Hashable {
    /// The socket's path; nil = the default place.
    public var socket: String?
    /// What an embedded core is to run, if one is started.
    public var core: CoreRequest
    /// How it looks.
    public var look: LookRequest
}

/// What a core is to run.
public struct CoreRequest: Sendable, Hashable {
    /// The cluster file's configuration; nil = what the state folder holds, else the built-in local cluster.
    public var configuration: ClusterConfiguration?
    /// The state folder; nil = the default place.
    public var stateFolder: String?
}

/// `bellows serve`.
public struct ServeRequest: Sendable, Hashable {
    /// The socket's path; nil = the default place.
    public var socket: String?
    /// What to run.
    public var core: CoreRequest
    /// Where the HTTP interface listens, `ADDRESS:PORT` or a socket's path; nil = it is not served.
    public var listen: String?
    /// The file that receives `HOST:PORT`.
    public var portFile: String?
    /// Whether TLS is ended in front of it.
    public var isBehindTLSProxy = false
}

/// `bellows api forward`.
public struct ForwardRequest: Sendable, Hashable {
    /// The host, as OpenSSH names it.
    public var host: String
    /// Where this machine listens, `ADDRESS:PORT`.
    public var listen: String
    /// Where the core listens on that host.
    public var remote: String
}

/// `bellows replay`.
public struct ReplayRequest: Sendable, Hashable {
    /// The recording: a folder or one of its files, a whole path.
    public var path: String
    /// How it looks.
    public var look: LookRequest
}
