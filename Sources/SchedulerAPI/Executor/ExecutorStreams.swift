import ClusterModel
import Foundation
import SchedulerWire
import Synchronization

/// An executor's event stream.
final class ExecutorStream: AnswerStream {
    let form: WireForm
    private let pipe: EventPipe<[UInt8]>
    private let onClosed = Mutex<(@Sendable () -> Void)?>(nil)

    init(form: WireForm, limits: APILimits) {
        self.form = form
        pipe = EventPipe(limit: limits.waitingBytes)
    }

    /// Takes an event; never waits.
    func tell(_ event: WireExecutorEvent) {
        let record = RecordIO.record(WireCoding.encode(event, form))
        pipe.put(record, weight: record.count)
    }

    func heartbeat() { tell(.with { $0.type = .heartbeat }) }
    func whenClosed(_ act: @escaping @Sendable () -> Void) { onClosed.withLock { $0 = act } }
    func onCut(_ cut: @escaping @Sendable () -> Void) { pipe.onCut(cut) }
    func next() async -> [[UInt8]]? { await pipe.next() }
    /// Ends it behind what waits.
    func end() { pipe.end() }

    func closed() {
        pipe.abandon()
        let act = onClosed.withLock { act in
            defer { act = nil }
            return act
        }
        act?()
    }
}

/// Which executor, on which node.
struct ExecutorKey: Hashable, Sendable {
    /// The framework's id.
    var framework: String
    /// The executor's id.
    var executor: String
    /// The node's name.
    var node: String
}

/// The streams of executors on real nodes: what the core tells executors becomes their events. What is told to one that
/// is not subscribed is not lost: it stands in the state, from which a subscription begins.
final class ExecutorStreams: Sendable {
    private struct Open {
        var stream: ExecutorStream
        /// What was told before the subscription was answered.
        var early: [AgentNotice]? = []
        /// Tasks that were launched on this stream and of which no status was acknowledged yet: a launch may come twice
        /// until then, and a name may be used again afterwards.
        var launched: Set<String> = []
        /// Members of a group that is not complete yet.
        var group: [WireTaskInfo] = []
    }
    private let open = Mutex<[ExecutorKey: Open]>([:])

    /// Takes a new stream, in the place of the one before; what is told from now on waits for `begin`.
    func add(_ stream: ExecutorStream, for key: ExecutorKey) {
        let old = open.withLock { open in
            defer { open[key] = Open(stream: stream) }
            return open[key]?.stream
        }
        old?.end()
    }

    /// The subscription is answered with these events; then follows what was told meanwhile.
    func begin(_ key: ExecutorKey, _ stream: ExecutorStream, _ events: [WireExecutorEvent], launched: Set<String>) {
        open.withLock { open in
            guard var own = open[key], own.stream === stream else { return }
            for event in events { stream.tell(event) }
            own.launched = launched
            let early = own.early ?? []
            own.early = nil
            for notice in early { Self.tell(notice, &own) }
            open[key] = own
        }
    }

    func remove(_ stream: ExecutorStream, _ key: ExecutorKey) {
        open.withLock { if $0[key]?.stream === stream { $0[key] = nil } }
    }

    func isSubscribed(_ key: ExecutorKey) -> Bool { open.withLock { $0[key] != nil } }
    var all: [ExecutorStream] { open.withLock { $0.values.map(\.stream) } }

    /// Takes what the core tells executors of a node; never waits.
    func tell(_ node: String, _ notice: AgentNotice) {
        open.withLock { open in
            for key in Self.meant(notice, node, open.keys) {
                guard var own = open[key] else { continue }
                if own.early != nil { own.early?.append(notice) } else { Self.tell(notice, &own) }
                open[key] = own
            }
        }
    }

    private static func meant(
        _ notice: AgentNotice, _ node: String, _ keys: some Sequence<ExecutorKey>
    ) -> [ExecutorKey] {
        switch notice {
        case .launch(let launch):
            [ExecutorKey(framework: launch.framework, executor: launch.executor, node: node)]
        case .kill(let framework, let executor, _, _), .message(let framework, let executor, _),
            .shutdownExecutor(let framework, let executor), .acknowledged(let framework, let executor, _, _):
            [ExecutorKey(framework: framework, executor: executor, node: node)]
        case .shutdownFramework(let framework): keys.filter { $0.framework == framework && $0.node == node }
        case .shutdown: keys.filter { $0.node == node }
        case .drain: []
        }
    }

    private static func tell(_ notice: AgentNotice, _ own: inout Open) {
        switch notice {
        case .launch(let launch):
            guard let task = try? WireTaskInfo(serializedBytes: launch.wire, partial: true),
                own.launched.insert(launch.task).inserted
            else { return }
            guard launch.group.count > 1 else {
                return own.stream.tell(ExecutorEvents.launch(task))
            }
            own.group.append(task)
            guard launch.task == launch.group.last else { return }
            own.stream.tell(ExecutorEvents.launch(group: own.group))
            own.group = []
        case .kill(_, _, let task, let grace): own.stream.tell(ExecutorEvents.kill(task, grace))
        case .message(_, _, let data):
            own.stream.tell(
                .with {
                    $0.type = .message
                    $0.message.data = Data(data)
                })
        case .acknowledged(_, _, let task, let uuid):
            own.launched.remove(task)
            own.stream.tell(
                .with {
                    $0.type = .acknowledged
                    $0.acknowledged.taskID.value = task
                    $0.acknowledged.uuid = Data(uuid)
                })
        case .shutdownExecutor, .shutdownFramework, .shutdown: own.stream.tell(.with { $0.type = .shutdown })
        case .drain: break
        }
    }
}

/// Events for executors that are made in more than one place.
enum ExecutorEvents {
    static func launch(_ task: WireTaskInfo) -> WireExecutorEvent {
        .with {
            $0.type = .launch
            $0.launch.task = task
        }
    }

    static func launch(group: [WireTaskInfo]) -> WireExecutorEvent {
        .with {
            $0.type = .launchGroup
            $0.launchGroup.taskGroup.tasks = group
        }
    }

    /// `grace` below zero = the executor's own.
    static func kill(_ task: String, _ grace: Interval) -> WireExecutorEvent {
        .with {
            $0.type = .kill
            $0.kill.taskID.value = task
            if grace >= .zero { $0.kill.killPolicy.gracePeriod.nanoseconds = grace.microseconds * 1_000 }
        }
    }
}
