import ClusterModel

/// Writes JSON: numbers are exact decimals in base units, money is a decimal text, moments are ISO 8601 in UTC.
enum JSONText {
    /// An object in one line, keys in the order given.
    static func object(_ pairs: [ListValue.Pair]) -> String {
        "{" + pairs.map { "\(string($0.name)): \(value($0.value))" }.joined(separator: ", ") + "}"
    }

    /// Any value.
    static func value(_ value: ListValue) -> String {
        switch value {
        case .none: "null"
        case .text(let text): string(text)
        case .count(let number), .bytes(let number): "\(number)"
        case .thousandths(let number): decimal(number, digits: 3)
        case .interval(let span): decimal(span.microseconds, digits: 6)
        case .instant(let instant): string(TimeText.utc(instant))
        case .money(let micros): string(decimal(micros, digits: 6))
        case .flag(let flag): flag ? "true" : "false"
        case .words(let words): "[" + words.map(string).joined(separator: ", ") + "]"
        case .pairs(let pairs): object(pairs)
        }
    }

    /// What came of an action, in one line with its end.
    static func answer(_ answer: ActionAnswer) -> String {
        let jobs = answer.jobs.map { "\($0.raw)" }.joined(separator: ", ")
        return "{\"accepted\": \(answer.accepted), \"message\": \(string(answer.message)), \"jobs\": [\(jobs)]}\n"
    }

    /// An array with one element a line.
    static func lines(_ objects: [String]) -> String {
        objects.isEmpty ? "[]" : "[\n" + objects.joined(separator: ",\n") + "\n]"
    }

    /// A text in quotes.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    /// `number` with so many digits behind the point, without idle zeros.
    static func decimal(_ number: Int64, digits: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        let sign = number < 0 ? "-" : ""
        let (whole, rest) = number.magnitude.quotientAndRemainder(dividingBy: scale)
        if rest == 0 { return "\(sign)\(whole)" }
        var fraction = "\(rest)"
        fraction = String(repeating: "0", count: digits - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction)"
    }
}
