/// What providers tell besides the steps of single machines.

/// What kind of failure a provider met.
public enum ProviderFailure: UInt8, Sendable, CaseIterable {
    /// None.
    case none
    /// The provider has no such machine to give now: another type or zone may go.
    case capacity
    /// The provider does not let us in.
    case credentials
    /// A limit of the account is reached.
    case quota
    /// What was asked for cannot be: an image, a type or a module is wrong.
    case invalid
    /// Something else.
    case other
}

/// How a pool's provider stands.
public struct PoolSeen: Hashable, Sendable, Wired {
    /// The pool, by name.
    public var pool = ""
    /// What differs between its definition and what is there; "" = nothing.
    public var drift = ""
    /// What it waits for at the moment, such as a lock that somebody else holds; "" = nothing.
    public var note = ""
    /// Whether a machine that powers itself off stops costing money.
    public var leaseEnforced = false
    /// An empty sighting.
    public init() {}
    /// A sighting of `pool`.
    public init(pool: String, drift: String = "", note: String = "", leaseEnforced: Bool = false) {
        (self.pool, self.drift, self.note, self.leaseEnforced) = (pool, drift, note, leaseEnforced)
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&pool)
        coder.text(&drift)
        coder.text(&note)
        coder.flag(&leaseEnforced)
    }
}

/// Every machine of this cluster that a pool's provider can see, whoever knows of it.
public struct MachinesFound: Hashable, Sendable, Wired {
    /// The pool, by name, through whose provider they were seen.
    public var pool = ""
    /// The machines, by id.
    public var machines: [FoundMachine] = []
    /// An empty list.
    public init() {}
    /// What was found for `pool`.
    public init(pool: String, machines: [FoundMachine]) { (self.pool, self.machines) = (pool, machines) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&pool)
        coder.list(&machines)
    }
}

/// A machine that a provider sees.
public struct FoundMachine: Hashable, Sendable, Wired {
    /// The provider's id of it.
    public var id = ""
    /// The name it was made under.
    public var name = ""
    /// An empty machine.
    public init() {}
    /// A machine.
    public init(id: String, name: String) { (self.id, self.name) = (id, name) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&id)
        coder.text(&name)
    }
}

/// The agent of a node was reached.
public struct LinkOpened: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// An empty word.
    public init() {}
    /// The link to `node` is open.
    public init(node: String) { self.node = node }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.text(&node) }
}

/// What was brought here of a node that is about to go.
public struct NodeCollected: Hashable, Sendable, Wired {
    /// The node, by name.
    public var node = ""
    /// Ends of outputs that are kept here now.
    public var outputs: UInt32 = 0
    /// Their bytes.
    public var bytes: Int64 = 0
    /// Outputs that could not be had.
    public var missed: UInt32 = 0
    /// Nothing.
    public init() {}
    /// What was brought of `node`.
    public init(node: String, outputs: UInt32, bytes: Int64, missed: UInt32) {
        (self.node, self.outputs, self.bytes, self.missed) = (node, outputs, bytes, missed)
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.uint(&outputs)
        coder.int(&bytes)
        coder.uint(&missed)
    }
}
