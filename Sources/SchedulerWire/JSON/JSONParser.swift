/// A text that is not JSON, and where it stops being so.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in the words that clients of this interface know.
    public var description: String
}

/// Reads JSON texts: strict, bounded in depth, one pass.
public struct JSONParser {
    /// Arrays and objects inside each other.
    public static let deepest = 64

    private let bytes: [UInt8]
    private var at = 0

    /// Reads `bytes` as one JSON text.
    public static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.fault() }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault() -> JSONFault {
        let before = bytes[..<min(at, bytes.count)]
        let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let rest = bytes[before.endIndex...].prefix { $0 != 0x0A }.prefix(120)
        return JSONFault(description: "syntax error at line \(line) near: \(String(decoding: rest, as: UTF8.self))")
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
            at += 1
        }
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth <= Self.deepest else {
            throw JSONFault(description: "syntax error: more than \(Self.deepest) arrays and objects inside each other")
        }
        skipSpace()
        guard at < bytes.count else { throw fault() }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONFault) {
        for place in 0..<word.utf8CodeUnitCount {
            guard at < bytes.count, bytes[at] == word.utf8Start[place] else { throw fault() }
            at += 1
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        at += 1
        var members: [(name: String, value: JSONValue)] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault() }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault() }
            members.append((name, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault() }
        }
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        at += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault() }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func digits() -> Int {
        let start = at
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
        return at - start
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let first = at
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[first] != 0x30 else { throw fault() }
        if take(UInt8(ascii: ".")) { guard digits() > 0 else { throw fault() } }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw fault() }
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func string() throws(JSONFault) -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 {
            at += 1
        }
        guard at < bytes.count else { throw fault() }
        if bytes[at] == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw fault() }
            at += 1
            return text
        }
        var buffer = Array(bytes[start..<at])
        while true {
            guard at < bytes.count, bytes[at] >= 0x20 else { throw fault() }
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { try escape(into: &buffer) } else { buffer.append(byte) }
        }
        guard let text = String(validating: buffer, as: UTF8.self) else { throw fault() }
        return text
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONFault) {
        guard at < bytes.count else { throw fault() }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hex()
            if unit >= 0xD800, unit < 0xDC00 {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault() }
                let low = try hex()
                guard low >= 0xDC00, low < 0xE000 else { throw fault() }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault() }
            buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
        default:
            at -= 1
            throw fault()
        }
    }

    private mutating func hex() throws(JSONFault) -> UInt32 {
        guard at + 4 <= bytes.count else { throw fault() }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[at]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw fault()
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
