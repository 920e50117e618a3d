/// How much a role may have, and is promised.
public struct Quota: Hashable, Sendable, Wired {
    /// Promised amounts; zero = no promise.
    public var guarantees = ResourceVector.zero
    /// Most that it may have; counts only in the lanes of `limited`.
    public var limits = ResourceVector.zero
    /// Bit n: lane n is limited (to 0 when `limits` says 0).
    public var limited: UInt8 = 0

    /// Neither limit nor promise.
    public init() {}
    /// Whether it says nothing.
    public var isDefault: Bool { guarantees.isZero && limited == 0 }
    /// Limits one lane.
    public mutating func limit(_ lane: Int, to amount: Int64) {
        limits.lanes[lane] = amount
        limited |= 1 << UInt8(lane)
    }
    /// Whether lane `lane` is limited.
    public func isLimited(_ lane: Int) -> Bool { limited & (1 << UInt8(lane)) != 0 }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&guarantees)
        coder.value(&limits)
        coder.uint(&limited)
    }
}

/// Where a machine stands, for faults that take many machines at once.
public struct FaultDomain: Hashable, Sendable, Wired {
    /// Its region; "" = not said.
    public var region = ""
    /// Its zone; "" = not said.
    public var zone = ""
    /// Not said.
    public init() {}
    /// A zone of a region.
    public init(region: String, zone: String) {
        self.region = region
        self.zone = zone
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&region)
        coder.text(&zone)
    }
}

/// What an agent can deal with; by default all of it.
public struct AgentCapabilities: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Their words on the wire, by bit.
    public static let words = [
        "MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "RESOURCE_PROVIDER", "RESIZE_VOLUME",
        "AGENT_OPERATION_FEEDBACK", "AGENT_DRAINING", "TASK_RESOURCE_LIMITS",
    ]
    /// Takes tasks of frameworks with several roles.
    public static let multiRole = AgentCapabilities(rawValue: 1 << 0)
    /// Takes roles with a slash.
    public static let hierarchicalRole = AgentCapabilities(rawValue: 1 << 1)
    /// Takes stacks of reservations.
    public static let reservationRefinement = AgentCapabilities(rawValue: 1 << 2)
    /// Can grow and shrink volumes.
    public static let resizeVolume = AgentCapabilities(rawValue: 1 << 4)
    /// Tells of operations.
    public static let operationFeedback = AgentCapabilities(rawValue: 1 << 5)
    /// Can be drained.
    public static let draining = AgentCapabilities(rawValue: 1 << 6)
    /// Takes limits above requests.
    public static let taskResourceLimits = AgentCapabilities(rawValue: 1 << 7)
    /// All of them.
    public static let all = AgentCapabilities(rawValue: (1 << 8) - 1)
    /// The capability of that word.
    public init?(word: String) {
        guard let bit = Self.words.firstIndex(of: word) else { return nil }
        self.init(rawValue: 1 << UInt32(bit))
    }
    /// The words of all that are set.
    public var words: [String] {
        Self.words.indices.filter { rawValue & (1 << UInt32($0)) != 0 }.map { Self.words[$0] }
    }
}

extension FaultDomain {
    /// The domain in a JSON text such as `{"fault_domain": {"region": {"name": "r"}, "zone": {"name": "z"}}}`. What is
    /// not there stays empty; nothing else is looked at.
    public init(json text: String) {
        self.init(region: Self.name(of: "region", in: text), zone: Self.name(of: "zone", in: text))
    }

    /// The first `name` behind a key.
    private static func name(of key: String, in text: String) -> String {
        var words: [Substring] = text.split(separator: "\"", omittingEmptySubsequences: false)[...].map { $0 }
        guard let at = words.firstIndex(of: key[...]) else { return "" }
        words.removeFirst(at + 1)
        guard let name = words.firstIndex(of: "name"), name + 2 < words.count else { return "" }
        return String(words[name + 2])
    }
}
