import ClusterModel

/// Who is offered what, kept up to date as the cluster changes: dominant-resource fairness over the tree of roles,
/// quota, reservations, refusals, capabilities, constraints. It is told what changes and answers a `cycle` with the
/// offers that should be made now, all of which it has booked. It remembers which nodes and frameworks have changed
/// since they were last looked at together: a pair that came to nothing is not looked at again before one of the two
/// is another.
///
/// A value without a clock: equal tellings give equal offers, and a fresh engine that is told the present world makes
/// the same offers as one that has lived through it. Everything is held in arrays by dense index: nodes, roles,
/// frameworks, and seekers (a framework in one of its roles).
public struct OfferEngine: Sendable {
    // What was configured.
    /// The rules in force; see `OfferRules`.
    public private(set) var rules: OfferRules
    /// The smallest offers for those who have not said otherwise.
    let minimumsOfAll: [ResourceVector]
    var policy: any OfferPolicy = FairPolicy()
    var isCompatible: Bool { rules.compatibility == .mesos111 }

    // Nodes, by index.
    var facts: [AgentFacts] = []
    /// What is neither offered nor used of what is plain; below zero when the node has shrunk.
    var free: [ResourceVector] = []
    var freeExtras: [Extras] = []
    /// What is offered or used of what is not plain.
    var held: [Portions] = []
    /// Capabilities that a framework must have to be offered the node.
    var wants: [FrameworkCapabilities] = []
    var hasSpecial: [Bool] = []
    /// Whether some of what is not plain is free there.
    var isSpecialFree: [Bool] = []

    // Identities, by index.
    var identities = IdentityTable()
    /// The role that an identity is reserved for; -1 = for nobody.
    var identityRole: [Int] = []
    /// What else an offer must know of an identity.
    var identityTraits: [IdentityTraits] = []

    // Roles, by index.
    var tree = RoleTree()
    var ledger = QuotaLedger()
    var priorities: [Int64] = []

    // Frameworks, by index, and seekers.
    var frameworks: [FrameworkFacts] = []
    var seekersOf: [[Int]] = []
    var minimums: [[ResourceVector]?] = []
    var constraint: [Int] = []
    var demand: [[Piece]?] = []
    var isHierarchical: [Bool] = []

    var filters = FilterTable()
    var constraints = ConstraintTable()
    var sharedHolds = SharedHolds()
    var gangs = GangBook()

    // What has changed since the last cycle.
    var dirtyAgents: [Int] = []
    var isDirtyAgent: [Bool] = []
    var dirtySeekers: [Int] = []
    var isDirtySeeker: [Bool] = []
    /// Nodes of which somebody was offered less than is free because of quota or headroom.
    var cutAgents: [Int] = []
    var isCutAgent: [Bool] = []
    var isQuotaLoosened = false
    /// The present cycle.
    var walk = Walk()

    /// Most offers of one cycle when the caller names no limit.
    public static let grantLimit = 1 << 20

    /// An engine that knows of nothing yet. `unshared`: bit n = lane n does not count in shares.
    public init(rules: OfferRules = OfferRules(), unshared: UInt8 = 0, policy: any OfferPolicy = FairPolicy()) {
        self.rules = rules
        minimumsOfAll = rules.minimums
        self.policy = policy
        tree.leaveOut(unshared)
    }

    /// The identities that it was told of.
    public var identitiesKnown: IdentityTable { identities }
    /// Number of nodes that it was told of.
    public var agentCount: Int { facts.count }
    /// Whether a cycle would look at anything.
    public var hasWork: Bool { !dirtyAgents.isEmpty || !dirtySeekers.isEmpty || isQuotaLoosened && !cutAgents.isEmpty }
    /// When refusals that are known will next have ended; nil = none are known.
    public var nextEnd: Instant? { filters.nextEnd }
    /// What is free of a node that is plain; below zero when it holds more than it has.
    public func free(of agent: Int) -> ResourceVector { free[agent] }
    /// What roles' and frameworks' shares are parts of.
    public var total: ResourceVector { tree.total }
    /// A role's share as it orders it among its siblings: parts of 2^40.
    public func share(ofRole role: Int) -> UInt128 { tree.share[tree.branchOfRole[role]] }
    /// What a role and those below it are offered and use.
    public func allocated(ofRole role: Int) -> ResourceVector { tree.allocated[tree.branchOfRole[role]] }
    /// What counts against a role's quota: what it uses of unreserved resources, and all that is reserved for it.
    public func consumed(ofRole role: Int) -> ResourceVector { ledger.consumption(of: role) }

    // Marks.

    mutating func markAgent(_ agent: Int) {
        guard !isDirtyAgent[agent] else { return }
        isDirtyAgent[agent] = true
        dirtyAgents.append(agent)
    }
    mutating func markSeeker(_ seeker: Int) {
        guard !isDirtySeeker[seeker] else { return }
        isDirtySeeker[seeker] = true
        dirtySeekers.append(seeker)
    }
}

/// What sets an identity apart, as far as an offer must know.
struct IdentityTraits: OptionSet, Sendable {
    let rawValue: UInt8
    static let revocable = IdentityTraits(rawValue: 1)
    static let shared = IdentityTraits(rawValue: 2)
    /// A stack of more than one reservation.
    static let refined = IdentityTraits(rawValue: 4)
    static let indivisible = IdentityTraits(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ identity: ResourceIdentity) {
        self = []
        if identity.isRevocable { insert(.revocable) }
        if identity.isShared { insert(.shared) }
        if identity.reservations.count > 1 { insert(.refined) }
        if identity.isIndivisible { insert(.indivisible) }
    }
}

/// How many hold a shared volume of a node, for everyone whose share it counts in: it counts once for each.
struct SharedHolds: Sendable {
    struct Key: Hashable, Sendable {
        var agent: Int32
        var identity: UInt32
        /// A branch of the tree, or a seeker as -1 - seeker.
        var owner: Int32
    }
    private var copies: [Key: Int] = [:]

    /// Books `delta` copies; answers 1 when the volume begins to count for the owner, -1 when it ceases to, else 0.
    mutating func book(_ agent: Int, _ identity: IdentityID, _ owner: Int, _ delta: Int) -> Int64 {
        let key = Key(agent: Int32(agent), identity: identity.raw, owner: Int32(owner))
        let before = copies[key] ?? 0
        let after = max(0, before + delta)
        copies[key] = after == 0 ? nil : after
        return before == 0 && after > 0 ? 1 : before > 0 && after == 0 ? -1 : 0
    }
}
