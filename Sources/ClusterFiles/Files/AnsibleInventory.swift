import ClusterModel

/// The hosts of an Ansible inventory in YAML: groups with `hosts`, `children` and `vars`, of which those variables
/// count that say how a host is reached. Anything else in it is Ansible's own business.
public enum AnsibleInventory {
    /// Most bytes of an inventory.
    public static let byteLimit = 16 << 20
    /// Variables that say how a host is reached.
    private static let wanted = [
        "ansible_host", "ansible_ssh_host", "ansible_port", "ansible_ssh_port", "ansible_user", "ansible_ssh_user",
        "ansible_ssh_private_key_file", "ansible_private_key_file", "ansible_ssh_common_args", "ansible_ssh_extra_args",
        "ansible_connection",
    ]

    /// The hosts in the order of the file, each once, with the variables of their groups; `group` takes only those
    /// below the group of that name. Throws every problem with its place.
    public static func read(_ text: String, file: String, group: String? = nil) throws(FileFault) -> [NodeSpec] {
        let tree = try YAMLTree.parse(text, file: file, limit: byteLimit)
        let problems = Problems(file: file)
        var reading = Reading(group: group, problems: problems)
        if case .mapping(let groups) = tree.content {
            for entry in groups { reading.visit(entry, [:], isInside: group == nil) }
        } else {
            problems.add(tree.place, "an inventory is a mapping of groups, not \(tree.kind)")
        }
        if let group, !reading.hasFound {
            problems.add(tree.place, "there is no group `\(group)`; \(Spelling.hint(for: group, in: reading.groups))")
        }
        try problems.throwIfAny()
        return reading.specs
    }

    private struct Reading {
        let group: String?
        let problems: Problems
        var groups: [String] = []
        var hasFound = false
        var specs: [NodeSpec] = []
        private var slots: [String: Int] = [:]
        private var variables: [[String: String]] = []

        init(group: String?, problems: Problems) {
            self.group = group
            self.problems = problems
        }

        mutating func visit(_ entry: YAMLTree.Entry, _ above: [String: String], isInside: Bool) {
            groups.append(entry.key)
            let isInside = isInside || entry.key == group
            if entry.key == group { hasFound = true }
            guard case .mapping(let parts) = entry.value.content else {
                if !entry.value.isEmpty {
                    problems.add(entry.value.place, "group `\(entry.key)` is a mapping, not \(entry.value.kind)")
                }
                return
            }
            var own = above
            for part in parts where part.key == "vars" { own.merge(Self.variables(part.value)) { $1 } }
            for part in parts {
                guard case .mapping(let items) = part.value.content else { continue }
                if part.key == "hosts", isInside { for item in items { add(item, own) } }
                if part.key == "children" { for item in items { visit(item, own, isInside: isInside) } }
            }
        }

        private static func variables(_ tree: YAMLTree) -> [String: String] {
            guard case .mapping(let entries) = tree.content else { return [:] }
            var result: [String: String] = [:]
            for entry in entries where AnsibleInventory.wanted.contains(entry.key) {
                if case .scalar(let text, _) = entry.value.content { result[entry.key] = text }
            }
            return result
        }

        /// A host, or a run of them: Ansible writes `web[01:16]`.
        private mutating func add(_ item: YAMLTree.Entry, _ above: [String: String]) {
            let names: [String]
            do {
                names = try HostList.expand(Self.spelledOurs(item.key))
            } catch {
                return problems.add(item.place, error.message)
            }
            let own = above.merging(Self.variables(item.value)) { $1 }
            for name in names {
                let all = slots[name].map { variables[$0].merging(own) { $1 } } ?? own
                guard let spec = spec(name, all, item.place) else { continue }
                if let slot = slots[name] {
                    (specs[slot], variables[slot]) = (spec, all)
                } else {
                    slots[name] = specs.count
                    specs.append(spec)
                    variables.append(all)
                }
            }
        }

        /// `[01:16]` as `[01-16]`.
        private static func spelledOurs(_ text: String) -> String {
            var (result, depth) = ("", 0)
            for character in text {
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
                result.append(depth > 0 && character == ":" ? "-" : character)
            }
            return result
        }

        private func spec(_ name: String, _ all: [String: String], _ place: FilePlace) -> NodeSpec? {
            func first(_ names: String...) -> String? { names.lazy.compactMap { all[$0] }.first }
            if all["ansible_connection"] == "local" { return NodeSpec(name: name, transport: .local) }
            guard var address = SSHAddress(first("ansible_host", "ansible_ssh_host") ?? name) else {
                problems.add(place, "`\(name)` has no host that ssh could take")
                return nil
            }
            if let port = first("ansible_port", "ansible_ssh_port") {
                guard let number = UInt16(port), number > 0 else {
                    problems.add(place, "`\(name)`: `\(port)` is no port")
                    return nil
                }
                address.port = number
            }
            address.user = first("ansible_user", "ansible_ssh_user") ?? address.user
            address.identity = first("ansible_ssh_private_key_file", "ansible_private_key_file") ?? ""
            for arguments in [all["ansible_ssh_common_args"], all["ansible_ssh_extra_args"]].compactMap({ $0 }) {
                if let jump = Self.jump(in: arguments) { address.jump = jump }
            }
            guard SSHAddress(address.text) == address else {
                problems.add(place, "`\(name)`: user, jump or key file hold what ssh would read otherwise")
                return nil
            }
            let spec = NodeSpec(name: name, transport: .ssh, address: address.text)
            guard let fault = spec.fault else { return spec }
            problems.add(place, fault)
            return nil
        }

        /// The host behind `-J HOST` or `-o ProxyJump=HOST`; other arguments belong into ssh's configuration.
        private static func jump(in arguments: String) -> String? {
            let words = arguments.split { $0 == " " || $0 == "\"" || $0 == "'" }.map(String.init)
            for (at, word) in words.enumerated() {
                if word == "-J", at + 1 < words.count { return words[at + 1] }
                for head in ["ProxyJump=", "-oProxyJump="] where word.hasPrefix(head) {
                    return String(word.dropFirst(head.count))
                }
            }
            return nil
        }
    }
}
