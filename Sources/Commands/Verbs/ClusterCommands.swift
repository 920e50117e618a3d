import ArgumentParser
import ClusterFiles
import ClusterModel

/// The verbs on the cluster as a whole.
struct AutoscalerCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "autoscaler", abstract: "Switch the autoscaler, or show how it stands.")
    /// Words for the modes.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case off, on
        case dryRun = "dry-run"
        var mode: AutoscalerMode {
            switch self {
            case .off: .off
            case .on: .on
            case .dryRun: .dryRun
            }
        }
    }
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("off, on, or dry-run: decide and show, do not act.", valueName: "mode"))
    var mode: Mode?

    func execute(on session: Session) throws -> Int32 {
        guard let mode else {
            let now = Mode.allCases.first { $0.mode == session.state.autoscaler }?.rawValue ?? "off"
            session.environment.print(act.json ? "{\"autoscaler\": \"\(now)\"}\n" : "autoscaler \(now)\n")
            return ExitCode.done.rawValue
        }
        return try session.performPlanned(.autoscaler(mode.mode), act, mustBeAsked: false, asks: false)
    }
}

struct WeightCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "weight", abstract: "Give a role a weight: its share beside its neighbours.",
        discussion: "bellows weight eng/web 2")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: "The role's path.")
    var role: String
    @Argument(help: "0.001 to 1000; neighbours without one have 1.", transform: Amount.thousandths)
    var weight: Int64

    func validate() throws {
        if !(1...1_000_000).contains(weight) { throw ValidationError("A weight goes from 0.001 to 1000.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let path = try Naming(state: session.state).role(role)
        return try session.performPlanned(
            .weight(RoleWeight(path: path, weight: weight)), act, mustBeAsked: false, asks: false)
    }
}

struct ApplyCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Give the running core another cluster file: shows the difference, then applies it.",
        discussion: """
            The file is taken whole or not at all. What was changed by keystroke since the last file shows as a
            difference too, and the file wins. Without FILE, prints the cluster file as it would have to be.
            """)
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Cluster file; - is standard input.", valueName: "file"))
    var file: String?

    func execute(on session: Session) throws -> Int32 {
        let environment = session.environment
        let present = session.state.configuration
        guard let file else {
            environment.print(ClusterFileText.render(present))
            return ExitCode.done.rawValue
        }
        let wanted = try FileReading.cluster(file, in: environment)
        let lines = ClusterFileText.difference(present, wanted)
        let isSameFile = wanted == session.state.fileConfiguration
        if lines.isEmpty, isSameFile {
            let answer = ActionAnswer(accepted: true, message: "nothing changes")
            environment.print(act.json ? JSONText.answer(answer) : answer.message + "\n")
            return ExitCode.done.rawValue
        }
        if !act.json { environment.print(lines.map { $0 + "\n" }.joined()) }
        return try session.performPlanned(.apply(ApplyConfiguration(wanted)), act, mustBeAsked: false)
    }
}

struct NoteCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note into the recording at this instant, or set a named mark.")
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("Set a mark of this name.", valueName: "name"))
    var mark: String?
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("What to write.", valueName: "text"))
    var text: [String] = []

    func validate() throws {
        if text.isEmpty, mark == nil { throw ValidationError("What is to be written?") }
        let bytes = text.reduce(0) { $0 + $1.utf8.count + 1 }
        if bytes > NoteText.limit { throw ValidationError("A note has at most \(NoteText.limit) bytes.") }
    }

    func execute(on session: Session) throws -> Int32 {
        try session.perform(.note(NoteText(mark: mark ?? "", text: text.joined(separator: " "))), act)
    }
}

struct ShutdownCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "shutdown", abstract: "End the core; its tasks and machines are left as they are, unless --drain.")
    @OptionGroup var reach: ReachOptions
    @Flag(help: "First drain all nodes and end all machines.")
    var drain = false
    @OptionGroup var act: ActOptions

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(.shutdown(Shutdown(drain: drain)), act, mustBeAsked: true)
    }
}
