import ClusterModel

/// Sums over all nodes for header, gauges and the cost pane: one pass over the node table, at most once a second.
struct FrameSummary: Sendable {
    /// Present nodes.
    private(set) var nodes = 0
    /// Present nodes that take work.
    private(set) var ready = 0
    /// Nodes and machines on their way.
    private(set) var booting = 0
    /// Nodes that went quiet or are lost.
    private(set) var silent = 0
    /// Held by tasks.
    private(set) var used = ResourceVector.zero
    /// What nodes that are not lost declare.
    private(set) var total = ResourceVector.zero
    /// What tasks pay, by pool, millionths per hour.
    private(set) var paid: [Int64] = []
    private var stamp = PaneIndex.Stamp()
    private var madeAt = Instant.never

    /// Makes the sums anew when nodes have changed and the last ones are a second old.
    mutating func update(_ state: ClusterState, stamp: PaneIndex.Stamp, at now: Instant) {
        if stamp == self.stamp { return }
        if stamp.isLive, self.stamp.isLive, now >= madeAt, now - madeAt < PaneIndex.interval, nodes > 256 { return }
        self = FrameSummary()
        self.stamp = stamp
        madeAt = now
        paid = Array(repeating: 0, count: state.pools.count)
        for chunk in state.nodes.chunks {
            for row in chunk.rows where row.isPresent { add(row) }
        }
        booting += state.index.liveInstances.reduce(0) { $0 + (state.instances[$1.index].node.isNone ? 1 : 0) }
    }

    private mutating func add(_ row: NodeRow) {
        switch row.state {
        case .joining: booting += 1
        case .ready: (nodes, ready) = (nodes + 1, ready + 1)
        case .unreachable, .lost: (nodes, silent) = (nodes + 1, silent + 1)
        default: nodes += 1
        }
        used += row.used
        total += row.total
        if row.tasks > 0, row.pool.index < paid.count {
            paid[row.pool.index] += ClusterState.cost(of: row.used, on: row.total, pricePerHour: row.pricePerHour)
        }
    }

    /// What of a pool's rate no task pays for, millionths per hour.
    func idleRate(of pool: PoolID, _ state: ClusterState) -> Int64 {
        let rate = pool.index < state.pools.count ? state.pools[pool.index].meter.ratePerHour : 0
        return max(0, rate - (pool.index < paid.count ? paid[pool.index] : 0))
    }
}
