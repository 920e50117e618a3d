/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and a value, so that a world can be copied with its future.
public struct SeededRandom: Sendable {
    private var state: UInt64

    /// A stream of numbers that is the same for the same seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    /// A number in `range`; the tiny bias of the remainder does not matter here.
    public mutating func number(in range: ClosedRange<Int64>) -> Int64 {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next() % width)
    }
    /// True once in `n` times.
    public mutating func once(in n: Int64) -> Bool { n > 0 && number(in: 1...n) == 1 }
    /// One of the elements; nil when there are none.
    public mutating func pick<C: RandomAccessCollection>(_ elements: C) -> C.Element? {
        guard !elements.isEmpty else { return nil }
        let offset = Int(number(in: 0...Int64(elements.count - 1)))
        return elements[elements.index(elements.startIndex, offsetBy: offset)]
    }
}
