/// Amounts as people read them: short, in the units they write, and read back by the same house. What does not show is
/// cut off, never rounded up, so that nothing looks fuller than it is.
extension Quantity {
    /// Thousandths as a number: `2`, `1.5`, `0.125`.
    public static func format(thousandths: Int64) -> String { decimal(thousandths, scale: 3, keep: 0) }

    /// Bytes in the largest unit that fits, with one decimal below 100: `4G`, `1.5G`, `512M`, `12B`, `0`.
    public static func format(bytes: Int64) -> String {
        if bytes == 0 { return "0" }
        let sign = bytes < 0 ? "-" : ""
        let amount = bytes.magnitude
        let units: [(UInt64, String)] = [
            (1 << 50, "P"), (1 << 40, "T"), (1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K"),
        ]
        for (size, unit) in units where amount >= size {
            let whole = amount / size
            let tenth = (amount % size) * 10 / size
            return sign + (whole < 100 && tenth > 0 ? "\(whole).\(tenth)\(unit)" : "\(whole)\(unit)")
        }
        return "\(sign)\(amount)B"
    }

    /// Bytes without any loss, in the largest unit of which they are a whole number: `1536MiB`, `4GiB`, `1000B`.
    public static func exact(bytes: Int64) -> String {
        if bytes == 0 { return "0" }
        for (shift, unit) in [(50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if bytes.isMultiple(of: 1 << Int64(shift)) { return "\(bytes >> Int64(shift))\(unit)" }
        }
        return "\(bytes)B"
    }

    /// A span in its two largest units: `250ms`, `10s`, `5m`, `1h30m`, `2d`, `2d3h`.
    public static func format(_ span: Interval) -> String {
        let sign = span.microseconds < 0 ? "-" : ""
        let micros = span.microseconds.magnitude
        if micros == 0 { return "0s" }
        if micros < 1_000 { return "\(sign)\(micros)us" }
        if micros < 1_000_000 { return "\(sign)\(micros / 1_000)ms" }
        let seconds = micros / 1_000_000
        let units: [(UInt64, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
        for (place, unit) in units.enumerated() where seconds >= unit.0 {
            let whole = "\(sign)\(seconds / unit.0)\(unit.1)"
            guard place + 1 < units.count else { return whole }
            let next = seconds % unit.0 / units[place + 1].0
            return next == 0 ? whole : whole + "\(next)\(units[place + 1].1)"
        }
        return "0s"
    }

    /// A span without any loss, as it would be written: `1h30m`, `1d2h3m4s`, `1s500ms`, `0s`.
    public static func exact(_ span: Interval) -> String {
        var rest = span.microseconds.magnitude
        var text = span.microseconds < 0 ? "-" : ""
        let units: [(UInt64, String)] = [
            (86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms"), (1, "us"),
        ]
        if rest == 0 { return "0s" }
        for (size, unit) in units where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }

    /// A span as a running clock: `0:07`, `12:10`, `1:02:03`, `3d04:05`.
    public static func clock(_ span: Interval) -> String {
        let seconds = max(0, span.seconds)
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(days)d\(padded(hours)):\(padded(minutes))" }
        if hours > 0 { return "\(hours):\(padded(minutes)):\(padded(seconds % 60))" }
        return "\(minutes):\(padded(seconds % 60))"
    }

    /// Money with two decimals, with four below ten hundredths that two would hide: `$0.11`, `$4.12`, `$0.0031`.
    public static func format(_ money: Money, currency: String = "$") -> String {
        let sign = money.micros < 0 ? "-" : ""
        let amount = Int64(clamping: money.micros.magnitude)
        let fine = amount < 100_000 && !amount.isMultiple(of: 10_000)
        let places = fine ? 4 : 2
        let cut: Int64 = fine ? 100 : 10_000
        let number = decimal(amount / cut, scale: places, keep: places)
        // A sign stands before the amount, a code behind it.
        let isCode = currency.count > 1
        return isCode ? "\(sign)\(number) \(currency)" : "\(sign)\(currency)\(number)"
    }

    /// A rate in millionths per hour: `$4.12/h`.
    public static func format(ratePerHour: Int64, currency: String = "$") -> String {
        format(Money(micros: ratePerHour), currency: currency) + "/h"
    }

    /// `value` / 10^`scale`, with zeros at the end cut off down to `keep` decimals.
    static func decimal(_ value: Int64, scale: Int, keep: Int) -> String {
        let divisor = (0..<scale).reduce(UInt64(1)) { product, _ in product * 10 }
        let whole = "\(value < 0 ? "-" : "")\(value.magnitude / divisor)"
        var digits = Array(String(value.magnitude % divisor).utf8)
        digits = Array(repeating: UInt8(ascii: "0"), count: scale - digits.count) + digits
        while digits.count > keep, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits.isEmpty ? whole : whole + "." + String(decoding: digits, as: UTF8.self)
    }

    private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
