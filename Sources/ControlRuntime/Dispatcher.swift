import AgentLink
import ClusterModel
import Dispatch
import Providers
import Synchronization

/// Carries consequences out: to links, providers and whoever asked. Called in order; never waits.
final class Dispatcher: Sendable {
    private let links: AgentLinks
    private let providers: [PoolSpec.Provider: any Provider]
    private let requests: RequestTable
    private let queue: InputQueue
    private let onStop: @Sendable () -> Void

    init(
        links: AgentLinks, providers: [PoolSpec.Provider: any Provider], requests: RequestTable, queue: InputQueue,
        onStop: @escaping @Sendable () -> Void
    ) {
        self.links = links
        self.providers = providers
        self.requests = requests
        self.queue = queue
        self.onStop = onStop
    }

    /// Lets `consequences` leave. Runs of orders to agents go as one.
    func carryOut(_ consequences: [Consequence]) {
        var orders: [AgentOrder] = []
        func flush() {
            links.send(orders)
            orders = []
        }
        for consequence in consequences {
            if case .order(let order) = consequence {
                orders.append(order)
                continue
            }
            flush()
            switch consequence {
            case .order: break
            case .connect(let node, let address): links.connect(node: node, address: address)
            case .disconnect(let node): links.disconnect(node: node)
            case .create(let order): provide(order) { $0.create(order) }
            case .destroy(let order): provide(order) { $0.destroy(order, endsTasks: false) }
            case .answer(let request, let answer): requests.answer(request, answer)
            case .settings(let settings): links.use(settings)
            case .stop: onStop()
            }
        }
        flush()
    }

    private func provide(_ order: InstanceOrder, _ ask: (any Provider) -> Void) {
        if let provider = providers[order.provider] { return ask(provider) }
        let message = "this version has no provider for \(order.provider) pools"
        queue.put(
            .instanceSeen(InstanceSeen(instance: order.instance, state: .gone, failed: true, message: message)))
    }
}

/// Requests that wait for their answer. Answers go out on a queue of their own: callers hold nothing up.
final class RequestTable: Sendable {
    private struct State {
        var last: UInt64 = 0
        var waiting: [UInt64: @Sendable (ActionAnswer) -> Void] = [:]
    }
    private let state = Mutex(State())
    private let limit: Int
    private let queue = DispatchQueue(label: "bellows.answers")

    init(limit: Int) { self.limit = limit }

    /// Takes a request; nil when too many wait.
    func add(_ answer: @escaping @Sendable (ActionAnswer) -> Void) -> UInt64? {
        state.withLock { state in
            guard state.waiting.count < limit else { return nil }
            state.last += 1
            state.waiting[state.last] = answer
            return state.last
        }
    }

    /// Answers a request, once.
    func answer(_ request: UInt64, _ answer: ActionAnswer) {
        guard let receive = state.withLock({ $0.waiting.removeValue(forKey: request) }) else { return }
        queue.async { receive(answer) }
    }

    /// Answers all that wait.
    func answerAll(_ answer: ActionAnswer) {
        let all = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting.sorted { $0.key < $1.key }.map(\.value)
        }
        queue.sync { for each in all { each(answer) } }
    }
}
