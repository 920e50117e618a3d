import Synchronization

/// What the interface counts of itself.
final class APICounters: Sendable {
    private let scheduler = Atomic<UInt64>(0)
    private let operate = Atomic<UInt64>(0)
    private let reads = Atomic<UInt64>(0)
    private let cut = Atomic<UInt64>(0)

    func count(_ route: APIRouter.Route) {
        switch route {
        case .scheduler: scheduler.wrappingAdd(1, ordering: .relaxed)
        case .operate: operate.wrappingAdd(1, ordering: .relaxed)
        default: reads.wrappingAdd(1, ordering: .relaxed)
        }
    }
    /// A slow reader was cut off.
    func countCut() { cut.wrappingAdd(1, ordering: .relaxed) }

    /// Calls of frameworks so far.
    var schedulerCalls: UInt64 { scheduler.load(ordering: .relaxed) }
    /// Calls of operators so far.
    var operatorCalls: UInt64 { operate.load(ordering: .relaxed) }

    /// The counts in the Prometheus text format.
    func text(_ streams: FrameworkStreams) -> String {
        var text = ""
        func add(_ name: String, _ kind: String, _ help: String, _ samples: [(String, UInt64)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
            for (labels, value) in samples { text += "\(name)\(labels) \(value)\n" }
        }
        add(
            "bellows_api_requests_total", "counter", "Requests to the interface.",
            [
                ("{endpoint=\"scheduler\"}", schedulerCalls), ("{endpoint=\"operator\"}", operatorCalls),
                ("{endpoint=\"older\"}", reads.load(ordering: .relaxed)),
            ])
        add(
            "bellows_api_streams", "gauge", "Open event streams to frameworks.", [("", UInt64(streams.count))])
        add(
            "bellows_api_cut_off_total", "counter", "Streams cut off because their readers were too slow.",
            [("", cut.load(ordering: .relaxed))])
        return text
    }
}
