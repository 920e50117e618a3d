/// What a framework would take if it were offered it: the word between those who want and the one who lends.
public struct Demand: Hashable, Sendable {
    /// Who asks.
    public var framework = FrameworkID.batch
    /// For which role.
    public var role = RoleID.none
    /// What one piece needs.
    public var need = ResourceVector.zero
    /// Ports that one piece needs.
    public var ports: UInt32 = 0
    /// Words of sets that one piece needs.
    public var words: [Extras.Words] = []
    /// How many equal pieces are wanted.
    public var count = 1
    /// What a node must be like; nil = anything.
    public var requirement: Requirement?
    /// Nodes that will not do, ascending.
    public var avoid: [NodeID] = []
    /// The only nodes that will do, ascending; nil = any. They are looked at even when they are no candidates.
    public var only: [NodeID]?
    /// All pieces at once on as many different nodes, or nothing: a gang.
    public var isGang = false

    /// A demand for nothing.
    public init() {}
    /// A demand for `count` pieces of `need`.
    public init(
        framework: FrameworkID = .batch, role: RoleID, need: ResourceVector, count: Int = 1, ports: UInt32 = 0,
        words: [Extras.Words] = [], requirement: Requirement? = nil
    ) {
        self.framework = framework
        self.role = role
        self.need = need
        self.count = count
        self.ports = ports
        self.words = words
        self.requirement = requirement
    }
}
