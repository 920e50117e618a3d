/// What a framework demands of nodes before it wants to be offered them: for each role an OR of groups, each an AND of
/// constraints on an attribute or on where the node is.
public struct OfferConstraints: Hashable, Sendable, Wired {
    /// What is looked at.
    public enum Selector: UInt8, Sendable { case attribute, hostname, region, zone }
    /// What it must be. A text predicate on an attribute that is not a text holds always.
    public enum Predicate: UInt8, Sendable {
        case exists, notExists, textEquals, textNotEquals, textMatches, textNotMatches
    }
    /// One demand.
    public struct Constraint: Hashable, Sendable, Wired {
        /// What is looked at.
        public var selector = Selector.attribute
        /// The attribute's name; "" for the others.
        public var name = ""
        /// What it must be.
        public var predicate = Predicate.exists
        /// The text or pattern it is compared with.
        public var value = ""
        /// An empty demand.
        public init() {}
        /// A demand.
        public init(_ selector: Selector, _ name: String = "", _ predicate: Predicate, _ value: String = "") {
            self.selector = selector
            self.name = name
            self.predicate = predicate
            self.value = value
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.word(&selector)
            coder.text(&name)
            coder.word(&predicate)
            coder.text(&value)
        }
    }
    /// The demands for one role.
    public struct OfRole: Hashable, Sendable, Wired {
        /// The role's path.
        public var role = ""
        /// One of these groups must hold whole.
        public var groups: [[Constraint]] = []
        /// No demands.
        public init() {}
        /// Demands for a role.
        public init(role: String, groups: [[Constraint]]) {
            self.role = role
            self.groups = groups
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&role)
            coder.elements(&groups, empty: []) { coder, group in coder.list(&group) }
        }
    }
    /// By role, ascending; a role that is not here takes any node.
    public var roles: [OfRole] = []

    /// No demands.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.list(&roles) }
}
