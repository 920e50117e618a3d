import ClusterModel

/// Names in the order in which people count: `node2` before `node10`.
public enum NaturalOrder {
    /// Whether `a` comes before `b`: digits compare as numbers, everything else byte by byte.
    public static func precedes(_ a: String, _ b: String) -> Bool {
        var a = a
        var b = b
        return a.withUTF8 { left in b.withUTF8 { right in compare(left, right) } } < 0
    }

    private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let (left, right) = (run(a, from: i), run(b, from: j))
                let lengths = left.digits.count - right.digits.count
                if lengths != 0 { return lengths }
                for (x, y) in zip(left.digits, right.digits) where a[x] != b[y] { return Int(a[x]) - Int(b[y]) }
                i = left.end
                j = right.end
            } else {
                if a[i] != b[j] { return Int(a[i]) - Int(b[j]) }
                i += 1
                j += 1
            }
        }
        return (a.count - i) - (b.count - j)
    }

    /// The digits that start at `start` without leading zeros, and where they end.
    private static func run(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> (digits: Range<Int>, end: Int) {
        var first = start
        var end = start
        while end < text.count, isDigit(text[end]) { end += 1 }
        while first < end, text[first] == UInt8(ascii: "0") { first += 1 }
        return (first..<end, end)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
