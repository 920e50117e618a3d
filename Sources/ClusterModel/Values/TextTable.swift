/// Names, interned: a text is stored once and rows hold its number. Append-only, for names that come from a bounded
/// world (nodes, roles, pools, users, attributes); a job's own texts stay with the job.
public struct TextTable: Sendable {
    /// The texts by number.
    public private(set) var table = Table<String>()
    /// Number by text; rebuilt on decoding.
    private var numbers: [String: UInt32] = [:]

    /// An empty table.
    public init() {}

    /// The text with this number; "" for none and for numbers that were never given.
    public subscript(id: TextID) -> String { table.contains(id.index) ? table[id.index] : "" }
    /// The number of `text`, if it is known. O(1).
    public func find(_ text: String) -> TextID? { numbers[text].map { TextID(raw: $0) } }

    /// The number of `text`, known or new. O(1) amortised.
    mutating func intern(_ text: String) -> TextID {
        if let known = numbers[text] { return TextID(raw: known) }
        let index = table.append(text)
        numbers[text] = UInt32(index)
        return TextID(index)
    }
    /// Takes a decoded table and rebuilds the look-up.
    mutating func restore(_ decoded: Table<String>) {
        table = decoded
        numbers = [:]
        for index in 0..<table.count { numbers[table[index]] = UInt32(index) }
    }
}
