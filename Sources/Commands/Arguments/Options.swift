import ArgumentParser
import ClusterModel

/// How the core is reached.
struct ReachOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The core's socket; BELLOWS_SOCKET sets another default.", valueName: "path"))
    var socket: String?
}

/// How a list is printed.
struct ListOptions: ParsableArguments {
    @Flag(help: "Print JSON: base units, stable keys.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Only rows for which this holds, such as 'state=ready and cpus>=4'.", valueName: "expression"))
    var filter: String?
}

/// How an action is confirmed and answered.
struct ActOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Show what it would do, and do nothing.")
    var plan = false

    @Flag(help: "Print the answer as JSON.")
    var json = false
}

/// How a console looks.
struct LookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Theme: a name, or a base16 file.", valueName: "name"))
    var theme: String?

    @Option(help: ArgumentHelp("Colours: auto, never, 16, 256 or truecolor.", valueName: "when"))
    var color: Color?

    @Flag(help: "Draw with ASCII only.")
    var ascii = false

    @Flag(help: "Look only: whatever changes the cluster is disabled.")
    var readOnly = false

    @Flag(help: "For screen readers: clocks and charts stand still, and the screen changes only when something does.")
    var accessible = false

    /// When and how colours are used.
    enum Color: String, ExpressibleByArgument, CaseIterable {
        case auto, never
        case sixteen = "16"
        case twoHundredFiftySix = "256"
        case truecolor
    }

    var request: LookRequest {
        var request = LookRequest()
        request.theme = theme
        request.color = color?.rawValue
        request.ascii = ascii
        request.readOnly = readOnly
        request.accessible = accessible
        return request
    }
}

/// What a core in this process runs.
struct CoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Cluster file; without it the last one, else the built-in local cluster.", valueName: "file")
    )
    var cluster: String?

    @Option(help: ArgumentHelp("Folder for the state store, recordings and agents.", valueName: "folder"))
    var state: String?

    /// The request, with the cluster file read. Throws `CommandFailure` when the file is wrong.
    func request(in environment: CommandEnvironment) throws -> CoreRequest {
        let configuration = try cluster.map { try FileReading.cluster($0, in: environment) }
        var folder = state.map(environment.absolute)
        // A cluster in the reference's ways keeps its state beside its file: many of them may stand side by side.
        if folder == nil, let cluster, configuration?.offers.compatibility == .mesos111 {
            folder = environment.absolute(cluster) + ".state"
        }
        return CoreRequest(configuration: configuration, stateFolder: folder)
    }
}

/// Amounts on the command line; what is wrong with one is told in its words.
enum Amount {
    static func thousandths(_ text: String) throws -> Int64 {
        try told { () throws(TextFault) in try Quantity.thousandths(text) }
    }
    static func bytes(_ text: String) throws -> Int64 { try told { () throws(TextFault) in try Quantity.bytes(text) } }
    static func span(_ text: String) throws -> Interval {
        try told { () throws(TextFault) in try Quantity.duration(text) }
    }

    private static func told<T>(_ read: () throws(TextFault) -> T) throws -> T {
        do {
            return try read()
        } catch {
            throw ValidationError(error.message)
        }
    }
}
