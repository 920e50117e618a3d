import ClusterModel
import ControlCore

/// Drives a core by hand: the test says what happens and when; agents do nothing by themselves.
struct CoreDriver {
    var core = ControlCore()
    var now = Instant(microseconds: 1_750_000_000_000_000)
    var directives: [Directive] = []
    var events: [Event] = []
    private var requests: UInt64 = 0

    /// A started core on a pool `rack` of `nodes` nodes with 4 cpus and 8 GiB, and a pool `burst` of up to 2.
    init(nodes: UInt32 = 2, change: (inout ClusterConfiguration) -> Void = { _ in }) {
        var configuration = ClusterConfiguration()
        for (name, minimum, maximum, price) in [("rack", nodes, nodes, Int64(100_000)), ("burst", 0, 2, 250_000)] {
            var pool = PoolSpec()
            (pool.name, pool.minimum, pool.maximum) = (name, minimum, UInt32(maximum))
            var type = MachineType()
            type.name = "\(name)-4"
            type.resources = ResourceVector(cpus: 4_000, mem: 8 << 30, disk: 0, gpus: 0)
            type.pricePerHour = price
            pool.types = [type]
            configuration.pools.append(pool)
        }
        change(&configuration)
        var start = CoreStart()
        (start.cluster, start.epoch, start.version, start.user) = ("test", 1, "test", "anna")
        start.configuration = configuration
        tell(.start(start))
        for number in 1...max(1, nodes) where nodes > 0 { hello("rack-\(number)") }
    }

    mutating func tell(_ input: Input) {
        let outcome = core.handle(input, at: now)
        directives += outcome.directives
        events += outcome.events.map(\.event)
        if let found = core.state.violation() { fatalError(found) }
    }

    mutating func pass(_ span: Interval) {
        let end = now + span
        while let next = core.nextDeadline, next <= end {
            now = max(now, next)
            tell(.wake)
        }
        now = end
        tell(.wake)
    }

    mutating func hello(_ node: String, boot: String = "boot-1", tasks: [TaskStatus] = []) {
        var hello = AgentHello()
        (hello.node, hello.boot, hello.agentStart, hello.tasks) = (node, boot, 1, tasks)
        tell(.agentHello(hello))
    }

    mutating func sample(_ node: String) {
        var sample = NodeSample()
        sample.node = node
        tell(.sample(sample))
    }

    @discardableResult mutating func act(_ action: Action, confirmed: String = "") -> ActionAnswer {
        requests += 1
        directives = []
        tell(.action(ActionRequest(request: requests, user: "anna", action: action, confirmed: confirmed)))
        for case .answer(_, let answer) in directives { return answer }
        return ActionAnswer(accepted: false, message: "no answer was given")
    }

    /// Submits a job that needs `cpus` cpus a task.
    @discardableResult mutating func submit(
        cpus: Int64 = 1, count: UInt32 = 1, change: (inout JobSpec) -> Void = { _ in }
    ) -> JobID {
        var spec = JobSpec()
        (spec.name, spec.role, spec.argv, spec.count) = ("job", "hpc", ["true"], count)
        spec.need = ResourceVector(cpus: cpus * 1_000, mem: 1 << 30, disk: 0, gpus: 0)
        change(&spec)
        return act(.submit(SubmitJobs(spec))).jobs.first ?? .none
    }

    /// Has the agent tell that a placed task runs, or that it ended.
    mutating func report(_ task: TaskID, _ phase: TaskStatus.Phase, exitCode: Int32 = 0, sequence: UInt64 = 1) {
        guard let row = core.state.row(of: task) else { return }
        var status = TaskStatus()
        (status.task, status.attempt, status.phase, status.sequence) = (task, row.attempt, phase, sequence)
        (status.pid, status.exitCode, status.reason) = (42, exitCode, Reason(.exited))
        tell(.taskStatus(NodeTaskStatus(node: core.state.name(of: row.node), status: status)))
    }

    func task(_ job: JobID, _ index: UInt32 = 0) -> TaskRow? { core.state.row(of: TaskID(job: job, index: index)) }
    func node(_ name: String) -> NodeRow? { core.state.node(named: name).map { core.state.nodes[$0.index] } }
}
