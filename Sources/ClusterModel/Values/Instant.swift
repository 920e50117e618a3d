/// A moment: microseconds since 1970-01-01T00:00:00Z. The core is handed instants; it never asks for one.
@frozen public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch.
    public var microseconds: Int64

    /// The moment `microseconds` after the Unix epoch.
    @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Before everything; stands for "not yet" in rows.
    public static let never = Instant(microseconds: 0)
    /// After everything; stands for "no deadline".
    public static let distantFuture = Instant(microseconds: .max)

    /// Earlier first.
    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
    /// The moment `span` later; saturates at `distantFuture`.
    @inlinable public static func + (a: Instant, span: Interval) -> Instant {
        let (sum, overflow) = a.microseconds.addingReportingOverflow(span.microseconds)
        return Instant(microseconds: overflow ? .max : sum)
    }
    /// The moment `span` earlier.
    @inlinable public static func - (a: Instant, span: Interval) -> Instant {
        Instant(microseconds: a.microseconds &- span.microseconds)
    }
    /// The time from `b` to `a`; negative when `a` is earlier.
    @inlinable public static func - (a: Instant, b: Instant) -> Interval {
        Interval(microseconds: a.microseconds &- b.microseconds)
    }
    /// Whether this stands for "not yet".
    @inlinable public var isNever: Bool { microseconds == 0 }
    /// Days since 1970-01-01, UTC.
    public var day: Int64 { microseconds.floorDivided(by: 86_400_000_000) }
}

/// A span of time in microseconds; may be negative.
@frozen public struct Interval: Hashable, Comparable, Sendable {
    /// The span in microseconds.
    public var microseconds: Int64

    /// A span of `microseconds`.
    @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

    /// No time at all.
    public static let zero = Interval(microseconds: 0)
    /// A span of whole milliseconds.
    public static func milliseconds(_ n: Int64) -> Interval { Interval(microseconds: n * 1_000) }
    /// A span of whole seconds.
    public static func seconds(_ n: Int64) -> Interval { Interval(microseconds: n * 1_000_000) }
    /// A span of whole minutes.
    public static func minutes(_ n: Int64) -> Interval { seconds(n * 60) }
    /// A span of whole hours.
    public static func hours(_ n: Int64) -> Interval { seconds(n * 3_600) }

    /// Whole milliseconds, rounded towards zero.
    @inlinable public var milliseconds: Int64 { microseconds / 1_000 }
    /// Whole seconds, rounded towards zero.
    @inlinable public var seconds: Int64 { microseconds / 1_000_000 }

    /// Shorter first.
    @inlinable public static func < (a: Interval, b: Interval) -> Bool { a.microseconds < b.microseconds }
    /// Both spans one after the other.
    @inlinable public static func + (a: Interval, b: Interval) -> Interval {
        Interval(microseconds: a.microseconds &+ b.microseconds)
    }
    /// What is left of `a` after `b`.
    @inlinable public static func - (a: Interval, b: Interval) -> Interval {
        Interval(microseconds: a.microseconds &- b.microseconds)
    }
    /// `a` repeated `n` times.
    @inlinable public static func * (a: Interval, n: Int64) -> Interval {
        Interval(microseconds: a.microseconds &* n)
    }
}

extension Int64 {
    /// Division rounding towards minus infinity; `divisor` is positive.
    @inlinable func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
