import ClusterModel

/// What waits, by equal shape: pieces of one need, requirement and size of gang, for one role.
struct DemandGroup {
    /// What makes two jobs equal to the autoscaler.
    struct Key: Hashable {
        var role: RoleID
        var need: ResourceVector
        var ports: UInt32
        var words: [Extras.Words]
        var requirement: String
        var gang: UInt32
    }
    let key: Key
    /// One piece of it, as the allocator and the batch framework know it.
    let demand: Demand
    /// The first job that wants it; none = a framework outside told of it.
    let firstJob: JobID
    /// The framework outside that told of it first, if one did.
    var framework = FrameworkID.none
    /// Pieces that wait.
    var pieces: Int
    /// Of these, pieces for which nothing is there, coming or bought so far.
    var unmet: Int
    /// The longest run time that is reckoned for a piece.
    var runTime: Interval
    /// Pieces for which room is coming.
    var coming = 0
    /// Pieces for which machines are bought.
    var bought = 0
    /// Why nothing is bought for the rest.
    var reason = Reason.none
    var isGang: Bool { key.gang > 1 }
    /// Gangs of it that nothing serves.
    var unmetGangs: Int { unmet / Int(key.gang) }
}

/// The queue as the autoscaler sees it.
struct QueueDemand {
    /// Most jobs of one role that are looked at.
    static let scanLimit = 10_000
    /// Most shapes; jobs of further shapes wait for their turn.
    static let groupLimit = 256
    /// What is reckoned for a task whose run time nobody knows, when the cluster assumes more.
    static let reckonedRunTime = Interval.hours(1)

    /// Shapes in the order of roles and their queues.
    private(set) var groups: [DemandGroup] = []
    /// Jobs of shapes beyond the limit.
    private(set) var otherJobs = 0
    private var places: [DemandGroup.Key: Int] = [:]

    /// What waits in `state` and may start. `bootTime` is the shortest time in which a machine could be had: what is
    /// promised a start before that waits for it.
    init(_ state: ClusterState, now: Instant, bootTime: Interval) {
        for framework in state.index.demanding { add(framework, state) }
        for role in state.index.pending.indices {
            for job in state.index.pending[role].prefix(Self.scanLimit) {
                let row = state.jobs[job.index]
                guard row.framework == .batch, row.notBefore <= now, row.queued > 0 else { continue }
                if row.gang > 1, row.queued != row.gang { continue }
                add(job, row, state, startsSooner: !row.expectedStart.isNever && row.expectedStart <= now + bootTime)
            }
        }
    }

    /// What a framework outside would take still. How long its work runs nobody knows.
    private mutating func add(_ framework: FrameworkID, _ state: ClusterState) {
        guard state.frameworks[framework.index].state == .active, let told = state.details(of: framework)?.demand
        else { return }
        for one in told.pieces where !state.frameworks[framework.index].suppressed.contains(one.role) {
            let key = DemandGroup.Key(
                role: one.role, need: one.need, ports: one.ports, words: [], requirement: "",
                gang: one.isGang ? one.count : 1)
            let pieces = Int(one.count)
            if let at = places[key] {
                groups[at].pieces += pieces
                groups[at].unmet += pieces
                continue
            }
            guard groups.count < Self.groupLimit else { return otherJobs += 1 }
            places[key] = groups.count
            var demand = Demand(role: one.role, need: one.need, count: pieces, ports: one.ports, words: [])
            demand.isGang = one.isGang
            var group = DemandGroup(
                key: key, demand: demand, firstJob: .none, pieces: pieces, unmet: pieces,
                runTime: min(state.configuration.limits.assumedRunTime, Self.reckonedRunTime))
            group.framework = framework
            groups.append(group)
        }
    }

    private mutating func add(_ job: JobID, _ row: JobRow, _ state: ClusterState, startsSooner: Bool) {
        let spec = state.specs[job.index]
        let key = DemandGroup.Key(
            role: row.role, need: row.need, ports: spec.ports, words: spec.words, requirement: spec.requirement,
            gang: row.gang)
        let limit = spec.timeLimit > .zero ? spec.timeLimit : state.configuration.limits.assumedRunTime
        let runTime = spec.timeLimit > .zero ? limit : min(limit, Self.reckonedRunTime)
        let waiting = Int(row.queued)
        if let at = places[key] {
            groups[at].pieces += waiting
            if !startsSooner { groups[at].unmet += waiting }
            groups[at].runTime = max(groups[at].runTime, runTime)
            return
        }
        guard groups.count < Self.groupLimit else { return otherJobs += 1 }
        var demand = Demand(
            role: row.role, need: row.need, count: waiting, ports: spec.ports, words: spec.words)
        demand.isGang = row.gang > 1
        if !spec.requirement.isEmpty {
            guard let requirement = try? Requirement.compile(spec.requirement) else { return }
            demand.requirement = requirement
        }
        places[key] = groups.count
        var group = DemandGroup(
            key: key, demand: demand, firstJob: job, pieces: waiting, unmet: startsSooner ? 0 : waiting,
            runTime: runTime)
        if startsSooner { group.reason = Reason(.startsSooner) }
        groups.append(group)
    }

    /// Whether something waits that nothing serves.
    var isUnmet: Bool { groups.contains { $0.unmet > 0 } }

    /// Changes a group.
    mutating func update(_ at: Int, _ body: (inout DemandGroup) -> Void) { body(&groups[at]) }
}
