/// What the autoscaler knows besides the tables: whatever sways a round stands here or there.
public struct ScalingState: Sendable, Hashable, Wired {
    /// Whether something that a round looks at has changed since the last one.
    public var isDirty = false
    /// When the last round was.
    public var lookedAt = Instant.never
    /// When the next one is due if nothing changes; never = then none is.
    public var nextLook = Instant.never
    /// Since when there has been demand that nothing there or coming will serve.
    public var unmetSince = Instant.never
    /// The last round that came to another result than the one before it.
    public var last = ScaleRecord()
    /// Rounds so far.
    public var rounds: UInt64 = 0
    /// Budgets that are crossed now.
    public var crossed: [BudgetCrossed] = []
    /// The highest rate so far at list prices, millionths per hour: the size that a cluster without growth would need.
    public var peakListRate: Int64 = 0
    /// Since when money has been counted.
    public var since = Instant.never

    /// Least time between two rounds.
    public static let roundEvery = Interval.seconds(5)

    /// Nothing looked at yet.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.flag(&isDirty)
        coder.instant(&lookedAt)
        coder.instant(&nextLook)
        coder.instant(&unmetSince)
        coder.record(&last)
        coder.uint(&rounds)
        coder.list(&crossed)
        coder.int(&peakListRate)
        coder.instant(&since)
    }

    /// When the next round is due; nil = not until something changes.
    public var due: Instant? {
        if isDirty { return lookedAt.isNever ? lookedAt : lookedAt + Self.roundEvery }
        return nextLook.isNever ? nil : max(nextLook, lookedAt + Self.roundEvery)
    }
}

/// A machine type that a provider refused, and until when it is not asked for again.
public struct TypeRefusal: Sendable, Hashable, Wired {
    /// The type's name; a type stands for its zone too.
    public var type = TextID.none
    /// Until when.
    public var until = Instant.never
    /// Refusals in a row.
    public var count: UInt32 = 0

    /// An empty refusal.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&type)
        coder.instant(&until)
        coder.uint(&count)
    }
}
