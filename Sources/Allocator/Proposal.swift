import ClusterModel

/// Free resources of one node that should be lent to one framework for one role.
public struct Proposal: Hashable, Sendable {
    /// To whom.
    public var framework: FrameworkID
    /// For which role.
    public var role: RoleID
    /// Whose.
    public var node: NodeID
    /// How much; never more than is free.
    public var resources: ResourceVector
    /// Ports and words along with it.
    public var extras: Extras
    /// What is lent that is not plain.
    public var special: Portions

    /// A proposal with all its parts.
    public init(
        framework: FrameworkID, role: RoleID, node: NodeID, resources: ResourceVector, extras: Extras = Extras(),
        special: Portions = Portions()
    ) {
        self.special = special
        self.framework = framework
        self.role = role
        self.node = node
        self.resources = resources
        self.extras = extras
    }
}
