import ArgumentParser
import ClusterModel

/// `bellows`: alone it opens the console, with a verb it does the same without the screen.
struct BellowsCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "bellows", abstract: "An operator console for elastic clusters, with the control core inside it.",
        discussion:
            "Alone, bellows opens the console: on the core that runs already, else on one of its own in this process. "
            + "The verbs below do the same without the screen.",
        subcommands: [VersionCommand.self, SimCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Work",
                subcommands: [
                    SubmitCommand.self, JobsCommand.self, TasksCommand.self, LogsCommand.self, KillCommand.self,
                    HoldCommand.self, ReleaseCommand.self, RequeueCommand.self, PriorityCommand.self,
                ]),
            CommandGroup(
                name: "Machines",
                subcommands: [
                    NodesCommand.self, NodeCommand.self, DrainCommand.self, UndrainCommand.self, ScaleCommand.self,
                    AutoscalerCommand.self, OrphansCommand.self, TerraformVerb.self, ShellCommand.self,
                    CopyCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Cluster",
                subcommands: [
                    OffersCommand.self, CostCommand.self, EventsCommand.self, WatchCommand.self, ExplainCommand.self,
                    WeightCommand.self, ApplyCommand.self, NoteCommand.self, MetricsCommand.self,
                ]),
            CommandGroup(
                name: "Core",
                subcommands: [
                    ServeCommand.self, ApiCommand.self, ReplayCommand.self, SimulateCommand.self,
                    ShutdownCommand.self,
                ]),
            CommandGroup(name: "Files", subcommands: [RecordingCommand.self, ThemesCommand.self]),
        ])

    @OptionGroup var reach: ReachOptions
    @OptionGroup(title: "Core of its own") var core: CoreOptions
    @OptionGroup(title: "Looks") var look: LookOptions

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let request = ConsoleRequest(socket: reach.socket, core: try core.request(in: environment), look: look.request)
        return try environment.openConsole(request)
    }
}

/// `bellows serve`.
struct ServeCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the core without a screen until it is told to stop (SIGTERM, bellows shutdown).")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var core: CoreOptions
    @Option(
        help: ArgumentHelp(
            "Serve the HTTP interface for frameworks and tools there: 127.0.0.1:5050, port 0 for any, or a socket's "
                + "path.", valueName: "address:port"))
    var listen: String?
    @Option(help: ArgumentHelp("Write HOST:PORT of the interface into this file.", valueName: "file"))
    var portFile: String?
    @Flag(name: .customLong("behind-tls-proxy"), help: "TLS is ended in front: other addresses may be listened on.")
    var behindTLSProxy = false

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        var request = ServeRequest(socket: reach.socket, core: try core.request(in: environment))
        request.listen = listen
        request.portFile = portFile.map(environment.absolute)
        request.isBehindTLSProxy = behindTLSProxy
        return try environment.serve(request)
    }
}

/// `bellows replay`.
struct ReplayCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Open the console on a recording.",
        discussion: "bellows replay ~/.local/state/bellows/local/recordings")
    @OptionGroup var look: LookOptions
    @Argument(help: "The recording: its folder, or any of its files.")
    var file: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        try environment.replay(ReplayRequest(path: environment.absolute(file), look: look.request))
    }
}

/// `bellows version`.
struct VersionCommand: ClusterCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")
    @Flag(help: "Print JSON.")
    var json = false

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let version = environment.version
        environment.print(json ? "{\"version\": \(JSONText.string(version))}\n" : "bellows \(version)\n")
        return ExitCode.done.rawValue
    }
}
