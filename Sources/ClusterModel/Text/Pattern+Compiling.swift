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
        var steps = try atom()
        // A second sign of repetition says nothing new; one round keeps the program small.
        let count = steps.count
        if sees("*") {
            steps = [.split(1, count + 2)] + Self.moved(steps, by: 1) + [.jump(0)]
        } else if sees("+") {
            steps += [.split(0, count + 1)]
        } else if sees("?") {
            steps = [.split(1, count + 1)] + Self.moved(steps, by: 1)
        } else {
            return steps
        }
        at += 1
        if sees("*") || sees("+") || sees("?") { throw fault("two signs of repetition", "keep one of them") }
        return steps
    }

    private mutating func atom() throws(TextFault) -> [Pattern.Step] {
        let scalar = scalars[at]
        switch Unicode.Scalar(scalar) {
        case "(":
            depth += 1
            guard depth <= Pattern.depthLimit else { throw fault("nested too deeply", "use fewer groups") }
            at += 1
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
            defer { at += 1 }
            if let ranges = shorthand(scalars[at]) { return [.oneOf(ranges, negated: false)] }
            return [.scalar(folded(scalars[at]))]
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
