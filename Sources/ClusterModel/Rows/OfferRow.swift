/// Free resources of one node, lent to one framework for one role, until answered or timed out: plain data.
public struct OfferRow: Sendable {
    /// Whether it is open, or how it ended.
    public enum Outcome: UInt8, Sendable { case open, accepted, declined, timedOut, rescinded }

    /// Its number.
    public var id = OfferID.none
    /// To whom.
    public var framework = FrameworkID.none
    /// For which role.
    public var role = RoleID.none
    /// Whose resources.
    public var node = NodeID.none
    /// What is lent.
    public var resources = ResourceVector.zero
    /// What of it was used, once accepted.
    public var accepted = ResourceVector.zero
    /// Since when.
    public var madeAt = Instant.never
    /// Until when, if nobody answers.
    public var expiresAt = Instant.distantFuture
    /// When it ended.
    public var closedAt = Instant.never
    /// How it ended.
    public var outcome = Outcome.open
    /// Until when a declined offer is not made again; never = no filter.
    public var refusedUntil = Instant.never
    /// Tasks launched on it.
    public var tasks: UInt32 = 0

    /// An empty row.
    public init() {}
}

extension OfferRow: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&id)
        coder.id(&framework)
        coder.id(&role)
        coder.id(&node)
        coder.value(&resources)
        coder.value(&accepted)
        coder.instant(&madeAt)
        coder.instant(&expiresAt)
        coder.instant(&closedAt)
        coder.word(&outcome)
        coder.instant(&refusedUntil)
        coder.uint(&tasks)
    }
}
