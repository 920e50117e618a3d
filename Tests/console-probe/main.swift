// A console on a made-up cluster, for measuring and for tests in a pseudo-terminal: nodes that change once a second.
// console-probe NODES [CHANGED-PER-SECOND]
// console-probe serve NODES SOCKET          serves such a cluster until standard input ends
// console-probe record NODES SECONDS FOLDER records one

import ClusterModel
import ClusterSource
import Console
import ConsoleView
import Glibc
import Synchronization

/// A cluster whose nodes report usage once a second.
final class ProbeSource: ClusterSource {
    private struct Content {
        var state = ClusterState()
        var wake: (@Sendable () -> Void)?
        var isAsked = true
    }
    private let content = Mutex(Content())
    let abilities = SourceAbilities(kind: .attached)
    private let nodes: Int

    init(nodes: Int) {
        self.nodes = nodes
        content.withLock { content in
            func tell(_ event: Event) { Self.tell(event, &content.state) }
            tell(.coreStarted(CoreStarted(cluster: "probe", epoch: 1, version: "probe")))
            var configuration = ClusterConfiguration()
            configuration.name = "probe"
            var pool = PoolSpec()
            pool.name = "rack"
            pool.maximum = UInt32(nodes)
            configuration.pools = [pool]
            tell(.configured(Configured(configuration: configuration)))
            for index in 0..<nodes {
                let total = ResourceVector(cpus: 16_000, mem: 64 << 30)
                let id = NodeID(raw: UInt32(index))
                tell(
                    .nodeAdded(
                        NodeAdded(
                            node: id, name: "node\(index)", pool: PoolID(raw: 0), total: total, pricePerHour: 110_000)))
                tell(.nodeRegistered(NodeRegistered(node: id, total: total, state: .ready)))
            }
        }
    }

    static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    private static func tell(_ event: Event, _ state: inout ClusterState) {
        state.apply(StampedEvent(sequence: state.sequence + 1, time: now, event: event))
    }

    /// Changes `count` nodes and wakes the console.
    func change(_ count: Int, round: Int) {
        let wake = content.withLock { content in
            for step in 0..<min(count, nodes) {
                let index = (round * 7 + step) % nodes
                let used = Int64((index * 31 + round * 17) % 16_000)
                Self.tell(
                    .sampled(Sampled(node: NodeID(raw: UInt32(index)), cpuUsed: used, memUsed: used << 20)),
                    &content.state)
            }
            defer { content.isAsked = false }
            return content.isAsked ? content.wake : nil
        }
        wake?()
    }

    func frame() -> SourceFrame {
        content.withLock { content in
            content.isAsked = true
            return SourceFrame(mode: .live, state: content.state, now: Self.now, recording: RecordingStatus())
        }
    }
    func onChange(_ wake: @escaping @Sendable () -> Void) { content.withLock { $0.wake = wake } }
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "a probe does nothing"))
    }
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        answer(ActionPlan(refusal: "a probe does nothing"))
    }
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        answer(Explanation(headline: "a probe has no reasons"))
    }
    func output(_ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void) -> any OutputFollower {
        receive(OutputPiece(offset: 0, bytes: Array("probe\n".utf8), isLast: true))
        return ProbeFollower()
    }
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "a probe has no past"))
    }
    func close() {}
}

final class ProbeFollower: OutputFollower {
    func cancel() {}
}

/// Changes the cluster once a second, on a thread of its own.
final class Rounds: Sendable {
    private let source: ProbeSource
    private let changed: Int

    init(_ source: ProbeSource, _ changed: Int) {
        self.source = source
        self.changed = changed
    }

    /// Starts the thread; false when there can be none.
    func start() -> Bool {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Rounds>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        return code == 0
    }

    private func run() {
        var round = 0
        while true {
            sleep(1)
            round += 1
            source.change(changed, round: round)
        }
    }
}

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "serve" { ManyNodes.serve(nodes: Int(arguments[2]) ?? 100, arguments[3]) }
if arguments.count == 5, arguments[1] == "record" {
    ManyNodes.record(nodes: Int(arguments[2]) ?? 100, seconds: Int64(arguments[3]) ?? 10, in: arguments[4])
}
let nodes = arguments.count > 1 ? Int(arguments[1]) ?? 100 : 100
let changed = arguments.count > 2 ? Int(arguments[2]) ?? nodes : nodes
let source = ProbeSource(nodes: nodes)
guard Rounds(source, changed).start() else { exit(1) }
do {
    _ = try Console.run(source: source)
} catch {
    let line = "console-probe: \(error)\n"
    _ = line.withCString { write(2, $0, strlen($0)) }
    exit(1)
}
