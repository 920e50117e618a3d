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
        /// All at once, each on a node of its own, or none.
        public var isGang = false
        /// No pieces.
        public init() {}
        /// Pieces.
        public init(role: RoleID, need: ResourceVector, ports: UInt32, count: UInt32, isGang: Bool = false) {
            (self.role, self.need, self.ports, self.count, self.isGang) = (role, need, ports, count, isGang)
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.id(&role)
            coder.value(&need)
            coder.uint(&ports)
            coder.uint(&count)
            coder.flag(&isGang)
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

/// Gangs of frameworks outside: who waits for one, and for whom nodes are held back. See `GangBook` in the allocator.
public struct GangState: Hashable, Sendable, Wired {
    /// A framework and the role for which it wants a gang.
    public struct Seat: Hashable, Sendable, Wired {
        /// The framework.
        public var framework = FrameworkID.none
        /// The role.
        public var role = RoleID.none
        /// Until when: nodes are held back for it, or it may not hold any again.
        public var until = Instant.never
        /// Nobody.
        public init() {}
        /// A seat.
        public init(_ framework: FrameworkID, _ role: RoleID, until: Instant = .never) {
            (self.framework, self.role, self.until) = (framework, role, until)
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.id(&framework)
            coder.id(&role)
            coder.instant(&until)
        }
        /// Whether it is the same framework and role.
        func isSame(_ other: Seat) -> Bool { framework == other.framework && role == other.role }
    }
    /// Who waits, in the order in which they asked.
    public var waiting: [Seat] = []
    /// For whom nodes are held back; nil = for nobody.
    public var holder: Seat?
    /// The nodes that are held back, ascending.
    public var held: [NodeID] = []
    /// Who has held nodes in vain, and until when it may not again.
    public var rests: [Seat] = []
    /// Gangs that were made.
    public var made: UInt64 = 0

    /// Nobody waits.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&waiting)
        coder.optional(&holder)
        coder.ids(&held)
        coder.list(&rests)
        coder.uint(&made)
    }

    /// Notes whether a framework wants gangs for a role.
    mutating func told(_ seat: Seat, wants: Bool) {
        let at = waiting.firstIndex { $0.isSame(seat) }
        if wants, at == nil { waiting.append(seat) }
        guard !wants else { return }
        if let at { waiting.remove(at: at) }
        if let holder, holder.isSame(seat) { (self.holder, held) = (nil, []) }
    }
}
