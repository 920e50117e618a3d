import ArgumentParser
import ClusterFiles
import ClusterModel

/// The options that describe one job, and the request they come to.
struct JobOptions: ParsableArguments {
    @Option(help: "A name for people.")
    var name: String?
    @Option(help: ArgumentHelp("The role it is charged to, such as eng/web.", valueName: "path"))
    var role: String?
    @Option(
        help: ArgumentHelp("Cpus of one task: 2, 0.5, 500m (default: 1).", valueName: "amount"),
        transform: Amount.thousandths)
    var cpus: Int64?
    @Option(
        help: ArgumentHelp("Memory of one task: 4GiB, 512M (default: 256MiB).", valueName: "amount"),
        transform: Amount.bytes)
    var mem: Int64?
    @Option(help: ArgumentHelp("Disk of one task.", valueName: "amount"), transform: Amount.bytes)
    var disk: Int64?
    @Option(help: ArgumentHelp("Gpus of one task.", valueName: "amount"), transform: Amount.thousandths)
    var gpus: Int64?
    @Option(
        help: ArgumentHelp(
            "Another resource of the cluster file, NAME=AMOUNT; may be repeated.", valueName: "name=amount"))
    var resource: [String] = []
    @Option(help: ArgumentHelp("Number of ports; they stand in PORT0, PORT1, ...", valueName: "n"))
    var ports: UInt32 = 0
    @Option(help: ArgumentHelp("Number of equal tasks.", valueName: "n"))
    var count: UInt32 = 1
    @Option(help: ArgumentHelp("Number of nodes that start and end as one (a gang).", valueName: "n"))
    var nodes: UInt32 = 1
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Higher starts first within the role, -1000 to 1000.", valueName: "n"))
    var priority: Int32 = 0
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Requirement on the node, such as 'gpu=a100 and rack!=r3'.", valueName: "expression"))
    var requirement: String?
    @Option(help: ArgumentHelp("Wait until this job has succeeded; may be repeated.", valueName: "job"))
    var after: [String] = []
    @Option(
        help: ArgumentHelp(
            "A variable for the task; NAME alone passes on its value from here. May be repeated.",
            valueName: "name=value"))
    var env: [String] = []
    @Option(help: ArgumentHelp("Working directory on the node (default: the task's sandbox).", valueName: "folder"))
    var cwd: String?
    @Option(help: ArgumentHelp("File on the node for standard input.", valueName: "file"))
    var input: String?
    @Option(help: ArgumentHelp("File on the node for standard output; %j is the job, %i the index.", valueName: "file"))
    var output: String?
    @Option(help: ArgumentHelp("File on the node for standard error; %j is the job, %i the index.", valueName: "file"))
    var error: String?
    @Option(help: ArgumentHelp("Longest run time of a task: 30s, 1h30m.", valueName: "time"), transform: Amount.span)
    var timeLimit: Interval?
    @Option(help: ArgumentHelp("How often a failed task is tried again.", valueName: "n"))
    var retries: UInt32 = 0
    @Option(
        help: ArgumentHelp("Time between SIGTERM and SIGKILL (default: 10s).", valueName: "time"),
        transform: Amount.span)
    var grace: Interval?
    @Option(help: ArgumentHelp("User of the node as whom its tasks run; needs agents of root.", valueName: "user"))
    var runAs: String?
    @Option(
        help: ArgumentHelp(
            "Root of its tasks: a folder of the node (runc), or an image for podman or docker.", valueName: "image"))
    var image: String?
    @Flag(help: "Its tasks have a /tmp of their own.")
    var privateTmp = false
    @Flag(help: "Its tasks may write in their sandboxes and a /tmp of their own alone.")
    var readOnly = false
    @Flag(help: "Its tasks may be ended at any time for other work; they are queued again then.")
    var revocable = false
    @Flag(help: "Submit it held.")
    var hold = false

    /// The job that these options and `command` ask for, in the cluster that `state` shows. Throws `CommandFailure`.
    func spec(_ command: [String], state: ClusterState, environment: CommandEnvironment) throws -> JobSpec {
        var spec = JobSpec()
        spec.name = try checked(name, "--name") { NameCheck.fault($0, what: "a job") }
        spec.role = try checked(role, "--role", NameCheck.pathFault)
        spec.argv = command
        spec.need = try need(state.configuration)
        (spec.ports, spec.count, spec.nodes, spec.priority) = (ports, count, nodes, priority)
        spec.requirement = requirement ?? ""
        let naming = Naming(state: state)
        spec.after = try after.map(naming.job)
        spec.environment = try env.map { try variable($0, environment) }
        // Local paths are meant as they are seen from here.
        spec.directory = cwd.map(environment.absolute) ?? ""
        spec.input = input.map(environment.absolute) ?? ""
        spec.output = output.map(environment.absolute) ?? ""
        spec.error = error.map(environment.absolute) ?? ""
        spec.timeLimit = timeLimit ?? .zero
        spec.retries = retries
        spec.grace = grace ?? spec.grace
        spec.hold = hold
        spec.isRevocable = revocable
        spec.runAs = try checked(runAs, "--run-as", JobDefaults.userFault)
        spec.image = try checked(image, "--image") { JobSpec.imageFault($0, gpus: spec.need.gpus) }
        (spec.privateTmp, spec.readOnly) = (privateTmp, readOnly)
        return spec
    }

    /// Whether any of these options was given, besides `--hold`.
    var isEmpty: Bool {
        let texts = [name, role, requirement, cwd, input, output, error, runAs, image]
        let amounts = [cpus, mem, disk, gpus]
        return texts.allSatisfy { $0 == nil } && amounts.allSatisfy { $0 == nil } && resource.isEmpty && ports == 0
            && count == 1 && nodes == 1 && priority == 0 && after.isEmpty && env.isEmpty && timeLimit == nil
            && retries == 0 && grace == nil && !revocable && !privateTmp && !readOnly
    }

    private func checked(_ text: String?, _ option: String, _ fault: (String) -> String?) throws -> String {
        guard let text else { return "" }
        if let message = fault(text) { throw CommandFailure(.usage, "\(option): \(message)") }
        return text
    }

    private func need(_ configuration: ClusterConfiguration) throws -> ResourceVector {
        var need = ResourceVector(
            cpus: cpus ?? JobDefaults.cpus, mem: mem ?? JobDefaults.mem, disk: disk ?? 0, gpus: gpus ?? 0)
        for text in resource {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw CommandFailure(.usage, "--resource expects NAME=AMOUNT, not \"\(text)\"")
            }
            guard let offset = configuration.scalars.firstIndex(of: parts[0]) else {
                let hint = Spelling.hint(for: parts[0], in: configuration.scalars)
                throw CommandFailure(.usage, "--resource: the cluster has no resource \"\(parts[0])\"; \(hint)")
            }
            do {
                need.lanes[ResourceVector.firstCustomLane + offset] = try Quantity.thousandths(parts[1])
            } catch {
                throw CommandFailure(.usage, "--resource \(parts[0]): \(error.message)")
            }
        }
        return need
    }

    private func variable(_ text: String, _ environment: CommandEnvironment) throws -> String {
        guard let sign = text.firstIndex(of: "=") else {
            if let value = environment.variables[text] { return "\(text)=\(value)" }
            throw CommandFailure(.usage, "--env \(text): there is no such variable here; write NAME=VALUE")
        }
        let (name, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
        if let fault = JobDefaults.environmentFault(name: name, value: value) {
            throw CommandFailure(.usage, "--env: \(fault)")
        }
        return text
    }
}
