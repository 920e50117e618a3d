import ClusterModel

/// Values in the few columns that a table gives them: one form for each kind of value, so that digits change in place.
public enum Show {
    /// Cpus or gpus from thousandths, one decimal: `4.0`, `0.5`; whole from 100 on.
    public static func count(_ thousandths: Int64) -> String {
        let tenths = (min(thousandths, .max - 50) + 50) / 100
        return tenths >= 1_000 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// A scalar without needless digits: `8`, `1.5`, `0.25`.
    public static func scalar(_ thousandths: Int64) -> String {
        guard thousandths % 1_000 != 0 else { return "\(thousandths / 1_000)" }
        var digits = String(String(abs(thousandths % 1_000) + 1_000).dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(thousandths < 0 && thousandths > -1_000 ? "-" : "")\(thousandths / 1_000).\(digits)"
    }

    /// Bytes in at most five columns, powers of 1024: `512M`, `1.5G`, `12G`.
    public static func bytes(_ bytes: Int64) -> String {
        let units = ["B", "K", "M", "G", "T", "P", "E"]
        var size = max(0, bytes)
        var tenths: Int64 = 0
        var unit = 0
        while size >= 1_024, unit < units.count - 1 {
            tenths = size % 1_024 * 10 / 1_024
            size /= 1_024
            unit += 1
        }
        return unit > 0 && size < 10 && tenths > 0 ? "\(size).\(tenths)\(units[unit])" : "\(size)\(units[unit])"
    }

    /// How long ago or how long still, in at most four columns: `8s`, `4m`, `17h`, `3d`; negative spans count as 0.
    public static func age(_ span: Interval) -> String {
        let seconds = max(0, span.seconds)
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m" }
        if seconds < 172_800 { return "\(seconds / 3_600)h" }
        return "\(seconds / 86_400)d"
    }

    /// A run time: `0:07`, `12:10`, `3:04:09`, `2d04h`.
    public static func runTime(_ span: Interval) -> String {
        let seconds = max(0, span.seconds)
        if seconds >= 172_800 { return "\(seconds / 86_400)d\(two(seconds / 3_600 % 24))h" }
        if seconds >= 3_600 { return "\(seconds / 3_600):\(two(seconds / 60 % 60)):\(two(seconds % 60))" }
        return "\(seconds / 60):\(two(seconds % 60))"
    }

    /// Money with two decimals, rounded; below ten cents with four when they are needed: `0.11`, `0.0042`, `38.20`.
    public static func money(_ micros: Int64) -> String {
        let size = micros.magnitude
        let sign = micros < 0 ? "-" : ""
        if size < 100_000, size % 10_000 != 0 {
            let parts = (size + 50) / 100
            return "\(sign)0.\(String(String(parts + 10_000).dropFirst()))"
        }
        let cents = (size + 5_000) / 10_000
        return cents >= 1_000_000 ? "\(sign)\((cents + 50) / 100)" : "\(sign)\(cents / 100).\(two(Int64(cents % 100)))"
    }

    /// A share in per cent, rounded down, from 0 to 999: `71%`. A whole of 0 answers a dash.
    public static func percent(_ part: Int64, of whole: Int64) -> String {
        whole <= 0 ? "-" : "\(permille(part, of: whole) / 10)%"
    }

    /// A share in thousandths, from 0 to 9990; 0 of nothing.
    public static func permille(_ part: Int64, of whole: Int64) -> Int {
        guard whole > 0, part > 0 else { return 0 }
        let share = part.multipliedFullWidth(by: 1_000)
        let quotient = share.high >= whole ? Int64.max : whole.dividingFullWidth(share).quotient
        return Int(min(quotient, 9_990))
    }

    /// The time of day, `14:03:07`, `offset` seconds east of Greenwich.
    public static func clock(_ instant: Instant, offset: Int) -> String {
        let seconds = daySecond(instant, offset: offset)
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// Day and time, `2026-11-22 14:03:07`.
    public static func date(_ instant: Instant, offset: Int) -> String {
        guard !instant.isNever, instant != .distantFuture else { return "-" }
        let day = (instant + .seconds(Int64(offset))).day
        let (year, month, date) = civil(day)
        return "\(year)-\(two(month))-\(two(date)) \(clock(instant, offset: offset))"
    }

    /// Seconds since midnight.
    static func daySecond(_ instant: Instant, offset: Int) -> Int64 {
        let local = instant + .seconds(Int64(offset))
        return (local.microseconds - local.day * 86_400_000_000) / 1_000_000
    }

    /// Year, month and day of a day since 1970 in the Gregorian calendar: eras of 400 years that begin in March.
    static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    /// At least two digits.
    static func two(_ number: Int64) -> String { number < 10 && number >= 0 ? "0\(number)" : "\(number)" }
    /// `1 task`, `2 tasks`.
    static func plural(_ count: Int, _ word: String) -> String { count == 1 ? "1 \(word)" : "\(count) \(word)s" }
}
