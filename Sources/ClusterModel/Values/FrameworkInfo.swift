/// What a framework can deal with.
public struct FrameworkCapabilities: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Wants to see resources that may be taken back.
    public static let revocableResources = FrameworkCapabilities(rawValue: 1 << 0)
    /// Knows the state `killing`.
    public static let taskKillingState = FrameworkCapabilities(rawValue: 1 << 1)
    /// Wants nodes with gpus.
    public static let gpuResources = FrameworkCapabilities(rawValue: 1 << 2)
    /// Can use shared volumes.
    public static let sharedResources = FrameworkCapabilities(rawValue: 1 << 3)
    /// Is told of unreachable and gone tasks as such, not as lost.
    public static let partitionAware = FrameworkCapabilities(rawValue: 1 << 4)
    /// May have several roles.
    public static let multiRole = FrameworkCapabilities(rawValue: 1 << 5)
    /// Understands stacks of reservations.
    public static let reservationRefinement = FrameworkCapabilities(rawValue: 1 << 6)
    /// Wants nodes of other regions.
    public static let regionAware = FrameworkCapabilities(rawValue: 1 << 7)

    /// Their words on the wire, by bit.
    public static let words = [
        "REVOCABLE_RESOURCES", "TASK_KILLING_STATE", "GPU_RESOURCES", "SHARED_RESOURCES", "PARTITION_AWARE",
        "MULTI_ROLE", "RESERVATION_REFINEMENT", "REGION_AWARE",
    ]
    /// The capability of that word; nil when there is none.
    public init?(word: String) {
        guard let bit = Self.words.firstIndex(of: word) else { return nil }
        self.init(rawValue: 1 << UInt32(bit))
    }
    /// The words of all that are set.
    public var words: [String] {
        Self.words.indices.filter { rawValue & (1 << UInt32($0)) != 0 }.map { Self.words[$0] }
    }
}

/// What a framework says of itself when it subscribes, as far as the core needs it; the rest travels as `wire`.
public struct FrameworkInfo: Hashable, Sendable, Wired {
    /// The smallest offers that it wants to see for a role: one that holds any of `amounts` whole. None = any offer.
    public struct Minimum: Hashable, Sendable, Wired {
        /// The role's path.
        public var role = ""
        /// Alternatives.
        public var amounts: [ResourceVector] = []
        /// An empty one.
        public init() {}
        /// For a role.
        public init(role: String, amounts: [ResourceVector]) {
            self.role = role
            self.amounts = amounts
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&role)
            coder.list(&amounts)
        }
    }

    /// Its name.
    public var name = ""
    /// The user its tasks run as; "" = the core's choice.
    public var user = ""
    /// Paths of its roles as given, `*` included; empty for a framework with MULTI_ROLE that has none.
    public var roles: [String] = []
    /// What it can deal with.
    public var capabilities = FrameworkCapabilities()
    /// How long it may be away before its tasks are ended; zero = not at all.
    public var failoverTimeout = Interval.zero
    /// Whether its tasks outlive their agent.
    public var checkpoint = false
    /// In whose name it speaks; "" = nobody's.
    public var principal = ""
    /// Where it runs.
    public var hostname = ""
    /// Smallest offers by role; a role that is not here has the cluster's.
    public var minimums: [Minimum] = []
    /// The whole of what was sent, as the API encodes it; the core only keeps it. At most `wireLimit` bytes.
    public var wire: [UInt8] = []

    /// Most bytes of `wire`.
    public static let wireLimit = 65_536
    /// Most roles of one framework.
    public static let roleLimit = 1_000

    /// An empty one.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.text(&user)
        coder.texts(&roles)
        var bits = capabilities.rawValue
        coder.uint(&bits)
        capabilities = FrameworkCapabilities(rawValue: bits)
        coder.interval(&failoverTimeout)
        coder.flag(&checkpoint)
        coder.text(&principal)
        coder.text(&hostname)
        coder.list(&minimums)
        coder.blob(&wire)
    }
}
