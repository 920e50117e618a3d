/// Questions that everybody asks of the state. All O(1) unless said.
extension ClusterState {
    /// A role's priority: its own plus those of the roles above it. O(depth).
    public func priority(of role: RoleID) -> Int64 {
        var (sum, at) = (Int64(0), role)
        while !at.isNone {
            sum += roles[at.index].priority
            at = roles[at.index].parent
        }
        return sum
    }

    /// The text with this number.
    public func text(_ id: TextID) -> String { texts[id] }
    /// A node's name.
    public func name(of node: NodeID) -> String { nodes.contains(node.index) ? texts[nodes[node.index].name] : "" }
    /// A role's path.
    public func path(of role: RoleID) -> String { role.index < roles.count ? texts[roles[role.index].path] : "" }
    /// A pool's name.
    public func name(of pool: PoolID) -> String { pool.index < pools.count ? texts[pools[pool.index].name] : "" }
    /// A framework's name.
    public func name(of framework: FrameworkID) -> String {
        framework.index < frameworks.count ? texts[frameworks[framework.index].name] : ""
    }

    /// The present node of that name.
    public func node(named name: String) -> NodeID? { texts.find(name).flatMap { index.nodeByName[$0] } }
    /// The role with that path.
    public func role(at path: String) -> RoleID? { texts.find(path).flatMap { index.roleByPath[$0] } }
    /// The machine with this id that a pool's provider sees and nobody accounts for.
    public func orphan(_ pool: PoolID, _ id: String) -> OrphanRow? { orphans.first { $0.pool == pool && $0.id == id } }

    /// The pool of that name.
    public func pool(named name: String) -> PoolID? { texts.find(name).flatMap { index.poolByName[$0] } }

    /// Whether the job is in the state.
    public func contains(_ job: JobID) -> Bool {
        !job.isNone && job.raw > 0 && jobs.contains(job.index) && jobs[job.index].count > 0
    }
    /// A task's slot, if its job is in the state.
    public func slot(of task: TaskID) -> Int? {
        guard contains(task.job), task.index < jobs[task.job.index].count else { return nil }
        return Int(jobs[task.job.index].firstTask) + Int(task.index)
    }
    /// A task's row, unless it is unknown or forgotten.
    public func row(of task: TaskID) -> TaskRow? {
        guard let slot = slot(of: task), tasks.contains(slot), tasks[slot].state != .forgotten else { return nil }
        return tasks[slot]
    }
    /// What people call a job: its name with its number, `sim-17`.
    public func label(of job: JobID) -> String {
        let name = contains(job) ? specs[job.index].name : ""
        return name.isEmpty ? "job-\(job.raw)" : "\(name)-\(job.raw)"
    }
    /// What people call a task: `sim-17/3`, or the job's label when it has one task.
    public func label(of task: TaskID) -> String {
        contains(task.job) && jobs[task.job.index].count == 1 && task.index == 0
            ? label(of: task.job) : "\(label(of: task.job))/\(task.index)"
    }
    /// The jobs in the state, ascending.
    public var liveJobs: [JobID] { index.liveJobs }
    /// Slots of nodes that are present, ascending. O(slots).
    public var presentNodes: [NodeID] {
        (0..<nodes.count).lazy.map { NodeID($0) }.filter { nodes[$0.index].isPresent }
    }
    /// The machine type of that name in a pool's configuration.
    public func machineType(_ type: String, in pool: PoolID) -> MachineType? {
        spec(of: pool)?.types.first { $0.name == type }
    }
    /// A pool as configured; nil once it has left the cluster file.
    public func spec(of pool: PoolID) -> PoolSpec? {
        let name = name(of: pool)
        return configuration.pools.first { $0.name == name }
    }
    /// What was declared of a node; its transport is `.pool` when nobody declared it.
    public func declaration(of node: NodeID) -> NodeSpec {
        nodes.contains(node.index) ? nodeDetails[node.index].spec : NodeSpec()
    }
    /// Instances of a pool that are not on their way out. O(instances).
    public func stayingInstances(of pool: PoolID) -> Int {
        var count = 0
        for id in index.liveInstances {
            let row = instances[id.index]
            guard row.pool == pool, row.state != .stopping else { continue }
            if nodes.contains(row.node.index), nodes[row.node.index].removeWhenDrained { continue }
            count += 1
        }
        return count
    }
    /// Present rate over all pools, millionths per hour.
    public var burnPerHour: Int64 { pools.reduce(0) { $0 + $1.meter.ratePerHour } }
    /// Money spent over all pools up to `instant`.
    public func spent(at instant: Instant) -> Money { pools.reduce(.zero) { $0 + $1.meter.total(at: instant) } }
    /// Money spent over all pools since the UTC day began.
    public func spentToday(at instant: Instant) -> Money { pools.reduce(.zero) { $0 + $1.meter.today(at: instant) } }

    /// A task's share of a node's price: the mean of its shares of cpus, mem and gpus, so that the parts never come to
    /// more than the whole; the rest is the node's idle cost. Millionths per hour, rounded down.
    public static func cost(of need: ResourceVector, on total: ResourceVector, pricePerHour: Int64) -> Int64 {
        var shares: Int128 = 0
        var kinds: Int128 = 0
        for lane in [0, 1, 3] where total.lanes[lane] > 0 {
            kinds += 1
            shares += Int128(max(0, need.lanes[lane])) * Int128(1 << 30) / Int128(total.lanes[lane])
        }
        return kinds == 0 ? 0 : Int64(Int128(pricePerHour) * shares / (kinds * Int128(1 << 30)))
    }
}
