import ClusterModel
import ControlCore

/// A core with a provider and agents that do what they are told, or not: tests say which types are refused, how long a
/// machine boots, and how time passes.
struct ScaleDriver {
    var core = ControlCore()
    var now = Instant(microseconds: 1_750_000_000_000_000)
    var events: [Event] = []
    /// Types that the provider has none of.
    var refuses: Set<String> = []
    /// How long a machine boots; nil = it never comes.
    var boots: Interval? = .seconds(30)
    /// Directives to make and to end machines, all of them.
    var orders: [Directive] = []
    /// The last answer.
    var answer = ActionAnswer()
    private var later: [(at: Instant, order: Int, input: Input)] = []
    private var counter = 0
    private var requests: UInt64 = 0

    init(_ pools: [PoolSpec], mode: AutoscalerMode = .on, change: (inout ClusterConfiguration) -> Void = { _ in }) {
        var configuration = ClusterConfiguration()
        configuration.pools = pools
        configuration.limits.unreachableAfter = .hours(10_000)
        configuration.limits.lostAfter = .hours(20_000)
        change(&configuration)
        var start = CoreStart()
        (start.cluster, start.epoch, start.version, start.user) = ("test", 1, "test", "anna")
        start.configuration = configuration
        tell(.start(start))
        act(.autoscaler(mode))
    }

    static func type(
        _ name: String, cpus: Int64, price: Int64, gpus: Int64 = 0, attributes: [Attribute] = []
    ) -> MachineType {
        var type = MachineType()
        type.name = name
        type.resources = ResourceVector(cpus: cpus * 1_000, mem: cpus << 32, disk: 0, gpus: gpus * 1_000)
        type.pricePerHour = price
        type.attributes = attributes
        return type
    }

    static func pool(
        _ name: String, _ minimum: UInt32, _ maximum: UInt32, _ types: [MachineType],
        change: (inout PoolScaling) -> Void = { _ in }
    ) -> PoolSpec {
        var pool = PoolSpec()
        (pool.name, pool.minimum, pool.maximum, pool.types) = (name, minimum, maximum, types)
        change(&pool.scaling)
        return pool
    }

    mutating func tell(_ input: Input) {
        let outcome = core.handle(input, at: now)
        events += outcome.events.map(\.event)
        if let found = core.state.violation() { fatalError(found) }
        for directive in outcome.directives { obey(directive) }
    }

    private mutating func obey(_ directive: Directive) {
        switch directive {
        case .createInstance(let order):
            orders.append(directive)
            if refuses.contains(order.type.name) {
                var seen = InstanceSeen(instance: order.instance, state: .gone, failed: true)
                seen.message = "no capacity for \(order.type.name)"
                soon(.instanceSeen(seen), .seconds(1))
            } else if let boots {
                soon(
                    .instanceSeen(InstanceSeen(instance: order.instance, state: .booting, address: order.name)),
                    .seconds(1))
                var hello = AgentHello()
                (hello.node, hello.boot, hello.agentStart) = (order.name, "b", 1)
                soon(.agentHello(hello), boots)
            }
        case .destroyInstance(let order):
            orders.append(directive)
            soon(.instanceSeen(InstanceSeen(instance: order.instance, state: .gone)), .seconds(2))
        case .launch(let node, let launch):
            var status = TaskStatus()
            (status.task, status.attempt, status.phase, status.pid, status.sequence) =
                (launch.task, launch.attempt, .running, 7, 1)
            soon(.taskStatus(NodeTaskStatus(node: node, status: status)), .milliseconds(10))
            guard launch.spec.timeLimit > .zero else { return }
            (status.phase, status.sequence, status.reason) = (.ended, 2, Reason(.exited))
            soon(.taskStatus(NodeTaskStatus(node: node, status: status)), launch.spec.timeLimit)
        case .collect(let node, let tasks):
            let found = NodeCollected(node: node, outputs: UInt32(tasks.count), bytes: 1, missed: 0)
            soon(.nodeCollected(found), .milliseconds(100))
        case .answer(_, let answer): self.answer = answer
        default: break
        }
    }

    private mutating func soon(_ input: Input, _ wait: Interval) {
        counter += 1
        later.append((now + wait, counter, input))
    }

    /// Lets time pass; deadlines, machines and tasks come when they are due.
    mutating func pass(_ span: Interval) {
        let end = now + span
        while true {
            let next = later.min { ($0.at, $0.order) < ($1.at, $1.order) }
            let wake = core.nextDeadline.map { max($0, now) }
            guard let moment = [next?.at, wake].compactMap({ $0 }).min(), moment <= end else { break }
            now = max(now, moment)
            if let next, next.at <= now, next.at <= wake ?? .distantFuture {
                later.removeAll { $0.order == next.order }
                tell(next.input)
            } else {
                tell(.wake)
            }
        }
        now = end
        tell(.wake)
    }

    @discardableResult mutating func act(_ action: Action, confirmed: String = "") -> ActionAnswer {
        requests += 1
        tell(.action(ActionRequest(request: requests, user: "anna", action: action, confirmed: confirmed)))
        return answer
    }

    /// Submits tasks of `cpus` cpus that run for `minutes`.
    @discardableResult mutating func submit(
        cpus: Int64 = 1, count: UInt32 = 1, minutes: Int64 = 60, change: (inout JobSpec) -> Void = { _ in }
    ) -> JobID {
        var spec = JobSpec()
        (spec.name, spec.role, spec.argv, spec.count) = ("job", "hpc", ["true"], count)
        spec.need = ResourceVector(cpus: cpus * 1_000, mem: 1 << 20, disk: 0, gpus: 0)
        spec.timeLimit = .minutes(minutes)
        change(&spec)
        return act(.submit(SubmitJobs(spec))).jobs.first ?? .none
    }

    var state: ClusterState { core.state }
    /// Machines that are there or coming, by type.
    var machines: [String: Int] {
        var result: [String: Int] = [:]
        for id in state.index.liveInstances where state.instances[id.index].state != .stopping {
            result[state.text(state.instances[id.index].type), default: 0] += 1
        }
        return result
    }
    /// The last record of a round.
    var record: ScaleRecord { state.scaling.last }
    /// Machines ever wished for.
    var wishes: Int { events.count { if case .instanceWished = $0 { true } else { false } } }
    /// Reasons of nodes that were sent away.
    var returns: [Reason.Code] {
        events.compactMap {
            if case .nodeChanged(let e) = $0, e.removeWhenDrained, e.state == .draining { e.reason.code } else { nil }
        }
    }
}
