import ClusterModel
import ControlCore

/// A core with simulated nodes and frameworks outside, driven by hand.
struct FrameworkDriver {
    var driver: CoreDriver
    private var connections: UInt64 = 0
    private var requests: UInt64 = 0
    /// The present stream of each framework.
    var stream: [String: UInt64] = [:]
    /// What each stream was told, in order.
    var told: [UInt64: [FrameworkEvent]] = [:]
    /// What nodes were told.
    var notices: [(node: String, notice: AgentNotice)] = []

    init(change: (inout ClusterConfiguration) -> Void = { _ in }) { driver = CoreDriver(nodes: 0, change: change) }

    var state: ClusterState { driver.core.state }

    @discardableResult mutating func tell(_ input: Input) -> CallVerdict {
        driver.directives = []
        driver.tell(input)
        return gather()
    }

    mutating func pass(_ span: Interval) {
        driver.directives = []
        driver.pass(span)
        gather()
    }

    @discardableResult private mutating func gather() -> CallVerdict {
        var verdict = CallVerdict(.unavailable, "no verdict")
        for directive in driver.directives {
            switch directive {
            case .tell(let connection, let event): told[connection, default: []].append(event)
            case .verdict(_, let given): verdict = given
            case .notice(let node, let notice): notices.append((node, notice))
            default: break
            }
        }
        return verdict
    }

    /// A simulated node that is there.
    mutating func node(_ name: String, _ text: String, boot: String = "b") {
        addNode(name, text)
        hello(name)
    }

    mutating func addNode(_ name: String, _ text: String) {
        var spec = NodeSpec(name: name, transport: .simulated, address: "simulated:\(name)")
        do { try spec.declare(resources: text) } catch { fatalError(error.message) }
        driver.act(.addNodes(AddNodes([spec])))
    }

    mutating func hello(_ name: String) {
        var hello = AgentHello()
        (hello.node, hello.boot) = (name, "simulated")
        if let node = state.node(named: name) {
            for task in state.index.tasksOnNode[node.index].sorted() {
                var status = TaskStatus()
                (status.task, status.attempt) = (task, state.row(of: task)?.attempt ?? 0)
                hello.tasks.append(status)
            }
        }
        tell(.agentHello(hello))
    }

    /// A framework comes; answers its id.
    @discardableResult mutating func subscribe(
        _ name: String, _ roles: [String] = ["role1"], id: String = "", _ capabilities: FrameworkCapabilities = [],
        failover: Interval = .zero
    ) -> CallVerdict {
        var info = FrameworkInfo()
        (info.name, info.roles, info.failoverTimeout) = (name, roles, failover)
        info.capabilities = capabilities.union([.multiRole, .reservationRefinement])
        connections += 1
        requests += 1
        let call = FrameworkCall(
            request: requests, framework: id, connection: connections, .subscribe(Subscription(info)))
        let verdict = tell(.call(call))
        if verdict.outcome == .accepted { stream[name] = connections }
        return verdict
    }

    @discardableResult mutating func call(_ name: String, _ call: SchedulerCall) -> CallVerdict {
        requests += 1
        return tell(
            .call(FrameworkCall(request: requests, framework: id(name), connection: stream[name] ?? 0, call)))
    }

    @discardableResult mutating func operate(_ wish: OperatorWish) -> CallVerdict {
        requests += 1
        return tell(.operatorCall(OperatorCall(request: requests, principal: "op", wish)))
    }

    func id(_ name: String) -> String {
        for event in told[stream[name] ?? 0] ?? [] { if case .subscribed(let id) = event { return id } }
        return ""
    }
    func agent(_ name: String) -> String { state.node(named: name).map { state.agentID(of: $0) } ?? "" }

    /// Everything a framework was told since it was last asked.
    mutating func take(_ name: String) -> [FrameworkEvent] {
        let events = told[stream[name] ?? 0] ?? []
        told[stream[name] ?? 0] = events.filter { if case .subscribed = $0 { true } else { false } }
        return events
    }

    /// Open offers of a framework by id, with what they lend.
    func offers(_ name: String) -> [(id: String, node: String, holding: Holding)] {
        guard let framework = state.framework(withID: id(name)) else { return [] }
        return state.openOffers.filter { state.offers[$0.index].framework == framework }.map {
            (state.offerID($0), state.name(of: state.offers[$0.index].node), state.holding(of: $0))
        }
    }

    static func items(_ text: String) -> [ResourceItem] {
        do { return try ResourceText.items(text) } catch { fatalError(error.message) }
    }

    func task(_ id: String, _ text: String, on node: String) -> LaunchTask {
        var task = LaunchTask()
        (task.id, task.agent, task.resources, task.hasCommand) = (id, agent(node), Self.items(text), true)
        task.spec.argv = ["sleep", "1000"]
        return task
    }

    /// A part of a commitment that takes what tasks need.
    func part(_ tasks: [LaunchTask], on node: String, seen: UInt64 = 0) -> Commitment.Part {
        var part = Commitment.Part()
        (part.agent, part.seen, part.operations) = (agent(node), seen, [OfferOperation(.launch(tasks))])
        part.resources = part.operations[0].resourcesNeeded
        return part
    }

    /// Accepts all offers of a framework on a node for some tasks.
    @discardableResult mutating func launch(
        _ name: String, on node: String, _ tasks: [LaunchTask], refuse: Interval = .zero
    ) -> CallVerdict { accept(name, on: node, [OfferOperation(.launch(tasks))], refuse: refuse) }

    @discardableResult mutating func accept(
        _ name: String, on node: String, _ operations: [OfferOperation], refuse: Interval = .zero
    ) -> CallVerdict {
        var acceptance = Acceptance()
        acceptance.offers = offers(name).filter { $0.node == node }.map(\.id)
        (acceptance.operations, acceptance.refuse) = (operations, refuse)
        return call(name, .accept(acceptance))
    }

    mutating func status(_ node: String, _ task: String, _ state: FrameworkTaskState, _ reason: StatusReason = .none) {
        let update = TaskUpdate(state, .executor, reason)
        tell(.agentReport(AgentReport(node: node, .status(task: task, executor: "", update))))
    }
}

extension FrameworkEvent {
    /// The status it tells, if it tells one.
    var status: UpdateTold? { if case .update(let told) = self { told } else { nil } }
    var isRescind: Bool { if case .rescind = self { true } else { false } }
    var isFailure: Bool { if case .failure = self { true } else { false } }
    var offers: [OfferTold] { if case .offers(let offers) = self { offers } else { [] } }
}
