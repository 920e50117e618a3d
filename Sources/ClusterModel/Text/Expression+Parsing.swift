/// From text to tree: `or` binds least, then `and` (also meant where two conditions stand side by side), then `not`.
extension Expression {
    struct Parser {
        private let text: String
        private let known: [String]?
        private let signs: [Character]
        private var at = 0
        private var depth = 0

        init(_ text: String, fields: [String]?) throws(TextFault) {
            guard text.utf8.count <= Expression.textLimit else {
                throw TextFault(
                    text: text, cause: "longer than \(Expression.textLimit) bytes", remedy: "write a shorter condition")
            }
            self.text = text
            known = fields
            signs = Array(text)
        }

        mutating func parse() throws(TextFault) -> Node {
            skipBlanks()
            if at == signs.count { return .always }
            let root = try alternatives()
            guard at == signs.count else { throw fault("\")\" without \"(\"", "remove it or add \"(\" before") }
            return root
        }

        private func fault(_ cause: String, _ remedy: String, at column: Int? = nil) -> TextFault {
            TextFault(text: text, column: (column ?? at) + 1, cause: cause, remedy: remedy)
        }

        private mutating func skipBlanks() {
            while at < signs.count, signs[at].isWhitespace { at += 1 }
        }

        /// Passes `word` when it stands here as a word of its own.
        private mutating func takes(_ word: String, or sign: String) -> Bool {
            skipBlanks()
            let end = at + word.count
            if end <= signs.count, String(signs[at..<end]).lowercased() == word,
                end == signs.count || signs[end].isWhitespace || signs[end] == "("
            {
                at = end
                return true
            }
            guard !sign.isEmpty, at + sign.count <= signs.count, String(signs[at..<at + sign.count]) == sign else {
                return false
            }
            at += sign.count
            return true
        }

        private mutating func alternatives() throws(TextFault) -> Node {
            var parts = [try conditions()]
            while takes("or", or: "||") { parts.append(try conditions()) }
            return parts.count == 1 ? parts[0] : .or(parts)
        }

        private mutating func conditions() throws(TextFault) -> Node {
            var parts = [try condition()]
            while true {
                if takes("and", or: "&&") {
                    parts.append(try condition())
                    continue
                }
                let mark = at
                if at == signs.count || signs[at] == ")" || takes("or", or: "||") {
                    at = mark
                    return parts.count == 1 ? parts[0] : .and(parts)
                }
                parts.append(try condition())
            }
        }

        private mutating func condition() throws(TextFault) -> Node {
            skipBlanks()
            guard at < signs.count, signs[at] != ")" else {
                throw fault("a condition is missing", "write one, such as gpu=a100")
            }
            let mark = at
            depth += 1
            defer { depth -= 1 }
            guard depth <= Expression.depthLimit else { throw fault("nested too deeply", "use fewer parentheses") }
            if takes("not", or: "") { return .not(try condition()) }
            if signs[at] == "!" {
                at += 1
                return .not(try condition())
            }
            if signs[at] == "(" {
                at += 1
                let inner = try alternatives()
                guard at < signs.count, signs[at] == ")" else {
                    throw fault("\"(\" is not closed", "add \")\"", at: mark)
                }
                at += 1
                return inner
            }
            if signs[at] == "/" { return .pattern(try regular()) }
            for word in ["and", "or"] where takes(word, or: "") {
                throw fault("\"\(word)\" has nothing before it", "write a condition before it", at: mark)
            }
            return try term()
        }

        /// `/.../`, with `\/` for a slash in it.
        private mutating func regular() throws(TextFault) -> Pattern {
            let start = at
            at += 1
            var body = ""
            while at < signs.count, signs[at] != "/" {
                if signs[at] == "\\", at + 1 < signs.count {
                    if signs[at + 1] != "/" { body.append("\\") }
                    at += 1
                }
                body.append(signs[at])
                at += 1
            }
            guard at < signs.count else { throw fault("\"/\" is not closed", "add \"/\" at the end", at: start) }
            at += 1
            return try pattern(body, at: start + 1)
        }

