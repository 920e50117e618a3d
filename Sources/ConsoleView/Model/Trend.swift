import ClusterModel
import ClusterSource

/// How the cluster went while this console looked at it: a few numbers every few seconds, for charts. It begins anew
/// when one goes back in time.
struct Trend: Sendable {
    /// Least time between two readings.
    static let interval = Interval.seconds(5)
    /// Most readings kept: an hour when live.
    static let limit = 720

    /// The numbers that are kept, oldest first; shares in thousandths, money in millionths an hour.
    private(set) var burn: [Int] = []
    private(set) var cpu: [Int] = []
    private(set) var mem: [Int] = []
    private(set) var gpu: [Int] = []
    private(set) var queue: [Int] = []
    private(set) var running: [Int] = []
    private(set) var nodes: [Int] = []
    /// When the oldest and the newest were read.
    private(set) var since = Instant.never
    private(set) var at = Instant.never

    /// Reads the numbers when the last reading is old enough.
    mutating func observe(_ frame: SourceFrame, _ summary: FrameSummary) {
        if frame.now < at { self = Trend() }
        guard at.isNever || frame.now - at >= Self.interval else { return }
        if since.isNever { since = frame.now }
        at = frame.now
        let state = frame.state
        func keep(_ value: Int, _ series: inout [Int]) {
            if series.count >= Self.limit { series.removeFirst(series.count - Self.limit + 1) }
            series.append(value)
        }
        keep(Int(clamping: state.burnPerHour), &burn)
        keep(Show.permille(summary.used.cpus, of: summary.total.cpus), &cpu)
        keep(Show.permille(summary.used.mem, of: summary.total.mem), &mem)
        keep(Show.permille(summary.used.gpus, of: summary.total.gpus), &gpu)
        keep(state.roles.reduce(0) { $0 + Int($1.queued) }, &queue)
        keep(state.roles.reduce(0) { $0 + Int($1.placed) }, &running)
        keep(summary.nodes, &nodes)
    }
}
