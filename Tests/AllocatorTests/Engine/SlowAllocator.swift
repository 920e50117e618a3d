import Allocator
import ClusterModel

/// A slow, obvious allocator, written straight from the rules: it keeps a list of who holds what, and sums up
/// everything anew whenever it needs it. Nothing is remembered between two cycles but what the rules name. The engine
/// must make the same offers.
struct SlowAllocator {
    struct Held { var framework: Int, role: Int, agent: Int, holding: Holding }
    struct Refused { var framework: Int, role: Int, agent: Int, holding: Holding, until: Instant }

    var rules = OfferRules()
    var unshared: [Int] = []
    var identities = IdentityTable()
    var agents: [AgentFacts] = []
    var frameworks: [FrameworkFacts] = []
    var demands: [[Int: [Piece]]] = []
    var roles: [String] = []
    var weights: [Int64] = []
    var quotas: [Quota] = []
    var held: [Held] = []
    var counts: [[Int: UInt64]] = []
    var refused: [Refused] = []
    var isCompatible: Bool { rules.compatibility == .mesos111 }

    // Sums.

    func isAtOrBelow(_ role: Int, _ above: Int) -> Bool {
        roles[role] == roles[above] || roles[role].hasPrefix(roles[above] + "/")
    }
    /// Scalars of some holdings; a shared volume of a node once.
    func quantities(_ some: [Held]) -> ResourceVector {
        var sum = ResourceVector.zero
        var seen: [(Int, IdentityID)] = []
        for one in some {
            sum += one.holding.plain
            for portion in one.holding.special.all {
                if portion.copies > 0 {
                    if seen.contains(where: { $0 == (one.agent, portion.identity) }) { continue }
                    seen.append((one.agent, portion.identity))
                }
                sum += portion.amount
            }
        }
        return sum
    }
    var total: ResourceVector { agents.reduce(.zero) { $0 + $1.total + $1.special.quantities } }

    func isUnreserved(_ id: IdentityID) -> Bool { identities[id].role == nil && !identities[id].isRevocable }
    func unreserved(_ holding: Holding) -> ResourceVector {
        holding.special.all.reduce(holding.plain) { isUnreserved($1.identity) ? $0 + $1.amount : $0 }
    }

    func share(_ amount: ResourceVector, _ weight: Int64) -> UInt128 {
        let total = self.total
        var best: UInt128 = 0
        for lane in 0..<8 where total.lanes[lane] > 0 && amount.lanes[lane] > 0 && !unshared.contains(lane) {
            let part = UInt128(amount.lanes[lane]) * (1 << 40) * 1_000
            best = max(best, part / (UInt128(total.lanes[lane]) * UInt128(weight)))
        }
        return best
    }

    // Order.

    func seeks(_ framework: Int, _ role: Int) -> Bool {
        guard frameworks[framework].isActive,
            let subscription = frameworks[framework].subscriptions.first(where: { $0.role == role })
        else { return false }
        return !subscription.isSuppressed && !(demands[framework][role].map { $0.isEmpty } ?? false)
    }

    /// Roles in which somebody seeks, poorest first.
    func order() -> [Int] {
        let seeking = roles.indices.filter { role in frameworks.indices.contains { seeks($0, role) } }
        struct Key {
            var share: UInt128, count: UInt64, path: String
            func before(_ other: Key) -> Bool {
                if share != other.share { return share < other.share }
                if count != other.count { return count < other.count }
                return path.utf8.lexicographicallyPrecedes(other.path.utf8)
            }
        }
        func count(_ some: [Int]) -> UInt64 {
            counts.reduce(0) { sum, of in some.reduce(sum) { $0 + (of[$1] ?? 0) } }
        }
        func below(_ path: String) -> [Int] {
            var found: [(Key, [Int])] = []
            if let own = roles.firstIndex(of: path), seeking.contains(own) {
                let amount = quantities(held.filter { $0.role == own })
                found.append((Key(share: share(amount, 1_000), count: count([own]), path: path + "/."), [own]))
            }
            for role in roles.indices {
                let parent = roles[role].split(separator: "/").dropLast().joined(separator: "/")
                guard parent == path else { continue }
                let inside = below(roles[role])
                if inside.isEmpty { continue }
                let all = roles.indices.filter { isAtOrBelow($0, role) }
                let amount = quantities(held.filter { all.contains($0.role) })
                found.append((Key(share: share(amount, weights[role]), count: count(all), path: roles[role]), inside))
            }
            return found.sorted { $0.0.before($1.0) }.flatMap(\.1)
        }
        return below("")
    }

    func order(in role: Int) -> [Int] {
        frameworks.indices.filter { seeks($0, role) }.map { framework in
            let amount = quantities(held.filter { $0.framework == framework && $0.role == role })
            return (share(amount, 1_000), counts[framework][role] ?? 0, framework)
        }.sorted { $0 < $1 }.map(\.2)
    }

