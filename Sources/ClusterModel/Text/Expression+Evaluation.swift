/// From tree and fields to yes or no, and to the condition that said no.
extension Expression {
    /// Whether it holds where a bare word or pattern must be found in one of `columns` (asked for only when needed).
    public func matches(_ field: (String) -> FieldValue?, columns: () -> [String]) -> Bool {
        Self.holds(root, field) { node in
            switch node {
            case .word(let word):
                let needle = Array(word.utf8)
                return columns().contains { Self.contains($0, needle) }
            case .pattern(let pattern): return columns().contains { pattern.matches($0) }
            default: return false
            }
        }
    }

    /// Whether it holds where a bare word names a field that must be there. A bare pattern is looked for in `node`.
    public func matches(_ field: (String) -> FieldValue?) -> Bool {
        Self.holds(root, field) { Self.present($0, field) }
    }

    /// The condition that fails and what is there instead, as `gpu is t4`; nil when it holds.
    public func failure(_ field: (String) -> FieldValue?) -> String? { Self.failure(of: root, field) }

    private static func present(_ node: Node, _ field: (String) -> FieldValue?) -> Bool {
        switch node {
        case .word(let word): return field(word) != nil
        case .pattern(let pattern):
            guard case .text(let name)? = field("node") else { return false }
            return pattern.matches(name)
        default: return false
        }
    }

    private static func holds(_ node: Node, _ field: (String) -> FieldValue?, _ bare: (Node) -> Bool) -> Bool {
        switch node {
        case .always: return true
        case .and(let parts): return parts.allSatisfy { holds($0, field, bare) }
        case .or(let parts): return parts.contains { holds($0, field, bare) }
        case .not(let inner): return !holds(inner, field, bare)
        case .word, .pattern: return bare(node)
        case .compare(let comparison): return comparison.holds(for: field(comparison.field))
        }
    }

    private static func failure(of node: Node, _ field: (String) -> FieldValue?) -> String? {
        if holds(node, field, { present($0, field) }) { return nil }
        switch node {
        case .always: return nil
        case .and(let parts):
            for part in parts { if let found = failure(of: part, field) { return found } }
            return nil
        case .or(let parts): return parts.compactMap { failure(of: $0, field) }.joined(separator: ", ")
        case .not(.compare(let inner)): return describe(inner.field, field(inner.field))
        case .not(.word(let word)): return "has \(word)"
        case .not: return "is excluded"
        case .word(let word): return "has no \(word)"
        case .pattern(let pattern): return "is not like /\(pattern.text)/"
        case .compare(let comparison): return describe(comparison.field, field(comparison.field))
        }
    }
    private static func describe(_ name: String, _ value: FieldValue?) -> String {
        value.map { "\(name) is \($0)" } ?? "has no \(name)"
    }

    /// Whether `needle` (small letters) stands in `text`, without regard to case in ASCII.
    static func contains(_ text: String, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        var copy = text
        return copy.withUTF8 { bytes in
            guard bytes.count >= needle.count else { return false }
            for start in 0...bytes.count - needle.count where fold(bytes[start]) == first {
                var at = 1
                while at < needle.count, fold(bytes[start + at]) == needle[at] { at += 1 }
                if at == needle.count { return true }
            }
            return false
        }
    }
    static func fold(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
}

extension Expression.Comparison {
    /// Whether a field's value stands in the wanted relation to the operand. A field that is not there is unequal to
    /// everything and in no other relation.
    func holds(for value: FieldValue?) -> Bool {
        switch value {
        case nil: return how == .unequal
        case .list(let values):
            return how == .unequal ? values.allSatisfy { holds(for: $0) } : values.contains { holds(for: $0) }
        case .text(let text):
            if how == .matches { return operand.pattern?.matches(text) ?? false }
            let folded = text.lowercased()
            return related(folded, operand.text)
        case .number(let number): return related(number, operand.number)
        case .bytes(let bytes): return related(bytes, operand.bytes)
        case .duration(let micros): return related(micros, operand.duration)
        case .money(let micros): return related(micros, operand.money)
        }
    }

    private func related<T: Comparable>(_ value: T, _ operand: T?) -> Bool {
        guard let operand else { return how == .unequal }
        switch how {
        case .equal: return value == operand
        case .unequal: return value != operand
        case .less: return value < operand
        case .atMost: return value <= operand
        case .greater: return value > operand
        case .atLeast: return value >= operand
        case .matches: return false
        }
    }
}

extension FieldValue: CustomStringConvertible {
    /// The value as people read it.
    public var description: String {
        switch self {
        case .text(let text): text.isEmpty ? "empty" : text
        case .number(let number): Quantity.format(thousandths: number)
        case .bytes(let bytes): Quantity.format(bytes: bytes)
        case .duration(let micros): Quantity.format(Interval(microseconds: micros))
        case .money(let micros): Quantity.format(Money(micros: micros))
        case .list(let values): values.map(\.description).joined(separator: ",")
        }
    }
}
