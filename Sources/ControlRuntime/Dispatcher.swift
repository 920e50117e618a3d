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
    private let desk: FrameworkDesk
    private let simulated: SimulatedAgents
    private let outputs: KeptOutputs
    private let tokens: ExecutorTokens
    private let onStop: @Sendable () -> Void
    /// The pools as they were last told.
    private let specs = Mutex<[PoolSpec]>([])

    init(
        links: AgentLinks, providers: [PoolSpec.Provider: any Provider], requests: RequestTable, queue: InputQueue,
        desk: FrameworkDesk, simulated: SimulatedAgents, outputs: KeptOutputs, tokens: ExecutorTokens,
        onStop: @escaping @Sendable () -> Void
    ) {
        self.links = links
        self.providers = providers
        self.requests = requests
        self.queue = queue
        self.desk = desk
        self.simulated = simulated
        self.outputs = outputs
        self.tokens = tokens
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
                if simulated.take(order) { continue }
                orders.append(withToken(order))
                continue
            }
            flush()
            switch consequence {
            case .order: break
            case .connect(let node, let address):
                if !simulated.connect(node, address: address) { links.connect(node: node, address: address) }
            case .disconnect(let node): if !simulated.disconnect(node) { links.disconnect(node: node) }
            case .purge(let node, let address): links.purge(node: node, address: address)
            case .collect(let node, let tasks):
                outputs.collect(node: node, tasks) { [queue] in queue.put(.nodeCollected($0)) }
            case .create(let order): provide(order) { $0.create(order) }
            case .destroy(let order): provide(order) { $0.destroy(order, endsTasks: false) }
            case .endStray(let pool, let machine): endStray(machine, pool)
            case .pools(let pools):
                specs.withLock { $0 = pools }
                for provider in providers.values { provider.use(pools) }
            case .answer(let request, let answer): requests.answer(request, answer)
            case .settings(let settings): links.use(settings)
            case .tell(let connection, let event): desk.tell(connection, event)
            case .verdict(let request, let verdict): desk.answer(request, verdict)
            case .notice(let node, let notice):
                if !simulated.take(notice, for: node) { desk.notice(node, notice) }
            case .stop: onStop()
            }
        }
        flush()
    }

    /// An executor's launch with the token by which it is known; the core itself keeps no secrets.
    private func withToken(_ order: AgentOrder) -> AgentOrder {
        guard case .launch(var launch, let session) = order.wish, let external = launch.external,
            external.task.isEmpty,
            let token = tokens.token(
                framework: external.framework, executor: external.executor, agent: external.agent)
        else { return order }
        launch.environment.append("MESOS_EXECUTOR_AUTHENTICATION_TOKEN=\(token)")
        return AgentOrder(node: order.node, wish: .launch(launch, session: session))
    }

    private func endStray(_ machine: FoundMachine, _ pool: String) {
        guard let spec = specs.withLock({ $0.first { $0.name == pool } }) else { return }
        (providers[spec.provider] ?? providers[.local])?.endStray(machine, of: spec)
    }

    private func provide(_ order: InstanceOrder, _ ask: (any Provider) -> Void) {
        // The router knows them all; tests give each by itself.
        if let provider = providers[order.provider] ?? providers[.local] { return ask(provider) }
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
