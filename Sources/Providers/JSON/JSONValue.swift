/// A JSON value with objects in their written order and numbers as they were written: what Terraform says and what its
/// input file holds. Enough for machine-made text; nothing of it decides anything but here.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name with its value.
    struct Member: Equatable, Sendable {
        var name: String
        var value: JSONValue
    }

    /// Deepest nesting that is read.
    static let depthLimit = 64

    /// The value under `name`, when this is an object that has it.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
    /// The text, when it is one.
    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }
    /// The truth value, when it is one.
    var flag: Bool? {
        if case .bool(let flag) = self { return flag }
        return nil
    }
    /// The number, when it is a whole one.
    var int: Int? {
        if case .number(let text) = self { return Int(text) }
        return nil
    }
    /// The members, when it is an object.
    var members: [Member]? {
        if case .object(let members) = self { return members }
        return nil
    }
    /// The elements, when it is an array.
    var elements: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The value as text without white space, or over several lines with `indent` given.
    func text(indent: Int? = nil) -> String {
        let (line, inner) = (indent.map { "\n" + String(repeating: " ", count: $0) } ?? "", indent.map { $0 + 2 })
        let open = inner.map { "\n" + String(repeating: " ", count: $0) } ?? ""
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return Self.quoted(text)
        case .array(let elements):
            if elements.isEmpty { return "[]" }
            return "[" + open + elements.map { $0.text(indent: inner) }.joined(separator: "," + open) + line + "]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let colon = indent == nil ? ":" : ": "
            let words = members.map { Self.quoted($0.name) + colon + $0.value.text(indent: inner) }
            return "{" + open + words.joined(separator: "," + open) + line + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
