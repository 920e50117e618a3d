/// The cluster file as values: what it says about pools, roles, limits and prices. Reading YAML is somebody else's job.
public struct ClusterConfiguration: Hashable, Sendable, Wired {
    /// The cluster's name, in the header and in identifiers that leave the cluster.
    public var name = "local"
    /// Currency sign or code that stands before prices.
    public var currency = "$"
    /// Pools in the order of the file.
    public var pools: [PoolSpec] = []
    /// Roles in the order of the file; empty = any role may be used and comes into being by its use.
    public var roles: [RoleSpec] = []
    /// Names of scalar resources beyond cpus, mem, disk and gpus, at most `ResourceVector.customLaneLimit`.
    public var scalars: [String] = []
    /// Spending limits; zero = none.
    public var budgetPerHour = Money.zero
    /// Limit for a calendar month; zero = none.
    public var budgetPerMonth = Money.zero
    /// Times, counts and sizes.
    public var limits = Limits()
    /// Theme for this cluster; "" = the user's.
    public var theme = ""
    /// How offers are made.
    public var offers = OfferRules()
    /// File of those who may speak over the API; "" = anybody who reaches it.
    public var credentialsFile = ""
    /// Limit for a UTC day; zero = none.
    public var budgetPerDay = Money.zero
    /// Soft limits of the cluster; their hard halves are not used.
    public var softBudget = BudgetLimits()
    /// Most machines in all pools together; 0 = no limit.
    public var machineLimit: UInt32 = 0

    /// An empty configuration.
    public init() {}

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.text(&currency)
        coder.elements(&pools, empty: PoolSpec()) { $0.record(&$1) }
        coder.list(&roles)
        coder.texts(&scalars)
        coder.int(&budgetPerHour.micros)
        coder.int(&budgetPerMonth.micros)
        coder.record(&limits)
        coder.text(&theme)
        coder.record(&offers)
        coder.text(&credentialsFile)
        coder.int(&budgetPerDay.micros)
        coder.record(&softBudget)
        coder.uint(&machineLimit)
        // Roles stand in place and cannot grow; what came later follows them.
        var roleBudgets = roles.map(\.budgets)
        coder.list(&roleBudgets)
        for (place, budgets) in roleBudgets.enumerated() where place < roles.count { roles[place].budgets = budgets }
        var priorities = roles.map(\.priority)
        coder.elements(&priorities, empty: 0) { $0.int(&$1) }
        for (place, priority) in priorities.enumerated() where place < roles.count { roles[place].priority = priority }
    }

    /// The cluster's limits, soft and hard.
    public var budgets: BudgetLimits {
        var limits = softBudget
        limits.hour.hard = budgetPerHour.micros
        limits.day.hard = budgetPerDay.micros
        limits.month.hard = budgetPerMonth.micros
        return limits
    }

    /// Lane of a scalar by name, or nil when the cluster does not know it.
    public func lane(of name: String) -> Int? {
        switch name {
        case "cpus": 0
        case "mem": 1
        case "disk": 2
        case "gpus": 3
        default: scalars.firstIndex(of: name).map { ResourceVector.firstCustomLane + $0 }
        }
    }
    /// Names of all lanes in use, in lane order.
    public var laneNames: [String] { ["cpus", "mem", "disk", "gpus"] + scalars }
}

/// A pool as configured.
public struct PoolSpec: Hashable, Sendable, Wired {
    /// What makes and ends its machines.
    public enum Provider: UInt8, Sendable, CaseIterable { case local, fixed, libvirt, terraform }
    /// Its name.
    public var name = ""
    /// What makes its machines.
    public var provider = Provider.local
    /// Fewest instances; they are there from the start.
    public var minimum: UInt32 = 0
    /// Most instances.
    public var maximum: UInt32 = 0
    /// Machine types, preferred first.
    public var types: [MachineType] = []
    /// How long an instance may take until its node registers.
    public var bootDeadline = Interval.minutes(5)
    /// What its provider must know.
    public var making = ProviderSettings()
    /// How it grows, shrinks and is billed.
    public var scaling = PoolScaling()
    /// How long an instance may stay in each of its steps.
    public var steps = StepDeadlines()

    /// An empty pool.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.word(&provider)
        coder.uint(&minimum)
        coder.uint(&maximum)
        coder.elements(&types, empty: MachineType()) { $0.record(&$1) }
        coder.interval(&bootDeadline)
        coder.record(&making)
        coder.record(&scaling)
        coder.record(&steps)
    }
}

