/// The words with which a person's ssh or scp reaches a node: the same host, keys and jumps as the link's, with a
/// terminal and questions where they are needed.
extension SSHAddress {
    /// Options for ssh and scp. `configuration` is a file to use instead of the user's; "" = the user's own.
    public func options(
        configuration: String, acceptsNewHostKeys: Bool, forwardsAgent: Bool = false
    ) -> [String] {
        // Behind relays ssh runs there, with the configuration that is theirs.
        var words: [String] = configuration.isEmpty || !relays.isEmpty ? [] : ["-F", configuration]
        words += ["-o", "ForwardAgent=\(forwardsAgent ? "yes" : "no")", "-o", "ClearAllForwardings=yes"]
        if !alias.isEmpty { words += ["-o", "HostKeyAlias=\(alias)"] }
        if !hostKeys.isEmpty {
            // The machine's own key and nothing else, without a file: ssh asks a program for known keys.
            let name = !alias.isEmpty ? alias : port > 0 && port != 22 ? "[\(host)]:\(port)" : host
            words += ["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/dev/null"]
            words += ["-o", "GlobalKnownHostsFile=/dev/null"]
            words += ["-o", "KnownHostsCommand=/bin/echo \(name) \(hostKeys[0])"]
        } else {
            words += ["-o", "StrictHostKeyChecking=\(acceptsNewHostKeys ? "accept-new" : "yes")"]
        }
        if !jump.isEmpty { words += ["-o", "ProxyJump=\(jump)"] }
        if !identity.isEmpty { words += ["-o", "IdentitiesOnly=yes", "-i", identity] }
        if !user.isEmpty { words += ["-o", "User=\(user)"] }
        if port > 0 { words += ["-o", "Port=\(port)"] }
        return words
    }

    /// A shell with a terminal on the node, in `folder` where it is one, or `command` there.
    public func shell(
        configuration: String, acceptsNewHostKeys: Bool, folder: String, command: [String] = []
    ) -> [String] {
        let what = command.isEmpty ? "exec \"${SHELL:-/bin/sh}\" -l" : "exec \"$@\""
        let script =
            "case \"$1\" in /*) D=\"$1\";; *) D=\"$HOME/$1\";; esac; "
            + "cd \"$D\" 2> /dev/null || echo \"bellows: there is no $D, this is $PWD\"; shift; \(what)"
        let words = [folder.isEmpty ? "." : folder] + command
        let line = "exec /bin/sh -c '\(script)' bellows " + words.map(Self.quoted).joined(separator: " ")
        return call(
            options(configuration: configuration, acceptsNewHostKeys: acceptsNewHostKeys) + ["--", host, line],
            first: ["-t", "-o", "LogLevel=ERROR"], configuration: configuration,
            acceptsNewHostKeys: acceptsNewHostKeys)
    }

    /// A copy between this machine and the node; `path` stands there, `other` here.
    public func copy(
        configuration: String, acceptsNewHostKeys: Bool, path: String, other: String, fromNode: Bool
    ) -> [String] {
        let there = "\(host.contains(":") ? "[\(host)]" : host):\(path)"
        let words =
            ["-r", "-p", "-q"] + options(configuration: configuration, acceptsNewHostKeys: acceptsNewHostKeys)
            + ["--"] + (fromNode ? [there, other] : [other, there])
        guard !relays.isEmpty else { return ["scp"] + words }
        return copyThroughRelays(words, configuration: configuration, acceptsNewHostKeys: acceptsNewHostKeys)
    }

    /// A word for any login shell.
    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension ClusterState {
    /// The folder of a task's attempt on its node; "" when it is not known.
    public func sandbox(of task: TaskID) -> String {
        guard let row = row(of: task), nodes.contains(row.node.index), row.attempt > 0 else { return "" }
        let folder = folder(of: row.node)
        return folder.isEmpty ? "" : "\(folder)/tasks/\(task.packed).\(row.attempt)"
    }
    /// The folder of a node's agent: a whole path, or one from the login's home; "" when it is not known.
    public func folder(of node: NodeID) -> String {
        guard nodes.contains(node.index) else { return "" }
        let address = nodeDetails[node.index].address
        if address.hasPrefix(SSHAddress.scheme), let far = SSHAddress(address) {
            return (far.folder.isEmpty ? ".cache/bellows" : far.folder) + "/node"
        }
        guard address.hasPrefix("/"), let slash = address.lastIndex(of: "/") else { return "" }
        return String(address[..<slash])
    }
}
