/// A condition in words: what a job requires of a node (`gpu=a100 and rack!=r3`) and what a console shows
/// (`cpu > 80 and pool=burst and not state=draining`). Compiled once, evaluated often.
public struct Expression: Hashable, Sendable {
    /// The text as it was written.
    public let text: String
    let root: Node

    /// Longest text, in bytes.
    public static let textLimit = 1_024
    /// Deepest nesting of parentheses and negations.
    public static let depthLimit = 32

    /// Reads `text`; an empty one holds for everything. `fields` are the names that may be asked for (nil = any), and
    /// a name that is not among them is refused with the nearest that is. Errors carry the column.
    public init(_ text: String, fields: [String]? = nil) throws(TextFault) {
        self.text = text
        var parser = try Parser(text, fields: fields)
        root = try parser.parse()
    }

    /// One step of the tree.
    indirect enum Node: Hashable, Sendable {
        case always
        case and([Node])
        case or([Node])
        case not(Node)
        case compare(Comparison)
        case word(String)
        case pattern(Pattern)
    }

    /// How two values are compared.
    enum Operator: String, Hashable, Sendable {
        case equal = "=", unequal = "!=", less = "<", atMost = "<=", greater = ">", atLeast = ">=", matches = "~"
    }

    /// A field, an operator and a value read in every unit in which it makes sense.
    struct Comparison: Hashable, Sendable {
        var field: String
        var how: Operator
        var operand: Operand
    }

    /// The right side of a comparison.
    struct Operand: Hashable, Sendable {
        /// As written, in small letters.
        var text: String
        /// In thousandths, if it is a number.
        var number: Int64?
        /// In bytes, if it is an amount.
        var bytes: Int64?
        /// In microseconds, if it is a span.
        var duration: Int64?
        /// In millionths, if it is money.
        var money: Int64?
        /// For `~` and `/.../`.
        var pattern: Pattern?
    }

    /// Names of fields that it asks for, in the order of their first use.
    public var fields: [String] {
        comparisons.reduce(into: []) { names, comparison in
            if !names.contains(comparison.field) { names.append(comparison.field) }
        }
    }

    /// Every comparison in it, in the order of the text.
    var comparisons: [Comparison] {
        var found: [Comparison] = []
        Self.collect(root, into: &found)
        return found
    }
    private static func collect(_ node: Node, into found: inout [Comparison]) {
        switch node {
        case .always, .word, .pattern: break
        case .and(let parts), .or(let parts): for part in parts { collect(part, into: &found) }
        case .not(let inner): collect(inner, into: &found)
        case .compare(let comparison): found.append(comparison)
        }
    }
}
