import ClusterModel

/// The predicates: what a framework would be offered of a node for a role, or why nothing. Cycles offer by them, and
/// `explain` answers by them.
extension OfferEngine {
    /// The two passes of a cycle: guarantees first, then everybody; and what a framework may take by itself: as
    /// everybody, but its own wishes (refusals, minimums, demand) are for offers alone.
    enum Stage: Sendable { case guarantees, everyone, commit }
    enum Judgement: Sendable {
        case offer(Holding)
        case no(NoOffer)
    }

    /// What `seeker` would be offered of `agent` in this stage. `piece`: one such piece instead of what it asks for.
    mutating func judge(_ agent: Int, _ seeker: Int, _ stage: Stage, piece: ResourceVector? = nil) -> Judgement {
        guard facts[agent].isOpen else { return .no(.nodeClosed) }
        let (framework, role) = (tree.seekerFramework[seeker], tree.seekerRole[seeker])
        let capabilities = frameworks[framework].capabilities
        if !wants[agent].isSubset(of: capabilities) { return .no(.capability(wants[agent].subtracting(capabilities))) }
        if !facts[agent].lacks.isEmpty, let missing = agentLacks(agent, capabilities, role) {
            return .no(.agentCapability(missing))
        }
        if constraint[seeker] >= 0, let failing = constraints.failure(of: constraint[seeker], on: agent, facts[agent]) {
            return .no(.constraint(failing))
        }
        if let gang = gangs.holder(of: agent, at: walk.now), gang.seeker != seeker {
            return .no(.heldForGang(framework: tree.seekerFramework[gang.seeker], until: gang.until))
        }
        var holding = Holding()
        holding.plain = free[agent].clamped
        holding.extras = freeExtras[agent]
        if hasSpecial[agent] { holding.special = visible(agent, role, capabilities, stage) }
        if holding.isEmpty { return .no(isSpecialFree[agent] ? .reserved : .nothingFree) }
        if ledger.quotaCount > 0, let refusal = cut(&holding, agent, role, stage) { return .no(refusal) }
        if stage == .commit { return .offer(holding) }
        if let piece {
            guard piece.fits(in: holding.plain) else { return .no(.piecesTooLarge) }
            holding = Holding(piece)
        } else if let pieces = demand[seeker] {
            let special = Portions(holding.special.all.filter { identityRole[$0.identity.index] >= 0 })
            let taken = Self.fill(pieces, holding)
            holding = Holding(taken.amount, taken.extras, special)
            if holding.isEmpty { return .no(.piecesTooLarge) }
        }
        guard isLargeEnough(holding, seeker) else { return .no(.belowMinimum) }
        if let until = filters.hides(agent, seeker, holding, at: walk.now) { return .no(.filtered(until: until)) }
        return .offer(holding)
    }

    private func agentLacks(_ agent: Int, _ capabilities: FrameworkCapabilities, _ role: Int) -> AgentCapabilities? {
        let lacks = facts[agent].lacks
        if lacks.contains(.multiRole), capabilities.contains(.multiRole) { return .multiRole }
        if lacks.contains(.hierarchicalRole), isHierarchical[role] { return .hierarchicalRole }
        return nil
    }

    /// What of a node that is not plain the role may have now and the framework can deal with.
    private func visible(
        _ agent: Int, _ role: Int, _ capabilities: FrameworkCapabilities, _ stage: Stage
    ) -> Portions {
        var result = Portions()
        for portion in facts[agent].special.all {
            let traits = identityTraits[portion.identity.index]
            let reservedFor = identityRole[portion.identity.index]
            if reservedFor >= 0 {
                if stage == .guarantees, reservedFor != role { continue }
                if !tree.isRole(role, atOrBelow: reservedFor) { continue }
                if traits.contains(.refined), !capabilities.contains(.reservationRefinement) { continue }
            }
            if traits.contains(.revocable), !capabilities.contains(.revocableResources) { continue }
            if traits.contains(.shared) {
                let key = UInt64(agent) << 32 | UInt64(portion.identity.raw)
                if !capabilities.contains(.sharedResources) || walk.sharedOut.contains(key) { continue }
                result.add(Portion(portion.identity, portion.amount, portion.extras, copies: 1))
                continue
            }
            guard let taken = held[agent][portion.identity] else {
                result.add(portion)
                continue
            }
            var rest = Portions([portion])
            rest.subtract(taken)
            if let left = rest[portion.identity] { result.add(left) }
        }
        return result
    }

    func hasFreeSpecial(_ agent: Int) -> Bool {
        facts[agent].special.all.contains { portion in
            guard let taken = held[agent][portion.identity], portion.copies == 0 else { return true }
            return !(portion.amount - taken.amount).isZero || portion.extras != taken.extras
        }
    }

