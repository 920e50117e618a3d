/// Standard base64 with padding, as the wire's JSON has bytes.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in letters.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()

    static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var at = 0
        while at < bytes.count {
            let left = bytes.count - at
            let (a, b, c) = (bytes[at], left > 1 ? bytes[at + 1] : 0, left > 2 ? bytes[at + 2] : 0)
            output.append(letters[Int(a >> 2)])
            output.append(letters[Int((a & 3) << 4 | b >> 4)])
            output.append(left > 1 ? letters[Int((b & 15) << 2 | c >> 6)] : UInt8(ascii: "="))
            output.append(left > 2 ? letters[Int(c & 63)] : UInt8(ascii: "="))
            at += 3
        }
    }

    /// The bytes of `text`; nil when it is not base64 with its padding.
    static func decode(_ text: String) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(letters.count / 4 * 3)
        for start in stride(from: 0, to: letters.count, by: 4) {
            let isLast = start + 4 == letters.count
            let padding = isLast ? (letters[start + 3] == 0x3D ? (letters[start + 2] == 0x3D ? 2 : 1) : 0) : 0
            var bits: UInt32 = 0
            for place in 0..<4 {
                if place >= 4 - padding {
                    bits <<= 6
                    continue
                }
                let value = values[Int(letters[start + place])]
                guard value != 0xFF else { return nil }
                bits = bits << 6 | UInt32(value)
            }
            output.append(UInt8(truncatingIfNeeded: bits >> 16))
            if padding < 2 { output.append(UInt8(truncatingIfNeeded: bits >> 8)) }
            if padding < 1 { output.append(UInt8(truncatingIfNeeded: bits)) }
        }
        return output
    }
}
