import ClusterModel

/// The cluster file: what a cluster is called, which pools and roles it has, what things cost and where limits lie.
/// Everything but `pools` may be left out; docs/cluster-file.md lists every key with its default.
public enum ClusterFile {
    /// Most bytes a cluster file may have.
    public static let byteLimit = 1 << 20
    /// Most pools.
    public static let poolLimit = 1_000
    /// Most machine types in one pool.
    public static let typeLimit = 200
    /// Most roles.
    public static let roleLimit = 10_000
    /// Most instances in one pool.
    public static let instanceLimit: UInt32 = 100_000

    /// The configuration that `text` describes. `file` is what the file is called in messages. Throws every problem
    /// with its place; nothing is taken from a file with a problem. Linear in the text.
    public static func read(
        _ text: String, file: String, books: @escaping (String) throws -> String = PriceBook.unreadable
    ) throws(FileFault) -> ClusterConfiguration {
        let tree = try YAMLTree.parse(text, file: file, limit: byteLimit)
        let problems = Problems(file: file)
        var configuration = ClusterConfiguration()
        if var reader = MappingReader(tree, subject: "the cluster file", problems: problems) {
            problems.books = readBooks(&reader, books)
            readAll(&reader, into: &configuration)
            reader.finish()
        }
        try problems.throwIfAny()
        return configuration
    }

    static func readAll(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        readTop(&reader, into: &configuration)
        readCompatibility(&reader, into: &configuration)
        readRoles(&reader, into: &configuration)
        readPools(&reader, into: &configuration)
        readNodes(&reader, into: &configuration)
        readLimits(&reader, into: &configuration.limits)
    }

    private static func readTop(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        if let name = reader.name("name") { configuration.name = name }
        if let currency = reader.text("currency") {
            if currency.count <= 4, !currency.contains(where: { $0.isNumber || $0.isWhitespace || "/.,".contains($0) })
            {
                configuration.currency = currency
            } else {
                reader.refuse("currency", "`currency` expects a sign or code of up to 4 letters such as `$` or `EUR`")
            }
        }
        var limits = BudgetLimits()
        readBudgets(&reader, "budget", into: &limits, currency: configuration.currency)
        configuration.budgetPerHour.micros = limits.hour.hard
        configuration.budgetPerDay.micros = limits.day.hard
        configuration.budgetPerMonth.micros = limits.month.hard
        (limits.hour.hard, limits.day.hard, limits.month.hard) = (0, 0, 0)
        configuration.softBudget = limits
        if let most = reader.count("machines", 1...10_000_000) as UInt32? { configuration.machineLimit = most }
        if let theme = reader.name("theme") { configuration.theme = theme }
        readScalars(&reader, into: &configuration)
    }

    private static func readScalars(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        for (name, place) in reader.texts("scalars", of: "names of further resources") {
            if let fault = NameCheck.fault(name, what: "a resource") {
                reader.problems.add(place, fault)
            } else if MachineKeys.all.contains(name) {
                reader.problems.add(place, "`\(name)` is a key of machine types already; name the resource otherwise")
            } else if configuration.scalars.contains(name) {
                reader.problems.add(place, "resource `\(name)` is given twice; keep one")
            } else if configuration.scalars.count == ResourceVector.customLaneLimit {
                let limit = ResourceVector.customLaneLimit
                reader.problems.add(place, "`scalars` takes at most \(limit) names; `\(name)` is one too many")
            } else {
                configuration.scalars.append(name)
            }
        }
    }

    private static func readRoles(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        let trees = reader.list("roles", of: "roles")
        if trees.count > roleLimit { reader.refuse("roles", "`roles` takes at most \(roleLimit) entries") }
        var seen: [String: FilePlace] = [:]
        for tree in trees.prefix(roleLimit) {
            guard let (role, place) = readRole(tree, problems: reader.problems, configuration.currency) else {
                continue
            }
            if let first = seen[role.path] {
                reader.problems.add(place, "role `\(role.path)` is given twice, first in line \(first.line)")
            } else {
                seen[role.path] = place
                configuration.roles.append(role)
            }
        }
    }

    /// A role: its path alone, or a mapping of `path` (or `name`) and `weight`.
    private static func readRole(_ tree: YAMLTree, problems: Problems, _ currency: String) -> (RoleSpec, FilePlace)? {
        var role = RoleSpec()
        if case .scalar(let path, _) = tree.content, !tree.isEmpty {
            role.path = path
            if let fault = NameCheck.pathFault(path) {
                problems.add(tree.place, fault)
                return nil
            }
            return (role, tree.place)
        }
        guard var reader = MappingReader(tree, subject: "a role", problems: problems) else { return nil }
        let key = reader.has("name") && !reader.has("path") ? "name" : "path"
        if let path = reader.text(key, expected: "a path such as `eng/web`") {
            if let fault = NameCheck.pathFault(path) { reader.refuse(key, fault) } else { role.path = path }
        } else if !reader.has(key) {
            problems.add(reader.place, "a role needs a `path`, such as `eng/web`")
        }
        if let weight = reader.thousandths("weight", 1...1_000_000) { role.weight = weight }
        if let priority = reader.count("priority", -1_000...1_000) as Int64? { role.priority = priority }
        readBudgets(&reader, "budget", into: &role.budgets, currency: currency)
        reader.finish()
        return role.path.isEmpty ? nil : (role, reader.valuePlace(of: key))
    }
}
