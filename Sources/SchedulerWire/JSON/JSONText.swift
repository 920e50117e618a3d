/// Pieces of JSON text, as the wire writes them: shortest digits that read back the same, no needless escapes.
public enum JSONText {
    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends a number with its decimal point. What is no number at all is 0.0.
    public static func append(_ value: Double, to output: inout [UInt8]) {
        output += (value.isFinite ? "\(value)" : "0.0").utf8
    }

    /// Appends a quoted text.
    public static func append(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &output) }
    }

    /// Appends UTF-8 bytes as a quoted text.
    static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var start = 0
        for at in 0..<bytes.count {
            let byte = bytes[at]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            output += bytes[start..<at]
            start = at + 1
            output.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
            case 0x08: output.append(UInt8(ascii: "b"))
            case 0x0C: output.append(UInt8(ascii: "f"))
            case 0x0A: output.append(UInt8(ascii: "n"))
            case 0x0D: output.append(UInt8(ascii: "r"))
            case 0x09: output.append(UInt8(ascii: "t"))
            default: output += [0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        output += bytes[start..<bytes.count]
        output.append(UInt8(ascii: "\""))
    }
}
