import ClusterModel

/// The world as the engine is told of it: small values that a cluster's state, a test or a benchmark can make.

/// A node.
public struct AgentFacts: Hashable, Sendable {
    /// All that it has that is plain.
    public var total = ResourceVector.zero
    /// All ports and words that it has.
    public var extras = Extras()
    /// All that it has that is not plain.
    public var special = Portions()
    /// What constraints look at.
    public var attributes: [Attribute] = []
    /// Its host name.
    public var hostname = ""
    /// Where it stands.
    public var domain = FaultDomain()
    /// What its agent cannot do.
    public var lacks = AgentCapabilities()
    /// Whether it takes new work.
    public var isOpen = true

    /// A node of nothing.
    public init() {}
    /// A node.
    public init(_ total: ResourceVector, _ extras: Extras = Extras(), _ special: Portions = Portions()) {
        self.total = total
        self.extras = extras
        self.special = special
    }
}

/// A framework's subscription to one role.
public struct RoleFacts: Hashable, Sendable {
    /// The role's index.
    public var role: Int
    /// Whether it wants no offers for it.
    public var isSuppressed = false
    /// The smallest offers it wants to see, alternatives; nil = as everybody.
    public var minimums: [ResourceVector]?
    /// Which nodes it wants; a group must hold whole. Empty = any.
    public var constraints: [[OfferConstraints.Constraint]] = []

    /// A subscription.
    public init(role: Int, isSuppressed: Bool = false) {
        self.role = role
        self.isSuppressed = isSuppressed
    }
}

/// A framework.
public struct FrameworkFacts: Hashable, Sendable {
    /// Whether it is connected.
    public var isActive = true
    /// What it can deal with.
    public var capabilities = FrameworkCapabilities()
    /// Its roles, each once.
    public var subscriptions: [RoleFacts] = []

    /// A framework.
    public init(_ subscriptions: [RoleFacts] = [], capabilities: FrameworkCapabilities = .init()) {
        self.subscriptions = subscriptions
        self.capabilities = capabilities
    }
}

/// Equal pieces that a framework says it would take.
public struct Piece: Hashable, Sendable {
    /// What one needs.
    public var need: ResourceVector
    /// How many.
    public var count: Int
    /// Ports that one needs.
    public var ports: UInt64 = 0
    /// All at once, on as many nodes, or none.
    public var isGang = false

    /// Pieces.
    public init(_ need: ResourceVector, count: Int, isGang: Bool = false) {
        self.need = need
        self.count = count
        self.isGang = isGang
    }
}

/// What is wrong with what the engine was told; nothing of it was taken.
public enum WorldFault: Error, Hashable, Sendable, CustomStringConvertible {
    case weight(role: String, Int64)
    case limitBelowGuarantee(role: String, lane: Int)
    case amountTooLarge(role: String, lane: Int)
    case nestedQuota(role: String)
    case unknownRole(String)
    case overCapacity(lane: Int, guaranteed: Int64, total: Int64)
    case limitBelowUse(role: String, lane: Int, used: Int64)
    case guaranteeOfAbove(role: String, above: String, lane: Int)

    public var description: String {
        switch self {
        case .weight(let role, let weight):
            "weight \(weight) thousandths of role \(role) is not above zero; give one of at least 0.001"
        case .limitBelowGuarantee(let role, let lane):
            "role \(role): the limit of resource \(lane) is below its guarantee; raise the limit or lower the guarantee"
        case .amountTooLarge(let role, let lane):
            "role \(role): the amount of resource \(lane) is negative or beyond what can be counted; give a smaller one"
        case .nestedQuota(let role):
            "role \(role) is below another one, and quota on such roles is off (compatibility: mesos-1.11); "
                + "set quota on the topmost role"
        case .unknownRole(let role): "role \(role) is none of the roles that there are; add it to them first"
        case .overCapacity(let lane, let guaranteed, let total):
            "guarantees of resource \(lane) come to \(guaranteed), and the cluster has \(total); "
                + "lower one, or force it"
        case .limitBelowUse(let role, let lane, let used):
            "role \(role) holds \(used) of resource \(lane), more than its limit would be; wait, or force it"
        case .guaranteeOfAbove(let role, let above, let lane):
            "role \(role): its guarantee of resource \(lane) is over the limit of role \(above) above it; "
                + "raise that limit"
        }
    }
}
