/// Amounts as people write them, read into the fixed units of the house: exact integers, never floating point. A wrong
/// one is a `TextFault` that names the text, the cause and the way out.
public enum Quantity {
    /// A number in thousandths: `2`, `1.5`, `500m`, `10k`. Finer than a thousandth, negative or over 9e15 is refused.
    public static func thousandths(_ text: String) throws(TextFault) -> Int64 {
        let remedy = "write a number such as 2, 1.5 or 500m"
        var scan = QuantityScan(text)
        let number = try scan.number(remedy: remedy)
        let unit = scan.word()
        try scan.end(remedy: remedy)
        let factor: Int128
        switch unit {
        case "": factor = 1_000
        case "m": factor = 1
        case "k", "K": factor = 1_000_000
        case "M": factor = 1_000_000_000
        case "G": factor = 1_000_000_000_000
        default: throw TextFault(text: text, cause: "unknown unit \"\(unit)\"", remedy: remedy)
        }
        guard (number.digits * factor).isMultiple(of: number.scale) else {
            throw TextFault(text: text, cause: "finer than a thousandth", remedy: "write at most three decimals")
        }
        return try fitting(number.digits * factor / number.scale, text)
    }

    /// An amount of memory or disk in bytes: `4GiB`, `4096M`, `4G`, `1.5T`, `10KB`. K, M, G, T, P and KiB ... PiB are
    /// powers of 1024; KB ... PB powers of 1000; B is a byte. A plain number counts in `plainUnit` bytes and is refused
    /// when that is nil (0 needs no unit). Fractions of a byte are dropped.
    public static func bytes(_ text: String, plainUnit: Int64? = nil) throws(TextFault) -> Int64 {
        let remedy = "write an amount with its unit, such as 512M, 4GiB or 1.5T"
        var scan = QuantityScan(text)
        let number = try scan.number(remedy: remedy)
        let unit = scan.word()
        try scan.end(remedy: remedy)
        if unit.isEmpty {
            guard let plain = plainUnit ?? (number.digits == 0 ? 1 : nil) else {
                throw TextFault(text: text, cause: "the unit is missing", remedy: remedy)
            }
            return try fitting(number.digits * Int128(plain) / number.scale, text)
        }
        guard let factor = byteFactor(unit) else {
            throw TextFault(text: text, cause: "unknown unit \"\(unit)\"", remedy: remedy)
        }
        return try fitting(number.digits * factor / number.scale, text)
    }

    /// A span: `10s`, `5m`, `1h30m`, `2d`, `250ms`, `1.5h`. Largest unit first; a plain number is refused but for 0.
    public static func duration(_ text: String) throws(TextFault) -> Interval {
        let remedy = "write a time with its unit, such as 10s, 5m, 1h30m or 2d"
        var scan = QuantityScan(text)
        var total: Int128 = 0
        var last = Int128.max
        repeat {
            let number = try scan.number(remedy: remedy)
            let unit = scan.word()
            if unit.isEmpty, number.digits == 0, total == 0 { break }
            guard let factor = durationFactor(unit) else {
                let cause = unit.isEmpty ? "the unit is missing" : "unknown unit \"\(unit)\""
                throw TextFault(text: text, cause: cause, remedy: remedy)
            }
            guard factor < last else {
                throw TextFault(text: text, cause: "units are not in falling order", remedy: "write 1h30m, not 30m1h")
            }
            last = factor
            total += number.digits * factor / number.scale
        } while !scan.isAtEnd
        try scan.end(remedy: remedy)
        return Interval(microseconds: try fitting(total, text))
    }

