import ClusterModel

/// In which order nodes are given away and roles served. Fairness among equals is the engine's own affair; a policy
/// says what comes before it.
public protocol OfferPolicy: Sendable {
    /// Roles with a higher number are served before all others on the same level of the tree.
    func precedence(priority: Int64) -> Int64
    /// Nodes with a lower number are given away first; those of equal number in the order of their slots.
    func rank(total: ResourceVector, free: ResourceVector) -> Int64
}

extension OfferPolicy {
    public func precedence(priority: Int64) -> Int64 { 0 }
    public func rank(total: ResourceVector, free: ResourceVector) -> Int64 { 0 }

    /// How much of a node is free, in thousandths, of whatever is most used.
    func freePart(_ total: ResourceVector, _ free: ResourceVector) -> Int64 {
        var least: Int64 = 1_000
        for lane in 0..<8 where total.lanes[lane] > 0 {
            least = min(least, Int64(Int128(max(0, free.lanes[lane])) * 1_000 / Int128(total.lanes[lane])))
        }
        return least
    }
}

/// Dominant-resource fairness and nothing else.
public struct FairPolicy: OfferPolicy {
    /// The policy.
    public init() {}
}

/// Roles of higher priority first, fairness among those of equal priority. See `Preemption` for taking back.
public struct PriorityPolicy: OfferPolicy {
    /// The policy.
    public init() {}
    public func precedence(priority: Int64) -> Int64 { priority }
}

/// The fullest nodes first, so that others stay empty and can be returned.
public struct PackPolicy: OfferPolicy {
    /// The policy.
    public init() {}
    public func rank(total: ResourceVector, free: ResourceVector) -> Int64 { freePart(total, free) }
}

/// The emptiest nodes first, so that a machine that fails takes little with it.
public struct SpreadPolicy: OfferPolicy {
    /// The policy.
    public init() {}
    public func rank(total: ResourceVector, free: ResourceVector) -> Int64 { -freePart(total, free) }
}

extension OfferRules.Policy {
    /// The policy that the word in the cluster file stands for.
    public var policy: any OfferPolicy {
        switch self {
        case .fair: FairPolicy()
        case .priority: PriorityPolicy()
        case .pack: PackPolicy()
        case .spread: SpreadPolicy()
        }
    }
    /// Whether it says which nodes are given away first.
    var ranksNodes: Bool { self == .pack || self == .spread }
}

/// Which work gives way on a node for something of higher priority: revocable work first, then the lowest priority,
/// then what has run for the shortest time; as little as will do.
public enum Preemption {
    /// Something that holds resources of the node.
    public struct Holder: Hashable, Sendable {
        /// What it holds.
        public var amount: ResourceVector
        /// Its priority.
        public var priority: Int64
        /// Whether it was told that it may be ended at any time.
        public var isRevocable: Bool
        /// When it began.
        public var since: Instant
        /// A holder.
        public init(_ amount: ResourceVector, priority: Int64, isRevocable: Bool = false, since: Instant = .never) {
            self.amount = amount
            self.priority = priority
            self.isRevocable = isRevocable
            self.since = since
        }
    }

    /// Places in `holders` of those who give way so that `need` goes on the node, in the order of their going; nil when
    /// even all who may would not be enough. Work of the same or a higher priority stays, unless it is revocable.
    public static func victims(
        for need: ResourceVector, priority: Int64, free: ResourceVector, holders: [Holder]
    ) -> [Int]? {
        var room = free
        var chosen: [Int] = []
        let order = holders.indices.filter { holders[$0].isRevocable || holders[$0].priority < priority }
            .sorted {
                let (a, b) = (holders[$0], holders[$1])
                if a.isRevocable != b.isRevocable { return a.isRevocable }
                if a.priority != b.priority { return a.priority < b.priority }
                return a.since != b.since ? a.since > b.since : $0 < $1
            }
        for at in order where !need.fits(in: room) {
            room += holders[at].amount
            chosen.append(at)
        }
        guard need.fits(in: room) else { return nil }
        // Whoever was taken in vain on the way stays after all, the worthiest first.
        for at in chosen.reversed() where need.fits(in: room - holders[at].amount) {
            room -= holders[at].amount
            chosen.removeAll { $0 == at }
        }
        return chosen
    }
}