/// How long an instance may stay in a step of its life. On the way to its node all of them together are bounded by the
/// pool's `bootDeadline`; zero = by that alone.
public struct StepDeadlines: Hashable, Sendable, Wired {
    /// Until the provider says that it has the machine.
    public var requested = Interval.zero
    /// Until the machine is seen to run.
    public var allocated = Interval.zero
    /// Until its agent is reached.
    public var booting = Interval.zero
    /// Until its agent has told all it knows.
    public var registering = Interval.zero
    /// Until the machine is seen to be gone; it is asked for again until then and after.
    public var stopping = Interval.minutes(10)

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.interval(&requested)
        coder.interval(&allocated)
        coder.interval(&booting)
        coder.interval(&registering)
        coder.interval(&stopping)
    }

    /// The steps by the words of the cluster file, in their order.
    public static let words: [(word: String, step: WritableKeyPath<StepDeadlines, Interval> & Sendable)] = [
        ("requested", \.requested), ("allocated", \.allocated), ("booting", \.booting),
        ("registering", \.registering), ("stopping", \.stopping),
    ]

    /// The limit of a step; zero = none of its own.
    public func limit(of state: InstanceRow.State) -> Interval {
        switch state {
        case .queued, .requested: requested
        case .allocated: allocated
        case .booting: booting
        case .registering: registering
        case .stopping: stopping
        case .running, .draining, .gone: .zero
        }
    }
}

/// A kind of machine that a pool may have.
public struct MachineType: Hashable, Sendable, Wired {
    /// Its name.
    public var name = ""
    /// What it offers.
    public var resources = ResourceVector.zero
    /// Ports and sets it offers.
    public var extras = Extras()
    /// Attributes of its nodes.
    public var attributes: [Attribute] = []
    /// Price in millionths per hour.
    public var pricePerHour: Int64 = 0
    /// Nobody knows its price: it is shown as `?` and counts for nothing in sums.
    public var priceIsUnknown = false
    /// Where its price is from, with the date; "" = the cluster file's own.
    public var priceSource = ""

    /// An empty type.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.value(&resources)
        coder.value(&extras)
        coder.list(&attributes)
        coder.int(&pricePerHour)
        coder.flag(&priceIsUnknown)
        coder.text(&priceSource)
    }
}

/// A role as configured.
public struct RoleSpec: Hashable, Sendable, Wired {
    /// Its path, `eng/web`.
    public var path = ""
    /// Weight in thousandths, 1 to 1,000,000.
    public var weight: Int64 = 1_000
    /// Spending limits of it and the roles below.
    public var budgets = BudgetLimits()
    /// Priority among the roles of its level, -1,000 to 1,000; counts under the policy of that name.
    public var priority: Int64 = 0

    /// An empty role.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&path)
        coder.int(&weight)
    }
}

/// Times, counts and sizes that a cluster file may set.
public struct Limits: Hashable, Sendable, Wired {
    /// Silence after which a node is unreachable.
    public var unreachableAfter = Interval.seconds(15)
    /// Silence after which a node is lost and its tasks are given up.
    public var lostAfter = Interval.minutes(10)
    /// How long an offer stays open.
    public var offerTimeout = Interval.seconds(30)
    /// How long an agent may take to confirm a launch before it is asked again.
    public var stagingTimeout = Interval.seconds(60)
    /// Failures of different jobs in a row after which a node is held; 0 = never.
    public var failuresInRow: UInt32 = 5
    /// Time between two samples of a node, which are also its sign of life.
    public var sampleEvery = Interval.seconds(2)
    /// How long an ended task stays in the state.
    public var keepFinished = Interval.hours(1)
    /// How many ended tasks stay in the state, for each framework.
    public var keepFinishedCount: UInt32 = 1_000
    /// Assumed run time of tasks without a time limit, for planning only.
    public var assumedRunTime = Interval.hours(24)
    /// Wait before a failed task is tried again; doubles with each failure.
    public var retryAfter = Interval.seconds(1)
    /// Default limit for each of a task's stdout and stderr, in bytes.
    public var logLimit: Int64 = 64 << 20
    /// Recordings older than this are removed.
    public var recordingAge = Interval.hours(24 * 14)
    /// Oldest recordings are removed above this many bytes.
    public var recordingSize: Int64 = 4 << 30
    /// Machines that the file names, and how they are reached.
    public var fleet = Fleet()

    /// The defaults.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.interval(&unreachableAfter)
        coder.interval(&lostAfter)
        coder.interval(&offerTimeout)
        coder.interval(&stagingTimeout)
        coder.uint(&failuresInRow)
        coder.interval(&sampleEvery)
        coder.interval(&keepFinished)
        coder.uint(&keepFinishedCount)
        coder.interval(&assumedRunTime)
        coder.interval(&retryAfter)
        coder.int(&logLimit)
        coder.interval(&recordingAge)
        coder.int(&recordingSize)
        coder.record(&fleet)
    }
}
