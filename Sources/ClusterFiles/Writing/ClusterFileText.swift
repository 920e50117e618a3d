import ClusterModel

/// Configurations as text: the canonical cluster file, and what differs between two of them.
public enum ClusterFileText {
    /// The cluster file that says exactly `configuration`, every limit written out. Reading it again gives an equal
    /// configuration.
    public static func render(_ configuration: ClusterConfiguration) -> String {
        var output = ""
        var open: [String] = []
        for line in ConfigurationLines(configuration).lines {
            // Pools, types and roles are list items: their name is the first key of the item.
            let common = zip(open, line.path).prefix { $0 == $1 }.count
            for depth in common..<line.path.count {
                let word = line.path[depth]
                let indent = String(repeating: "  ", count: Self.indent(line.path, depth))
                let isLast = depth == line.path.count - 1
                let value = line.isList ? line.value : YAMLWord.quoted(line.value)
                if let key = itemKey(line.path, depth) {
                    output += "\(indent.dropLast(2))- \(key): \(YAMLWord.quoted(word))\n"
                } else {
                    output += "\(indent)\(word):\(isLast ? " \(value)" : "")\n"
                }
            }
            open = line.path
        }
        return output
    }

    /// The key under which the word at `depth` names a list item; nil when it is a plain key.
    private static func itemKey(_ path: [String], _ depth: Int) -> String? {
        guard depth > 0, depth < path.count - 1 else { return nil }
        if depth == 1 && path[0] == "pools" || depth == 3 && path[0] == "pools" && path[2] == "types" { return "name" }
        if depth == 1 && path[0] == "nodes" { return "name" }
        return depth == 1 && path[0] == "roles" ? "path" : nil
    }

    private static func indent(_ path: [String], _ depth: Int) -> Int {
        // A word a level; a list item's dash stands in the two columns before its own.
        depth + (itemKey(path, depth) == nil ? 0 : 1)
    }

    /// What changes from `old` to `new`, a line each in the order of the file: `pools.burst.max: 4 -> 8`. Empty when
    /// they say the same.
    public static func difference(_ old: ClusterConfiguration, _ new: ClusterConfiguration) -> [String] {
        let before = ConfigurationLines(old).lines
        let after = ConfigurationLines(new).lines
        let oldValues = Dictionary(before.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
        let newValues = Dictionary(after.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
        var result: [String] = []
        for line in after {
            switch oldValues[line.path] {
            case nil: result.append("\(line.name): added: \(line.value)")
            case .some(line.value): break
            case .some(let value): result.append("\(line.name): \(value) -> \(line.value)")
            }
        }
        for line in before where newValues[line.path] == nil {
            result.append("\(line.name): removed: \(line.value)")
        }
        result += order("pools", old.pools.map(\.name), new.pools.map(\.name))
        for pool in new.pools {
            guard let own = old.pools.first(where: { $0.name == pool.name }) else { continue }
            result += order("pools.\(pool.name).types", own.types.map(\.name), pool.types.map(\.name))
        }
        return result
    }

    /// A line when the names that stay are in another order: the first is preferred.
    private static func order(_ path: String, _ old: [String], _ new: [String]) -> [String] {
        let stayed = old.filter { new.contains($0) }
        let now = new.filter { old.contains($0) }
        if stayed == now { return [] }
        return ["\(path): order \(stayed.joined(separator: ", ")) -> \(now.joined(separator: ", "))"]
    }
}
