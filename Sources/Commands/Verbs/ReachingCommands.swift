import ArgumentParser
import ClusterModel

/// The verbs that go to a node themselves: a shell, a copy, and the doctor.
struct ShellCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "A shell on a node, or in the folder of a task; or a command there.",
        discussion: "bellows shell gpu01.lab\nbellows shell sim-12/3 -- tail -f stdout")
    static var onlyReads: Bool { true }
    @OptionGroup var reach: ReachOptions
    @Argument(help: "A node, or a task.")
    var place: String
    @Argument(help: ArgumentHelp("A command instead of a shell, after --.", valueName: "command"))
    var command: [String] = []

    func execute(on session: Session) throws -> Int32 {
        let place = try Place(place, session.state)
        let environment = session.environment
        if let address = place.ssh {
            return try environment.runProgram(
                address.shell(
                    configuration: environment.sshConfiguration,
                    acceptsNewHostKeys: session.state.configuration.acceptsNewHostKeys, folder: place.folder,
                    command: command))
        }
        let what = command.isEmpty ? "exec \"${SHELL:-/bin/sh}\"" : "exec \"$@\""
        return try environment.runProgram(
            ["/bin/sh", "-c", "cd \"$1\" || exit 1; shift; \(what)", "bellows", place.folder] + command)
    }
}

struct CopyCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy files to or from a node, or the folder of a task.",
        discussion: """
            bellows cp sim-12/3:result.csv .
            bellows cp data gpu01.lab:/scratch/data
            """)
    static var onlyReads: Bool { true }
    @OptionGroup var reach: ReachOptions
    @Argument(help: "From: a path here, NODE:PATH or TASK:PATH.")
    var from: String
    @Argument(help: "To: the same.")
    var to: String

    func execute(on session: Session) throws -> Int32 {
        let (near, far) = (try side(from, session.state), try side(to, session.state))
        guard (near == nil) != (far == nil), let side = near ?? far else {
            throw CommandFailure(
                .usage, "one of the two is on a node, as NODE:PATH or TASK:PATH; here \(near == nil ? "none" : "both")")
        }
        let fromNode = near != nil
        let here = session.environment.absolute(fromNode ? to : from)
        if let address = side.place.ssh {
            return try session.environment.runProgram(
                address.copy(
                    configuration: session.environment.sshConfiguration,
                    acceptsNewHostKeys: session.state.configuration.acceptsNewHostKeys, path: side.path, other: here,
                    fromNode: fromNode))
        }
        let pair = fromNode ? [side.path, here] : [here, side.path]
        return try session.environment.runProgram(["cp", "-r", "-p", "--"] + pair)
    }

    /// What stands before a colon is a place, unless a slash comes first.
    private func side(_ text: String, _ state: ClusterState) throws -> (place: Place, path: String)? {
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].hasPrefix("."), !text.hasPrefix("/") else {
            return nil
        }
        let place = try Place(String(text[..<colon]), state)
        let path = String(text[text.index(after: colon)...])
        if path.hasPrefix("/") || place.folder.isEmpty { return (place, path.isEmpty ? "." : path) }
        return (place, path.isEmpty ? place.folder : "\(place.folder)/\(path)")
    }
}

/// Where a node or a task is.
struct Place {
    /// The way over ssh; nil on this machine.
    var ssh: SSHAddress?
    /// The task's folder, or the agent's on this machine; "" = the login's home.
    var folder = ""

    /// The node or task that `text` names.
    init(_ text: String, _ state: ClusterState) throws {
        let naming = Naming(state: state)
        var node = state.node(named: text)
        if node == nil, let task = try? naming.task(text), let row = state.row(of: task), !row.node.isNone {
            node = row.node
            folder = state.sandbox(of: task)
        }
        guard let node, state.nodes.contains(node.index) else {
            _ = try text.contains("/") ? naming.task(text).description : naming.node(text)
            throw CommandFailure(.notFound, "\(text) is on no node yet")
        }
        let address = state.nodeDetails[node.index].address
        if address.hasPrefix(SSHAddress.scheme) {
            ssh = SSHAddress(address)
        } else if address.hasPrefix("/") {
            if folder.isEmpty { folder = state.folder(of: node) }
        } else {
            throw CommandFailure(.failed, "nothing leads to \(state.name(of: node)): it has no machine")
        }
    }
}

struct DoctorCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Try, step by step, whether hosts can be nodes, and say what to do.",
        discussion: "bellows doctor gpu01.lab 'gpu[02-16].lab'")
    @Flag(help: "Take host keys that were never seen.")
    var acceptNew = false
    @Option(help: ArgumentHelp("Relays on the way, as of `node add`.", valueName: "host,..."))
    var via: String?
    @Argument(help: ArgumentHelp("Hosts (lists in brackets are spelled out).", valueName: "host"))
    var hosts: [String]

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        var addresses: [SSHAddress] = []
        for word in hosts {
            do {
                for host in try HostList.expand(word) {
                    guard var address = SSHAddress(host) else {
                        throw CommandFailure(.usage, "\"\(host)\" is no host; write [user@]host[:port]")
                    }
                    try Relaying.apply(via, forwardsAgent: false, to: &address)
                    addresses.append(address)
                }
            } catch let fault as TextFault {
                throw CommandFailure(.usage, fault.message)
            }
        }
        return try environment.diagnose(addresses, acceptNew)
    }
}