        private func pattern(_ body: String, at column: Int) throws(TextFault) -> Pattern {
            do {
                return try Pattern(body)
            } catch {
                throw fault(error.cause, error.remedy, at: column + max(0, error.column - 1))
            }
        }

        private mutating func term() throws(TextFault) -> Node {
            let start = at
            if signs[at] == "\"" || signs[at] == "'" { return .word(try value().lowercased()) }
            while at < signs.count, !endsWord, !"=!<>~\"'".contains(signs[at]) { at += 1 }
            let name = String(signs[start..<at])
            skipBlanks()
            let place = at
            guard let (how, negated) = comparator() else {
                if name.isEmpty {
                    throw fault("\"\(signs[at])\" is not expected here", "write a condition, such as gpu=a100")
                }
                return .word(name.lowercased())
            }
            guard !name.isEmpty else {
                throw fault("a name is missing before the comparison", "write name=value", at: place)
            }
            if let known, !known.contains(name) {
                throw fault("unknown field \"\(name)\"", Spelling.hint(for: name, in: known), at: start)
            }
            skipBlanks()
            let valueStart = at
            var operand: Operand
            if how == .matches, at < signs.count, signs[at] == "/" {
                let pattern = try regular()
                operand = Operand(text: pattern.text, pattern: pattern)
            } else {
                let written = try value()
                operand = Operand(reading: written)
                if how == .matches { operand.pattern = try pattern(written, at: valueStart) }
            }
            let comparison = Node.compare(Comparison(field: name, how: how, operand: operand))
            return negated ? .not(comparison) : comparison
        }

        /// Whether the sign here ends a word: a blank, a parenthesis, `&&` or `||`.
        private var endsWord: Bool {
            let sign = signs[at]
            if sign == "&" || sign == "|" { return at + 1 < signs.count && signs[at + 1] == sign }
            return sign.isWhitespace || sign == "(" || sign == ")"
        }

        private mutating func comparator() -> (how: Operator, negated: Bool)? {
            let signsOfTwo: [(String, Operator, Bool)] = [
                ("==", .equal, false), ("!=", .unequal, false), ("<=", .atMost, false), (">=", .atLeast, false),
                ("!~", .matches, true), ("=~", .matches, false), ("=", .equal, false), ("<", .less, false),
                (">", .greater, false), ("~", .matches, false),
            ]
            for (sign, how, negated) in signsOfTwo
            where at + sign.count <= signs.count && String(signs[at..<at + sign.count]) == sign {
                at += sign.count
                return (how, negated)
            }
            return nil
        }

        /// A word, or a text in quotes.
        private mutating func value() throws(TextFault) -> String {
            let start = at
            if at < signs.count, signs[at] == "\"" || signs[at] == "'" {
                let quote = signs[at]
                at += 1
                while at < signs.count, signs[at] != quote { at += 1 }
                guard at < signs.count else { throw fault("the quote is not closed", "add \(quote)", at: start) }
                at += 1
                return String(signs[start + 1..<at - 1])
            }
            while at < signs.count, !endsWord { at += 1 }
            guard at > start else { throw fault("a value is missing", "write one after the comparison") }
            return String(signs[start..<at])
        }
    }
}

extension Expression.Operand {
    /// Reads `written` in every unit in which it makes sense. A plain number stands for MiB of memory, seconds of time.
    init(reading written: String) {
        let bare = written.hasSuffix("%") ? String(written.dropLast()) : written
        let negative = bare.hasPrefix("-")
        let amount = negative ? String(bare.dropFirst()) : bare
        let sign: Int64 = negative ? -1 : 1
        text = written.lowercased()
        number = (try? Quantity.thousandths(amount)).map { $0 * sign }
        bytes = (try? Quantity.bytes(amount, plainUnit: 1 << 20)).map { $0 * sign }
        duration = (try? Quantity.duration(amount)).map { $0.microseconds * sign }
        if duration == nil, let number, !amount.hasSuffix("m") { duration = number * 1_000 }
        money = (try? Quantity.money(amount)).map { $0.micros * sign }
        pattern = nil
    }
    init(text: String, pattern: Pattern) {
        self.text = text
        self.pattern = pattern
    }
}
