/// Events about frameworks outside.

/// An identity of resources got its number.
public struct IdentityAdded: Hashable, Sendable, Wired {
    /// Its number.
    public var id = IdentityID.plain
    /// What it is.
    public var identity = ResourceIdentity()
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(id: IdentityID, identity: ResourceIdentity) {
        self.id = id
        self.identity = identity
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&id)
        coder.record(&identity)
    }
}

/// A framework came, came back, or changed what it says of itself.
public struct FrameworkSubscribed: Hashable, Sendable, Wired {
    /// Its slot.
    public var framework = FrameworkID.none
    /// The stream on which it is told things from now on.
    public var connection: UInt64 = 0
    /// All that it said.
    public var said = Subscription()
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(framework: FrameworkID, connection: UInt64, said: Subscription) {
        self.framework = framework
        self.connection = connection
        self.said = said
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.uint(&connection)
        coder.record(&said)
    }
}

/// A framework's stream ended, or it is gone for good.
public struct FrameworkLeft: Hashable, Sendable, Wired {
    /// Its slot.
    public var framework = FrameworkID.none
    /// Whether for good.
    public var isRemoved = false
    /// When it is removed unless it comes back.
    public var removeAt = Instant.distantFuture
    /// Why, one line.
    public var message = ""
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(
        framework: FrameworkID, isRemoved: Bool, removeAt: Instant = .distantFuture, message: String = ""
    ) {
        self.framework = framework
        self.isRemoved = isRemoved
        self.removeAt = removeAt
        self.message = message
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.flag(&isRemoved)
        coder.instant(&removeAt)
        coder.text(&message)
    }
}

/// A framework wants no offers, or offers again, for some of its roles.
public struct RolesSuppressed: Hashable, Sendable, Wired {
    /// Its slot.
    public var framework = FrameworkID.none
    /// Paths of all roles that are suppressed from now on.
    public var roles: [String] = []
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(framework: FrameworkID, roles: [String]) {
        self.framework = framework
        self.roles = roles
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.texts(&roles)
    }
}

/// What a framework would take from now on.
public struct DemandTold: Hashable, Sendable, Wired {
    /// Its slot.
    public var framework = FrameworkID.none
    /// What it would take; nil = whatever there is.
    public var demand: ToldDemand?
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(framework: FrameworkID, demand: ToldDemand?) { (self.framework, self.demand) = (framework, demand) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.optional(&demand)
    }
}

/// Nodes are held back for another gang, or for none.
public struct GangsChanged: Hashable, Sendable, Wired {
    /// How gangs stand from now on.
    public var gangs = GangState()
    /// Nobody waits.
    public init() {}
    /// An event with its field.
    public init(_ gangs: GangState) { self.gangs = gangs }
    public mutating func wire<C: WireCoder>(_ coder: inout C) { coder.record(&gangs) }
}

/// A role's quota was set.
public struct QuotaSet: Hashable, Sendable, Wired {
    /// The role's path.
    public var role = ""
    /// Its quota from now on.
    public var quota = Quota()
    /// Who set it.
    public var user = ""
    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(role: String, quota: Quota, user: String = "") {
        self.role = role
        self.quota = quota
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&role)
        coder.record(&quota)
        coder.text(&user)
    }
}
