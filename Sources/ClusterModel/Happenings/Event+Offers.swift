/// Events of the lending: offers, refusals, frameworks, and recorded decisions.

/// Resources were lent.
public struct OfferMade: Hashable, Sendable, Wired {
    /// Its number.
    public var offer = OfferID.none
    /// To whom.
    public var framework = FrameworkID.none
    /// For which role.
    public var role = RoleID.none
    /// Whose.
    public var node = NodeID.none
    /// What.
    public var resources = ResourceVector.zero
    /// Ports and sets lent along.
    public var extras = Extras()
    /// Until when.
    public var expiresAt = Instant.never
    /// What is lent that is not plain.
    public var special = Portions()

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        offer: OfferID, framework: FrameworkID = .none, role: RoleID = .none, node: NodeID = .none,
        resources: ResourceVector = .zero, extras: Extras = .init(), expiresAt: Instant = .never,
        special: Portions = .init()
    ) {
        self.special = special
        self.offer = offer
        self.framework = framework
        self.role = role
        self.node = node
        self.resources = resources
        self.extras = extras
        self.expiresAt = expiresAt
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&offer)
        coder.id(&framework)
        coder.id(&role)
        coder.id(&node)
        coder.value(&resources)
        coder.value(&extras)
        coder.instant(&expiresAt)
        coder.value(&special)
    }
}

/// An offer was answered, timed out or was taken back.
public struct OfferClosed: Hashable, Sendable, Wired {
    /// Its number.
    public var offer = OfferID.none
    /// How it ended.
    public var outcome = OfferRow.Outcome.open
    /// Until when it is not made again.
    public var refusedUntil = Instant.never

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(offer: OfferID, outcome: OfferRow.Outcome, refusedUntil: Instant = .never) {
        self.offer = offer
        self.outcome = outcome
        self.refusedUntil = refusedUntil
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&offer)
        coder.word(&outcome)
        coder.instant(&refusedUntil)
    }
}

/// Refusals were taken back or ran out.
public struct FiltersCleared: Hashable, Sendable, Wired {
    /// Whose.
    public var framework = FrameworkID.none
    /// For which role; none = all.
    public var role = RoleID.none
    /// Only those that end by then; distant future = all.
    public var expiredBy = Instant.never
    /// Of which node; none = all.
    public var node = NodeID.none

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(framework: FrameworkID, role: RoleID = .none, expiredBy: Instant = .never, node: NodeID = .none) {
        self.node = node
        self.framework = framework
        self.role = role
        self.expiredBy = expiredBy
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.id(&role)
        coder.instant(&expiredBy)
        coder.id(&node)
    }
}

/// A framework subscribed, suppressed offers, came back or left.
public struct FrameworkChanged: Hashable, Sendable, Wired {
    /// Its slot.
    public var framework = FrameworkID.none
    /// Its name.
    public var name = ""
    /// Whether offers go to it.
    public var state = FrameworkRow.State.active
    /// Paths of its roles.
    public var roles: [String] = []
    /// The smallest offer it wants.
    public var minimum = ResourceVector.zero

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        framework: FrameworkID, name: String = "", state: FrameworkRow.State, roles: [String] = [],
        minimum: ResourceVector = .zero
    ) {
        self.framework = framework
        self.name = name
        self.state = state
        self.roles = roles
        self.minimum = minimum
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&framework)
        coder.text(&name)
        coder.word(&state)
        coder.texts(&roles)
        coder.value(&minimum)
    }
}

/// Something was decided: what was considered, what won, why the others lost.
public struct Decision: Hashable, Sendable, Wired {
    /// What kind of decision.
    public var about = Subject.scaleOut
    /// One line for people.
    public var summary = ""
    /// The job it concerns, if any.
    public var job = JobID.none
    /// The pool it concerns, if any.
    public var pool = PoolID.none
    /// The node it concerns, if any.
    public var node = NodeID.none
    /// What won.
    public var winner = ""
    /// What came next.
    public var runnerUp = ""
    /// At most `Decision.loserLimit` named losers.
    public var losers: [Loser] = []
    /// How many more there were.
    public var otherLosers: UInt32 = 0
    /// How often each reason was given, over all that lost.
    public var counts: [ReasonCount] = []

    /// All fields empty.
    public init() {}
    /// Most losers that are named.
    public static let loserLimit = 20
    /// Kinds of decisions.
    public enum Subject: UInt8, Sendable { case scaleOut, scaleIn, backfill, gang, hold, configure }
    /// An event with its fields; those left out are empty.
    public init(
        about: Subject, summary: String = "", job: JobID = .none, pool: PoolID = .none, node: NodeID = .none,
        winner: String = "", runnerUp: String = "", losers: [Loser] = [], otherLosers: UInt32 = 0
    ) {
        self.about = about
        self.summary = summary
        self.job = job
        self.pool = pool
        self.node = node
        self.winner = winner
        self.runnerUp = runnerUp
        self.losers = losers
        self.otherLosers = otherLosers
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&about)
        coder.text(&summary)
        coder.id(&job)
        coder.id(&pool)
        coder.id(&node)
        coder.text(&winner)
        coder.text(&runnerUp)
        coder.list(&losers)
        coder.uint(&otherLosers)
        coder.list(&counts)
    }
}

/// A candidate that lost and why.
public struct Loser: Hashable, Sendable, Wired {
    /// Which.
    public var name = ""
    /// Why.
    public var reason = Reason.none

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(name: String, reason: Reason = .none) {
        self.name = name
        self.reason = reason
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.value(&reason)
    }
}
