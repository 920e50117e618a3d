import ClusterModel

/// The provider keys of a pool in one table, which reading, writing and comparing all go by.
struct ProviderField: Sendable {
    /// What kind of value a field has, and where it is kept.
    enum Kind: Sendable {
        /// Any text.
        case text(WritableKeyPath<ProviderSettings, String> & Sendable)
        /// An absolute path.
        case path(WritableKeyPath<ProviderSettings, String> & Sendable)
        case interval(WritableKeyPath<ProviderSettings, Interval> & Sendable, ClosedRange<Interval>)
        case count(WritableKeyPath<ProviderSettings, UInt32> & Sendable, ClosedRange<UInt32>)
        case flag(WritableKeyPath<ProviderSettings, Bool> & Sendable)
        case seed(WritableKeyPath<ProviderSettings, LibvirtSettings.Seed> & Sendable)
    }
    /// The provider whose pools have it; nil = all that make machines.
    var provider: PoolSpec.Provider?
    /// The mapping it stands in; "" = the pool itself.
    var section: String
    var key: String
    var kind: Kind

    init(_ provider: PoolSpec.Provider?, _ section: String, _ key: String, _ kind: Kind) {
        (self.provider, self.section, self.key, self.kind) = (provider, section, key, kind)
    }

    private static let day = Interval.zero ... .hours(24 * 30)

    /// Every field in the order in which it is written.
    static let all = [
        ProviderField(nil, "", "publicKey", .path(\.publicKey)),
        ProviderField(nil, "", "user", .text(\.user)),
        ProviderField(nil, "lease", "soft", .interval(\.lease.soft, day)),
        ProviderField(nil, "lease", "hard", .interval(\.lease.hard, day)),
        ProviderField(.terraform, "terraform", "folder", .path(\.terraform.folder)),
        ProviderField(.terraform, "terraform", "input", .text(\.terraform.input)),
        ProviderField(.terraform, "terraform", "output", .text(\.terraform.output)),
        ProviderField(.terraform, "terraform", "program", .text(\.terraform.program)),
        ProviderField(.terraform, "terraform", "zone", .text(\.terraform.zone)),
        ProviderField(.terraform, "terraform", "lockTimeout", .interval(\.terraform.lockTimeout, day)),
        ProviderField(.terraform, "terraform", "driftEvery", .interval(\.terraform.driftEvery, day)),
        ProviderField(.libvirt, "libvirt", "uri", .text(\.libvirt.uri)),
        ProviderField(.libvirt, "libvirt", "domainType", .text(\.libvirt.domainType)),
        ProviderField(.libvirt, "libvirt", "machine", .text(\.libvirt.machine)),
        ProviderField(.libvirt, "libvirt", "cpuModel", .text(\.libvirt.cpuModel)),
        ProviderField(.libvirt, "libvirt", "image", .path(\.libvirt.image)),
        ProviderField(.libvirt, "libvirt", "kernel", .path(\.libvirt.kernel)),
        ProviderField(.libvirt, "libvirt", "initrd", .path(\.libvirt.initrd)),
        ProviderField(.libvirt, "libvirt", "commandLine", .text(\.libvirt.commandLine)),
        ProviderField(.libvirt, "libvirt", "storagePool", .text(\.libvirt.storagePool)),
        ProviderField(.libvirt, "libvirt", "seed", .seed(\.libvirt.seed)),
        ProviderField(.libvirt, "libvirt", "network", .text(\.libvirt.networkName)),
        ProviderField(.libvirt, "libvirt", "firstPort", .count(\.libvirt.firstPort, 1_024...65_000)),
        ProviderField(.libvirt, "libvirt", "isolated", .flag(\.libvirt.isolated)),
    ]

    private func applies(to provider: PoolSpec.Provider) -> Bool {
        self.provider.map { $0 == provider } ?? (provider == .libvirt || provider == .terraform)
    }

    /// What a pool's provider keys say beyond the defaults: the path below the pool, and the value.
    static func lines(_ pool: PoolSpec) -> [(path: [String], value: String)] {
        let usual = ProviderSettings()
        return all.compactMap { field in
            guard field.applies(to: pool.provider) else { return nil }
            let path = field.section.isEmpty ? [field.key] : [field.section, field.key]
            let (value, other) = (field.text(in: pool.making), field.text(in: usual))
            return value == other ? nil : (path, value)
        }
    }

    private func text(in settings: ProviderSettings) -> String {
        switch kind {
        case .text(let path), .path(let path): settings[keyPath: path]
        case .interval(let path, _): Quantity.exact(settings[keyPath: path])
        case .count(let path, _): "\(settings[keyPath: path])"
        case .flag(let path): "\(settings[keyPath: path])"
        case .seed(let path): "\(settings[keyPath: path])"
        }
    }

    fileprivate func read(_ reader: inout MappingReader, into settings: inout ProviderSettings) {
        switch kind {
        case .text(let path):
            if let text = reader.text(key) { settings[keyPath: path] = text }
        case .path(let path):
            guard let text = reader.text(key, expected: "an absolute path") else { return }
            if text.hasPrefix("/") {
                settings[keyPath: path] = text
            } else {
                reader.refuse(key, "`\(key)` expects an absolute path, not `\(text)`")
            }
        case .interval(let path, let range):
            if let interval = reader.interval(key, range) { settings[keyPath: path] = interval }
        case .count(let path, let range):
            if let count = reader.count(key, range) { settings[keyPath: path] = count }
        case .flag(let path):
            if let flag = reader.flag(key) { settings[keyPath: path] = flag }
        case .seed(let path):
            let words = LibvirtSettings.Seed.allCases.map { "\($0)" }
            guard let word = reader.word(key, of: words) else { return }
            settings[keyPath: path] = LibvirtSettings.Seed.allCases.first { "\($0)" == word } ?? .cloudInit
        }
    }
}

extension ClusterFile {
    /// The keys that a pool's provider needs; those of another provider are unknown keys.
    static func readMaking(_ pool: inout MappingReader, into spec: inout PoolSpec) {
        guard spec.provider == .terraform || spec.provider == .libvirt else { return }
        for field in ProviderField.all where field.section.isEmpty { field.read(&pool, into: &spec.making) }
        for section in ["lease", "\(spec.provider)"] {
            guard var reader = pool.mapping(section, subject: "`\(section)` of \(pool.subject)") else { continue }
            for field in ProviderField.all where field.section == section { field.read(&reader, into: &spec.making) }
            reader.finish()
        }
        let making = spec.making
        if spec.provider == .terraform, making.terraform.folder.isEmpty {
            pool.problems.add(pool.place, "\(pool.subject) needs `terraform: {folder: ...}`, the folder of its module")
        }
        if spec.provider == .libvirt, making.libvirt.uri.isEmpty {
            pool.problems.add(pool.place, "\(pool.subject) needs `libvirt: {uri: ...}`, such as `qemu:///system`")
        }
        if spec.provider == .libvirt, making.libvirt.image.isEmpty, making.libvirt.kernel.isEmpty {
            pool.problems.add(pool.place, "\(pool.subject) needs `image` or `kernel` in `libvirt`")
        }
        if making.lease.soft > .zero, making.lease.hard > .zero, making.lease.soft > making.lease.hard {
            pool.refuse("lease", "`lease.soft` is longer than `lease.hard`; it comes first, so make it shorter")
        }
        spec.making.libvirt.network = making.libvirt.networkName.isEmpty ? .user : .named
    }
}
