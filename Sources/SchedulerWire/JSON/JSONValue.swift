/// A JSON text as a tree. Numbers keep their digits, so that 64 bits are not lost on the way.
public indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The digits as they stood.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; of equal names the last one counts.
    case object([(name: String, value: JSONValue)])

    /// The value called `name`, when this is an object that has one.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text, when this is one.
    public var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The elements, when this is an array.
    public var elements: [JSONValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The number, when this is one.
    public var double: Double? {
        if case .number(let digits) = self { return Double(digits) }
        return nil
    }

    /// What stands in messages about it.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
