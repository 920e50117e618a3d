/// Offers of one cycle are made by one event, and offers that end together are closed by one: a cycle over ten thousand
/// nodes is one line of the film, not ten thousand.

/// Offers were made in one cycle. State-bearing.
public struct OffersMade: Hashable, Sendable, Wired {
    /// The offers, ascending by number.
    public var offers: [OfferMade] = []

    /// No offer.
    public init() {}
    /// These offers.
    public init(offers: [OfferMade]) { self.offers = offers }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&offers, empty: OfferMade()) { $0.record(&$1) }
    }
}

/// Offers ended together. State-bearing.
public struct OffersClosed: Hashable, Sendable, Wired {
    /// The offers, ascending by number.
    public var offers: [OfferClosed] = []

    /// No offer.
    public init() {}
    /// These offers.
    public init(offers: [OfferClosed]) { self.offers = offers }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&offers, empty: OfferClosed()) { $0.record(&$1) }
    }
}
