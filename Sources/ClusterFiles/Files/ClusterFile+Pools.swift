import ClusterModel

/// Pools and machine types of a cluster file.
extension ClusterFile {
    static func readPools(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        let trees = reader.list("pools", of: "pools")
        // A cluster in the reference's ways may have nothing but declared nodes.
        let mayBeEmpty = configuration.offers.compatibility != .none
        if trees.isEmpty, !mayBeEmpty, !reader.has("nodes") || reader.has("pools") {
            reader.problems.add(
                reader.valuePlace(of: "pools"),
                "the cluster file names no machines; add `pools:` with a pool, its `max` and its `types`, or `nodes:`")
        }
        if trees.count > poolLimit { reader.refuse("pools", "`pools` takes at most \(poolLimit) entries") }
        var seen: [String: FilePlace] = [:]
        for tree in trees.prefix(poolLimit) {
            guard var pool = MappingReader(tree, subject: "a pool", problems: reader.problems) else { continue }
            let spec = readPool(&pool, configuration: configuration)
            if let first = seen[spec.name], !spec.name.isEmpty {
                pool.refuse("name", "pool `\(spec.name)` is given twice, first in line \(first.line); rename one")
            }
            seen[spec.name] = pool.valuePlace(of: "name")
            configuration.pools.append(spec)
        }
    }

    private static func readPool(_ pool: inout MappingReader, configuration: ClusterConfiguration) -> PoolSpec {
        var spec = PoolSpec()
        if let name = pool.name("name") {
            spec.name = name
            pool.subject = "pool `\(name)`"
            if name == NodeSpec.poolName {
                pool.refuse("name", "pool `\(name)` holds the machines under `nodes:`; name this one otherwise")
            }
        } else if !pool.has("name") {
            pool.problems.add(pool.place, "a pool needs a `name`")
        }
        readProvider(&pool, into: &spec)
        spec.minimum = pool.count("min", 0...instanceLimit) ?? 0
        spec.maximum = pool.count("max", 1...instanceLimit) ?? max(1, spec.minimum)
        if !pool.has("max") && !pool.has("min") {
            pool.problems.add(pool.place, "\(pool.subject) needs `max`, the most machines it may have")
        }
        if spec.minimum > spec.maximum {
            pool.refuse("min", "`min` is \(spec.minimum) and `max` is \(spec.maximum); lower `min` or raise `max`")
        }
        if let deadline = pool.interval("bootDeadline", .seconds(1) ... .hours(24)) { spec.bootDeadline = deadline }
        if var steps = pool.mapping("deadlines", subject: "`deadlines` of \(pool.subject)") {
            for (word, step) in StepDeadlines.words {
                if let span = steps.interval(word, .zero ... .hours(24)) { spec.steps[keyPath: step] = span }
            }
            steps.finish()
        }
        readMaking(&pool, into: &spec)
        readScaling(&pool, into: &spec.scaling, currency: configuration.currency)
        readTypes(&pool, into: &spec, configuration: configuration)
        pool.finish()
        return spec
    }

    /// Words that name a provider which has no maker of machines behind it yet.
    private static let notThereYet = ["fixed"]

    private static func readProvider(_ pool: inout MappingReader, into spec: inout PoolSpec) {
        let words = PoolSpec.Provider.allCases.map { "\($0)" }
        guard let word = pool.word("provider", of: words) else { return }
        if notThereYet.contains(word) {
            pool.refuse(
                "provider",
                "provider `\(word)` is not there yet; `local`, `libvirt` and `terraform` work in this version")
        }
        if let provider = PoolSpec.Provider.allCases.first(where: { "\($0)" == word }) { spec.provider = provider }
    }

    private static func readTypes(
        _ pool: inout MappingReader, into spec: inout PoolSpec, configuration: ClusterConfiguration
    ) {
        let trees = pool.list("types", of: "machine types")
        if trees.isEmpty, !pool.has("types") {
            pool.problems.add(pool.place, "\(pool.subject) needs `types`, a list with at least one machine type")
        } else if trees.isEmpty {
            pool.refuse("types", "`types` expects at least one machine type")
        }
        if trees.count > typeLimit { pool.refuse("types", "`types` takes at most \(typeLimit) entries") }
        var seen: Set<String> = []
        for tree in trees.prefix(typeLimit) {
            guard var type = MappingReader(tree, subject: "a machine type", problems: pool.problems) else { continue }
            let machine = readType(&type, configuration: configuration)
            if !seen.insert(machine.name).inserted, !machine.name.isEmpty {
                type.refuse("name", "machine type `\(machine.name)` is given twice in \(pool.subject); rename one")
            }
            spec.types.append(machine)
        }
    }

