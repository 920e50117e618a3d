import ClusterModel

/// The optimistic way: a framework looks at all that is free, chooses for itself, and commits its choice. Offers and
/// commits live side by side: a commit takes what is free at that moment, and nothing that is offered.
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

        /// A conflict.
        public init(part: Int, reason: Reason) {
            self.part = part
            self.reason = reason
        }

        /// What can be wrong with a part.
        public enum Reason: Hashable, Sendable {
            /// Not so much is free of what is plain: what is missing, lane by lane.
            case taken(missing: ResourceVector)
            /// Ports, words, or resources that are not plain are not free or not for it.
            case othersTaken
            /// The framework may not have the node at all, now.
            case notOffered(NoOffer)
        }
    }

    /// All that a framework could take for a role now, by node ascending. Refusals, minimums and demand do not count
    /// here, nor that it is suppressed. O(nodes).
    public func view(framework: Int, role: Int, at now: Instant) -> [Part] {
        guard framework < frameworks.count, frameworks[framework].isActive, let seeker = seeker(framework, role) else {
            return []
        }
        var copy = self
        copy.begin(at: now)
        var parts: [Part] = []
        for agent in facts.indices {
            if case .offer(let holding) = copy.judge(agent, seeker, .commit) {
                parts.append(Part(agent: agent, holding))
            }
        }
        return parts
    }

    /// Takes the parts that are free, in their order, or, when `isWhole`, all of them or none; answers those that were
    /// not taken and why. O(parts).
    public mutating func commit(
        framework: Int, role: Int, _ parts: [Part], isWhole: Bool = false, at now: Instant
    ) -> [Conflict] {
        guard framework < frameworks.count, frameworks[framework].isActive, let seeker = seeker(framework, role) else {
            return parts.indices.map { Conflict(part: $0, reason: .notOffered(.inactive)) }
        }
        begin(at: now)
        var conflicts: [Conflict] = []
        var taken: [Int] = []
        for (number, part) in parts.enumerated() {
            let isKnown = part.agent >= 0 && part.agent < facts.count
            if let reason = isKnown ? obstacle(to: part, seeker) : .notOffered(.unknown) {
                conflicts.append(Conflict(part: number, reason: reason))
            } else {
                take(framework, role: role, agent: part.agent, part.holding)
                taken.append(number)
            }
        }
        if isWhole, !conflicts.isEmpty {
            for number in taken {
                giveBack(framework, role: role, agent: parts[number].agent, parts[number].holding)
            }
        } else {
            tree.charge(seeker, .zero, counts: UInt64(taken.count))
        }
        return conflicts
    }

    private mutating func obstacle(to part: Part, _ seeker: Int) -> Conflict.Reason? {
        guard part.holding.plain.isNonNegative, !part.holding.isEmpty else { return .notOffered(.unknown) }
        switch judge(part.agent, seeker, .commit) {
        case .no(.nothingFree): return .taken(missing: part.holding.plain)
        case .no(let reason): return .notOffered(reason)
        case .offer(let there):
            let missing = (part.holding.plain - there.plain).clamped
            if !missing.isZero {
                let isCut = part.holding.plain.fits(in: free[part.agent])
                return isCut ? .notOffered(whyCut(part, there, seeker)) : .taken(missing: missing)
            }
            return there.contains(part.holding) ? nil : .othersTaken
        }
    }

    /// What keeps a role from more of a node than `there`, of which more is free.
    private func whyCut(_ part: Part, _ there: Holding, _ seeker: Int) -> NoOffer {
        let role = tree.seekerRole[seeker]
        return whyCut(part.holding.plain, there.plain, ledger.room(role, ownOnly: isCompatible), spare, role)
    }
}
