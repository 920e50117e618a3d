/// What is known of a framework outside, beside its row: what it said of itself and how it stands.
public struct FrameworkDetails: Sendable, Wired {
    /// What it said.
    public var info = FrameworkInfo()
    /// Which nodes it wants to be offered.
    public var constraints = OfferConstraints()
    /// The stream on which it is told things; 0 = it has none.
    public var connection: UInt64 = 0
    /// When it came first.
    public var registeredAt = Instant.never
    /// When it came last.
    public var reregisteredAt = Instant.never
    /// When it left, for good or not.
    public var leftAt = Instant.never
    /// When it is removed if it does not come back; distant future while it is here.
    public var removeAt = Instant.distantFuture
    /// What it would take still of what it told; nil = it did not tell, and takes whatever there is.
    public var demand: ToldDemand?

    /// Nothing known.
    public init() {}
    /// Whether it has a stream.
    public var isConnected: Bool { connection != 0 }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&info)
        coder.record(&constraints)
        coder.uint(&connection)
        coder.instant(&registeredAt)
        coder.instant(&reregisteredAt)
        coder.instant(&leftAt)
        coder.instant(&removeAt)
        coder.optional(&demand)
    }
}

/// What a framework would take, still: pieces that were offered are no longer in it; one that refuses them asks again.
public struct ToldDemand: Hashable, Sendable, Wired {
    /// Equal pieces for one role.
    public struct Pieces: Hashable, Sendable, Wired {
        /// The role.
        public var role = RoleID.none
        /// What one needs.
        public var need = ResourceVector.zero
        /// Ports that one needs.
        public var ports: UInt32 = 0
        /// How many.
        public var count: UInt32 = 0
        /// No pieces.
        public init() {}
        /// Pieces.
        public init(role: RoleID, need: ResourceVector, ports: UInt32, count: UInt32) {
            (self.role, self.need, self.ports, self.count) = (role, need, ports, count)
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.id(&role)
            coder.value(&need)
            coder.uint(&ports)
            coder.uint(&count)
        }
    }
    /// In the order in which they were told.
    public var pieces: [Pieces] = []

    /// Nothing.
    public init() {}
    /// These pieces.
    public init(_ pieces: [Pieces]) { self.pieces = pieces }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.list(&pieces) }
}
