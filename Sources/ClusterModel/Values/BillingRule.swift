/// How a provider rounds what a machine has run to what it bills, for each start anew (EC2 Linux: 1 s and 60 s;
/// providers that bill by the hour: 1 h and 1 h). Stopping and starting pays the minimum again, so churn has a price.
public struct BillingRule: Hashable, Sendable, Wired {
    /// The step that is billed; at least a millisecond.
    public var quantum = Interval.seconds(1)
    /// The least that one start bills.
    public var minimum = Interval.zero

    /// By the second, without a minimum.
    public init() {}
    /// By `quantum`, at least `minimum`.
    public init(quantum: Interval, minimum: Interval) {
        self.quantum = quantum
        self.minimum = minimum
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.interval(&quantum)
        coder.interval(&minimum)
    }

    /// What is billed for a run: max(minimum, ceil(run / quantum) x quantum), in whole milliseconds.
    public func billed(_ run: Interval) -> Interval {
        let step = max(1, quantum.milliseconds)
        let ran = max(0, run.milliseconds)
        let steps = (ran + step - 1) / step
        return .milliseconds(max(minimum.milliseconds, steps * step))
    }

    /// What a machine at `ratePerHour` costs for a billed span, in millionths, rounded up: a commitment is never told
    /// too small.
    public static func cost(ratePerHour: Int64, for span: Interval) -> Int64 {
        let hour: Int128 = 3_600_000
        return Int64(clamping: (Int128(ratePerHour) * Int128(max(0, span.milliseconds)) + hour - 1) / hour)
    }
}

/// Spending limits for a pool, a role or the whole cluster, in millionths; zero = none. A soft limit is told when it is
/// crossed, a hard one stops purchases.
public struct BudgetLimits: Hashable, Sendable, Wired {
    /// Limits over one period.
    public struct Pair: Hashable, Sendable, Wired {
        /// Told when crossed.
        public var soft: Int64 = 0
        /// Stops purchases.
        public var hard: Int64 = 0
        /// No limit.
        public init() {}
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.int(&soft)
            coder.int(&hard)
        }
    }
    /// What a budget is measured over.
    public enum Period: UInt8, Sendable, CaseIterable {
        /// The present rate, per hour.
        case hour
        /// What was spent since the UTC day began.
        case day
        /// What was spent since the UTC calendar month began.
        case month
    }
    /// Limits of the rate.
    public var hour = Pair()
    /// Limits of a day.
    public var day = Pair()
    /// Limits of a month.
    public var month = Pair()

    /// No limits.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&hour)
        coder.value(&day)
        coder.value(&month)
    }
    /// The limits over a period.
    public subscript(period: Period) -> Pair {
        switch period {
        case .hour: hour
        case .day: day
        case .month: month
        }
    }
    /// Whether nothing is limited.
    public var isEmpty: Bool { self == BudgetLimits() }
}
