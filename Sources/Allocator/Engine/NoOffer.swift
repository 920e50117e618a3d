import ClusterModel

/// Why a framework is not offered a node now: data, made by the same predicates that make the offers.
public enum NoOffer: Hashable, Sendable {
    /// There is no such node, framework or role here.
    case unknown
    /// The node takes no new work: it drains, is held, or is not connected.
    case nodeClosed
    /// The framework is not connected.
    case inactive
    /// The framework is not subscribed to the role.
    case notSubscribed
    /// It wants no offers for this role.
    case suppressed
    /// It tells its demand, and all of that is met or offered.
    case demandMet
    /// None of the pieces it asks for goes on what is left there.
    case piecesTooLarge
    /// It cannot deal with the node: which capability it lacks.
    case capability(FrameworkCapabilities)
    /// The node's agent cannot deal with the framework or its role.
    case agentCapability(AgentCapabilities)
    /// None of its groups of offer constraints holds; the number is that of the first constraint that fails.
    case constraint(Int)
    /// Nothing is free there.
    case nothingFree
    /// All that is free there is reserved for others, or of a kind that it cannot take.
    case reserved
    /// The role, or one above it, is at its limit: which role, which lane, and how much is left of it.
    case quota(role: Int, lane: Int, left: Int64)
    /// What is free is kept for guarantees of other roles; `left` is what remains beyond these in that lane.
    case headroom(lane: Int, left: Int64)
    /// What could be offered is below the smallest offer.
    case belowMinimum
    /// It refused as much as that, until then.
    case filtered(until: Instant)
    /// The node is held for a gang of that framework, until then at the latest.
    case heldForGang(framework: Int, until: Instant)
}

/// What one framework is offered of one node for one role.
public struct Grant: Hashable, Sendable {
    /// The framework's index.
    public var framework: Int
    /// The role's index.
    public var role: Int
    /// The node's index.
    public var agent: Int
    /// What it is offered.
    public var holding: Holding
    /// A number that the offers of one gang share; 0 for all others.
    public var gang: UInt64 = 0

    /// An offer.
    public init(framework: Int, role: Int, agent: Int, holding: Holding) {
        self.framework = framework
        self.role = role
        self.agent = agent
        self.holding = holding
    }
}
