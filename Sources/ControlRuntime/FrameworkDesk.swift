import ClusterModel
import Synchronization

/// Streams to frameworks and calls that wait for their verdict. Receivers are called in the order in which things leave
/// the core, on the thread that lets them leave, and must not wait.
final class FrameworkDesk: Sendable {
    private struct State {
        var last: UInt64 = 0
        var streams: [UInt64: @Sendable (FrameworkEvent) -> Void] = [:]
        var waiting: [UInt64: @Sendable (CallVerdict) -> Void] = [:]
        var notices: (@Sendable (String, AgentNotice) -> Void)?
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// A number for a new stream; from then on `receive` gets what is told on it.
    func open(_ receive: @escaping @Sendable (FrameworkEvent) -> Void) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.streams[state.last] = receive
            return state.last
        }
    }

    /// Nothing more is told on a stream.
    func close(_ connection: UInt64) { state.withLock { _ = $0.streams.removeValue(forKey: connection) } }

    /// From now on `receive` gets what executors on real nodes are told.
    func receiveNotices(_ receive: (@Sendable (String, AgentNotice) -> Void)?) {
        state.withLock { $0.notices = receive }
    }

    /// Tells an executor on a node something; who is not there is told when it comes.
    func notice(_ node: String, _ notice: AgentNotice) {
        let receive = state.withLock { $0.notices }
        receive?(node, notice)
    }

    /// Takes a call that waits for its verdict; nil when too many wait.
    func wait(_ answer: @escaping @Sendable (CallVerdict) -> Void) -> UInt64? {
        state.withLock { state in
            guard state.waiting.count < limit else { return nil }
            state.last += 1
            state.waiting[state.last] = answer
            return state.last
        }
    }

    /// Tells something on a stream; one that has been closed hears nothing.
    func tell(_ connection: UInt64, _ event: FrameworkEvent) {
        let receive = state.withLock { $0.streams[connection] }
        receive?(event)
    }

    /// Answers a call, once.
    func answer(_ request: UInt64, _ verdict: CallVerdict) {
        let receive = state.withLock { $0.waiting.removeValue(forKey: request) }
        receive?(verdict)
    }

    /// Answers all calls that wait.
    func answerAll(_ verdict: CallVerdict) {
        let all = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        for receive in all { receive(verdict) }
    }
}

extension LiveCore {
    /// A number for a new stream to a framework; from then on `receive` gets what the core tells on it, in order, on a
    /// thread of the core's: it must not wait. Opened before the subscription that names it.
    public func openStream(_ receive: @escaping @Sendable (FrameworkEvent) -> Void) -> UInt64 { desk.open(receive) }

    /// Ends a stream: nothing more is told on it, and the core learns that the framework is away.
    public func closeStream(_ connection: UInt64, framework: String) {
        desk.close(connection)
        guard !framework.isEmpty else { return }
        queue.put(.call(FrameworkCall(framework: framework, connection: connection, .disconnected)))
    }

    /// From now on `receive` gets, by node, what executors are told, on a thread of the core's: it must not wait.
    /// Executors are led to the server at `place`: `ADDRESS:PORT`, or a socket's path. Nil ends both.
    public func serveExecutors(
        at place: String?, receive: (@Sendable (_ node: String, AgentNotice) -> Void)?
    ) {
        desk.receiveNotices(receive)
        links.serveExecutors(at: place)
    }

    /// The node whose executor speaks through a connection from this end, `ADDRESS:PORT`; nil = none does.
    public func node(ofExecutorAt place: String) -> String? { links.node(ofExecutorAt: place) }

    /// Makes a framework's call; `request` is filled in. The verdict comes once, when what it rests on is on disk, on a
    /// thread of the core's: `answer` must not wait.
    public func call(_ call: FrameworkCall, answer: @escaping @Sendable (CallVerdict) -> Void) {
        guard let request = desk.wait(answer) else {
            return answer(CallVerdict(.unavailable, "\(limits.requests) calls wait for their answers: try again later"))
        }
        var own = call
        own.request = request
        queue.put(.call(own))
    }

    /// What a framework could take for a role by a commitment, and the state in which that holds; nil when it is not
    /// known or has not that role. O(nodes), without holding up the core.
    public func view(of framework: String, role: String) -> (state: ClusterState, parts: [FreeView])? {
        viewer.withLock { viewer in
            let state = state
            guard let id = state.framework(withID: framework),
                let parts = viewer.view(id, role: role, state, now: now)
            else { return nil }
            return (state, parts)
        }
    }

    /// Makes an operator's call, in the same way.
    public func operate(_ call: OperatorCall, answer: @escaping @Sendable (CallVerdict) -> Void) {
        guard let request = desk.wait(answer) else {
            return answer(CallVerdict(.unavailable, "\(limits.requests) calls wait for their answers: try again later"))
        }
        var own = call
        own.request = request
        queue.put(.operatorCall(own))
    }
}
