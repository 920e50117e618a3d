import Allocator
import ClusterModel
import Workloads

/// A cluster for tests, made of events alone, with the loop that a core runs: demands, proposals, offers, placement.
struct World {
    var state = ClusterState()
    var now = Instant(microseconds: 1_000_000_000_000)
    var memory = BatchMemory()
    /// Whether the memory is thrown away before each round.
    var forgets = false
    private var offers = 0
    private var jobs = 0

    init(roles: [(String, Int64)] = [], scalars: [String] = []) {
        var configuration = ClusterConfiguration()
        configuration.scalars = scalars
        configuration.roles = roles.map {
            var spec = RoleSpec()
            (spec.path, spec.weight) = $0
            return spec
        }
        configure(configuration)
    }

    mutating func configure(_ configuration: ClusterConfiguration) {
        var event = Configured()
        event.configuration = configuration
        event.file = configuration
        tell(.configured(event))
    }

    mutating func tell(_ event: Event) {
        state.apply(StampedEvent(sequence: state.sequence + 1, time: now, event: event))
    }

    @discardableResult
    mutating func node(
        _ name: String, cpus: Int64, mem: Int64 = 0, extras: Extras = Extras(), attributes: [Attribute] = []
    ) -> NodeID {
        let node = NodeID(state.nodes.count)
        let total = ResourceVector(cpus: cpus * 1_000, mem: mem << 20)
        tell(.nodeAdded(NodeAdded(node: node, name: name, total: total, extras: extras, attributes: attributes)))
        var event = NodeRegistered()
        event.node = node
        event.total = total
        event.state = .ready
        tell(.nodeRegistered(event))
        return node
    }

    @discardableResult
    mutating func framework(_ name: String, _ roles: String..., minimum: ResourceVector = .zero) -> FrameworkID {
        let id = FrameworkID(state.frameworks.count)
        tell(
            .frameworkChanged(
                FrameworkChanged(framework: id, name: name, state: .active, roles: roles, minimum: minimum)))
        return id
    }

    @discardableResult
    mutating func submit(
        _ role: String = "r", cpus: Int64 = 1, count: UInt32 = 1, limit: Int64 = 0,
        _ change: (inout JobSpec) -> Void = { _ in }
    ) -> JobID {
        jobs += 1
        var spec = JobSpec()
        spec.role = role
        spec.argv = ["true"]
        spec.need = ResourceVector(cpus: cpus * 1_000)
        spec.count = count
        spec.timeLimit = .seconds(limit)
        change(&spec)
        let job = JobID(raw: UInt32(jobs))
        tell(.jobSubmitted(JobSubmitted(job: job, user: "u", framework: .batch, spec: spec)))
        return job
    }

    /// Lends what is proposed; the offers' numbers.
    mutating func lend(_ proposals: [Proposal]) -> [OfferID] {
        proposals.map { proposal in
            offers += 1
            let offer = OfferID(raw: UInt32(offers))
            tell(
                .offerMade(
                    OfferMade(
                        offer: offer, framework: proposal.framework, role: proposal.role, node: proposal.node,
                        resources: proposal.resources, extras: proposal.extras, expiresAt: now + .seconds(30))))
            return offer
        }
    }

    /// One round of a core: what starts is applied and answered.
    @discardableResult
    mutating func round(candidates: [NodeID]? = nil) -> Placement {
        if forgets { memory = BatchMemory() }
        let demands = Batch.demands(state, now: now, memory: &memory)
        let proposals = Allocator.propose(state, demands: demands, candidates: candidates, now: now)
        let made = lend(proposals)
        let own = made.filter { state.offers[$0.index].framework == .batch }
        let placement = Batch.place(offers: own, in: state, now: now, memory: &memory)
        for launch in placement.launches { tell(.taskLaunched(launch)) }
        for expected in placement.expectations { tell(.jobExpected(expected)) }
        for offer in own { tell(.offerClosed(OfferClosed(offer: offer, outcome: .accepted))) }
        return placement
    }

    /// Ends a task; the node that has room again.
    @discardableResult
    mutating func end(_ task: TaskID) -> NodeID {
        let node = state.row(of: task)?.node ?? .none
        tell(.taskEnded(TaskEnded(task: task, state: .finished, sequence: 1)))
        return node
    }

    func role(_ path: String) -> RoleID { state.role(at: path) ?? .none }
}

/// A small generator with a seed, for properties. SplitMix64.
struct Seeded {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
