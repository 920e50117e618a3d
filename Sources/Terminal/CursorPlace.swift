// Where the cursor stands, as far as the bytes of the frames tell.

/// Follows the cursor through a frame. What is not understood makes the place unknown until it is set absolutely.
struct CursorPlace {
    /// Columns of the screen; 0 when nobody said.
    var columns = 0
    /// Row and column of the next character, from 1; nil when unknown.
    private(set) var row: Int?
    private(set) var column: Int?

    /// Most rows that are gone down by line feeds.
    static let feedLimit = 3

    /// Nothing is known.
    mutating func forget() { (row, column) = (nil, nil) }

    /// Follows a byte outside of sequences.
    mutating func take(_ byte: UInt8) {
        switch byte {
        case 0x08: column = column.map { max(1, $0 - 1) }
        case 0x0A: row = row.map { $0 + 1 }
        case 0x0D: column = 1
        case 0x20..<0x7F: column = column.map { $0 + 1 }
        case 0x80..<0xC0: break
        // A tab's stops and a character's width are the terminal's business.
        default: column = nil
        }
    }

    /// Follows a control sequence; answers how many line feeds would do the same, when a few do.
    mutating func take(_ parameters: ArraySlice<UInt8>, _ final: UInt8) -> Int? {
        switch final {
        case 0x6D, 0x4A, 0x4B, 0x58: return nil
        default: break
        }
        guard parameters.allSatisfy({ $0 >= 0x30 && $0 <= 0x3B && $0 != 0x3A }) else {
            forget()
            return nil
        }
        let numbers = parameters.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
            max(1, digits.prefix(5).reduce(0) { $0 * 10 + Int($1) - 0x30 })
        }
        let first = numbers.first ?? 1
        switch final {
        case 0x48, 0x66: (row, column) = (first, numbers.count > 1 ? numbers[1] : 1)
        case 0x64:
            defer { row = first }
            // In the last column the terminal waits to wrap: nobody agrees what a line feed does there.
            guard let row, let column, column <= columns, (1...Self.feedLimit).contains(first - row) else { return nil }
            return first - row
        case 0x47: column = first
        case 0x41: row = row.map { max(1, $0 - first) }
        case 0x42: row = row.map { $0 + first }
        case 0x43: column = column.map { $0 + first }
        case 0x44: column = column.map { max(1, $0 - first) }
        case 0x62: column = column.map { $0 + first }
        default: forget()
        }
        return nil
    }
}
