/// A set of nodes, one bit a slot: looked through in ascending order at 64 slots a step.
public struct NodeSet: Sendable, Equatable {
    private var words: [UInt64] = []

    /// The empty set.
    public init() {}

    /// Puts a node in or takes it out. O(1).
    mutating func set(_ node: NodeID, _ isIn: Bool) {
        let word = node.index >> 6
        if word >= words.count {
            guard isIn else { return }
            words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
        }
        let bit = UInt64(1) << UInt64(node.index & 63)
        if isIn { words[word] |= bit } else { words[word] &= ~bit }
    }

    /// Whether the node is in it. O(1).
    public func contains(_ node: NodeID) -> Bool {
        let word = node.index >> 6
        return word < words.count && words[word] & UInt64(1) << UInt64(node.index & 63) != 0
    }

    /// The first node at or after `slot`; nil when there is none. O(slots passed over / 64).
    public func first(from slot: Int) -> NodeID? {
        var word = slot >> 6
        guard word < words.count else { return nil }
        var bits = words[word] & (~UInt64(0) << UInt64(slot & 63))
        while bits == 0 {
            word += 1
            guard word < words.count else { return nil }
            bits = words[word]
        }
        return NodeID(word << 6 + bits.trailingZeroBitCount)
    }

    /// The same members, however long the sets have been.
    public static func == (a: NodeSet, b: NodeSet) -> Bool {
        let common = min(a.words.count, b.words.count)
        return a.words[..<common] == b.words[..<common] && a.words[common...].allSatisfy { $0 == 0 }
            && b.words[common...].allSatisfy { $0 == 0 }
    }
}
