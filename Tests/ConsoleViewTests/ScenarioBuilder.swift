import ClusterModel
import ClusterSource

/// A cluster made of real events, as a core would have told it, for the screens of the tests.
struct ScenarioBuilder {
    /// 2026-11-22 12:00:00 UTC.
    static let start = Instant(microseconds: 1_795_348_800_000_000)

    var state = ClusterState()
    var now = Self.start
    private var lastNode: UInt32 = 0
    private var lastJob: UInt32 = 0
    private var lastOffer: UInt32 = 0
    private var lastInstance: UInt32 = 0

    init() {
        tell(.coreStarted(CoreStarted(cluster: "c1", epoch: 3, version: "0.2.0")))
        var configuration = ClusterConfiguration()
        configuration.name = "hpc-lab"
        configuration.budgetPerHour = Money(micros: 20_000_000)
        configuration.pools = [
            Self.pool("rack-a", .local, 2, 2, [Self.type("slice", 8, 32, 110_000)]),
            Self.pool(
                "burst", .local, 0, 8, [Self.type("m.large", 4, 16, 90_000), Self.type("m.huge", 16, 64, 340_000)]),
        ]
        var role = RoleSpec()
        role.path = "hpc"
        role.weight = 2_000
        var other = RoleSpec()
        other.path = "ml"
        configuration.roles = [role, other]
        tell(.configured(Configured(configuration: configuration, file: configuration, user: "anna")))
    }

    static func type(_ name: String, _ cpus: Int64, _ gib: Int64, _ price: Int64) -> MachineType {
        var type = MachineType()
        type.name = name
        type.resources = ResourceVector(cpus: cpus * 1_000, mem: gib << 30, disk: 100 << 30)
        type.pricePerHour = price
        return type
    }

    static func pool(
        _ name: String, _ provider: PoolSpec.Provider, _ least: UInt32, _ most: UInt32, _ types: [MachineType]
    ) -> PoolSpec {
        var pool = PoolSpec()
        pool.name = name
        pool.provider = provider
        pool.minimum = least
        pool.maximum = most
        pool.types = types
        return pool
    }

    mutating func tell(_ event: Event) {
        state.apply(StampedEvent(sequence: state.sequence + 1, time: now, event: event))
    }

    mutating func pass(_ seconds: Int64) { now = now + .seconds(seconds) }

    /// A machine and the node that it becomes.
    @discardableResult mutating func node(
        _ name: String, pool: String = "rack-a", cpus: Int64 = 8, gib: Int64 = 32, gpus: Int64 = 0,
        price: Int64 = 110_000,
        registered: Bool = true
    ) -> NodeID {
        let pool = state.pool(named: pool) ?? PoolID(raw: 0)
        let instance = wish(name, pool: pool, price: price)
        let total = ResourceVector(cpus: cpus * 1_000, mem: gib << 30, disk: 100 << 30, gpus: gpus * 1_000)
        let id = NodeID(raw: lastNode)
        lastNode += 1
        tell(.instanceChanged(InstanceChanged(instance: instance, state: .booting)))
        tell(
            .nodeAdded(
                NodeAdded(
                    node: id, name: name, pool: pool, instance: instance, total: total,
                    attributes: [Attribute(name: "rack", text: "r1")], pricePerHour: price, address: "/run/\(name).sock"
                )))
        guard registered else { return id }
        tell(.instanceChanged(InstanceChanged(instance: instance, state: .running)))
        tell(
            .nodeRegistered(
                NodeRegistered(
                    node: id, total: total, boot: "b-\(name)", agentStart: 1, kernel: "Linux 6.1.0", arch: "x86_64",
                    host: name,
                    agentVersion: "0.2.0", isolation: "cgroup v2", state: .ready)))
        return id
    }

    @discardableResult mutating func wish(_ name: String, pool: PoolID, price: Int64 = 90_000) -> InstanceID {
        lastInstance += 1
        let id = InstanceID(raw: lastInstance)
        tell(
            .instanceWished(
                InstanceWished(
                    instance: id, name: name, pool: pool, type: "m.large", reason: Reason(.waitsForResources),
                    pricePerHour: price)))
        return id
    }

    @discardableResult mutating func job(
        _ name: String, role: String = "hpc", cpus: Int64 = 2_000, gib: Int64 = 4, count: UInt32 = 1,
        user: String = "anna"
    ) -> JobID {
        lastJob += 1
        let id = JobID(raw: lastJob)
        var spec = JobSpec()
        spec.name = name
        spec.role = role
        spec.argv = ["sleep", "60"]
        spec.need = ResourceVector(cpus: cpus, mem: gib << 30)
        spec.count = count
        tell(.jobSubmitted(JobSubmitted(job: id, user: user, framework: .batch, spec: spec)))
        return id
    }

