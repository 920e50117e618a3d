import ClusterModel

/// A configuration as a list of paths with values, in the order of the canonical file: what writing and comparing
/// share. `pools.burst.max` is 8, `limits.offerTimeout` is 30s.
struct ConfigurationLines {
    /// One value at its path.
    struct Line: Hashable {
        var path: [String]
        var value: String
        /// Whether the value is a list in brackets, ready for YAML.
        var isList = false
        var name: String { path.joined(separator: ".") }
    }
    /// The lines in file order.
    private(set) var lines: [Line] = []

    init(_ configuration: ClusterConfiguration) {
        add(["name"], configuration.name)
        add(["currency"], configuration.currency)
        let currency = configuration.currency
        if configuration.budgetPerHour != .zero {
            add(["budget", "perHour"], MoneyText.exact(configuration.budgetPerHour.micros, currency: currency))
        }
        if configuration.budgetPerMonth != .zero {
            add(["budget", "perMonth"], MoneyText.exact(configuration.budgetPerMonth.micros, currency: currency))
        }
        if !configuration.scalars.isEmpty { add(["scalars"], list: configuration.scalars) }
        for role in configuration.roles {
            add(["roles", role.path, "weight"], Quantity.format(thousandths: role.weight))
        }
        for pool in configuration.pools { add(pool, configuration: configuration) }
        add(configuration.limits)
        if !configuration.theme.isEmpty { add(["theme"], configuration.theme) }
    }

    private mutating func add(_ path: [String], _ value: String) { lines.append(Line(path: path, value: value)) }

    private mutating func add(_ path: [String], list items: [String]) {
        let words = items.map { YAMLWord.quoted($0, inList: true) }
        lines.append(Line(path: path, value: "[" + words.joined(separator: ", ") + "]", isList: true))
    }

    private mutating func add(_ pool: PoolSpec, configuration: ClusterConfiguration) {
        let path = ["pools", pool.name]
        add(path + ["provider"], "\(pool.provider)")
        add(path + ["min"], "\(pool.minimum)")
        add(path + ["max"], "\(pool.maximum)")
        add(path + ["bootDeadline"], Quantity.exact(pool.bootDeadline))
        for type in pool.types { add(type, at: path + ["types", type.name], configuration: configuration) }
    }

    private mutating func add(_ type: MachineType, at path: [String], configuration: ClusterConfiguration) {
        add(path + ["cpus"], Quantity.format(thousandths: type.resources.cpus))
        add(path + ["mem"], Quantity.exact(bytes: type.resources.mem))
        if type.resources.disk != 0 { add(path + ["disk"], Quantity.exact(bytes: type.resources.disk)) }
        if type.resources.gpus != 0 { add(path + ["gpus"], Quantity.format(thousandths: type.resources.gpus)) }
        for (offset, name) in configuration.scalars.enumerated() {
            let amount = type.resources.lanes[ResourceVector.firstCustomLane + offset]
            if amount != 0 { add(path + [name], Quantity.format(thousandths: amount)) }
        }
        for ranges in type.extras.ranges {
            let runs = stride(from: 0, to: ranges.bounds.count, by: 2).map { at in
                let (low, high) = (ranges.bounds[at], ranges.bounds[at + 1])
                return low == high ? "\(low)" : "\(low)-\(high)"
            }
            add(path + [ranges.name], list: runs)
        }
        for words in type.extras.words { add(path + ["sets", words.name], list: words.items) }
        for attribute in type.attributes { add(path + ["attributes", attribute.name], attribute.text) }
        if type.pricePerHour != 0 {
            add(path + ["price"], MoneyText.exact(type.pricePerHour, currency: configuration.currency) + "/h")
        }
    }

    private mutating func add(_ limits: Limits) {
        for field in LimitField.all {
            let value =
                switch field.kind {
                case .interval(let path, _): Quantity.exact(limits[keyPath: path])
                case .count(let path, _): "\(limits[keyPath: path])"
                case .size(let path, _): Quantity.exact(bytes: limits[keyPath: path])
                }
            add([field.section.rawValue, field.key], value)
        }
    }
}
