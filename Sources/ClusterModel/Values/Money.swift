/// Money in millionths of the cluster's currency; a rate is money per hour. No floating point anywhere.
@frozen public struct Money: Hashable, Comparable, Sendable {
    /// Millionths.
    public var micros: Int64
    /// `micros` millionths.
    @inlinable public init(micros: Int64) { self.micros = micros }
    /// Nothing.
    public static let zero = Money(micros: 0)
    /// Less first.
    @inlinable public static func < (a: Money, b: Money) -> Bool { a.micros < b.micros }
    /// Sum.
    @inlinable public static func + (a: Money, b: Money) -> Money { Money(micros: a.micros &+ b.micros) }
    /// Difference.
    @inlinable public static func - (a: Money, b: Money) -> Money { Money(micros: a.micros &- b.micros) }
}

/// A running bill: what `rate` per hour has come to, kept as rate x milliseconds and divided only when it is read.
public struct Meter: Hashable, Sendable {
    /// Millionths per hour at present.
    public var ratePerHour: Int64 = 0
    /// Since when the present rate holds.
    public var since: Instant = .never
    /// Sum of rate x milliseconds before `since`.
    public var accrued: Int128 = 0
    /// `accrued` at the start of the present UTC day.
    public var atDayStart: Int128 = 0

    /// A meter that stands at nothing.
    public init() {}

    static let millisecondsPerHour: Int128 = 3_600_000

    /// Rate x milliseconds up to `now`.
    public func reading(at now: Instant) -> Int128 {
        guard now > since else { return accrued }
        return accrued + Int128(ratePerHour) * Int128((now - since).milliseconds)
    }
    /// Money up to `now`, rounded down.
    public func total(at now: Instant) -> Money {
        Money(micros: Int64(clamping: reading(at: now) / Self.millisecondsPerHour))
    }
    /// Money since the day began, rounded down.
    public func today(at now: Instant) -> Money {
        Money(micros: Int64(clamping: (reading(at: now) - atDayStart) / Self.millisecondsPerHour))
    }
    /// Changes the rate by `delta` from `now` on.
    mutating func add(ratePerHour delta: Int64, at now: Instant) {
        advance(to: now)
        ratePerHour += delta
    }
    /// Makes the rate `ratePerHour` from `now` on.
    mutating func set(ratePerHour: Int64, at now: Instant) {
        advance(to: now)
        self.ratePerHour = ratePerHour
    }
    /// Adds an amount, rate x milliseconds, that is due at once.
    mutating func charge(_ amount: Int128, at now: Instant) {
        advance(to: now)
        accrued += amount
    }
    /// Closes the interval up to `now`, in whole milliseconds; the rest of a millisecond stays open.
    mutating func advance(to now: Instant) {
        // Every meter counts whole milliseconds of the same clock, so that parts come to their sum exactly.
        guard !since.isNever else {
            return since = Instant(microseconds: now.microseconds.floorDivided(by: 1_000) * 1_000)
        }
        guard now > since else { return }
        let whole = (now - since).milliseconds
        accrued += Int128(ratePerHour) * Int128(whole)
        since = since + .milliseconds(whole)
    }
}

extension Meter: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.int(&ratePerHour)
        coder.instant(&since)
        Self.wire128(&accrued, &coder)
        Self.wire128(&atDayStart, &coder)
    }
    static func wire128<C: WireCoder>(_ value: inout Int128, _ coder: inout C) {
        var high = Int64(truncatingIfNeeded: value >> 64)
        var low = UInt64(truncatingIfNeeded: value)
        coder.int(&high)
        coder.uint(&low)
        value = Int128(high) << 64 | Int128(low)
    }
}
