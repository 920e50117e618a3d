import ClusterModel

/// What a simulated session is made of: the cluster, the load, and how often what goes wrong. Chances are "once in N";
/// 0 = never.
public struct Scenario: Sendable {
    /// Its name, for messages.
    public var name = "calm"
    /// Decides everything that chance decides.
    public var seed: UInt64 = 1
    /// The cluster file.
    public var configuration = ClusterConfiguration()
    /// How long people act and things go wrong; afterwards the world calms down and everything must come to its end.
    public var duration = Interval.minutes(3)
    /// Mean time between two acts of people.
    public var actEvery = Interval.seconds(2)
    /// Mean run time of a task.
    public var runTime = Interval.seconds(20)
    /// A message between core and agent is lost with its connection.
    public var lossOneIn: Int64 = 0
    /// A status arrives twice.
    public var duplicateOneIn: Int64 = 0
    /// A message overtakes others.
    public var reorderOneIn: Int64 = 0
    /// Mean time between two crashes of agents; zero = none.
    public var agentCrashEvery = Interval.zero
    /// Mean time between two freezes of agents; zero = none.
    public var agentFreezeEvery = Interval.zero
    /// Mean time between two reboots of nodes; zero = none.
    public var rebootEvery = Interval.zero
    /// Mean time between two crashes of the core; zero = none.
    public var coreCrashEvery = Interval.zero
    /// Mean time between two jumps of the clock; zero = none.
    public var clockJumpEvery = Interval.zero
    /// A provider fails.
    public var providerFailureOneIn: Int64 = 0
    /// A provider says that it failed and has made the machine all the same.
    public var providerLieOneIn: Int64 = 0
    /// A machine that was made never comes up.
    public var silentMachineOneIn: Int64 = 0
    /// Longest time that a provider takes to make or to end a machine.
    public var providerTakes = Interval.seconds(3)
    /// Mean time between two machines that vanish; zero = none.
    public var machineLossEvery = Interval.zero
    /// Whether the autoscaler is on.
    public var autoscales = false
    /// A task fails.
    public var taskFailureOneIn: Int64 = 10
    /// Frameworks outside that share the cluster.
    public var frameworks = 0

    /// A calm scenario.
    public init() {}

    /// A cluster of `nodes` equal simulated nodes with 8 cpus, and a burst pool of 4.
    public static func cluster(nodes: UInt32) -> ClusterConfiguration {
        var configuration = ClusterConfiguration()
        configuration.name = "simulated"
        configuration.pools = [pool("rack", nodes, nodes, price: 110_000), pool("burst", 0, 4, price: 250_000)]
        configuration.limits.lostAfter = .minutes(2)
        return configuration
    }

    private static func pool(_ name: String, _ minimum: UInt32, _ maximum: UInt32, price: Int64) -> PoolSpec {
        var pool = PoolSpec()
        pool.name = name
        pool.minimum = minimum
        pool.maximum = maximum
        var type = MachineType()
        type.name = "\(name)-8"
        type.resources = ResourceVector(cpus: 8_000, mem: 32 << 30, disk: 100 << 30, gpus: 0)
        type.pricePerHour = price
        type.extras.set(Extras.Ranges(name: "ports", bounds: [31_000, 31_099]))
        type.attributes = [Attribute(name: "rack", text: name)]
        pool.types = [type]
        return pool
    }

    /// The scenarios that every change must survive, for one seed.
    public static func all(seed: UInt64) -> [Scenario] {
        var calm = Scenario()
        calm.seed = seed
        calm.configuration = cluster(nodes: 4)
        var lossy = calm
        (lossy.name, lossy.lossOneIn, lossy.duplicateOneIn, lossy.reorderOneIn) = ("lossy", 40, 10, 10)
        var crashing = calm
        (crashing.name, crashing.agentCrashEvery, crashing.agentFreezeEvery) = (
            "crashing agents", .seconds(30), .seconds(60)
        )
        crashing.rebootEvery = .seconds(120)
        var leaderless = calm
        (leaderless.name, leaderless.coreCrashEvery) = ("crashing core", .seconds(15))
        var storm = crashing
        (storm.name, storm.lossOneIn, storm.duplicateOneIn, storm.reorderOneIn) = ("storm", 60, 10, 10)
        (storm.coreCrashEvery, storm.clockJumpEvery, storm.providerFailureOneIn) = (.seconds(25), .seconds(90), 4)
        var shared = storm
        (shared.name, shared.frameworks) = ("storm with frameworks", 2)
        var ranked = shared
        (ranked.name, ranked.frameworks) = ("storm under a policy", 1)
        ranked.configuration.offers.policy = seed % 2 == 0 ? .priority : seed % 4 == 1 ? .pack : .spread
        ranked.configuration.roles = [("hpc", -5), ("eng/web", 5)].map { path, priority in
            var role = RoleSpec()
            (role.path, role.priority) = (path, Int64(priority))
            return role
        }
        return [calm, lossy, crashing, leaderless, storm, shared, ranked]
    }

    /// The autoscaler against providers that are slow, lie, fail and lose machines, for one seed.
    public static func scaling(seed: UInt64) -> [Scenario] {
        var calm = Scenario()
        (calm.name, calm.seed, calm.autoscales, calm.duration) = ("scaling", seed, true, .minutes(10))
        calm.configuration = breathing()
        calm.actEvery = .seconds(8)
        var slow = calm
        (slow.name, slow.providerTakes) = ("slow provider", .seconds(50))
        var failing = calm
        (failing.name, failing.providerFailureOneIn) = ("failing provider", 2)
        var lying = calm
        (lying.name, lying.providerLieOneIn, lying.silentMachineOneIn) = ("lying provider", 3, 4)
        var losing = calm
        (losing.name, losing.machineLossEvery) = ("losing provider", .seconds(40))
        var all = losing
        (all.name, all.providerFailureOneIn, all.providerLieOneIn, all.silentMachineOneIn) = ("bad provider", 4, 4, 6)
        (all.providerTakes, all.coreCrashEvery, all.lossOneIn) = (.seconds(20), .seconds(60), 60)
        return [calm, slow, failing, lying, losing, all]
    }

    /// Two fixed nodes and two pools to grow into, under a budget that does not let both be full.
    static func breathing() -> ClusterConfiguration {
        var configuration = cluster(nodes: 2)
        configuration.pools.append(pool("cloud", 0, 6, price: 400_000))
        for place in configuration.pools.indices where place > 0 {
            var scaling = PoolScaling()
            (scaling.bootTime, scaling.idleFor, scaling.coolDown) = (.seconds(5), .seconds(40), .seconds(20))
            (scaling.persistence, scaling.refusalMemory) = (.seconds(3), .seconds(20))
            scaling.billing = BillingRule(quantum: .seconds(1), minimum: .seconds(60))
            configuration.pools[place].scaling = scaling
            configuration.pools[place].bootDeadline = .minutes(1)
            var small = configuration.pools[place].types[0]
            small.name = "\(configuration.pools[place].name)-4"
            small.resources = ResourceVector(cpus: 4_000, mem: 16 << 30, disk: 50 << 30, gpus: 0)
            small.pricePerHour = small.pricePerHour * 11 / 20
            configuration.pools[place].types.append(small)
        }
        configuration.budgetPerHour = Money(micros: 2_100_000)
        // The whole session stays in view.
        configuration.limits.keepFinished = .hours(4)
        return configuration
    }
}
