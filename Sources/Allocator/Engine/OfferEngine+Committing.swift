import ClusterModel

/// The optimistic way: a framework looks at all that is free, chooses for itself, and commits its choice against what
/// it saw. Offers and commits live side by side: a commit takes what is free at that moment, and nothing that is
/// offered.
extension OfferEngine {
    /// One part of a commit: so much of a node.
    public struct Part: Hashable, Sendable {
        /// The node's index.
        public var agent: Int
        /// What is taken.
        public var holding: Holding
        /// A part.
        public init(agent: Int, _ holding: Holding) {
            self.agent = agent
            self.holding = holding
        }
    }
    /// Why a part was not taken.
    public struct Conflict: Hashable, Sendable {
        /// Which part, counted from 0.
        public var part: Int
        /// Why.
        public var reason: Reason
        /// Whether the node has changed since the version that the commit was made against; if not, the choice was
        /// wrong from the beginning.
        public var isNewer: Bool

        /// A conflict.
        public init(part: Int, reason: Reason, isNewer: Bool) {
            self.part = part
            self.reason = reason
            self.isNewer = isNewer
        }

        /// What can be wrong with a part.
        public enum Reason: Hashable, Sendable {
            /// Not so much is free: what is missing, lane by lane.
            case taken(missing: ResourceVector)
            /// Ports, words, or resources that are not plain are not free or not for it.
            case othersTaken
            /// The framework may not have the node at all, now.
            case notOffered(NoOffer)
        }
    }

    /// All that a framework could take for a role now, by node, and the version to commit against. Refusals, minimums
    /// and demand do not count here. O(nodes).
    public func view(framework: Int, role: Int, at now: Instant) -> (version: UInt64, parts: [Part]) {
        guard framework < frameworks.count, frameworks[framework].isActive, let seeker = seeker(framework, role) else {
            return (version, [])
        }
        var copy = self
        copy.prepareToCommit(seeker, now)
        var parts: [Part] = []
        for agent in facts.indices {
            if case .offer(let holding) = copy.judge(agent, seeker, .everyone) {
                parts.append(Part(agent: agent, holding))
            }
        }
        return (version, parts)
    }

    /// Takes the parts that are still free, or, when `isWhole`, all of them or none; answers those that were not taken
    /// and why. A part is taken if it is there now, even when its node has changed in the meantime.
    public mutating func commit(
        framework: Int, role: Int, against seen: UInt64, _ parts: [Part], isWhole: Bool = false, at now: Instant
    ) -> [Conflict] {
        guard framework < frameworks.count, frameworks[framework].isActive, let seeker = seeker(framework, role) else {
            return parts.indices.map { Conflict(part: $0, reason: .notOffered(.inactive), isNewer: false) }
        }
        var trial = self
        trial.prepareToCommit(seeker, now)
        var conflicts: [Conflict] = []
        var taken: [Int] = []
        for (number, part) in parts.enumerated() {
            let isKnown = part.agent >= 0 && part.agent < facts.count
            let reason = isKnown ? trial.obstacle(to: part, seeker) : .notOffered(.unknown)
            if let reason {
                let isNewer = isKnown && versions[part.agent] > seen
                conflicts.append(Conflict(part: number, reason: reason, isNewer: isNewer))
            } else {
                trial.take(framework, role: role, agent: part.agent, part.holding)
                taken.append(number)
            }
        }
        if isWhole, !conflicts.isEmpty { return conflicts }
        for number in taken {
            take(framework, role: role, agent: parts[number].agent, parts[number].holding, counts: 1)
        }
        return conflicts
    }

    private mutating func prepareToCommit(_ seeker: Int, _ now: Instant) {
        walk.now = now
        walk.sharedOut = []
        minimums[seeker] = []
        demand[seeker] = nil
        filters.clear(seeker: seeker)
    }

    private mutating func obstacle(to part: Part, _ seeker: Int) -> Conflict.Reason? {
        guard part.holding.plain.isNonNegative, !part.holding.isEmpty else { return .notOffered(.unknown) }
        switch judge(part.agent, seeker, .everyone) {
        case .no(.nothingFree): return .taken(missing: part.holding.plain)
        case .no(let reason): return .notOffered(reason)
        case .offer(let there):
            let missing = (part.holding.plain - there.plain).clamped
            if !missing.isZero { return .taken(missing: missing) }
            return there.contains(part.holding) ? nil : .othersTaken
        }
    }
}
