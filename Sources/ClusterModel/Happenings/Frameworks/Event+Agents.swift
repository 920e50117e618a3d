/// Events about what nodes are to frameworks: resources that change their kind, machines that will not be there.

/// Resources of a node that nobody holds became others: reserved, made a volume, estimated anew.
public struct NodeConverted: Hashable, Sendable, Wired {
    /// Whose.
    public var node = NodeID.none
    /// What is no longer there; not held by anybody.
    public var removed = Holding()
    /// What is there instead.
    public var added = Holding()
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(node: NodeID, removed: Holding, added: Holding) {
        self.node = node
        self.removed = removed
        self.added = added
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.record(&removed)
        coder.record(&added)
    }
}

/// What a node declares of itself changed while it stayed: its attributes.
public struct NodeRedeclared: Hashable, Sendable, Wired {
    /// Whose.
    public var node = NodeID.none
    /// All of its attributes.
    public var attributes: [Attribute] = []
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(node: NodeID, attributes: [Attribute]) {
        self.node = node
        self.attributes = attributes
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.list(&attributes)
    }
}

/// The maintenance schedule, and which of its machines are down.
public struct MaintenanceChanged: Hashable, Sendable, Wired {
    /// The whole schedule.
    public var windows: [MaintenanceWindow] = []
    /// All machines that are down.
    public var down: [MaintenanceWindow.Machine] = []
    /// Who changed it.
    public var user = ""
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(windows: [MaintenanceWindow], down: [MaintenanceWindow.Machine], user: String = "") {
        self.windows = windows
        self.down = down
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.list(&windows)
        coder.list(&down)
        coder.text(&user)
    }
}

/// An inverse offer was made, answered or closed.
public struct InverseOfferChanged: Hashable, Sendable, Wired {
    /// The offer; the one of its framework and node is replaced.
    public var offer = InverseOfferRow()
    /// Whether nothing of it is kept.
    public var isForgotten = false
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(offer: InverseOfferRow, isForgotten: Bool = false) {
        self.offer = offer
        self.isForgotten = isForgotten
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&offer)
        coder.flag(&isForgotten)
    }
}

/// How an agent is to be drained, or that it will never come back.
public struct AgentMarked: Hashable, Sendable, Wired {
    /// Its node; none when it has none any more.
    public var node = NodeID.none
    /// Its number.
    public var agent: UInt32 = 0
    /// Whether it is gone for ever.
    public var isGone = false
    /// Whether it is marked gone once it is drained.
    public var goneWhenDrained = false
    /// Time that a drain leaves to tasks; below zero = their own.
    public var drainGrace = Interval(microseconds: -1)
    /// Whether a drain waits until frameworks have learned of the ends of their tasks.
    public var awaits = false
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(
        node: NodeID, agent: UInt32, isGone: Bool = false, goneWhenDrained: Bool = false,
        drainGrace: Interval = Interval(microseconds: -1), awaits: Bool = false
    ) {
        self.awaits = awaits
        self.node = node
        self.agent = agent
        self.isGone = isGone
        self.goneWhenDrained = goneWhenDrained
        self.drainGrace = drainGrace
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.uint(&agent)
        coder.flag(&isGone)
        coder.flag(&goneWhenDrained)
        coder.interval(&drainGrace)
        coder.flag(&awaits)
    }
}
