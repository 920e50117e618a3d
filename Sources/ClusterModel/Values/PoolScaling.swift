/// How a pool grows and shrinks by itself, and how its machines are billed. What the defaults rest on stands in
/// docs/autoscaler.md.
public struct PoolScaling: Hashable, Sendable, Wired {
    /// How its provider bills.
    public var billing = BillingRule()
    /// What of the list price is paid, thousandths: spot machines have less than 1000. A stated factor, no market.
    public var spotFactor: Int64 = 1_000
    /// How long a machine is expected to take until its node is ready.
    public var bootTime = Interval.minutes(1)
    /// How long a node must have been idle before it is returned.
    public var idleFor = Interval.minutes(10)
    /// How long after a purchase or a return the pool is not shrunk.
    public var coolDown = Interval.minutes(5)
    /// How long a need must have lasted before machines are bought for it.
    public var persistence = Interval.seconds(10)
    /// Share of the pool's machines, in thousandths, that may idle for twice `idleFor`.
    public var deadBand: Int64 = 100
    /// Most machines bought or returned in one round; a gang that needs more gets them.
    public var surge: UInt32 = 20
    /// Idle machines to keep.
    public var headroom: UInt32 = 0
    /// A node that uses less than this share, in thousandths, may be emptied when its tasks fit elsewhere.
    public var consolidateBelow: Int64 = 300
    /// A node is emptied when its share of the price is at least 1/k of its share of the disruption.
    public var consolidationRatio: Int64 = 2
    /// How long a type that was refused is not asked for again; doubles with each refusal, up to half an hour.
    public var refusalMemory = Interval.minutes(3)
    /// Machines wanted at set times.
    public var schedules: [PoolSchedule] = []
    /// Spending limits of this pool.
    public var budgets = BudgetLimits()

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&billing)
        coder.int(&spotFactor)
        coder.interval(&bootTime)
        coder.interval(&idleFor)
        coder.interval(&coolDown)
        coder.interval(&persistence)
        coder.int(&deadBand)
        coder.uint(&surge)
        coder.uint(&headroom)
        coder.int(&consolidateBelow)
        coder.int(&consolidationRatio)
        coder.interval(&refusalMemory)
        coder.list(&schedules)
        coder.value(&budgets)
    }

    /// How long before the end of a paid period a node is given back, when the billing step is longer than this.
    public static let returnMargin = Interval.minutes(3)
    /// What is reckoned for the drain of a machine when money is committed for it.
    public static let drainAllowance = Interval.minutes(5)
    /// Failures in a row after which nothing more is bought in the pool until it delivers or somebody asks by hand.
    public static let protectedAfter: UInt32 = 10
    /// Longest time that a refusal is remembered.
    public static let longestRefusal = Interval.minutes(30)

    /// What one more machine at `ratePerHour` commits to at least: boot and drain, billed by the rule. Millionths.
    public func commitment(ratePerHour: Int64) -> Int64 {
        BillingRule.cost(ratePerHour: ratePerHour, for: billing.billed(bootTime + Self.drainAllowance))
    }
    /// The price that is paid for a list price, millionths per hour, rounded up.
    public func paid(_ listPrice: Int64) -> Int64 {
        spotFactor == 1_000 ? listPrice : Int64(clamping: (Int128(listPrice) * Int128(spotFactor) + 999) / 1_000)
    }
    /// The most machines that a schedule in force wants, and when the next one begins or ends (never = none will).
    public func scheduled(at now: Instant) -> (count: UInt32, until: Instant) {
        var count: UInt32 = 0
        var until = Instant.never
        for schedule in schedules {
            if schedule.holds(at: now) { count = max(count, schedule.count) }
            let turn = schedule.nextTurn(after: now)
            if until.isNever || turn < until { until = turn }
        }
        return (count, until)
    }
}

/// So many machines on these days between these times, UTC. A window that ends before it begins goes over midnight and
/// belongs to the day on which it begins.
public struct PoolSchedule: Hashable, Sendable, Wired {
    /// Most schedules of one pool.
    public static let limit = 32
    /// Bit 0 is Monday, bit 6 Sunday.
    public var days: UInt8 = 0x7F
    /// Minute of the day at which it begins.
    public var from: UInt32 = 0
    /// Minute of the day at which it ends, 1 to 1440.
    public var until: UInt32 = 1_440
    /// How many machines the pool is to have.
    public var count: UInt32 = 0

    /// Always, nothing.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&days)
        coder.uint(&from)
        coder.uint(&until)
        coder.uint(&count)
    }

    /// Whether it is in force.
    public func holds(at now: Instant) -> Bool {
        let minute = UInt32(now.microseconds.floorRemainder(by: 86_400_000_000) / 60_000_000)
        if from < until { return isOn(now.day) && minute >= from && minute < until }
        return isOn(now.day) && minute >= from || isOn(now.day - 1) && minute < until
    }
    /// The next time of day at which it may begin or end.
    public func nextTurn(after now: Instant) -> Instant {
        let today = now.day * 86_400_000_000
        let turns = [Int64(from), Int64(until)].map { today + $0 * 60_000_000 }
        let next = turns.map { $0 > now.microseconds ? $0 : $0 + 86_400_000_000 }.min() ?? 0
        return Instant(microseconds: next)
    }
    private func isOn(_ day: Int64) -> Bool {
        // 1970-01-01 was a Thursday.
        days >> UInt8((day + 3).floorRemainder(by: 7)) & 1 == 1
    }
}

extension Int64 {
    /// What is left after division rounding towards minus infinity; `divisor` is positive.
    func floorRemainder(by divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

extension Instant {
    /// Months since 1970-01, UTC (days to civil dates after H. Hinnant's public algorithm).
    public var month: Int64 { Self.month(ofDay: day) }
    /// Months since 1970-01 of a day since 1970-01-01.
    public static func month(ofDay day: Int64) -> Int64 {
        let shifted = day + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let year = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let civilYear = year + era * 400 + (month <= 2 ? 1 : 0)
        return (civilYear - 1_970) * 12 + month - 1
    }
    /// The first day of a month since 1970-01.
    public static func day(ofMonth month: Int64) -> Int64 {
        let year = 1_970 + month.floorDivided(by: 12)
        let number = month.floorRemainder(by: 12) + 1
        let y = number <= 2 ? year - 1 : year
        let era = y.floorDivided(by: 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (number > 2 ? number - 3 : number + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
