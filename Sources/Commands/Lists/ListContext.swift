import ClusterModel

/// What every list needs to name and date things: one picture of the cluster.
struct ListContext {
    var state: ClusterState
    var now: Instant
    /// How far local time is ahead of UTC, in seconds.
    var secondsFromUTC: @Sendable (Instant) -> Int64 = { _ in 0 }

    var currency: String { state.configuration.currency }

    /// A moment on the local clock.
    func clock(_ instant: Instant) -> String {
        instant.isNever ? "" : TimeText.local(instant, now: now, offset: secondsFromUTC(instant))
    }
    /// Time since an instant; nothing when it never was.
    func age(_ instant: Instant) -> ListValue {
        instant.isNever ? .none : .interval(max(.zero, now - instant))
    }
    /// A rate for a table: `0.11`.
    func rate(_ micros: Int64) -> String { Quantity.format(Money(micros: micros), currency: "") }
    /// An amount of a node or task in each custom scalar of the cluster.
    func scalars(_ vector: ResourceVector) -> [ListValue.Pair] {
        state.configuration.scalars.enumerated().compactMap { offset, name in
            let amount = vector.lanes[ResourceVector.firstCustomLane + offset]
            return amount == 0 ? nil : ListValue.Pair(name: name, value: .thousandths(amount))
        }
    }
    /// Used of total, as `1.5/4`.
    static func share(_ used: String, of total: String) -> String { "\(used)/\(total)" }

    /// Ports and words as JSON.
    static func extras(_ extras: Extras) -> ListValue {
        var pairs: [ListValue.Pair] = extras.ranges.map { ranges in
            let runs = stride(from: 0, to: ranges.bounds.count, by: 2).map { at in
                let (low, high) = (ranges.bounds[at], ranges.bounds[at + 1])
                return low == high ? "\(low)" : "\(low)-\(high)"
            }
            return ListValue.Pair(name: ranges.name, value: .words(runs))
        }
        pairs += extras.words.map { ListValue.Pair(name: $0.name, value: .words($0.items)) }
        return pairs.isEmpty ? .none : .pairs(pairs)
    }
}