    private static func readType(_ type: inout MappingReader, configuration: ClusterConfiguration) -> MachineType {
        var machine = MachineType()
        if let name = type.name("name") {
            machine.name = name
            type.subject = "machine type `\(name)`"
        } else if !type.has("name") {
            type.problems.add(type.place, "a machine type needs a `name`")
        }
        readBook(&type, into: &machine)
        if let cpus = type.thousandths("cpus", 1...1_000_000_000) { machine.resources.cpus = cpus }
        if let mem = type.bytes("mem", 1...(1 << 50)) { machine.resources.mem = mem }
        for key in ["cpus", "mem"] where !type.has(key) && !type.has("book") {
            type.problems.add(type.place, "\(type.subject) needs `\(key)`")
        }
        if let disk = type.bytes("disk", 0...(1 << 60)) { machine.resources.disk = disk }
        if let gpus = type.thousandths("gpus", 0...1_000_000) { machine.resources.gpus = gpus }
        for (offset, scalar) in configuration.scalars.enumerated() {
            guard let amount = type.thousandths(scalar, 0...1_000_000_000_000) else { continue }
            machine.resources.lanes[ResourceVector.firstCustomLane + offset] = amount
        }
        readExtras(&type, into: &machine.extras)
        readAttributes(&type, into: &machine)
        readPrice(&type, into: &machine, currency: configuration.currency)
        type.finish()
        return machine
    }

    /// `$0.11/h`, or `?` for a price that nobody knows.
    private static func readPrice(_ type: inout MappingReader, into machine: inout MachineType, currency: String) {
        if type.isText("price", "?") {
            _ = type.text("price")
            (machine.priceIsUnknown, machine.pricePerHour) = (true, 0)
        } else if let price = type.money("price", currency: currency) {
            machine.pricePerHour = price
            if type.has("book") { machine.priceSource = "" }
        }
        if let source = type.text("priceSource") { machine.priceSource = source }
    }

    private static func readExtras(_ type: inout MappingReader, into extras: inout Extras) {
        var bounds: [UInt64] = []
        for (text, place) in type.texts("ports", of: "ports such as `31000-31999`") {
            guard let (low, high) = Self.range(text), high <= 65_535 else {
                type.problems.add(place, "`ports` expects numbers up to 65535 such as `31000-31999`, not `\(text)`")
                continue
            }
            bounds = Extras.joined(bounds, [low, high])
        }
        if bounds.count / 2 > Extras.pieceLimit {
            type.refuse("ports", "`ports` takes at most \(Extras.pieceLimit) ranges")
        } else if !bounds.isEmpty {
            extras.set(Extras.Ranges(name: "ports", bounds: bounds))
        }
        guard var sets = type.mapping("sets", subject: "`sets`") else { return }
        for name in sets.keys {
            if let fault = NameCheck.fault(name, what: "a set") { sets.problems.add(sets.place(of: name), fault) }
            let words = sets.texts(name, of: "words")
            for (index, word) in words.enumerated() where words[..<index].contains(where: { $0.text == word.text }) {
                sets.problems.add(word.place, "`\(word.text)` is given twice in set `\(name)`")
            }
            if words.count > Extras.pieceLimit {
                sets.refuse(name, "set `\(name)` takes at most \(Extras.pieceLimit) words")
            }
            extras.set(Extras.Words(name: name, items: words.map(\.text)))
        }
        sets.finish()
    }

    /// `31000-31999` or `31000`.
    private static func range(_ text: String) -> (UInt64, UInt64)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, let low = UInt64(first) else { return nil }
        if parts.count == 1 { return (low, low) }
        guard parts.count == 2, let high = UInt64(parts[1]), low <= high else { return nil }
        return (low, high)
    }

    private static func readAttributes(_ type: inout MappingReader, into machine: inout MachineType) {
        for (name, text, place) in type.pairs("attributes", of: "names to values") {
            if let fault = NameCheck.fault(name, what: "an attribute") {
                type.problems.add(place, fault)
            } else if MachineKeys.nodeFields.contains(name) {
                type.problems.add(place, "`\(name)` is known of every node already; name the attribute otherwise")
            } else {
                machine.attributes.append(Attribute(name: name, reading: text))
            }
        }
        machine.attributes.sort { $0.name < $1.name }
    }
}

/// Words that keys of machine types and fields of nodes have taken.
enum MachineKeys {
    /// Keys of a machine type.
    static let all = [
        "name", "cpus", "mem", "disk", "gpus", "ports", "sets", "attributes", "price", "book", "priceSource",
    ]
    /// What a requirement can ask of any node besides attributes.
    static let nodeFields = Requirement.builtInFields
}
