/// Reading JSON text. Strict: what RFC 8259 does not allow is refused.
extension JSONValue {
    /// The value that `bytes` hold; nil when they are not exactly one. Linear.
    init?(parsing bytes: some Collection<UInt8>) {
        var reader = Reader(bytes: Array(bytes))
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.at == reader.bytes.count else { return nil }
        self = value
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        mutating func skipSpace() {
            while at < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[at]) { at += 1 }
        }

        private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

        private mutating func take(_ wanted: UInt8) -> Bool {
            guard peek() == wanted else { return false }
            at += 1
            return true
        }

        private mutating func word(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
            let wanted = text.withUTF8Buffer { Array($0) }
            guard at + wanted.count <= bytes.count, bytes[at..<at + wanted.count].elementsEqual(wanted) else {
                return nil
            }
            at += wanted.count
            return value
        }

        mutating func value(depth: Int) -> JSONValue? {
            guard depth < JSONValue.depthLimit else { return nil }
            skipSpace()
            switch peek() {
            case UInt8(ascii: "{"): return object(depth)
            case UInt8(ascii: "["): return array(depth)
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "t"): return word("true", .bool(true))
            case UInt8(ascii: "f"): return word("false", .bool(false))
            case UInt8(ascii: "n"): return word("null", .null)
            default: return number()
            }
        }

        private mutating func object(_ depth: Int) -> JSONValue? {
            at += 1
            var members: [Member] = []
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object([]) }
            while true {
                skipSpace()
                guard peek() == UInt8(ascii: "\""), let name = string() else { return nil }
                skipSpace()
                guard take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
                members.append(Member(name: name, value: value))
                skipSpace()
                if take(UInt8(ascii: "}")) { return .object(members) }
                guard take(UInt8(ascii: ",")) else { return nil }
            }
        }

        private mutating func array(_ depth: Int) -> JSONValue? {
            at += 1
            var elements: [JSONValue] = []
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array([]) }
            while true {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
                skipSpace()
                if take(UInt8(ascii: "]")) { return .array(elements) }
                guard take(UInt8(ascii: ",")) else { return nil }
            }
        }

        private mutating func number() -> JSONValue? {
            let start = at
            _ = take(UInt8(ascii: "-"))
            while let byte = peek(), (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].contains(byte) {
                at += 1
            }
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            guard let last = text.utf8.last, (0x30...0x39).contains(last), Double(text) != nil else { return nil }
            return .number(text)
        }

        private mutating func string() -> String? {
            at += 1
            var result: [UInt8] = []
            while let byte = peek() {
                at += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
                case UInt8(ascii: "\\"): guard escape(into: &result) else { return nil }
                case 0..<0x20: return nil
                default: result.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into result: inout [UInt8]) -> Bool {
            guard let byte = peek() else { return false }
            at += 1
            switch byte {
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
            case UInt8(ascii: "u"):
                guard var code = unit() else { return false }
                if (0xd800..<0xdc00).contains(code), peek() == UInt8(ascii: "\\") {
                    at += 1
                    guard take(UInt8(ascii: "u")), let low = unit(), (0xdc00..<0xe000).contains(low) else {
                        return false
                    }
                    code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
                }
                guard let scalar = Unicode.Scalar(code) else { return false }
                result += Array(String(Character(scalar)).utf8)
            default: return false
            }
            return true
        }

        private mutating func unit() -> UInt32? {
            guard at + 4 <= bytes.count else { return nil }
            let text = String(decoding: bytes[at..<at + 4], as: UTF8.self)
            guard text.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d }), let code = UInt32(text, radix: 16) else {
                return nil
            }
            at += 4
            return code
        }
    }
}
