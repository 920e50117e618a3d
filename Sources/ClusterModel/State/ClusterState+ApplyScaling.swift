/// How events of the autoscaler and of money change the state.
extension ClusterState {
    mutating func apply(_ e: ScaleLooked) {
        scaling.isDirty = false
        scaling.lookedAt = now
        scaling.nextLook = e.nextLook
        scaling.unmetSince = e.unmetSince
        scaling.rounds += 1
        if let record = e.record { scaling.last = record }
    }

    mutating func apply(_ e: TypeRefused) {
        guard e.pool.index < pools.count else { return }
        var refusal = TypeRefusal()
        (refusal.type, refusal.until, refusal.count) = (texts.intern(e.type), e.until, e.count)
        pools[e.pool.index].refusals.removeAll { $0.type == refusal.type }
        pools[e.pool.index].refusals.append(refusal)
        pools[e.pool.index].refusals.sort { $0.type < $1.type }
    }

    mutating func apply(_ e: BudgetCrossed) {
        scaling.crossed.removeAll { $0.isSameLimit(as: e) }
        if e.isOver { scaling.crossed.append(e) }
    }

    /// Notes since when a node has been idle or hardly used. O(1) but for the pool's configuration.
    mutating func noteUse(of node: NodeID) {
        let row = nodes[node.index]
        let below = spec(of: row.pool)?.scaling.consolidateBelow ?? 0
        let isQuiet = (0..<8).allSatisfy { lane in
            row.total.lanes[lane] <= 0
                || Int128(row.used.lanes[lane]) * 1_000 <= Int128(row.total.lanes[lane]) * Int128(below)
        }
        nodes.update(node.index) {
            if row.tasks > 0 { $0.idleSince = .never } else if row.idleSince.isNever { $0.idleSince = now }
            if !isQuiet { $0.quietSince = .never } else if row.quietSince.isNever { $0.quietSince = now }
        }
    }

    /// The refusal in force of a type; nil when there is none.
    public func refusal(of type: String, in pool: PoolID, at now: Instant) -> TypeRefusal? {
        guard pool.index < pools.count, !pools[pool.index].refusals.isEmpty, let name = texts.find(type) else {
            return nil
        }
        return pools[pool.index].refusals.first { $0.type == name && $0.until > now }
    }
}

extension Event {
    /// Whether a round of the autoscaler may come to another result after it.
    var swaysScaling: Bool {
        switch self {
        case .configured, .autoscaler, .coreStarted, .ending, .store, .poolChanged, .instanceWished, .instanceChanged,
            .nodeRegistered, .nodeChanged, .jobSubmitted, .jobChanged, .taskLaunched, .taskEnded, .taskRequeued,
            .typeRefused, .demandTold:
            true
        default: false
        }
    }
}
