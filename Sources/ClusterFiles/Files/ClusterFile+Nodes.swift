import ClusterModel

/// The machines that a cluster file names: hosts over ssh, agents of this machine, an inventory of Ansible's.
extension ClusterFile {
    /// Most nodes that one file may name.
    public static let nodeLimit = 20_000

    static func readNodes(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        if let word = reader.word("hostKeys", of: ["strict", "accept-new"]) {
            configuration.acceptsNewHostKeys = word == "accept-new"
        }
        if let word = reader.word("isolation", of: ["rlimits", "control-groups"]) {
            configuration.isolatesTasks = word == "control-groups"
        }
        if let count: Int64 = reader.count("processesPerTask", 1...4_194_304) { configuration.processesPerTask = count }
        if configuration.processesPerTask > 0 && !configuration.isolatesTasks {
            reader.refuse("processesPerTask", "`processesPerTask` needs `isolation: control-groups`")
        }
        var places: [String: FilePlace] = [:]
        for tree in reader.list("nodes", of: "hosts") {
            for spec in readNode(tree, configuration: configuration, problems: reader.problems) {
                if let first = places[spec.name] {
                    reader.problems.add(
                        tree.place, "node `\(spec.name)` is given twice, first in line \(first.line); keep one")
                    continue
                }
                places[spec.name] = tree.place
                configuration.nodes.append(spec)
            }
            if configuration.nodes.count > nodeLimit {
                return reader.refuse("nodes", "`nodes` takes at most \(nodeLimit) machines")
            }
        }
    }

    /// A text is a host or a list of hosts in brackets; a mapping says more of it.
    private static func readNode(
        _ tree: YAMLTree, configuration: ClusterConfiguration, problems: Problems
    ) -> [NodeSpec] {
        if case .scalar(let text, _) = tree.content, !tree.isEmpty {
            return hosts(text, NodeSpec(name: "", transport: .ssh), at: tree.place, problems) { _ in }
        }
        guard var node = MappingReader(tree, subject: "a node", problems: problems) else { return [] }
        defer { node.finish() }
        var pattern = NodeSpec(name: "", transport: .ssh)
        pattern.isFromFile = true
        readOffer(&node, into: &pattern, configuration: configuration)
        let own = node.name("name")
        if let name = node.name("local") {
            if let own, own != name { node.refuse("name", "a local node is called what `local` says") }
            (pattern.name, pattern.transport) = (name, .local)
            if let fault = pattern.fault { node.refuse("local", fault) }
            return [pattern]
        }
        let (user, jump, identity) = (node.text("user"), node.text("jump"), node.text("identity"))
        let folder = node.text("dir")
        let port: UInt16? = node.count("port", 1...UInt16.max)
        let takesOver = node.flag("takeOver") ?? false
        let relays = node.value("via", expected: "a relay such as `gate`, or several, `gate,rack1`", SSHAddress.relays)
        let forwardsAgent = node.flag("forwardAgent") ?? false
        if forwardsAgent, relays == nil { node.refuse("forwardAgent", "`forwardAgent` goes with `via`") }
        guard let host = node.text("host", expected: "a host such as `gpu01`, or a list such as `gpu[01-16]`") else {
            if !node.has("host") { problems.add(node.place, "a node needs `host`, or `local` with a name") }
            return []
        }
        let specs = hosts(host, pattern, at: node.valuePlace(of: "host"), problems) { address in
            if let user { address.user = user }
            if let port { address.port = port }
            if let jump { address.jump = jump }
            if let identity { address.identity = identity }
            if let folder { address.folder = folder }
            (address.takesOver, address.relays) = (takesOver, relays ?? [])
            address.forwardsAgent = forwardsAgent && relays != nil
        }
        guard let name = own else { return specs }
        if specs.count == 1 {
            var spec = specs[0]
            spec.name = name
            return [spec]
        }
        node.refuse("name", "`name` goes with one host; \(specs.count) are given")
        return []
    }

    private static func readOffer(
        _ node: inout MappingReader, into spec: inout NodeSpec, configuration: ClusterConfiguration
    ) {
        if let text = node.text("resources", expected: "resources such as `cpus:2;mem:1024`") {
            do {
                try spec.declare(resources: text, scalars: configuration.scalars)
            } catch {
                node.refuse("resources", error.message)
            }
        }
        for (name, text, place) in node.pairs("attributes", of: "names to values") {
            if let fault = NameCheck.fault(name, what: "an attribute") {
                node.problems.add(place, fault)
            } else {
                spec.attributes.append(Attribute(name: name, reading: text))
            }
        }
        spec.attributes.sort { $0.name < $1.name }
        if let hostname = node.text("hostname") { spec.hostname = hostname }
    }

    private static func hosts(
        _ text: String, _ pattern: NodeSpec, at place: FilePlace, _ problems: Problems,
        _ change: (inout SSHAddress) -> Void
    ) -> [NodeSpec] {
        do {
            return try HostList.expand(text).compactMap { host in
                guard var address = SSHAddress(host) else {
                    problems.add(place, "`\(host)` is no host; write [user@]host[:port]")
                    return nil
                }
                change(&address)
                guard SSHAddress(address.text) == address else {
                    problems.add(place, "`\(host)`: user, jump or identity hold what ssh would read otherwise")
                    return nil
                }
                var spec = pattern
                (spec.name, spec.address, spec.isFromFile) = (address.nodeName, address.text, true)
                if let fault = spec.fault {
                    problems.add(place, fault)
                    return nil
                }
                return spec
            }
        } catch {
            problems.add(place, error.message)
            return []
        }
    }
}
