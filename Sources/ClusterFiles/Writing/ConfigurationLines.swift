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
        add(configuration.budgets, at: ["budget"], currency: currency)
        if configuration.machineLimit != 0 { add(["machines"], "\(configuration.machineLimit)") }
        if !configuration.scalars.isEmpty { add(["scalars"], list: configuration.scalars) }
        for role in configuration.roles {
            add(["roles", role.path, "weight"], Quantity.format(thousandths: role.weight))
            if role.priority != 0 { add(["roles", role.path, "priority"], "\(role.priority)") }
            add(role.budgets, at: ["roles", role.path, "budget"], currency: currency)
        }
        let off = OfferRules.Ways.words.enumerated().filter { bit, _ in
            configuration.offers.off.contains(OfferRules.Ways(rawValue: 1 << UInt8(bit)))
        }
        if !off.isEmpty { add(["switchOff"], list: off.map(\.element)) }
        if configuration.offers.policy != .fair { add(["policy"], "\(configuration.offers.policy)") }
        for pool in configuration.pools { add(pool, configuration: configuration) }
        for node in configuration.nodes { add(node) }
        if configuration.isolatesTasks { add(["isolation"], "control-groups") }
        if configuration.processesPerTask > 0 { add(["processesPerTask"], "\(configuration.processesPerTask)") }
        if configuration.acceptsNewHostKeys { add(["hostKeys"], "accept-new") }
        add(configuration.limits)
        if !configuration.theme.isEmpty { add(["theme"], configuration.theme) }
    }

    mutating func add(_ path: [String], _ value: String) { lines.append(Line(path: path, value: value)) }

    /// A value that is a YAML list already.
    mutating func add(_ path: [String], inBrackets value: String) {
        lines.append(Line(path: path, value: value, isList: true))
    }

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
        for (word, step) in StepDeadlines.words where pool.steps[keyPath: step] != StepDeadlines()[keyPath: step] {
            add(path + ["deadlines", word], Quantity.exact(pool.steps[keyPath: step]))
        }
        for (key, value) in ProviderField.lines(pool) { add(path + key, value) }
        add(pool.scaling, at: path, currency: configuration.currency)
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
        if type.priceIsUnknown { add(path + ["price"], "?") }
        if !type.priceSource.isEmpty { add(path + ["priceSource"], type.priceSource) }
        if type.pricePerHour != 0 {
            add(path + ["price"], MoneyText.exact(type.pricePerHour, currency: configuration.currency) + "/h")
        }
    }

    private mutating func add(_ node: NodeSpec) {
        let path = ["nodes", node.name]
        if node.transport == .local { add(path + ["local"], node.name) }
        if let address = SSHAddress(node.address) {
            let host = address.host.contains(":") ? "[\(address.host)]" : address.host
            add(path + ["host"], host)
            if !address.user.isEmpty { add(path + ["user"], address.user) }
            if address.port > 0 { add(path + ["port"], "\(address.port)") }
            if !address.relays.isEmpty { add(path + ["via"], address.relays.joined(separator: ",")) }
            if address.forwardsAgent { add(path + ["forwardAgent"], "true") }
            if !address.jump.isEmpty { add(path + ["jump"], address.jump) }
            if !address.identity.isEmpty { add(path + ["identity"], address.identity) }
            if !address.folder.isEmpty { add(path + ["dir"], address.folder) }
            if address.takesOver { add(path + ["takeOver"], "true") }
        }
        if !node.resourceText.isEmpty { add(path + ["resources"], node.resourceText) }
        if !node.hostname.isEmpty { add(path + ["hostname"], node.hostname) }
        for attribute in node.attributes { add(path + ["attributes", attribute.name], attribute.text) }
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