    /// What is kept free for guarantees beyond what is there now. Within the second pass the reference keeps what it
    /// had found at the start of it.
    private var surplus: ResourceVector {
        guard let kept = walk.keptRequired else { return ledger.surplus }
        return (ledger.freeHeadroom - kept).clamped
    }
    private var isHeadroomRequired: Bool { !(walk.keptRequired ?? ledger.requiredHeadroom).isZero }
    /// What anybody may have beyond what is kept free for guarantees; no bound where nothing is.
    var spare: ResourceVector { isHeadroomRequired ? surplus : ResourceVector(lanes: SIMD8(repeating: .max)) }

    /// Cuts what is unreserved to what the role may have, and to what guarantees of others leave.
    private mutating func cut(_ holding: inout Holding, _ agent: Int, _ role: Int, _ stage: Stage) -> NoOffer? {
        var whole = holding.plain
        for portion in holding.special.all where isUnreserved(portion.identity) { whole += portion.amount }
        let room = ledger.room(role, ownOnly: isCompatible)
        let above = spare
        var target: ResourceVector
        if stage == .guarantees {
            // What the guarantee still lacks is not held back by headroom; what rides along is.
            let owed = ledger.unmet(role).minimum(whole)
            if owed.isZero { return .nothingFree }
            let promised = owed.minimum(room)
            target = promised + (whole - promised).minimum(room - promised).minimum(above).clamped
        } else {
            target = whole.minimum(room).minimum(above)
        }
        if target == whole { return nil }
        noteCut(agent)
        let refusal = whyCut(whole, target, room, above, role)
        target = shrink(&holding, to: target)
        return holding.isEmpty || target.isZero && holding.special.isEmpty && holding.extras.isEmpty ? refusal : nil
    }

    /// Cuts the unreserved parts of a holding: plain ones first, then others in their order; what cannot be cut goes
    /// whole or not at all. Answers what is left of the target.
    private func shrink(_ holding: inout Holding, to target: ResourceVector) -> ResourceVector {
        holding.plain = holding.plain.minimum(target)
        var rest = target - holding.plain
        var kept = holding.plain
        if !holding.special.isEmpty {
            var special = Portions()
            for var portion in holding.special.all {
                if isUnreserved(portion.identity) {
                    if identityTraits[portion.identity.index].contains(.indivisible) {
                        if !portion.amount.fits(in: rest) { continue }
                    } else {
                        portion.amount = portion.amount.minimum(rest)
                    }
                    rest -= portion.amount
                    kept += portion.amount
                }
                special.add(portion)
            }
            holding.special = special
        }
        return kept
    }

    func whyCut(
        _ whole: ResourceVector, _ target: ResourceVector, _ room: ResourceVector, _ above: ResourceVector, _ role: Int
    ) -> NoOffer {
        for lane in 0..<8 where target.lanes[lane] < whole.lanes[lane] {
            if room.lanes[lane] <= above.lanes[lane] {
                let binding = ledger.binding(role, lane: lane, ownOnly: isCompatible)
                return .quota(role: binding, lane: lane, left: room.lanes[lane])
            }
            return .headroom(lane: lane, left: above.lanes[lane])
        }
        return .nothingFree
    }

    private mutating func noteCut(_ agent: Int) {
        guard !isCutAgent[agent] else { return }
        isCutAgent[agent] = true
        cutAgents.append(agent)
    }

    /// Whether an offer is large enough for the one who would get it: it holds all of one of the alternatives.
    func isLargeEnough(_ holding: Holding, _ seeker: Int) -> Bool {
        let alternatives = minimums[seeker] ?? minimumsOfAll
        if alternatives.isEmpty { return true }
        let quantities = holding.quantities
        return alternatives.contains { $0.fits(in: quantities) }
    }

    /// As many pieces as go into what there is, in their order; gangs are served apart.
    static func fill(
        _ pieces: [Piece], _ holding: Holding
    ) -> (amount: ResourceVector, extras: Extras, counts: [Int]) {
        var (rest, ports, amount, extras) = (holding.plain, holding.extras, ResourceVector.zero, Extras())
        var counts: [Int] = []
        for piece in pieces {
            var count = piece.isGang ? 0 : rest.count(of: piece.need, limit: piece.count)
            if count > 0, piece.ports > 0 {
                let there = ports.ranges.first { $0.name == Demand.portsName }?.count ?? 0
                count = min(count, Int(clamping: there / piece.ports))
                if let taken = ports.lowest(UInt64(count) * piece.ports, of: Demand.portsName) {
                    ports = ports - taken
                    extras = extras + taken
                }
            }
            rest -= piece.need * Int64(count)
            amount += piece.need * Int64(count)
            counts.append(count)
        }
        return (amount, extras, counts)
    }
}
