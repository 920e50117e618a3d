/// Turns a pattern's text into steps, by recursive descent over alternatives, sequences and repeated pieces.
struct PatternCompiler {
    private let text: String
    private let scalars: [UInt32]
    private var at = 0
    private var depth = 0
    /// Whether case counts.
    private let isExact: Bool

    init(_ text: String, isExact: Bool = false) {
        self.text = text
        self.isExact = isExact
        scalars = text.unicodeScalars.map(\.value)
    }

    mutating func compile() throws(TextFault) -> [Pattern.Step] {
        let steps = try alternatives()
        guard steps.count < Pattern.stepLimit else {
            throw fault("the pattern comes to \(steps.count) steps", "keep it below \(Pattern.stepLimit)")
        }
        if at < scalars.count { throw fault("\")\" without \"(\"", "write \\) for the sign itself") }
        return steps + [.found]
    }

    private func fault(_ cause: String, _ remedy: String) -> TextFault {
        TextFault(text: text, column: at + 1, cause: cause, remedy: remedy)
    }

    private func sees(_ sign: Unicode.Scalar) -> Bool { at < scalars.count && scalars[at] == sign.value }

    /// Steps are made with targets relative to their own start and moved when they are joined.
    static func moved(_ steps: [Pattern.Step], by offset: Int) -> [Pattern.Step] {
        steps.map {
            switch $0 {
            case .split(let one, let other): .split(one + offset, other + offset)
            case .jump(let target): .jump(target + offset)
            default: $0
            }
        }
    }

    private mutating func alternatives() throws(TextFault) -> [Pattern.Step] {
        var whole = try sequence()
        while sees("|") {
            at += 1
            let other = try sequence()
            // split(1, L1); one; jump(end); other
            let first = whole.count
            whole =
                [.split(1, first + 2)] + Self.moved(whole, by: 1) + [.jump(first + 2 + other.count)]
                + Self.moved(other, by: first + 2)
        }
        return whole
    }

    private mutating func sequence() throws(TextFault) -> [Pattern.Step] {
        var steps: [Pattern.Step] = []
        while at < scalars.count, !sees("|"), !sees(")") {
            steps += Self.moved(try piece(), by: steps.count)
        }
        return steps
    }

    private mutating func piece() throws(TextFault) -> [Pattern.Step] {
        let steps = try atom()
        guard let (least, most) = try repetition() else { return steps }
        // "As few as possible" finds the same texts.
        if sees("?") { at += 1 }
        let next = at
        // A second repetition says nothing new; one round keeps the program small.
        if try repetition() != nil {
            at = next
            throw fault("two signs of repetition", "keep one of them")
        }
        let written = steps.count * max(least, most ?? least + 1)
        guard written < Pattern.stepLimit else {
            throw fault("the repetition comes to \(written) steps", "keep a pattern below \(Pattern.stepLimit)")
        }
        return Self.repeated(steps, least, most)
    }

    private static func repeated(_ steps: [Pattern.Step], _ least: Int, _ most: Int?) -> [Pattern.Step] {
        let count = steps.count
        var result: [Pattern.Step] = []
        for _ in 0..<least { result += moved(steps, by: result.count) }
        guard let most else {
            if least > 0 { return result + [.split(result.count - count, result.count + 1)] }
            return [.split(1, count + 2)] + moved(steps, by: 1) + [.jump(0)]
        }
        for _ in least..<max(least, most) {
            let start = result.count
            result += [.split(start + 1, start + count + 1)] + moved(steps, by: start + 1)
        }
        return result
    }

    /// How often what stands before is to come, at least and at most (nil = any number); nil when nothing is said.
    private mutating func repetition() throws(TextFault) -> (least: Int, most: Int?)? {
        if sees("*") || sees("+") || sees("?") {
            defer { at += 1 }
            return sees("*") ? (0, nil) : sees("+") ? (1, nil) : (0, 1)
        }
        guard sees("{") else { return nil }
        let start = at
        at += 1
        guard let least = try number() else {
            // The sign itself, as in "{a}".
            at = start
            return nil
        }
        var most: Int? = least
        if sees(",") {
            at += 1
            most = try number()
        }
        guard sees("}") else {
            at = start
            return nil
        }
        if let most, most < least {
            at = start
            throw fault("the repetition runs backwards", "write the lower number first")
        }
        at += 1
        return (least, most)
    }

    private mutating func number() throws(TextFault) -> Int? {
        var value: Int?
        while at < scalars.count, (48...57).contains(scalars[at]) {
            value = (value ?? 0) * 10 + Int(scalars[at] - 48)
            guard value ?? 0 <= Pattern.repeatLimit else {
                throw fault("more than \(Pattern.repeatLimit) repetitions", "write a lower number, or +")
            }
            at += 1
        }
        return value
    }

