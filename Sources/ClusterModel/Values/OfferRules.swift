/// How offers are made where the reference implementation's way and ours differ, and the flags that a cluster file may
/// set by the reference's own names. See docs/compatibility.md.
public struct OfferRules: Hashable, Sendable, Wired {
    /// Whose ways are followed.
    public enum Compatibility: UInt8, Sendable {
        /// Ours: what is freed is offered at once, offers time out, demand counts.
        case none
        /// Those of Mesos 1.11: cycles at fixed times, offers stay until they are answered.
        case mesos111
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
    }
}
