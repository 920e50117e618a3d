import AgentLink
import ClusterModel
import Dispatch
import Synchronization

/// Agents of simulated nodes: they run nothing, keep what they are told, and report what somebody tells them to, as a
/// link to a real agent would. A new core makes them anew of what it has kept.
final class SimulatedAgents: Sendable {
    /// A task that a node was told to start.
    struct Task: Sendable {
        var attempt: UInt32
        var framework: String
        var name: String
    }
    struct Agent: Sendable {
        var isConnected = false
        /// Told by hand to fall silent.
        var isSilent = false
        /// How long its tasks run by themselves; nil = they wait to be told.
        var runs: Interval?
        var tasks: [TaskID: Task] = [:]
        /// What it was told, one JSON object each, oldest first.
        var received: [String] = []
    }
    /// A deed that waits for its task.
    struct Waiting: Sendable {
        var wish: Simulate
        var answer: @Sendable (ActionAnswer) -> Void
    }
    struct State {
        var agents: [String: Agent] = [:]
        /// How long tasks run on nodes of which nothing else is said.
        var runs: Interval?
        var waiting: [UInt64: Waiting] = [:]
        var last: UInt64 = 0
    }

    /// How addresses of simulated nodes begin.
    static let scheme = "simulated:"

    let state: Mutex<State>
    let limits: RuntimeLimits
    private let tell: @Sendable (Input) -> Void
    let timer = DispatchQueue(label: "bellows.simulated")

    /// The agents of a kept state's simulated nodes, with the tasks that they had.
    init(state kept: ClusterState, limits: RuntimeLimits, tell: @escaping @Sendable (Input) -> Void) {
        self.limits = limits
        self.tell = tell
        var known = State()
        for node in kept.presentNodes where kept.nodes[node.index].isSimulated {
            var agent = Agent()
            for task in kept.index.tasksOnNode[node.index] {
                guard let row = kept.row(of: task) else { continue }
                let external = kept.external(task.job)
                agent.tasks[task] = Task(
                    attempt: row.attempt, framework: external.map { kept.frameworkID(of: $0.framework) } ?? "",
                    name: external?.name ?? task.description)
            }
            known.agents[kept.name(of: node)] = agent
        }
        state = Mutex(known)
    }

    /// Opens the way to a simulated node; false when it is none. The agent says hello at once.
    func connect(_ node: String, address: String) -> Bool {
        guard address.hasPrefix(Self.scheme) else { return false }
        let hello = state.withLock { state -> AgentHello? in
            var agent = state.agents[node] ?? Agent()
            defer { state.agents[node] = agent }
            guard !agent.isSilent, !agent.isConnected else { return nil }
            agent.isConnected = true
            return Self.hello(node, agent)
        }
        if let hello { tell(.agentHello(hello)) }
        return true
    }

    /// Shuts the way to a simulated node; false when it is none. What it was told can still be asked for.
    func disconnect(_ node: String) -> Bool {
        state.withLock { state in
            guard state.agents[node] != nil else { return false }
            state.agents[node]?.isConnected = false
            return true
        }
    }

    static func hello(_ node: String, _ agent: Agent) -> AgentHello {
        var hello = AgentHello()
        hello.node = node
        hello.boot = "simulated"
        hello.agentVersion = "simulated"
        hello.kernel = "simulated"
        hello.isolation = "none"
        for (id, task) in agent.tasks.sorted(by: { $0.key < $1.key }) {
            var status = TaskStatus()
            status.task = id
            status.attempt = task.attempt
            hello.tasks.append(status)
        }
        return hello
    }

    func report(_ report: AgentReport) { tell(.agentReport(report)) }
    func report(_ input: Input) { tell(input) }

    /// Does what `wish` says once its task is there, or says in time that it is not.
    func wait(_ wish: Simulate, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        let number = state.withLock { state in
            state.last += 1
            state.waiting[state.last] = Waiting(wish: wish, answer: answer)
            return state.last
        }
        timer.asyncAfter(deadline: .now() + .milliseconds(limits.simulatedPatienceMilliseconds)) { [self] in
            guard let late = state.withLock({ $0.waiting.removeValue(forKey: number) }) else { return }
            late.answer(
                ActionAnswer(
                    accepted: false,
                    message: "refused: \(wish.node) was not told of a task \(wish.subject); "
                        + "`bellows sim agent \(wish.node) received` lists what it was told"))
        }
    }
}
