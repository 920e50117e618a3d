import ClusterModel

/// A row's place in an order: groups stay together whatever is sorted by, then the column's key, then the thing.
struct IndexEntry: Sendable {
    /// Rows of a lower group come first, also when the order is reversed.
    var group: UInt8 = 0
    /// The column's value, as a number that sorts.
    var sort: Int64
    /// The thing.
    var key: RowKey
}

/// The rows of a pane in order, without anything formatted. Made anew only when a table has changed, and while the
/// picture is live at most once a second (less often for very long tables).
struct PaneIndex: Sendable {
    /// What the order was made from; equal stamps give equal orders.
    struct Stamp: Hashable, Sendable {
        var cluster = ""
        var sequence: UInt64 = 0
        var change: UInt64 = 0
        var isLive = false
    }

    /// The rows that pass the filter, in order.
    private(set) var keys: [RowKey] = []
    /// Rows before the filter.
    private(set) var total = 0
    /// From what it was made.
    private(set) var stamp = Stamp()
    /// When it was made, on the frame's clock.
    private(set) var madeAt = Instant.never
    /// How often it was made; for tests and statistics.
    private(set) var builds = 0

    /// Least time between two orders of a live table.
    static let interval = Interval.seconds(1)
    /// Rows beyond which the time between two orders grows in proportion.
    static let quickRows = 50_000

    /// Whether a new order is due.
    func isDue(_ stamp: Stamp, at now: Instant) -> Bool {
        if stamp == self.stamp { return false }
        guard stamp.isLive, self.stamp.isLive, stamp.cluster == self.stamp.cluster else { return true }
        let wait = Self.interval * max(1, Int64(total / Self.quickRows))
        return now < madeAt || now - madeAt >= wait
    }

    /// Puts `entries` in order. O(n log n) in comparisons of numbers.
    mutating func build(
        _ entries: [IndexEntry], total: Int, reversed: Bool, stamp: Stamp, at now: Instant
    ) {
        let sorted = entries.sorted {
            if $0.group != $1.group { return $0.group < $1.group }
            if $0.sort != $1.sort { return ($0.sort < $1.sort) != reversed }
            if $0.key.major != $1.key.major { return $0.key.major < $1.key.major }
            return $0.key.minor < $1.key.minor
        }
        keys = sorted.map(\.key)
        self.total = total
        self.stamp = stamp
        madeAt = now
        builds += 1
    }
}