    private mutating func atom() throws(TextFault) -> [Pattern.Step] {
        let scalar = scalars[at]
        switch Unicode.Scalar(scalar) {
        case "(":
            depth += 1
            guard depth <= Pattern.depthLimit else { throw fault("nested too deeply", "use fewer groups") }
            at += 1
            if sees("?") {
                at += 1
                guard sees(":") else { throw fault("a group of a kind that is not known", "write (?: or (") }
                at += 1
            }
            let inner = try alternatives()
            guard sees(")") else { throw fault("\"(\" is not closed", "add \")\"") }
            at += 1
            depth -= 1
            return inner
        case "[": return [try brackets()]
        case "*", "+", "?": throw fault("nothing to repeat", "write \\ before the sign itself")
        case "\\":
            at += 1
            guard at < scalars.count else { throw fault("nothing follows \"\\\"", "write \\\\ for the sign itself") }
            let sign = scalars[at]
            if let ranges = shorthand(sign) {
                at += 1
                return [.oneOf(ranges, negated: false)]
            }
            if let ranges = shorthand(sign | 0x20), (65...90).contains(sign) {
                at += 1
                return [.oneOf(ranges, negated: true)]
            }
            if (48...57).contains(sign) || (65...90).contains(sign & ~0x20) {
                let name = Unicode.Scalar(sign).map { String(Character($0)) } ?? ""
                throw fault("\"\\\(name)\" is not known", "use \\d, \\w or \\s, or the sign without \\")
            }
            at += 1
            return [.scalar(folded(sign))]
        case ".": at += 1; return [.any]
        case "^": at += 1; return [.atStart]
        case "$": at += 1; return [.atEnd]
        default: at += 1; return [.scalar(folded(scalar))]
        }
    }

    private mutating func brackets() throws(TextFault) -> Pattern.Step {
        at += 1
        var ranges: [ClosedRange<UInt32>] = []
        let negated = sees("^")
        if negated { at += 1 }
        var first = true
        while at < scalars.count, first || !sees("]") {
            first = false
            if let known = try named() {
                ranges += known
                continue
            }
            if sees("\\"), at + 1 < scalars.count {
                at += 1
                if let known = shorthand(scalars[at]) {
                    ranges += known
                    at += 1
                    continue
                }
            }
            let low = scalars[at]
            at += 1
            if sees("-"), at + 1 < scalars.count, scalars[at + 1] != UInt32(UInt8(ascii: "]")) {
                let high = scalars[at + 1]
                guard low <= high else { throw fault("the range runs backwards", "write the lower end first") }
                at += 2
                ranges += isExact ? [low...high] : Self.folded(low...high)
            } else {
                ranges.append(folded(low)...folded(low))
            }
        }
        guard sees("]") else { throw fault("\"[\" is not closed", "add \"]\"") }
        at += 1
        return .oneOf(ranges, negated: negated)
    }

    /// A class by its name, as in `[[:alpha:]]`.
    private mutating func named() throws(TextFault) -> [ClosedRange<UInt32>]? {
        guard sees("["), at + 1 < scalars.count, scalars[at + 1] == UInt32(UInt8(ascii: ":")) else { return nil }
        let letters = scalars[(at + 2)...].prefix { (97...122).contains($0) }
        let name = String(String.UnicodeScalarView(letters.compactMap { Unicode.Scalar($0) }))
        let end = at + 2 + letters.count
        guard let ranges = Self.classes[name], end + 1 < scalars.count, scalars[end] == UInt32(UInt8(ascii: ":")),
            scalars[end + 1] == UInt32(UInt8(ascii: "]"))
        else {
            let known = Self.classes.keys.sorted().joined(separator: ", ")
            throw fault("\"[:\(name)\" is no class", "use one of: \(known), as in [[:alpha:]]")
        }
        at = end + 2
        return ranges
    }

    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alnum": [48...57, 65...90, 97...122], "alpha": [65...90, 97...122], "blank": [9...9, 32...32],
        "digit": [48...57], "lower": [97...122], "punct": [33...47, 58...64, 91...96, 123...126],
        "space": [9...13, 32...32], "upper": [65...90], "word": [48...57, 65...90, 95...95, 97...122],
        "xdigit": [48...57, 65...70, 97...102],
    ]

    private func folded(_ scalar: UInt32) -> UInt32 { isExact ? scalar : Pattern.fold(scalar) }

    /// The range and, for the capital letters in it, the small ones.
    private static func folded(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        let (low, high) = (max(range.lowerBound, 65), min(range.upperBound, 90))
        return low <= high ? [range, (low | 0x20)...(high | 0x20)] : [range]
    }

    private func shorthand(_ scalar: UInt32) -> [ClosedRange<UInt32>]? {
        switch Unicode.Scalar(scalar) {
        case "d": [48...57]
        case "w": [48...57, 65...90, 95...95, 97...122]
        case "s": [9...13, 32...32]
        default: nil
        }
    }
}
