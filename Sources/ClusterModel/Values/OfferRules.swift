/// How offers are made where the reference implementation's way and ours differ, and the flags that a cluster file may
/// set by the reference's own names. See docs/offers.md.
public struct OfferRules: Hashable, Sendable, Wired {
    /// Whose ways are followed.
    public enum Compatibility: UInt8, Sendable {
        /// Ours: what is freed is offered at once, offers time out, demand counts.
        case none
        /// Those of Mesos 1.11: cycles at fixed times, offers stay until they are answered.
        case mesos111
    }
    /// What is done otherwise than by the reference, on purpose; each can be switched off.
    public struct Ways: OptionSet, Hashable, Sendable {
        /// Bit n: the nth of `words`.
        public let rawValue: UInt8
        /// Those whose bits are set.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// What becomes free is offered at once, not in the next cycle.
        public static let atOnce = Ways(rawValue: 1)
        /// Offers time out.
        public static let timeouts = Ways(rawValue: 2)
        /// Told demand counts.
        public static let demand = Ways(rawValue: 4)
        /// Pieces can be asked for together.
        public static let gangs = Ways(rawValue: 8)
        /// Frameworks may see all that is free and choose by themselves.
        public static let commits = Ways(rawValue: 16)
        /// Roles below others can have quota.
        public static let nestedQuota = Ways(rawValue: 32)
        /// The words of the cluster file, bit by bit.
        public static let words = ["atOnce", "timeouts", "demand", "gangs", "commits", "nestedQuota"]
    }
    /// What comes before fairness; the words are those of the cluster file. See `OfferPolicy` in the allocator.
    public enum Policy: UInt8, Sendable, CaseIterable {
        /// Nothing.
        case fair
        /// Roles of higher priority, for whom work of lower priority and revocable work gives way.
        case priority
        /// The fullest nodes.
        case pack
        /// The emptiest nodes.
        case spread
    }
    /// Whose ways are followed.
    public var compatibility = Compatibility.none
    /// Time between two cycles; zero = no cycles, what is freed is offered at once.
    public var interval = Interval.zero
    /// Smallest offers: one that holds any of these whole is made. Empty = any.
    public var minimums: [ResourceVector] {
        get { hasMinimums ? ownMinimums : Self.defaultMinimums }
        set { (ownMinimums, hasMinimums) = (newValue, true) }
    }
    private var ownMinimums: [ResourceVector] = []
    private var hasMinimums = false
    /// Names of resources that do not count in shares.
    public var unshared: [String] = []
    /// Whether nodes with gpus are offered to those only that ask for gpus.
    public var filtersGpus = true
    /// The only roles there are, `*` apart; empty = any.
    public var onlyRoles: [String] = []
    /// Where the core is.
    public var domain = FaultDomain()
    /// Whether frameworks must say who they are.
    public var authenticatesFrameworks = false
    /// What comes before fairness.
    public var policy = Policy.fair
    /// What is switched off by itself.
    public var off = Ways()
    /// Whether something is done in our way.
    public func has(_ way: Ways) -> Bool { compatibility == .none && !off.contains(way) }

    /// A hundredth of a cpu, or 32 MiB.
    public static let defaultMinimums = [ResourceVector(cpus: 10), ResourceVector(cpus: 0, mem: 32 << 20)]

    /// Our ways.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&compatibility)
        coder.interval(&interval)
        coder.list(&ownMinimums)
        coder.flag(&hasMinimums)
        coder.texts(&unshared)
        coder.flag(&filtersGpus)
        coder.texts(&onlyRoles)
        coder.value(&domain)
        coder.flag(&authenticatesFrameworks)
        coder.word(&policy)
        var bits = off.rawValue
        coder.uint(&bits)
        if C.isReading { off = Ways(rawValue: bits) }
    }
}
