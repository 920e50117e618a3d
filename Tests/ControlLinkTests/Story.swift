/// A made-up life of a cluster from a seed: real events in an order in which a core could send them.
import ClusterModel

/// SplitMix64: the same numbers from the same seed, everywhere.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}

/// Tells events one batch at a time.
struct Story {
    private var dice: Dice
    private var nodes: UInt32 = 0
    private var jobs: UInt32 = 0
    private var waiting: [TaskID] = []
    private var running: [TaskID] = []

    init(seed: UInt64) { dice = Dice(seed: seed) }

    /// How a cluster begins.
    static func opening() -> [Event] {
        var configuration = ClusterConfiguration()
        var pool = PoolSpec()
        pool.name = "local"
        configuration.pools = [pool]
        return [
            .coreStarted(CoreStarted(cluster: "c-1", epoch: 3, version: "1.0", user: "anna")),
            .configured(Configured(configuration: configuration, file: configuration, user: "anna")),
        ]
    }

    /// The next batch: one to four events.
    mutating func next() -> [Event] { (0..<(1 + dice.below(4))).map { _ in event() } }

    private mutating func event() -> Event {
        switch dice.below(10) {
        case 0 where nodes < 300, 1 where nodes < 3:
            nodes += 1
            let total = ResourceVector(cpus: 64_000, mem: 256 << 30)
            return .nodeAdded(
                NodeAdded(
                    node: NodeID(raw: nodes - 1), name: "node\(nodes)", pool: PoolID(raw: 0), total: total,
                    pricePerHour: 90_000))
        case 2, 3: return submission()
        case 4, 5, 6:
            guard nodes > 0, !waiting.isEmpty else { return .noted(Noted(user: "anna", text: "quiet")) }
            let task = waiting.removeFirst()
            running.append(task)
            return .taskLaunched(
                TaskLaunched(task: task, attempt: 1, node: NodeID(raw: UInt32(dice.below(Int(nodes))))))
        case 7 where !running.isEmpty:
            return .taskStarted(TaskStarted(task: running[dice.below(running.count)], pid: 400, sequence: 1))
        case 8 where !running.isEmpty:
            let task = running.remove(at: dice.below(running.count))
            return .taskEnded(
                TaskEnded(
                    task: task, state: .failed, exitCode: 3, runTime: .seconds(2), message: "said no", sequence: 2))
        case 9 where nodes > 0:
            let node = NodeID(raw: UInt32(dice.below(Int(nodes))))
            return .sampled(Sampled(node: node, cpuUsed: Int64(dice.below(64_000)), memUsed: 1 << 30, load: 55))
        default: return .noted(Noted(user: "bob", mark: "m\(dice.below(9))", text: "something happened"))
        }
    }

    private mutating func submission() -> Event {
        jobs += 1
        var spec = JobSpec()
        spec.name = "sim"
        spec.role = ["eng/web", "hpc", "ml"][dice.below(3)]
        spec.argv = ["/bin/true", "--seed", "\(dice.below(1_000))"]
        spec.need = ResourceVector(cpus: 500, mem: 64 << 20)
        spec.count = UInt32(1 + dice.below(20))
        let job = JobID(raw: jobs)
        for index in 0..<spec.count { waiting.append(TaskID(job: job, index: index)) }
        return .jobSubmitted(JobSubmitted(job: job, user: "anna", framework: .batch, spec: spec))
    }
}

extension TestCore {
    /// A core in which `batches` batches of the story with `seed` have happened.
    static func grown(seed: UInt64, batches: Int, output: [UInt8] = []) -> (core: TestCore, story: Story) {
        let core = TestCore(output: output)
        var story = Story(seed: seed)
        core.happen(Story.opening())
        for _ in 0..<batches { core.happen(story.next()) }
        return (core, story)
    }
}

extension ClusterState {
    /// The whole state as bytes: equal states and only those have equal bytes.
    var allBytes: [UInt8] { snapshot().chunks.flatMap { $0.wireBytes() } }
}
