/// Resources that are not scalars: ranges of numbers (ports) and sets of words (licences), by name. Kept sorted by name
/// and normalised, so that equal contents are equal values. Amounts are small: each operation is linear in the pieces.
public struct Extras: Hashable, Sendable {
    /// Most pieces one name may have on a node.
    public static let pieceLimit = 1_024

    /// Inclusive runs of numbers under one name, ascending, not touching.
    public struct Ranges: Hashable, Sendable {
        /// `ports` and the like.
        public var name = ""
        /// First and last numbers, alternating.
        public var bounds: [UInt64] = []
        /// An empty entry.
        public init() {}
        /// Runs under a name; `bounds` alternates first and last.
        public init(name: String, bounds: [UInt64]) {
            self.name = name
            self.bounds = bounds
        }
        /// How many numbers there are; the largest number when there are more.
        public var count: UInt64 {
            stride(from: 0, to: bounds.count, by: 2).reduce(0) { sum, at in
                let (rest, overflow) = sum.addingReportingOverflow(bounds[at + 1] - bounds[at])
                return overflow || rest == .max ? .max : rest + 1
            }
        }
    }
    /// Words under one name, ascending.
    public struct Words: Hashable, Sendable {
        /// `licences` and the like.
        public var name = ""
        /// The words, ascending, each once.
        public var items: [String] = []
        /// An empty entry.
        public init() {}
        /// Words under a name.
        public init(name: String, items: [String]) {
            self.name = name
            self.items = items.sorted()
        }
    }

    /// Ranges by name, ascending.
    public var ranges: [Ranges] = []
    /// Sets by name, ascending.
    public var words: [Words] = []

    /// Nothing.
    public init() {}
    /// Whether there is nothing in it.
    @inlinable public var isEmpty: Bool { ranges.isEmpty && words.isEmpty }

    /// Joins two disjoint amounts.
    public static func + (a: Extras, b: Extras) -> Extras {
        if b.isEmpty { return a }
        if a.isEmpty { return b }
        var sum = a
        for entry in b.ranges {
            let own = sum.ranges.first { $0.name == entry.name }?.bounds ?? []
            sum.set(Ranges(name: entry.name, bounds: Extras.joined(own, entry.bounds)))
        }
        for entry in b.words {
            let own = sum.words.first { $0.name == entry.name }?.items ?? []
            sum.set(Words(name: entry.name, items: own + entry.items))
        }
        return sum
    }

    /// What is left of `a` without the pieces of `b`, all of which `a` holds.
    public static func - (a: Extras, b: Extras) -> Extras {
        var rest = a
        for entry in b.ranges {
            guard let own = rest.ranges.first(where: { $0.name == entry.name }) else { continue }
            rest.set(Ranges(name: entry.name, bounds: Extras.removed(own.bounds, entry.bounds)))
        }
        for entry in b.words {
            guard let own = rest.words.first(where: { $0.name == entry.name }) else { continue }
            rest.set(Words(name: entry.name, items: own.items.filter { !entry.items.contains($0) }))
        }
        return rest
    }

    /// Whether every piece of `part` is in this.
    public func contains(_ part: Extras) -> Bool {
        (self - part) + part == self
    }

    /// The lowest `count` numbers under `name`, or nil when there are not so many.
    public func lowest(_ count: UInt64, of name: String) -> Extras? {
        if count == 0 { return Extras() }
        guard let own = ranges.first(where: { $0.name == name }), own.count >= count else { return nil }
        var taken: [UInt64] = []
        var left = count
        for at in stride(from: 0, to: own.bounds.count, by: 2) where left > 0 {
            let more = min(left - 1, own.bounds[at + 1] - own.bounds[at])
            taken += [own.bounds[at], own.bounds[at] + more]
            left -= more + 1
        }
        var result = Extras()
        result.set(Ranges(name: name, bounds: taken))
        return result
    }

    /// Puts an entry in its place by name; an empty one leaves.
    public mutating func set(_ entry: Ranges) {
        ranges.removeAll { $0.name == entry.name }
        guard !entry.bounds.isEmpty else { return }
        ranges.insert(entry, at: ranges.firstIndex { $0.name > entry.name } ?? ranges.count)
    }
    /// Puts an entry in its place by name; an empty one leaves.
    public mutating func set(_ entry: Words) {
        words.removeAll { $0.name == entry.name }
        guard !entry.items.isEmpty else { return }
        words.insert(entry, at: words.firstIndex { $0.name > entry.name } ?? words.count)
    }

    /// Sorted runs made one where they touch or overlap.
    public static func joined(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
        var runs: [(UInt64, UInt64)] = []
        for bounds in [a, b] {
            for at in stride(from: 0, to: bounds.count, by: 2) { runs.append((bounds[at], bounds[at + 1])) }
        }
        runs.sort { $0 < $1 }
        var result: [UInt64] = []
        for (low, high) in runs {
            if let last = result.last, low <= last || low - 1 == last {
                result[result.count - 1] = max(last, high)
            } else {
                result += [low, high]
            }
        }
        return result
    }

    private static func removed(_ whole: [UInt64], _ part: [UInt64]) -> [UInt64] {
        var result = whole
        for at in stride(from: 0, to: part.count, by: 2) {
            let (low, high) = (part[at], part[at + 1])
            var next: [UInt64] = []
            for run in stride(from: 0, to: result.count, by: 2) {
                let (first, last) = (result[run], result[run + 1])
                if last < low || first > high { next += [first, last]; continue }
                if first < low { next += [first, low - 1] }
                if last > high { next += [high + 1, last] }
            }
            result = next
        }
        return result
    }
}

extension Extras: Wired {
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&ranges, empty: Ranges()) { coder, entry in
            coder.text(&entry.name)
            coder.elements(&entry.bounds, empty: 0) { $0.uint(&$1) }
        }
        coder.elements(&words, empty: Words()) { coder, entry in
            coder.text(&entry.name)
            coder.texts(&entry.items)
        }
    }
}
