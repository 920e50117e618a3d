import ArgumentParser
import ClusterModel

/// `bellows simulate`: a workload through the live core in simulated time.
struct SimulateCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a workload through the live core in simulated time, and record it.",
        discussion: """
            bellows simulate --workload trace.swf.gz --cluster cluster.yaml
            bellows simulate --workload jobs.yaml --cluster cluster.yaml --recording what-if
            bellows simulate --workload ~/.local/state/bellows/local/recordings --cluster other.yaml

            The workload is a trace in SWF (plain or gzip), a jobs file, or a recording: its jobs are submitted when
            they were, and run as long as they did, under the rules of the cluster file (without one: those that were
            recorded), and what that comes to stands beside what it came to then. The same workload, cluster file and
            seed give the same events. `bellows replay` shows the recording.
            """)
    @Option(help: ArgumentHelp("Trace in SWF, a jobs file (.yaml), or a recording's folder.", valueName: "file"))
    var workload: String
    @Option(help: ArgumentHelp("What chance decides.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("The autoscaler: on, off or dry-run.", valueName: "mode"))
    var autoscaler: Mode = .on
    @Option(help: ArgumentHelp("Play the first so many jobs only.", valueName: "n"))
    var jobs: Int?
    @Option(help: ArgumentHelp("Folder for the recording; there must be none yet.", valueName: "folder"))
    var recording: String?
    @Flag(help: "Print JSON.")
    var json = false
    // The program's own option, so that both places on the line mean the same.
    @OptionGroup(title: "Cluster") var core: CoreOptions

    /// What the autoscaler does.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case on, off
        case dryRun = "dry-run"
    }

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs takes 1 or more.") }
        if core.cluster == nil, isFile { throw ValidationError("Which cluster? Name its file with --cluster.") }
    }

    /// Whether the workload is a file of jobs by its name; recordings are folders, and files of their own kind.
    private var isFile: Bool {
        let words = workload.split(separator: "/").last?.split(separator: ".") ?? []
        return words.count > 1 && words.last != "rec"
    }

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        var request = SimulateRequest(
            workload: environment.absolute(workload),
            configuration: try core.cluster.map { try FileReading.cluster($0, in: environment) })
        request.seed = seed
        request.mode = autoscaler == .on ? .on : autoscaler == .off ? .off : .dryRun
        request.jobLimit = jobs
        request.recording = recording.map(environment.absolute)
        if workload.hasSuffix(".yaml") || workload.hasSuffix(".yml") {
            request.jobs = try FileReading.jobs(
                workload, request.configuration ?? ClusterConfiguration(), in: environment)
        }
        let result = try environment.simulate(request)
        environment.print(json ? result.json : result.text)
        return ExitCode.done.rawValue
    }
}

/// A simulation that is asked for.
public struct SimulateRequest: Sendable {
    /// The workload's file, a whole path.
    public var workload: String
    /// Its jobs, when it is a jobs file.
    public var jobs: SubmitJobs?
    /// The cluster; nil = as it was recorded, for a recording.
    public var configuration: ClusterConfiguration?
    /// What chance decides.
    public var seed: UInt64 = 1
    /// What the autoscaler does.
    public var mode = AutoscalerMode.on
    /// Play the first so many jobs only.
    public var jobLimit: Int?
    /// Folder for the recording; nil = none.
    public var recording: String?

    /// A simulation of `workload` on `configuration`.
    public init(workload: String, configuration: ClusterConfiguration?) {
        self.workload = workload
        self.configuration = configuration
    }
}

/// What a simulation came to, for people and for programs.
public struct SimulateResult: Sendable {
    /// A table.
    public var text: String
    /// An object.
    public var json: String
    /// A result.
    public init(text: String, json: String) {
        self.text = text
        self.json = json
    }
}