    // Quota.

    /// `leaving`: holdings that the reference does not charge to the roles above before the cycle ends.
    func consumed(_ role: Int, leaving: [Int]) -> ResourceVector {
        var sum = ResourceVector.zero
        for (number, one) in held.enumerated() where isAtOrBelow(one.role, role) && !leaving.contains(number) {
            sum += unreserved(one.holding)
        }
        for agent in agents {
            for portion in agent.special.all {
                let identity = identities[portion.identity]
                guard let path = identity.role, !identity.isRevocable else { continue }
                if path == roles[role] || path.hasPrefix(roles[role] + "/") { sum += portion.amount }
            }
        }
        return sum
    }
    func required(leaving: [Int]) -> ResourceVector {
        func needs(_ role: Int) -> ResourceVector {
            var below = ResourceVector.zero
            for child in roles.indices
            where roles[child].split(separator: "/").dropLast().joined(separator: "/") == roles[role] {
                below += needs(child)
            }
            let missing = (quotas[role].guarantees - consumed(role, leaving: leaving)).clamped
            return ResourceVector(lanes: pointwiseMax(missing.lanes, below.lanes))
        }
        return roles.indices.filter { !roles[$0].contains("/") }.reduce(.zero) { $0 + needs($1) }
    }
    func freeForGuarantees() -> ResourceVector {
        var sum = ResourceVector.zero
        for (number, agent) in agents.enumerated() where agent.isOpen || isCompatible {
            sum += agent.total
            for portion in agent.special.all where isUnreserved(portion.identity) { sum += portion.amount }
            for one in held where one.agent == number { sum -= unreserved(one.holding) }
        }
        return sum
    }

    // One pair.

    func holds(_ groups: [[OfferConstraints.Constraint]], _ agent: AgentFacts) -> Bool {
        groups.isEmpty
            || groups.contains { group in
                group.allSatisfy { one in
                    let attribute = agent.attributes.first { $0.name == one.name }
                    if one.selector == .attribute, let attribute, attribute.kind != .text {
                        return one.predicate != .notExists
                    }
                    let text: String? =
                        switch one.selector {
                        case .attribute: attribute?.text
                        case .hostname: agent.hostname
                        case .region: agent.domain.region == "" ? nil : agent.domain.region
                        case .zone: agent.domain.zone == "" ? nil : agent.domain.zone
                        }
                    switch one.predicate {
                    case .exists: return text != nil
                    case .notExists: return text == nil
                    case .textEquals: return text == one.value
                    case .textNotEquals: return text != one.value
                    // The tests' only pattern.
                    case .textMatches: return text.map { $0.hasPrefix("r") } ?? false
                    case .textNotMatches: return !(text.map { $0.hasPrefix("r") } ?? false)
                    }
                }
            }
    }