    /// Offers a node's free resources to the job's role.
    @discardableResult mutating func offer(_ node: NodeID, role: String = "hpc") -> OfferID {
        lastOffer += 1
        let id = OfferID(raw: lastOffer)
        tell(
            .offerMade(
                OfferMade(
                    offer: id, framework: .batch, role: state.role(at: role) ?? RoleID(raw: 0), node: node,
                    resources: state.nodes[node.index].free, expiresAt: now + .seconds(30))))
        return id
    }

    /// Launches a task on an offer of its own and starts it.
    mutating func run(_ job: JobID, _ index: UInt32 = 0, on node: NodeID) {
        let offer = offer(node)
        let task = TaskID(job: job, index: index)
        tell(.taskLaunched(TaskLaunched(task: task, attempt: 1, node: node, offer: offer)))
        tell(.offerClosed(OfferClosed(offer: offer, outcome: .accepted)))
        tell(.taskStarted(TaskStarted(task: task, pid: 4_000 + Int32(index), startedAt: now, sequence: 1)))
    }

    mutating func end(_ job: JobID, _ index: UInt32 = 0, _ outcome: TaskRow.State = .finished, code: Int32 = 0) {
        tell(
            .taskEnded(
                TaskEnded(
                    task: TaskID(job: job, index: index), state: outcome, reason: Reason(.exited, Int64(code)),
                    exitCode: code,
                    runTime: .seconds(65), cpuTime: .seconds(60), memPeak: 1 << 20,
                    message: code == 0 ? "" : "no such file",
                    sequence: 2)))
    }

    var frame: SourceFrame {
        SourceFrame(
            mode: .live, state: state, now: now, recording: RecordingStatus(since: Self.start, fault: "", bytes: 81_920)
        )
    }

    func past(speed: Int64 = 0) -> SourceFrame {
        SourceFrame(
            mode: .past(speed: speed), state: state, now: now,
            recording: RecordingStatus(since: Self.start, bytes: 81_920),
            span: Self.start...(now + .minutes(3)))
    }

    /// A cluster with something of everything.
    static func lab() -> ScenarioBuilder {
        var lab = ScenarioBuilder()
        let nodes = ["node01", "node02", "node10"].map { lab.node($0) }
        let gpu = lab.node("kvm-1", pool: "burst", cpus: 16, gib: 64, gpus: 4, price: 340_000)
        lab.node("kvm-2", pool: "burst", cpus: 4, gib: 16, price: 90_000, registered: false)
        lab.wish("kvm-3", pool: lab.state.pool(named: "burst") ?? PoolID(raw: 1))
        lab.pass(600)
        let sim = lab.job("sim", count: 6)
        for index in 0..<3 { lab.run(sim, UInt32(index), on: nodes[0]) }
        lab.run(sim, 3, on: nodes[1])
        let train = lab.job("train", role: "ml", cpus: 8_000, gib: 60, user: "bert")
        let quick = lab.job("quick", role: "ml", cpus: 1_000, gib: 1)
        lab.run(quick, on: gpu)
        lab.pass(65)
        lab.end(quick, 0, .failed, code: 2)
        lab.tell(.jobChanged(JobChanged(job: train, gate: .held, reason: Reason(.heldByUser), priority: 5)))
        lab.tell(.nodeChanged(NodeChanged(node: nodes[1], state: .draining, reason: Reason(.drained))))
        lab.tell(.nodeChanged(NodeChanged(node: nodes[2], state: .unreachable, reason: Reason(.silent, 15))))
        for (index, node) in nodes.enumerated() {
            lab.tell(.sampled(Sampled(node: node, cpuUsed: Int64(index + 1) * 1_500, memUsed: 6 << 30, load: 142)))
        }
        lab.pass(3)
        let declined = lab.offer(gpu, role: "ml")
        lab.tell(.offerClosed(OfferClosed(offer: declined, outcome: .declined, refusedUntil: lab.now + .seconds(5))))
        lab.offer(gpu, role: "hpc")
        lab.tell(
            .decided(
                Decision(
                    about: .scaleOut, summary: "scale-out burst +1 (m.large $0.09/h): 2 tasks of hpc wait",
                    winner: "m.large",
                    runnerUp: "m.huge $0.34/h")))
        lab.pass(4)
        return lab
    }
}
