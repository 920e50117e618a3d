/// Rows of which there are few: roles, frameworks, pools, instances, refusal filters.

/// A tenant in the fairness tree.
public struct RoleRow: Sendable, Wired {
    /// Its path, `eng/web`.
    public var path = TextID.none
    /// The role above it; none at the top.
    public var parent = RoleID.none
    /// Weight in thousandths, at least 1.
    public var weight: Int64 = 1_000
    /// Offered and used by it and the roles below.
    public var allocated = ResourceVector.zero
    /// Times it was allocated something; breaks ties.
    public var allocations: UInt64 = 0
    /// Tasks queued or held.
    public var queued: UInt32 = 0
    /// Tasks placed.
    public var placed: UInt32 = 0
    /// What its tasks have cost.
    public var meter = Meter()
    /// How much it and the roles below may have, and are promised.
    public var quota = Quota()
    /// The same, rate x milliseconds, when the present UTC month began.
    public var atMonthStart: Int128 = 0
    /// Priority among the roles of its level.
    public var priority: Int64 = 0

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&path)
        coder.id(&parent)
        coder.int(&weight)
        coder.value(&allocated)
        coder.uint(&allocations)
        coder.uint(&queued)
        coder.uint(&placed)
        coder.value(&meter)
        coder.record(&quota)
        Meter.wire128(&atMonthStart, &coder)
        coder.int(&priority)
    }
}

/// A scheduler that is offered resources.
public struct FrameworkRow: Sendable, Wired {
    /// Whether offers may go to it.
    public enum State: UInt8, Sendable { case active, suppressed, disconnected, removed }
    /// Its name.
    public var name = TextID.none
    /// Whether it takes offers.
    public var state = State.active
    /// The roles it is subscribed to, ascending.
    public var roles: [RoleID] = []
    /// Offered and used by it.
    public var allocated = ResourceVector.zero
    /// Times it was allocated something; breaks ties.
    public var allocations: UInt64 = 0
    /// The smallest offer it wants to see.
    public var minimum = ResourceVector.zero
    /// Open offers.
    public var offers: UInt32 = 0
    /// Its number among frameworks outside, from 1, for its id; 0 = built in.
    public var number: UInt32 = 0
    /// Those of its roles for which it wants no offers, ascending.
    public var suppressed: [RoleID] = []
    /// What it can deal with.
    public var capabilities = FrameworkCapabilities()
    /// What its tasks have cost.
    public var meter = Meter()

    /// An empty row.
    public init() {}
    /// Whether it is a program outside that speaks over the API.
    public var isExternal: Bool { number > 0 }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&name)
        coder.word(&state)
        coder.ids(&roles)
        coder.value(&allocated)
        coder.uint(&allocations)
        coder.value(&minimum)
        coder.uint(&offers)
        coder.uint(&number)
        coder.ids(&suppressed)
        var bits = capabilities.rawValue
        coder.uint(&bits)
        capabilities = FrameworkCapabilities(rawValue: bits)
        coder.value(&meter)
    }
}

