import ClusterModel

/// What a run of a workload came to: waits, slowdown, utilisation, nodes, decisions. Integers only.
public struct TraceTally: Sendable {
    /// Jobs of the workload.
    public internal(set) var jobs: Int
    /// Jobs that were refused.
    public internal(set) var refused = 0
    /// Jobs that ended.
    public private(set) var ended = 0
    /// Waits of jobs that started, milliseconds.
    public private(set) var waits: [Int64] = []
    /// Bounded slowdowns of jobs that ended, thousandths: (wait + run) / max(run, 10 s), at least 1.
    public private(set) var slowdowns: [Int64] = []
    /// Machines wished for.
    public internal(set) var bought = 0
    /// Nodes sent away.
    public internal(set) var returned = 0
    /// Rounds of the autoscaler.
    public internal(set) var rounds = 0
    /// Rounds that came to something new.
    public private(set) var decisions = 0
    /// Budgets crossed.
    public internal(set) var crossings = 0
    /// How often each reason stood in the way of waiting work in those.
    public private(set) var reasons: [ReasonCount] = []
    /// When the first job was submitted and the last one ended.
    public private(set) var finished = Instant.never
    /// Cpus in use and offered by ready nodes, thousandths x milliseconds.
    public private(set) var cpuUsed: Int128 = 0
    /// Cpus of ready nodes, thousandths x milliseconds.
    public private(set) var cpuReady: Int128 = 0
    /// Ready nodes x milliseconds.
    public private(set) var nodeTime: Int128 = 0
    /// How long each number of nodes was ready, milliseconds.
    public private(set) var timeAtNodes: [Int: Int64] = [:]
    /// Nodes over time: at most `sampleLimit` equal steps, for a chart.
    public private(set) var steps: [(at: Instant, nodes: Int, queued: Int)] = []
    private var stepEvery = Interval.minutes(10)
    private var last: Instant
    private let start: Instant

    /// Most steps of nodes over time; when there are more, every other one goes.
    public static let sampleLimit = 512

    init(jobs: Int, start: Instant) {
        self.jobs = jobs
        self.start = start
        last = start
    }

    /// Counts what was in force from the last moment to `now`.
    mutating func pass(to now: Instant, _ state: ClusterState) {
        let span = (now - last).milliseconds
        guard span > 0 else { return }
        last = last + .milliseconds(span)
        var (used, ready, nodes): (Int64, Int64, Int) = (0, 0, 0)
        for slot in 0..<state.nodes.count {
            let row = state.nodes[slot]
            guard row.isPresent, row.state != .joining else { continue }
            used += row.used.cpus
            ready += row.total.cpus
            nodes += 1
        }
        guard ended + refused < jobs else { return }
        cpuUsed += Int128(used) * Int128(span)
        cpuReady += Int128(ready) * Int128(span)
        nodeTime += Int128(nodes) * Int128(span)
        timeAtNodes[nodes, default: 0] += span
        if steps.last.map({ now - $0.at >= stepEvery }) ?? true {
            steps.append((now, nodes, state.roles.reduce(0) { $0 + Int($1.queued) }))
            if steps.count > Self.sampleLimit {
                steps = steps.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                stepEvery = stepEvery * 2
            }
        }
    }

    mutating func started(_ row: JobRow, at now: Instant) { waits.append((now - row.submittedAt).milliseconds) }

    mutating func ended(_ row: JobRow, run: Interval) {
        ended += 1
        finished = max(finished, row.endedAt)
        let stay = (row.endedAt - row.submittedAt).milliseconds
        slowdowns.append(max(1_000, Int64(clamping: Int128(stay) * 1_000 / Int128(max(10_000, run.milliseconds)))))
    }

    mutating func note(_ record: ScaleRecord) {
        decisions += 1
        for line in record.demands where line.unmet > 0 {
            if let at = reasons.firstIndex(where: { $0.code == line.reason.code }) {
                reasons[at].count += 1
            } else {
                reasons.append(ReasonCount(line.reason.code, 1))
            }
        }
    }

    /// From the start to the end of the last job.
    public var span: Interval { finished.isNever ? .zero : finished - start }
    /// The value below which `share` thousandths of `values` lie, by nearest rank; 0 when there are none.
    public static func percentile(_ values: [Int64], _ share: Int) -> Int64 {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, max(0, (sorted.count * share + 999) / 1_000 - 1))]
    }
    /// The mean, rounded down; 0 when there are none.
    public static func mean(_ values: [Int64]) -> Int64 {
        values.isEmpty ? 0 : Int64(clamping: values.reduce(Int128(0)) { $0 + Int128($1) } / Int128(values.count))
    }
    /// Share of ready cpus in use while there was work, thousandths.
    public var utilisation: Int64 { cpuReady == 0 ? 0 : Int64(clamping: cpuUsed * 1_000 / cpuReady) }
    /// Ready nodes on average while there was work, thousandths.
    public var meanNodes: Int64 {
        let span = timeAtNodes.values.reduce(Int128(0)) { $0 + Int128($1) }
        return span == 0 ? 0 : Int64(clamping: nodeTime * 1_000 / span)
    }
    /// Most nodes that were ready at once.
    public var mostNodes: Int { timeAtNodes.keys.max() ?? 0 }
    /// Fewest nodes that were ready at once.
    public var fewestNodes: Int { timeAtNodes.keys.min() ?? 0 }
}
