import ClusterModel
import ClusterSource
import ControlLink
import Foundation
import Recording
import Synchronization

/// A made-up cluster of many nodes that all report usage once a second: what the console is measured on, from outside.
/// It is served on a control socket as a core would serve it, or recorded.
final class ManyNodes: CoreFeed, ClusterSource {
    private struct Content {
        var state = ClusterState()
        var receivers: [UInt64: @Sendable (FeedItem) -> Void] = [:]
        var lastSubscription: UInt64 = 0
        var round = 0
        var isOver = false
    }
    private let content = Mutex(Content())
    private let nodes: Int
    let abilities = SourceAbilities(kind: .embedded)

    /// Instants of a made-up clock; nil = the machine's.
    init(nodes: Int, at start: Instant? = nil) {
        self.nodes = nodes
        content.withLock { content in
            let time = start ?? Self.now
            func tell(_ event: Event) { _ = Self.tell(event, time, &content.state) }
            tell(.coreStarted(CoreStarted(cluster: "bench", epoch: 1, version: "bench")))
            var configuration = ClusterConfiguration()
            configuration.name = "bench"
            var type = MachineType()
            type.name = "m.large"
            type.resources = ResourceVector(cpus: 16_000, mem: 64 << 30)
            type.pricePerHour = 110_000
            for name in ["rack-a", "rack-b", "burst"] {
                var pool = PoolSpec()
                pool.name = name
                pool.maximum = UInt32(nodes)
                pool.types = [type]
                configuration.pools.append(pool)
            }
            tell(.configured(Configured(configuration: configuration)))
            for index in 0..<nodes {
                let id = NodeID(raw: UInt32(index))
                let total = ResourceVector(cpus: 16_000, mem: 64 << 30, disk: 100 << 30)
                tell(
                    .nodeAdded(
                        NodeAdded(
                            node: id, name: "node\(index)", pool: PoolID(raw: UInt32(index % 3)), total: total,
                            attributes: [Attribute(name: "rack", text: "r\(index % 40)")], pricePerHour: 110_000)))
                tell(.nodeRegistered(NodeRegistered(node: id, total: total, state: .ready)))
            }
            var spec = JobSpec()
            spec.name = "sim"
            spec.argv = ["sleep", "60"]
            spec.need = ResourceVector(cpus: 2_000, mem: 4 << 30)
            spec.count = 400
            tell(.jobSubmitted(JobSubmitted(job: JobID(raw: 1), user: "anna", framework: .batch, spec: spec)))
        }
    }

    static var now: Instant { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) }

    private static func tell(_ event: Event, _ time: Instant, _ state: inout ClusterState) -> StampedEvent {
        let stamped = StampedEvent(sequence: state.sequence + 1, time: time, event: event)
        state.apply(stamped)
        return stamped
    }

    /// Every node reports another usage.
    func change(at time: Instant) -> [StampedEvent] {
        content.withLock { content in
            content.round += 1
            let round = content.round
            var events: [StampedEvent] = []
            events.reserveCapacity(nodes)
            for index in 0..<nodes {
                let used = Int64((index * 7_919 + round * 104_729) % 16_000)
                let sample = Sampled(
                    node: NodeID(raw: UInt32(index)), cpuUsed: used, memUsed: used << 20, load: used / 10)
                events.append(Self.tell(.sampled(sample), time, &content.state))
            }
            for start in stride(from: 0, to: events.count, by: 500) {
                let item = FeedItem(events[start..<min(start + 500, events.count)])
                for receive in content.receivers.values { receive(item) }
            }
            return events
        }
    }

    /// Changes once a second from now on, on a thread of its own.
    func startChanging() {
        Thread.detachNewThread {
            while !self.content.withLock(\.isOver) {
                Thread.sleep(forTimeInterval: 1)
                _ = self.change(at: Self.now)
            }
        }
    }

    /// Serves it on a socket until standard input ends; does not return.
    static func serve(nodes: Int, _ socket: String) -> Never {
        let world = ManyNodes(nodes: nodes)
        do {
            let server = try ControlServer(path: socket, source: world, feed: world)
            world.startChanging()
            while readLine() != nil {}
            world.close()
            server.close()
            exit(0)
        } catch {
            fail("\(error)")
        }
    }

    /// Records `seconds` of it into `folder`; does not return.
    static func record(nodes: Int, seconds: Int64, in folder: String) -> Never {
        do {
            try film(nodes, seconds, folder)
            exit(0)
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ text: String) -> Never {
        FileHandle.standardError.write(Data("console-probe: \(text)\n".utf8))
        exit(1)
    }

    private static func film(_ nodes: Int, _ seconds: Int64, _ folder: String) throws {
        var time = Instant(microseconds: 1_795_348_800_000_000)
        let world = ManyNodes(nodes: nodes, at: time)
        var start = CoreStart()
        (start.cluster, start.epoch, start.version) = ("bench", 1, "bench")
        let recorder = try SessionRecorder(folder: folder, name: "session", state: world.state, start: start, at: time)
        for _ in 0..<seconds {
            time = time + .seconds(1)
            let events = world.change(at: time)
            recorder.record(time: time, inputs: [], events: events, state: world.state)
        }
        recorder.end()
    }

    var state: ClusterState { content.withLock(\.state) }

    // MARK: CoreFeed

    func subscribe(_ receive: @escaping @Sendable (FeedItem) -> Void) -> FeedStart {
        content.withLock { content in
            content.lastSubscription += 1
            content.receivers[content.lastSubscription] = receive
            return FeedStart(subscription: content.lastSubscription, state: content.state)
        }
    }
    func unsubscribe(_ subscription: UInt64) { content.withLock { $0.receivers[subscription] = nil } }
    func status() -> FeedStatus { FeedStatus(now: Self.now, recording: RecordingStatus()) }
    func perform(
        _ action: Action, user: String, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void
    ) {
        perform(action, confirmed: confirmed, answer: answer)
    }

    // MARK: ClusterSource

    func frame() -> SourceFrame {
        SourceFrame(mode: .live, state: state, now: Self.now, recording: RecordingStatus())
    }
    func onChange(_ wake: @escaping @Sendable () -> Void) {}
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "this cluster is only measured"))
    }
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        answer(ActionPlan(refusal: "this cluster is only measured"))
    }
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        answer(Explanation(headline: "this cluster is only measured"))
    }
    func output(_ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void) -> any OutputFollower {
        receive(OutputPiece(offset: 0, bytes: [], isLast: true))
        return NoOutput()
    }
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "this cluster is only measured"))
    }
    func close() { content.withLock { $0.isOver = true } }
}

private final class NoOutput: OutputFollower {
    func cancel() {}
}
