/// Registry facts: what cannot be learned again from agents and providers. Each is one key and one value in the state
/// store; a batch of events touches keys, and each touched fact is written once, from the newest state.
public enum RegistryKey: Hashable, Sendable {
    case cluster
    case configuration
    case job(JobID)
    case task(TaskID)
    case node(NodeID)
    case instance(InstanceID)
    case role(RoleID)
    case pool(PoolID)
    case framework(FrameworkID)
    case externalTask(JobID)
    case operation(UInt64)
    case maintenance
    case goneAgents

    /// The key as stored: a letter, then the number, big-endian, so that keys sort as numbers do. What is of a job
    /// begins as the job does: it lies together in the store, so that few of its pages are written for many tasks.
    public var bytes: [UInt8] {
        func part(_ letter: Character, _ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.bigEndian) { [letter.asciiValue ?? 0] + $0 }
        }
        func number(_ letter: Character, _ value: UInt64) -> [UInt8] { part(letter, value) }
        switch self {
        case .cluster: return number("c", 0)
        case .configuration: return number("f", 0)
        case .job(let id): return part("y", id.raw)
        case .task(let id): return part("y", id.job.raw) + part("t", id.index)
        case .node(let id): return number("n", UInt64(id.raw))
        case .instance(let id): return number("i", UInt64(id.raw))
        case .role(let id): return number("r", UInt64(id.raw))
        case .pool(let id): return number("p", UInt64(id.raw))
        case .framework(let id): return number("w", UInt64(id.raw))
        case .externalTask(let id): return part("y", id.raw) + part("x", UInt8(0))
        case .operation(let value): return number("o", value)
        case .maintenance: return number("m", 0)
        case .goneAgents: return number("g", 0)
        }
    }

    /// The key that `bytes` are, as they are written now or were before (`j`, `t`, `x`); nil when they are none.
    public init?(bytes: [UInt8]) {
        if bytes.first == UInt8(ascii: "y") {
            self.init(ofJob: bytes)
            return
        }
        guard bytes.count == 9 else { return nil }
        let value = bytes.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let small = UInt32(truncatingIfNeeded: value)
        switch Character(UnicodeScalar(bytes[0])) {
        case "c": self = .cluster
        case "f": self = .configuration
        case "j": self = .job(JobID(raw: small))
        case "t": self = .task(TaskID(packed: value))
        case "n": self = .node(NodeID(raw: small))
        case "i": self = .instance(InstanceID(raw: small))
        case "r": self = .role(RoleID(raw: small))
        case "p": self = .pool(PoolID(raw: small))
        case "w": self = .framework(FrameworkID(raw: small))
        case "x": self = .externalTask(JobID(raw: small))
        case "o": self = .operation(value)
        case "m": self = .maintenance
        case "g": self = .goneAgents
        default: return nil
        }
    }

    private init?(ofJob bytes: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
        guard bytes.count >= 5 else { return nil }
        let job = JobID(raw: number(bytes[1..<5]))
        switch (bytes.count, bytes.dropFirst(5).first) {
        case (5, nil): self = .job(job)
        case (10, UInt8(ascii: "t")): self = .task(TaskID(job: job, index: number(bytes[6...])))
        case (7, UInt8(ascii: "x")): self = .externalTask(job)
        default: return nil
        }
    }
}

/// Facts that were kept do not fit together.
public enum RegistryError: Error, CustomStringConvertible {
    /// A key or value is not what this version writes.
    case unreadable(key: [UInt8])

    public var description: String {
        switch self {
        case .unreadable(let key):
            "registry fact \(key.map { String($0, radix: 16) }.joined(separator: " ")) cannot be read: "
                + "written by a newer version, or damaged; start that version, or restore the state store from a copy"
        }
    }
}