    /// Money: `0.11`, `$4.12`, `4.12 EUR`, with `/h` behind it when it is a rate. Signs and codes other than the
    /// cluster's `currency` are refused; finer than a millionth too.
    public static func money(_ text: String, currency: String = "$") throws(TextFault) -> Money {
        let remedy = "write an amount such as \(currency)0.11"
        var bare = trimmed(text)
        if bare.hasSuffix("/h") { bare = trimmed(bare.dropLast(2)) }
        if bare.hasPrefix(currency) {
            bare = trimmed(bare.dropFirst(currency.count))
        } else if bare.hasSuffix(currency) {
            bare = trimmed(bare.dropLast(currency.count))
        }
        var scan = QuantityScan(bare)
        let number: (digits: Int128, scale: Int128)
        do {
            number = try scan.number(remedy: remedy)
            try scan.end(remedy: remedy)
        } catch {
            throw TextFault(text: text, cause: error.cause, remedy: remedy)
        }
        guard (number.digits * 1_000_000).isMultiple(of: number.scale) else {
            throw TextFault(text: text, cause: "finer than a millionth", remedy: "write at most six decimals")
        }
        return Money(micros: try fitting(number.digits * 1_000_000 / number.scale, text))
    }

    static func byteFactor(_ unit: String) -> Int128? {
        let power: Int
        switch unit.utf8.first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "b"): return unit.utf8.count == 1 ? 1 : nil
        case UInt8(ascii: "k"): power = 1
        case UInt8(ascii: "m"): power = 2
        case UInt8(ascii: "g"): power = 3
        case UInt8(ascii: "t"): power = 4
        case UInt8(ascii: "p"): power = 5
        default: return nil
        }
        let base: Int128
        switch unit.dropFirst().lowercased() {
        case "", "i", "ib": base = 1_024
        case "b": base = 1_000
        default: return nil
        }
        // A small m is a thousandth elsewhere; nobody means thousandths of a byte, but it is no megabyte either.
        if unit == "m" { return nil }
        return (0..<power).reduce(1) { product, _ in product * base }
    }

    private static func durationFactor(_ unit: String) -> Int128? {
        switch unit {
        case "us": 1
        case "ms": 1_000
        case "s": 1_000_000
        case "m", "min": 60_000_000
        case "h": 3_600_000_000
        case "d": 86_400_000_000
        case "w": 7 * 86_400_000_000
        default: nil
        }
    }

    private static func fitting(_ value: Int128, _ text: String) throws(TextFault) -> Int64 {
        // Sums of a few thousand amounts must not overflow.
        guard value <= Int128(Int64.max) / 1_024 else {
            throw TextFault(text: text, cause: "too large", remedy: "write a smaller amount")
        }
        return Int64(value)
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var slice = Substring(text)
        while slice.first?.isWhitespace == true { slice.removeFirst() }
        while slice.last?.isWhitespace == true { slice.removeLast() }
        return String(slice)
    }
}

/// Reads numbers and unit words off a short text.
struct QuantityScan {
    private let text: String
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(Quantity.trimmed(text).utf8)
    }

    var isAtEnd: Bool { at >= bytes.count }

    /// Digits with at most one point among them: the digits as one number, and the power of ten to divide them by.
    mutating func number(remedy: String) throws(TextFault) -> (digits: Int128, scale: Int128) {
        var (digits, scale, seen, point): (Int128, Int128, Int, Bool) = (0, 1, 0, false)
        if isAtEnd { throw TextFault(text: text, cause: "a number is missing", remedy: remedy) }
        if bytes[at] == UInt8(ascii: "-") { throw TextFault(text: text, cause: "negative", remedy: remedy) }
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "."), !point {
                point = true
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) {
                digits = digits * 10 + Int128(bytes[at] - UInt8(ascii: "0"))
                if point { scale *= 10 }
                seen += 1
            } else {
                break
            }
            at += 1
            if seen > 18 { throw TextFault(text: text, cause: "too many digits", remedy: remedy) }
        }
        guard seen > 0 else { throw TextFault(text: text, cause: "not a number", remedy: remedy) }
        return (digits, scale)
    }

    /// The letters that follow, past one blank.
    mutating func word() -> String {
        if !isAtEnd, bytes[at] == UInt8(ascii: " ") { at += 1 }
        let start = at
        while at < bytes.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[at] | 0x20) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    func end(remedy: String) throws(TextFault) {
        guard isAtEnd else {
            let rest = String(decoding: bytes[at...], as: UTF8.self)
            throw TextFault(text: text, cause: "\"\(rest)\" is left over", remedy: remedy)
        }
    }
}
