import ArgumentParser
import ClusterModel

/// The verbs on machines that are named one by one.
struct NodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Add machines by name, or let them go.",
        subcommands: [NodeAddCommand.self, NodeRemoveCommand.self])
}

struct NodeAddCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add machines: hosts reached over ssh, agents of this machine, or simulated nodes.",
        discussion: """
            bellows node add 'gpu[01-16,20].lab' anna@big:2222
            bellows node add --local --resources 'cpus:2;mem:1024;ports:[31000-32000]' a1
            bellows node add --simulated --count 50000 --resources 'cpus:8;mem:16384' s
            """)
    @OptionGroup var reach: ReachOptions
    @Flag(help: "Agents of this machine, with the resources that are declared.")
    var local = false
    @Flag(help: "Nodes that run nothing and tell what they are told to.")
    var simulated = false
    @Option(
        help: ArgumentHelp(
            "What it offers, such as 'cpus:2;mem:1024;ports:[31000-32000]' (mem and disk in MiB); stands over what the "
                + "machine says.", valueName: "text"))
    var resources: String?
    @Option(help: ArgumentHelp("Its attributes, such as 'rack:a;gpu:a100'.", valueName: "text"))
    var attributes: String?
    @Option(help: ArgumentHelp("The node's name, with one host (default: the host).", valueName: "name"))
    var name: String?
    @Option(help: ArgumentHelp("An Ansible inventory in YAML whose hosts are added.", valueName: "file"))
    var inventory: String?
    @Option(help: ArgumentHelp("With --inventory: only hosts of this group.", valueName: "name"))
    var group: String?
    @Option(
        help: ArgumentHelp(
            "Relays on the way: hosts that run ssh to the next, the one reached from here first.",
            valueName: "host,..."))
    var via: String?
    @Flag(help: "With --via: forward the user's ssh agent to the relays.")
    var forwardAgent = false
    @Flag(help: "Take an agent over that belongs to another cluster.")
    var takeOver = false
    @Option(help: ArgumentHelp("Its host name, for frameworks (default: as the machine says).", valueName: "name"))
    var hostname: String?
    @Option(help: ArgumentHelp("Its fault domain, as JSON.", valueName: "json"))
    var domain: String?
    @Option(help: ArgumentHelp("A capability of agents that it lacks; may be repeated.", valueName: "name"))
    var withoutCapability: [String] = []
    @Option(help: ArgumentHelp("With --simulated: so many nodes NAME-1, NAME-2, ...", valueName: "n"))
    var count: UInt32?
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Hosts (lists in brackets are spelled out), or names.", valueName: "host"))
    var hosts: [String] = []

    func validate() throws {
        if local && simulated { throw ValidationError("--local and --simulated exclude each other.") }
        if count != nil, !simulated { throw ValidationError("--count goes with --simulated.") }
        if count == 0 { throw ValidationError("--count takes 1 or more.") }
        if hosts.isEmpty, inventory == nil { throw ValidationError("Name the hosts, or an --inventory.") }
        if inventory != nil, local || simulated || !hosts.isEmpty {
            throw ValidationError("--inventory goes without hosts, --local and --simulated.")
        }
        if group != nil, inventory == nil { throw ValidationError("--group goes with --inventory.") }
        if via != nil, local || simulated { throw ValidationError("--via goes with ssh hosts.") }
        if forwardAgent, via == nil { throw ValidationError("--forward-agent goes with --via.") }
        if name != nil, local || simulated { throw ValidationError("--name goes with an ssh host.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let specs = try specs(scalars: session.state.configuration.scalars, in: session.environment)
        return try session.performPlanned(
            .addNodes(AddNodes(specs, count: count ?? 0)), act, mustBeAsked: false, asks: false)
    }

    /// What was asked for, a node each.
    private func specs(scalars: [String], in environment: CommandEnvironment) throws -> [NodeSpec] {
        do {
            var pattern = NodeSpec()
            if let resources { try pattern.declare(resources: resources, scalars: scalars) }
            if let attributes { pattern.attributes = try ResourceText.attributes(attributes) }
            (pattern.hostname, pattern.domain, pattern.missing) = (hostname ?? "", domain ?? "", withoutCapability)
            var specs = try inventory.map { try inventoried($0, pattern, in: environment) } ?? []
            for word in hosts { for host in try HostList.expand(word) { specs.append(try spec(host, pattern)) } }
            guard name == nil || specs.count == 1 else {
                throw CommandFailure(.usage, "--name goes with one host; \(specs.count) are given")
            }
            return specs
        } catch let fault as TextFault {
            throw CommandFailure(.usage, fault.message)
        }
    }

    /// The hosts of an inventory, with what the command line says of all of them.
    private func inventoried(
        _ path: String, _ pattern: NodeSpec, in environment: CommandEnvironment
    ) throws -> [NodeSpec] {
        try FileReading.inventory(path, group: group, in: environment).map { found in
            var spec = pattern
            (spec.name, spec.transport, spec.address) = (found.name, found.transport, found.address)
            if var address = SSHAddress(far: spec.address) {
                try Relaying.apply(via, forwardsAgent: forwardAgent, to: &address)
                spec.address = address.text
            }
            return spec
        }
    }

    private func spec(_ host: String, _ pattern: NodeSpec) throws -> NodeSpec {
        var spec = pattern
        if local || simulated {
            (spec.name, spec.transport) = (host, local ? .local : .simulated)
            if simulated { spec.address = "simulated:\(host)" }
        } else {
            guard var address = SSHAddress(host) else {
                throw CommandFailure(.usage, "\"\(host)\" is no host; write [user@]host[:port]")
            }
            address.takesOver = takeOver
            try Relaying.apply(via, forwardsAgent: forwardAgent, to: &address)
            (spec.name, spec.transport, spec.address) = (name ?? address.nodeName, .ssh, address.text)
        }
        if let fault = spec.fault { throw CommandFailure(.usage, fault) }
        return spec
    }
}

/// The options that lead the way through relays.
enum Relaying {
    /// Puts the relays of `--via` before an address.
    static func apply(_ via: String?, forwardsAgent: Bool, to address: inout SSHAddress) throws(CommandFailure) {
        guard let via else { return }
        guard let relays = SSHAddress.relays(via) else {
            throw CommandFailure(
                .usage, "--via \(via): expected up to \(SSHAddress.relayLimit) hosts, [user@]host[:port][,...]")
        }
        (address.relays, address.forwardsAgent) = (relays, forwardsAgent)
    }
}

struct NodeRemoveCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Drain machines that were added by name, and let them go.",
        discussion: "bellows node remove gpu01.lab\nbellows node remove --purge --patience 1m 'gpu[01-16].lab'")
    @OptionGroup var reach: ReachOptions
    @Option(
        help: ArgumentHelp("End running tasks after this time (default: wait for them).", valueName: "time"),
        transform: Amount.span)
    var patience: Interval?
    @Flag(help: "Leave nothing of the agent on the machine: program, folder, task outputs.")
    var purge = false
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Nodes (lists in brackets are spelled out).", valueName: "node"))
    var nodes: [String]

    func execute(on session: Session) throws -> Int32 {
        let naming = Naming(state: session.state)
        var names: [String] = []
        for word in nodes {
            do {
                names += try HostList.expand(word).map { try naming.node($0) }
            } catch let fault as TextFault {
                throw CommandFailure(.usage, fault.message)
            }
        }
        return try session.performPlanned(
            .removeNodes(RemoveNodes(names, patience: patience ?? .zero, purges: purge)), act, mustBeAsked: false,
            asks: purge)
    }
}
