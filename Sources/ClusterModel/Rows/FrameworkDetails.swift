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
    }
}
