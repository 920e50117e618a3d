/// Keeps a small file from standing for a huge one. Aliases are copied while nodes are composed, also as keys, which
/// are hashed; so the bound is taken from the text, before anything is composed.
enum AliasBudget {
    /// Most copies that anchors within anchors may come to.
    static let copyLimit = 100_000

    /// Whether the text's anchors stay within bounds. Only aliases within an anchor's own node multiply: with `a` such
    /// anchors and `u` such aliases no value can be repeated more than (u/a + 1)^a times. Text that only looks like
    /// them counts too, but a `*word` counts only where there is an `&word`. Linear in the text but for the anchors
    /// that are open at once.
    static func allows(_ text: String) -> Bool {
        let lines = text.utf8.split(omittingEmptySubsequences: true) { $0 == newline || $0 == carriageReturn }
        let names = Set(lines.flatMap { words(after: UInt8(ascii: "&"), in: $0) })
        if names.isEmpty { return true }
        var open: [(indent: Int, takesDashes: Bool, uses: Int)] = []
        var uses: [Int] = []
        var depth = 0
        for line in lines {
            let indent = line.prefix { $0 == UInt8(ascii: " ") }.count
            let startsWithDash = line.dropFirst(indent).first == UInt8(ascii: "-")
            if depth == 0 {
                while let last = open.last,
                    indent < last.indent || indent == last.indent && !(startsWithDash && last.takesDashes)
                {
                    uses.append(last.uses)
                    open.removeLast()
                }
            }
            let inside = words(after: UInt8(ascii: "*"), in: line).count { names.contains($0) }
            for _ in words(after: UInt8(ascii: "&"), in: line) { open.append((indent, !startsWithDash, 0)) }
            if inside > 0 { for at in open.indices { open[at].uses += inside } }
            depth = max(0, depth + brackets(line))
        }
        return copies(uses + open.map(\.uses)) <= copyLimit
    }

    private static func copies(_ uses: [Int]) -> Int {
        let nested = uses.filter { $0 > 0 }
        var product = 1
        for count in nested where product <= copyLimit { product *= min(count, copyLimit) + 1 }
        return product
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Opening minus closing brackets; while more are open, indentation ends nothing.
    private static func brackets(_ line: Substring.UTF8View) -> Int {
        line.reduce(0) { sum, byte in
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): sum + 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): sum - 1
            default: sum
            }
        }
    }

    private static func words(after sign: UInt8, in line: Substring.UTF8View) -> [Substring] {
        var found: [Substring] = []
        var before = newline
        var index = line.startIndex
        while index < line.endIndex {
            let next = line.index(after: index)
            if line[index] == sign, opens(before) {
                var end = next
                while end < line.endIndex, isNamePart(line[end]) { end = line.index(after: end) }
                if end > next { found.append(Substring(line[next..<end])) }
            }
            before = line[index]
            index = next
        }
        return found
    }

    private static func opens(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), newline, UInt8(ascii: "\t"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "?"):
            true
        default: byte >= 0x80
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
        return isDigit || isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
