/// Events about providers: how a pool's provider stands, and machines that nobody accounts for.

/// What a pool's provider told of itself.
public struct PoolObserved: Hashable, Sendable, Wired {
    /// The pool.
    public var pool = PoolID.none
    /// What differs between its definition and what is there; "" = nothing.
    public var drift = ""
    /// What it is at; "" = nothing.
    public var note = ""
    /// Whether a machine that powers itself off stops costing money.
    public var leaseEnforced = false

    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(pool: PoolID, drift: String, note: String, leaseEnforced: Bool) {
        (self.pool, self.drift, self.note, self.leaseEnforced) = (pool, drift, note, leaseEnforced)
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&drift)
        coder.text(&note)
        coder.flag(&leaseEnforced)
    }
}

/// A machine that exists and that no instance accounts for: seen, seen again, dealt with, gone.
public struct OrphanChanged: Hashable, Sendable, Wired {
    /// The pool whose provider sees it.
    public var pool = PoolID.none
    /// The provider's id of it.
    public var id = ""
    /// The name it was made under.
    public var name = ""
    /// Where it stands now.
    public var state = OrphanRow.State.seen
    /// Who decided, if anybody.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(pool: PoolID, id: String, name: String, state: OrphanRow.State, user: String = "") {
        (self.pool, self.id, self.name, self.state, self.user) = (pool, id, name, state, user)
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&id)
        coder.text(&name)
        coder.word(&state)
        coder.text(&user)
    }
}
