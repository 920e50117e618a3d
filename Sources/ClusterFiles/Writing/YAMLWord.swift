/// Text as a YAML scalar that reads back as the same text.
enum YAMLWord {
    /// `text`, in quotes where it could be taken for something else.
    static func quoted(_ text: String, inList: Bool = false) -> String {
        if isPlain(text, inList: inList) { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func isPlain(_ text: String, inList: Bool) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        let signs = "-?:,[]{}#&*!|>'\"%@`= "
        guard !signs.utf8.contains(first), last != UInt8(ascii: " "), last != UInt8(ascii: ":") else { return false }
        if text.contains(": ") || text.contains(" #") { return false }
        if inList, text.utf8.contains(where: { ",[]{}".utf8.contains($0) }) { return false }
        return text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && $0.value < 0xD800 && !(0x80...0x9F ~= $0.value)
        }
    }
}
