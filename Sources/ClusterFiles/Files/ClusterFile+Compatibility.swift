import ClusterModel

/// `compatibility`, `compatibilityFlags` and `credentialsFile`: whose ways of offering are followed, with the flags
/// that the reference implementation itself knows, by its own names.
extension ClusterFile {
    static func readCompatibility(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        let word = reader.word("compatibility", of: ["none", "mesos-1.11"])
        let isStrict = word == "mesos-1.11"
        if isStrict {
            configuration.offers.compatibility = .mesos111
            configuration.offers.interval = .seconds(1)
            // Offers stay until they are answered.
            configuration.limits.offerTimeout = .hours(24 * 365)
            configuration.limits.unreachableAfter = .seconds(75)
            configuration.limits.keepFinishedCount = 1_000
        }
        readSwitches(&reader, into: &configuration)
        let policies = OfferRules.Policy.allCases
        if let word = reader.word("policy", of: policies.map { "\($0)" }) {
            configuration.offers.policy = policies.first { "\($0)" == word } ?? .fair
        }
        if let file = reader.text("credentialsFile", expected: "the path of a file of mode 0600") {
            configuration.credentialsFile = file
        }
        guard var flags = reader.mapping("compatibilityFlags", subject: "`compatibilityFlags`") else { return }
        if !isStrict {
            reader.refuse("compatibilityFlags", "`compatibilityFlags` need `compatibility: mesos-1.11` beside them")
        }
        readFlags(&flags, into: &configuration)
        flags.finish()
    }

    /// `switchOff`: what is not to be done in our ways, one by one.
    private static func readSwitches(_ reader: inout MappingReader, into configuration: inout ClusterConfiguration) {
        let words = OfferRules.Ways.words
        for (word, place) in reader.texts("switchOff", of: "ways of offering") {
            guard let bit = words.firstIndex(of: word) else {
                let hint = MappingReader.hintOrAll(word, words)
                reader.problems.add(place, "`\(word)` is no way of offering that can be switched off\(hint)")
                continue
            }
            configuration.offers.off.insert(OfferRules.Ways(rawValue: 1 << UInt8(bit)))
        }
        if configuration.offers.off.contains(.atOnce), configuration.offers.interval == .zero {
            configuration.offers.interval = .seconds(1)
        }
    }

    private static func readFlags(_ flags: inout MappingReader, into configuration: inout ClusterConfiguration) {
        if let interval = duration("allocation_interval", &flags) { configuration.offers.interval = interval }
        if let timeout = duration("offer_timeout", &flags) { configuration.limits.offerTimeout = timeout }
        var ping = Interval.seconds(15)
        var count: Int64 = 5
        if let given = duration("agent_ping_timeout", &flags) { ping = given }
        if let given = flags.count("max_agent_ping_timeouts", 1...1_000 as ClosedRange<Int64>) { count = given }
        if flags.has("agent_ping_timeout") || flags.has("max_agent_ping_timeouts") {
            configuration.limits.unreachableAfter = ping * count
            if configuration.limits.lostAfter <= configuration.limits.unreachableAfter {
                configuration.limits.lostAfter = configuration.limits.unreachableAfter * 2
            }
            let most = Interval(microseconds: configuration.limits.unreachableAfter.microseconds / 2)
            configuration.limits.sampleEvery = min(configuration.limits.sampleEvery, most)
        }
        if let text = flags.text("min_allocatable_resources") { minimums(text, flags, into: &configuration) }
        if let names = words("fair_sharing_excluded_resource_names", &flags) { configuration.offers.unshared = names }
        if let filters = flags.flag("filter_gpu_resources") { configuration.offers.filtersGpus = filters }
        if let roles = words("roles", &flags) { configuration.offers.onlyRoles = roles }
        if let asks = flags.flag("authenticate_http_frameworks") {
            configuration.offers.authenticatesFrameworks = asks
        }
        guard var domain = flags.mapping("domain", subject: "`domain`") else { return }
        if var fault = domain.mapping("fault_domain", subject: "`fault_domain`") {
            var found = FaultDomain()
            if var region = fault.mapping("region", subject: "`region`") {
                found.region = region.text("name") ?? ""
                region.finish()
            }
            if var zone = fault.mapping("zone", subject: "`zone`") {
                found.zone = zone.text("name") ?? ""
                zone.finish()
            }
            configuration.offers.domain = found
            fault.finish()
        }
        domain.finish()
    }

    /// `a,b,c`; an empty text is an empty list.
    private static func words(_ key: String, _ flags: inout MappingReader) -> [String]? {
        guard flags.has(key) else { return nil }
        return flags.value(key, expected: "names with commas between them") { text in
            text.split(separator: ",").map { String($0.trimming()) }.filter { !$0.isEmpty }
        }
    }

    /// `100ms`, `15secs`, `1mins`: the reference's spelling of durations.
    private static func duration(_ key: String, _ flags: inout MappingReader) -> Interval? {
        flags.value(key, expected: "a time such as `100ms`, `15secs` or `1mins`") { text in
            let digits = text.prefix { $0.isNumber || $0 == "." }
            let units = [
                "ns": 0.001, "us": 1.0, "ms": 1e3, "secs": 1e6, "mins": 6e7, "hrs": 3.6e9, "days": 8.64e10,
                "weeks": 6.048e11, "s": 1e6,
            ]
            guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))],
                number * unit < 1e15
            else { return nil }
            return Interval(microseconds: Int64(number * unit))
        }
    }

    /// `cpus:0.01|mem:32`: alternatives, each with its amounts; `;` stands between the amounts of one.
    private static func minimums(
        _ text: String, _ flags: MappingReader, into configuration: inout ClusterConfiguration
    ) {
        var found: [ResourceVector] = []
        for alternative in text.split(separator: "|") {
            var vector = ResourceVector.zero
            for part in alternative.split(separator: ";") {
                let pair = part.split(separator: ":")
                guard pair.count == 2, let lane = configuration.lane(of: String(pair[0].trimming())),
                    let number = Double(pair[1].trimming()), number >= 0, number < 1e12
                else {
                    flags.refuse(
                        "min_allocatable_resources",
                        "`min_allocatable_resources` expects amounts such as `cpus:0.01|mem:32`, not `\(part)`")
                    return
                }
                vector.lanes[lane] = Int64((number * (lane == 1 || lane == 2 ? 1_048_576 : 1_000)).rounded())
            }
            found.append(vector)
        }
        configuration.offers.minimums = found
    }
}

extension Substring {
    /// Without spaces at its ends.
    fileprivate func trimming() -> Substring {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
