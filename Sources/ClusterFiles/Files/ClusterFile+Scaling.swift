import ClusterModel

/// Keys about growing, shrinking and money: of a pool, and budgets of pools, roles and the cluster.
extension ClusterFile {
    /// Reads what a pool says about itself besides its types.
    static func readScaling(_ pool: inout MappingReader, into scaling: inout PoolScaling, currency: String) {
        if var billing = pool.mapping("billing", subject: "`billing`") {
            if let quantum = billing.interval("quantum", .milliseconds(1) ... .hours(24 * 31)) {
                scaling.billing.quantum = quantum
            }
            if let least = billing.interval("minimum", .zero ... .hours(24 * 31)) { scaling.billing.minimum = least }
            billing.finish()
        }
        if let factor = pool.thousandths("spotFactor", 1...1_000) { scaling.spotFactor = factor }
        let day = Interval.hours(24)
        if let span = pool.interval("bootTime", .zero...day) { scaling.bootTime = span }
        if let span = pool.interval("idleFor", .zero...day) { scaling.idleFor = span }
        if let span = pool.interval("coolDown", .zero...day) { scaling.coolDown = span }
        if let span = pool.interval("persistence", .zero...day) { scaling.persistence = span }
        if let span = pool.interval("refusalMemory", .seconds(1)...day) { scaling.refusalMemory = span }
        if let share = pool.thousandths("deadBand", 0...1_000) { scaling.deadBand = share }
        if let share = pool.thousandths("consolidateBelow", 0...1_000) { scaling.consolidateBelow = share }
        if let ratio = pool.count("consolidationRatio", 1...1_000) as Int64? { scaling.consolidationRatio = ratio }
        if let count = pool.count("surge", 1...instanceLimit) as UInt32? { scaling.surge = count }
        if let count = pool.count("headroom", 0...instanceLimit) as UInt32? { scaling.headroom = count }
        readSchedules(&pool, into: &scaling)
        readBudgets(&pool, "budget", into: &scaling.budgets, currency: currency)
    }

    /// `budget: {perHour: ..., perDay: ..., perMonth: ..., soft: {...}}`.
    static func readBudgets(
        _ reader: inout MappingReader, _ key: String, into limits: inout BudgetLimits, currency: String
    ) {
        guard var budget = reader.mapping(key, subject: "`\(key)`") else { return }
        limits.hour.hard = budget.money("perHour", currency: currency) ?? 0
        limits.day.hard = budget.money("perDay", currency: currency) ?? 0
        limits.month.hard = budget.money("perMonth", currency: currency) ?? 0
        if var soft = budget.mapping("soft", subject: "`soft`") {
            limits.hour.soft = soft.money("perHour", currency: currency) ?? 0
            limits.day.soft = soft.money("perDay", currency: currency) ?? 0
            limits.month.soft = soft.money("perMonth", currency: currency) ?? 0
            soft.finish()
        }
        budget.finish()
    }

    private static func readSchedules(_ pool: inout MappingReader, into scaling: inout PoolScaling) {
        let trees = pool.list("schedules", of: "schedules")
        if trees.count > PoolSchedule.limit {
            pool.refuse("schedules", "`schedules` takes at most \(PoolSchedule.limit) entries")
        }
        for tree in trees.prefix(PoolSchedule.limit) {
            guard var reader = MappingReader(tree, subject: "a schedule", problems: pool.problems) else { continue }
            var schedule = PoolSchedule()
            if let days = reader.value(
                "days", expected: "days such as `mon-fri` or `sat,sun`", { Self.days($0) })
            {
                schedule.days = days
            }
            let expected = "a time of day in UTC such as `08:00`"
            if let from = reader.value("from", expected: expected, { Self.minute($0, atMost: 1_439) }) {
                schedule.from = from
            }
            if let until = reader.value("until", expected: expected, { Self.minute($0, atMost: 1_440) }) {
                schedule.until = until
            }
            if let count = reader.count("machines", 1...instanceLimit) as UInt32? { schedule.count = count }
            if !reader.has("machines") {
                reader.problems.add(reader.place, "a schedule needs `machines`, the number that is to be there")
            }
            reader.finish()
            scaling.schedules.append(schedule)
        }
    }

    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `mon-fri,sun` as bits; nil when it is none.
    static func days(_ text: String) -> UInt8? {
        var bits: UInt8 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { name in
                dayNames.firstIndex(of: name.filter { $0 != " " }.lowercased())
            }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else { return nil }
            var day = first
            while true {
                bits |= 1 << UInt8(day)
                if day == last { break }
                day = (day + 1) % 7
            }
        }
        return bits == 0 ? nil : bits
    }

    /// `mon-fri` of bits: runs of days.
    static func text(ofDays bits: UInt8) -> String {
        var parts: [String] = []
        var day = 0
        while day < 7 {
            guard bits >> UInt8(day) & 1 == 1 else {
                day += 1
                continue
            }
            var last = day
            while last + 1 < 7, bits >> UInt8(last + 1) & 1 == 1 { last += 1 }
            parts.append(last == day ? dayNames[day] : "\(dayNames[day])-\(dayNames[last])")
            day = last + 1
        }
        return parts.joined(separator: ",")
    }

    /// `08:30` as a minute of the day.
    static func minute(_ text: String, atMost limit: UInt32) -> UInt32? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, let hour = UInt32(parts[0]), let minute = UInt32(parts[1]),
            hour <= 24, minute < 60, hour * 60 + minute <= limit
        else { return nil }
        return hour * 60 + minute
    }

    /// A minute of the day as `08:30`.
    static func text(ofMinute minute: UInt32) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}