    func candidate(
        _ framework: Int, _ role: Int, _ number: Int, guarantees: Bool, sharedOut: [(Int, IdentityID)],
        leaving: [Int], kept: ResourceVector?, now: Instant
    ) -> Holding? {
        let (agent, who) = (agents[number], frameworks[framework])
        let can = who.capabilities
        guard agent.isOpen, let subscription = who.subscriptions.first(where: { $0.role == role }) else { return nil }
        if rules.filtersGpus, agent.total.gpus > 0, !can.contains(.gpuResources) { return nil }
        if agent.lacks.contains(.multiRole), can.contains(.multiRole) { return nil }
        if agent.lacks.contains(.hierarchicalRole), roles[role].contains("/") { return nil }
        guard holds(subscription.constraints, agent) else { return nil }

        let here = held.filter { $0.agent == number }
        var holding = Holding(agent.total, agent.extras)
        for one in here {
            holding.plain -= one.holding.plain
            holding.extras = holding.extras - one.holding.extras
        }
        holding.plain = holding.plain.clamped
        for portion in agent.special.all {
            let identity = identities[portion.identity]
            if guarantees, let path = identity.role, path != roles[role] { continue }
            if !identity.isAllocatable(to: roles[role]) { continue }
            if identity.reservations.count > 1, !can.contains(.reservationRefinement) { continue }
            if identity.isRevocable, !can.contains(.revocableResources) { continue }
            var left = portion
            if identity.isShared {
                if !can.contains(.sharedResources) { continue }
                if sharedOut.contains(where: { $0 == (number, portion.identity) }) { continue }
                left.copies = 1
            } else {
                for one in here {
                    guard let taken = one.holding.special[portion.identity] else { continue }
                    left.amount = (left.amount - taken.amount).clamped
                    left.extras = left.extras - taken.extras
                }
            }
            holding.special.add(left)
        }

        let whole = unreserved(holding)
        var room = ResourceVector(lanes: SIMD8(repeating: .max))
        for above in roles.indices where isAtOrBelow(role, above) && (!isCompatible || above == role) {
            let used = consumed(above, leaving: leaving)
            for lane in 0..<8 where quotas[above].isLimited(lane) {
                room.lanes[lane] = min(room.lanes[lane], max(0, quotas[above].limits.lanes[lane] - used.lanes[lane]))
            }
        }
        let needed = kept ?? required(leaving: leaving)
        let surplus =
            needed.isZero ? ResourceVector(lanes: SIMD8(repeating: .max)) : (freeForGuarantees() - needed).clamped
        var target: ResourceVector
        if guarantees {
            let owed = (quotas[role].guarantees - consumed(role, leaving: leaving)).clamped.minimum(whole)
            if owed.isZero { return nil }
            let promised = owed.minimum(room)
            target = promised + (whole - promised).minimum(room - promised).minimum(surplus)
        } else {
            target = whole.minimum(room).minimum(surplus)
        }
        // Plain resources first, then the others in their order; what is indivisible whole or not at all.
        holding.plain = holding.plain.minimum(target)
        var rest = target - holding.plain
        var special = Portions()
        for var portion in holding.special.all {
            if isUnreserved(portion.identity) {
                if identities[portion.identity].isIndivisible {
                    if !portion.amount.fits(in: rest) { continue }
                } else {
                    portion.amount = portion.amount.minimum(rest)
                }
                rest -= portion.amount
            }
            special.add(portion)
        }
        holding.special = special
        if let pieces = demands[framework][role] {
            var taken = ResourceVector.zero
            for piece in pieces {
                for _ in 0..<piece.count where (taken + piece.need).fits(in: holding.plain) { taken += piece.need }
            }
            let reserved = Portions(holding.special.all.filter { identities[$0.identity].role != nil })
            holding = Holding(taken, Extras(), reserved)
        }
        if holding.isEmpty { return nil }
        let alternatives = subscription.minimums ?? rules.minimums
        if !alternatives.isEmpty, !alternatives.contains(where: { $0.fits(in: holding.quantities) }) { return nil }
        for one in refused
        where one.framework == framework && one.role == role && one.agent == number && one.until > now {
            let covers =
                holding.plain.fits(in: one.holding.plain)
                && (holding.extras.isEmpty || one.holding.extras.contains(holding.extras))
                && holding.special.all.allSatisfy { portion in
                    guard let own = one.holding.special[portion.identity] else { return false }
                    return portion.amount.fits(in: own.amount)
                }
            if covers { return nil }
        }
        return holding
    }

    // The cycle.

    mutating func cycle(at now: Instant) -> [Grant] {
        var grants: [Grant] = []
        var sharedOut: [(Int, IdentityID)] = []
        var leaving: [Int] = []
        var kept: ResourceVector?
        for guarantees in [true, false] {
            if !guarantees, isCompatible, quotas.contains(where: { !$0.guarantees.isZero }) {
                kept = required(leaving: leaving)
            }
            for agent in agents.indices {
                let inOrder = order().map { ($0, order(in: $0)) }
                for (role, seekers) in inOrder {
                    func isOwed() -> Bool {
                        let missing = quotas[role].guarantees - consumed(role, leaving: leaving)
                        return !missing.clamped.isZero && !(isCompatible && roles[role].contains("/"))
                    }
                    for framework in seekers {
                        if guarantees, !isOwed() { continue }
                        guard
                            let holding = candidate(
                                framework, role, agent, guarantees: guarantees, sharedOut: sharedOut, leaving: leaving,
                                kept: kept, now: now)
                        else { continue }
                        for portion in holding.special.all where portion.copies > 0 {
                            sharedOut.append((agent, portion.identity))
                        }
                        if isCompatible, !guarantees, quotas[role].isDefault { leaving.append(held.count) }
                        held.append(Held(framework: framework, role: role, agent: agent, holding: holding))
                        counts[framework][role, default: 0] += 1
                        grants.append(Grant(framework: framework, role: role, agent: agent, holding: holding))
                        reduceDemand(framework, role, holding.plain)
                    }
                }
            }
        }
        return grants
    }

    private mutating func reduceDemand(_ framework: Int, _ role: Int, _ amount: ResourceVector) {
        guard var pieces = demands[framework][role] else { return }
        var rest = amount
        for at in pieces.indices {
            while pieces[at].count > 0, pieces[at].need.fits(in: rest) {
                pieces[at].count -= 1
                rest -= pieces[at].need
            }
        }
        demands[framework][role] = pieces.filter { $0.count > 0 }
    }
}
