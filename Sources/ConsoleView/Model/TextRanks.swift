import ClusterModel

/// A name's first characters as numbers that compare in natural order: digits are led by how many they are.
struct NaturalKey: Sendable {
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// Characters, and counts of digits, that the key holds; names that agree in them are compared in full.
    static let length = 16

    init(_ name: String) {
        var name = name
        (high, low) = name.withUTF8 { Self.packed($0) }
    }

    private static func packed(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
        var (high, low, used, place): (UInt64, UInt64, Int, Int) = (0, 0, 0, 0)
        func put(_ byte: UInt8) {
            if used < 8 {
                high |= UInt64(byte) << UInt64(56 - 8 * used)
            } else if used < length {
                low |= UInt64(byte) << UInt64(120 - 8 * used)
            }
            used += 1
        }
        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
        while place < bytes.count, used < length {
            guard isDigit(bytes[place]) else {
                put(bytes[place])
                place += 1
                continue
            }
            while place < bytes.count, bytes[place] == 0x30 { place += 1 }
            var end = place
            while end < bytes.count, isDigit(bytes[end]) { end += 1 }
            // Longer numbers than one sign can count are left to the full comparison, and all that follows them.
            let count = min(end - place, 9)
            put(0x30 + UInt8(count))
            if count == 9 { break }
            while place < end {
                put(bytes[place])
                place += 1
            }
        }
        return (high, low)
    }

    /// Whether this name comes first; nil when the keys do not tell.
    func precedes(_ other: NaturalKey) -> Bool? {
        if high != other.high { return high < other.high }
        return low == other.low ? nil : low < other.low
    }
}

/// Places of the names in natural order, so that sorting rows by name compares numbers. New names are sorted and merged
/// into those that were there.
struct TextRanks: Sendable {
    private var ranks: [Int64] = []
    private var keys: [NaturalKey] = []
    private var order: [Int32] = []
    private var cluster = ""
    private var epoch: UInt64 = 0

    /// Brings the ranks up to date. O(n log n) for n new names and O(all) for the rest, and only when there are new
    /// ones.
    mutating func update(_ state: ClusterState) {
        let table = state.texts.table
        // Another core may have given the numbers to other names.
        if cluster != state.cluster || epoch != state.epoch || table.count < keys.count {
            self = TextRanks()
            cluster = state.cluster
            epoch = state.epoch
        }
        guard table.count != keys.count else { return }
        let known = keys.count
        keys.reserveCapacity(table.count)
        for index in known..<table.count { keys.append(NaturalKey(table[index])) }
        let (all, texts) = (keys, table)
        func precedes(_ a: Int32, _ b: Int32) -> Bool {
            all[Int(a)].precedes(all[Int(b)]) ?? NaturalOrder.precedes(texts[Int(a)], texts[Int(b)])
        }
        let new = (Int32(known)..<Int32(table.count)).sorted(by: precedes)
        order = known == 0 ? new : Self.merged(order, new, precedes)
        ranks = Array(repeating: 0, count: order.count)
        for (rank, index) in order.enumerated() { ranks[Int(index)] = Int64(rank) }
    }

    private static func merged(_ a: [Int32], _ b: [Int32], _ precedes: (Int32, Int32) -> Bool) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if precedes(b[j], a[i]) {
                result.append(b[j])
                j += 1
            } else {
                result.append(a[i])
                i += 1
            }
        }
        return result + a[i...] + b[j...]
    }

    /// A name's place; "none" comes first.
    subscript(id: TextID) -> Int64 { id.index < ranks.count ? ranks[id.index] : -1 }
}
