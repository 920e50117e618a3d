/// JSON to the binary form, field by field of the table. The rules are those of the reference: unknown fields are
/// passed over, null is absent, an unknown name of an optional enumeration is absent, a single value stands for a list
/// of one, numbers may come as text; anything else of the wrong kind is refused.
struct WireFromJSON {
    /// The binary form so far.
    private var output: [UInt8] = []
    /// Required fields that were not there, by their paths.
    private var missing: [String] = []
    private let schema = WireSchema.shared

    /// `value` as a message called `name`.
    static func convert(_ value: JSONValue, to name: String) throws(WireFault) -> [UInt8] {
        guard case .object(let members) = value else { throw WireFault(.conversion, "Expecting a JSON object") }
        var mapper = WireFromJSON()
        try mapper.message(members, mapper.schema.place(of: name), path: "")
        guard mapper.missing.isEmpty else {
            throw WireFault(.conversion, "Missing required fields: \(mapper.missing.joined(separator: ", "))")
        }
        return mapper.output
    }

    private mutating func message(
        _ members: [(name: String, value: JSONValue)], _ place: Int, path: String
    ) throws(WireFault) {
        let message = schema.messages[place]
        var values = [JSONValue?](repeating: nil, count: message.fields.count)
        for member in members {
            if let field = message.places[member.name] { values[field] = member.value }
        }
        for (field, value) in zip(message.fields, values) {
            let start = output.count
            if let value { try set(field, value, path: path) }
            if field.label == .required, output.count == start, missing.count < WireFault.mostMissing {
                missing.append(path + field.name)
            }
        }
    }

    private mutating func set(_ field: WireSchema.Field, _ value: JSONValue, path: String) throws(WireFault) {
        if case .null = value { return }
        if case .map(let kind) = field.kind {
            guard case .object(let members) = value else { throw unexpected(value, field) }
            for member in members { try entry(field, kind, member.name, member.value, path: path) }
            return
        }
        if case .array(let elements) = value {
            guard field.label == .repeated else { throw unexpected(value, field) }
            for (index, element) in elements.enumerated() {
                try one(field, field.kind, field.number, element, path: "\(path)\(field.name)[\(index)].")
            }
            return
        }
        let inside = field.label == .repeated ? "\(path)\(field.name)[0]." : "\(path)\(field.name)."
        try one(field, field.kind, field.number, value, path: inside)
    }

    private mutating func entry(
        _ field: WireSchema.Field, _ kind: WireSchema.Kind, _ name: String, _ value: JSONValue, path: String
    ) throws(WireFault) {
        tag(field.number, 2)
        let start = output.count
        tag(1, 2)
        text(name)
        try one(field, kind, 2, value, path: "\(path)\(field.name)[\(name)].")
        insertLength(at: start)
    }

    private mutating func one(
        _ field: WireSchema.Field, _ kind: WireSchema.Kind, _ number: Int, _ value: JSONValue, path: String
    ) throws(WireFault) {
        switch (value, kind) {
        case (.null, _): return
        case (.object(let members), .message(let place)):
            tag(number, 2)
            let start = output.count
            try message(members, place, path: path)
            insertLength(at: start)
        case (.bool(let value), .bool):
            tag(number, 0)
            output.append(value ? 1 : 0)
        case (.string(let value), .string):
            tag(number, 2)
            text(value)
        case (.string(let value), .bytes):
            guard let bytes = Base64.decode(value) else {
                throw WireFault(.conversion, "Failed to base64 decode bytes field '\(field.name)'")
            }
            tag(number, 2)
            varint(UInt64(bytes.count))
            output += bytes
        case (.string(let value), .enumeration(let place)):
            guard let value = schema.enums[place].numbers[value] else { return }
            tag(number, 0)
            varint(UInt64(bitPattern: Int64(value)))
        case (.number(let digits), _), (.string(let digits), _): try self.number(field, kind, number, digits, value)
        default: throw unexpected(value, field)
        }
    }

    private mutating func number(
        _ field: WireSchema.Field, _ kind: WireSchema.Kind, _ number: Int, _ digits: String, _ value: JSONValue
    ) throws(WireFault) {
        let words = WireFault(
            .conversion, "Field '\(field.name)' is out of range or not a number: \(digits.prefix(40))")
        switch kind {
        case .double, .float:
            guard let value = Double(digits), value.isFinite else { throw words }
            if kind == .double {
                tag(number, 1)
                fixed(value.bitPattern, 8)
            } else {
                tag(number, 5)
                fixed(UInt64(Float(value).bitPattern), 4)
            }
        case .int32, .int64:
            guard let value = Int64(digits) ?? Double(digits).flatMap({ Int64(exactly: $0.rounded(.towardZero)) }),
                kind == .int64 || Int32(exactly: value) != nil
            else { throw words }
            tag(number, 0)
            varint(UInt64(bitPattern: value))
        case .uint32, .uint64:
            guard let value = UInt64(digits) ?? Double(digits).flatMap({ UInt64(exactly: $0.rounded(.towardZero)) }),
                kind == .uint64 || UInt32(exactly: value) != nil
            else { throw words }
            tag(number, 0)
            varint(value)
        default: throw unexpected(value, field)
        }
    }

    private func unexpected(_ value: JSONValue, _ field: WireSchema.Field) -> WireFault {
        WireFault(.conversion, "Not expecting a JSON \(value.kindName) for field '\(field.name)'")
    }

    // MARK: Bytes

    private mutating func tag(_ number: Int, _ type: UInt64) { varint(UInt64(number) << 3 | type) }

    private mutating func text(_ text: String) {
        varint(UInt64(text.utf8.count))
        output += text.utf8
    }

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        output.append(UInt8(value))
    }

    private mutating func fixed(_ value: UInt64, _ count: Int) {
        for place in 0..<count { output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
    }

    /// Puts the length of what was written since `start` in front of it.
    private mutating func insertLength(at start: Int) {
        var length = UInt64(output.count - start)
        var bytes: [UInt8] = []
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        output.insert(contentsOf: bytes, at: start)
    }
}