/// A class of nodes with one provider and its limits. What was configured stands in the configuration.
public struct PoolRow: Sendable, Wired {
    /// Its name.
    public var name = TextID.none
    /// Instances the operator or the autoscaler wants to exist.
    public var wanted: UInt32 = 0
    /// Instances that exist or are on their way.
    public var instances: UInt32 = 0
    /// Number of the last instance, for names.
    public var lastNumber: UInt32 = 0
    /// What its nodes have cost.
    public var meter = Meter()
    /// Whether it still stands in the cluster file.
    public var configured = true
    /// No instance is asked for before this, after the provider failed.
    public var backOffUntil = Instant.never
    /// Provider failures in a row.
    public var failuresInRow: UInt32 = 0
    /// The provider's last fault, in one line.
    public var fault = TextID.none
    /// What differs between its definition and what is there.
    public var drift = TextID.none
    /// Since when.
    public var driftSince = Instant.never
    /// What its provider is at.
    public var note = TextID.none
    /// Whether a machine that powers itself off stops costing money.
    public var leaseEnforced = false
    /// Its bill by lines.
    public var ledger = PoolLedger()
    /// When a machine was wished for last.
    public var lastOutAt = Instant.never
    /// When a node was sent away last.
    public var lastInAt = Instant.never
    /// Types that the provider refused lately, ascending by number of their names.
    public var refusals: [TypeRefusal] = []

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&name)
        coder.uint(&wanted)
        coder.uint(&instances)
        coder.uint(&lastNumber)
        coder.value(&meter)
        coder.flag(&configured)
        coder.instant(&backOffUntil)
        coder.uint(&failuresInRow)
        coder.id(&fault)
        coder.id(&drift)
        coder.instant(&driftSince)
        coder.id(&note)
        coder.flag(&leaseEnforced)
        coder.record(&ledger)
        coder.instant(&lastOutAt)
        coder.instant(&lastInAt)
        coder.list(&refusals)
    }
}

/// A machine that a provider was asked for.
public struct InstanceRow: Sendable, Wired {
    /// Where it stands; each step because it was seen.
    public enum State: UInt8, Sendable, CaseIterable {
        case queued, requested, allocated, booting, registering, running, draining, stopping, gone
    }
    /// Its name; the node's too.
    public var name = TextID.none
    /// Its pool.
    public var pool = PoolID.none
    /// Name of its machine type.
    public var type = TextID.none
    /// Where it stands.
    public var state = State.queued
    /// The node it became.
    public var node = NodeID.none
    /// Why it was wished for.
    public var reason = Reason.none
    /// When it was wished for.
    public var wishedAt = Instant.never
    /// Since when it has been in its state.
    public var stateSince = Instant.never
    /// When the present step must have ended.
    public var deadline = Instant.never
    /// Its price, millionths per hour.
    public var pricePerHour: Int64 = 0
    /// Its price before any discount, millionths per hour.
    public var listPrice: Int64 = 0
    /// How its provider bills.
    public var billing = BillingRule()
    /// When its bill began and ended.
    public var billedSince = Instant.never
    /// When its bill ended.
    public var billedUntil = Instant.never
    /// When it became a node.
    public var runningSince = Instant.never
    /// The role for which it was bought, if for one.
    public var role = RoleID.none
    /// Where its rate stands in its pool's ledger.
    public var split = BillSplit()
    /// When its agent was last sent the lease.
    public var leasedAt = Instant.never
    /// When the machine powers itself off unless that happens again; never = it has no lease.
    public var leaseUntil = Instant.never

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&name)
        coder.id(&pool)
        coder.id(&type)
        coder.word(&state)
        coder.id(&node)
        coder.value(&reason)
        coder.instant(&wishedAt)
        coder.instant(&stateSince)
        coder.instant(&deadline)
        coder.int(&pricePerHour)
        coder.int(&listPrice)
        coder.value(&billing)
        coder.instant(&billedSince)
        coder.instant(&billedUntil)
        coder.instant(&runningSince)
        coder.value(&split)
        coder.id(&role)
        coder.instant(&leasedAt)
        coder.instant(&leaseUntil)
    }
}

/// A refusal: this framework does not want to see this much of this node for this role again before then.
public struct RefusalFilter: Sendable, Hashable, Wired {
    /// Who refused.
    public var framework = FrameworkID.none
    /// For which role.
    public var role = RoleID.none
    /// What node.
    public var node = NodeID.none
    /// An offer that goes into this is not made.
    public var resources = ResourceVector.zero
    /// Until when.
    public var until = Instant.never
    /// Ports and words that were refused with it.
    public var extras = Extras()
    /// What was refused that is not plain.
    public var special = Portions()

    /// An empty filter.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.id(&role)
        coder.id(&node)
        coder.value(&resources)
        coder.instant(&until)
        coder.value(&extras)
        coder.value(&special)
    }
}
