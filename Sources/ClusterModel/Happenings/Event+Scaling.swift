/// Events of the autoscaler and of money.

/// A round of the autoscaler is over. A round that came to the same result as the one before carries no record.
public struct ScaleLooked: Hashable, Sendable, Wired {
    /// When the next is due if nothing changes; never = none is.
    public var nextLook = Instant.never
    /// Since when there has been demand that nothing serves; never = there is none.
    public var unmetSince = Instant.never
    /// What it came to, when that is something else than before.
    public var record: ScaleRecord?

    /// All fields empty.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.instant(&nextLook)
        coder.instant(&unmetSince)
        coder.optional(&record)
    }
}

/// A provider refused a machine type; it is not asked for again before then.
public struct TypeRefused: Hashable, Sendable, Wired {
    /// The pool.
    public var pool = PoolID.none
    /// The type's name.
    public var type = ""
    /// Until when.
    public var until = Instant.never
    /// Refusals in a row.
    public var count: UInt32 = 0
    /// The provider's word.
    public var message = ""

    /// All fields empty.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&type)
        coder.instant(&until)
        coder.uint(&count)
        coder.text(&message)
    }
}

/// A budget was crossed, or is no longer.
public struct BudgetCrossed: Hashable, Sendable, Wired {
    /// Whose budget.
    public enum Scope: UInt8, Sendable { case cluster, pool, role }
    /// Whose.
    public var scope = Scope.cluster
    /// Name of the pool or path of the role; empty for the cluster.
    public var name = ""
    /// Over which period.
    public var period = BudgetLimits.Period.hour
    /// Whether it is the hard one.
    public var isHard = false
    /// Whether it is crossed now; else it no longer is.
    public var isOver = true
    /// The limit, millionths.
    public var limit: Int64 = 0
    /// What was reached, millionths.
    public var reached: Int64 = 0

    /// All fields empty.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&scope)
        coder.text(&name)
        coder.word(&period)
        coder.flag(&isHard)
        coder.flag(&isOver)
        coder.int(&limit)
        coder.int(&reached)
    }

    /// Whether another speaks of the same limit.
    public func isSameLimit(as other: BudgetCrossed) -> Bool {
        scope == other.scope && name == other.name && period == other.period && isHard == other.isHard
    }
}
