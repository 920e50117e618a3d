import ClusterModel

/// Reasons in words, with names and amounts.
extension OfferBook {
    /// Why a framework is not offered a node, as a person wants to read it.
    public func words(for reason: NoOffer, framework: FrameworkID, role: RoleID, in state: ClusterState, now: Instant)
        -> String
    {
        switch reason {
        case .unknown: return "not known here"
        case .nodeClosed: return "takes no new work"
        case .inactive: return "the framework is not connected"
        case .notSubscribed: return "the framework is not subscribed to \(state.path(of: role))"
        case .suppressed: return "suppressed: it wants no offers for \(state.path(of: role)) until it revives them"
        case .demandMet: return "all that it asked for is offered"
        case .piecesTooLarge: return "none of the pieces it asks for goes on what is left"
        case .capability(let lacking): return "the framework lacks \(lacking.words.joined(separator: ", "))"
        case .agentCapability(let lacking): return "the agent lacks \(lacking.words.joined(separator: ", "))"
        case .constraint(let number):
            return "offer constraint \(number + 1): \(constraint(number, framework, role, state))"
        case .nothingFree: return "nothing is free"
        case .reserved: return "all that is free is reserved for others, or of a kind that it cannot take"
        case .quota(let limited, let lane, let left):
            return "quota of \(engine.path(ofRole: limited)): \(amount(left, lane, state)) left"
        case .headroom(let lane, let left):
            return "kept free for guarantees of other roles: \(amount(left, lane, state)) beyond them"
        case .belowMinimum: return "what is free is below the smallest offer"
        case .filtered(let until):
            return "refused: not offered again for \(Quantity.format(until - now)), unless more becomes free"
        case .heldForGang(let other, let until):
            let name = other < state.frameworks.count ? state.name(of: FrameworkID(other)) : "another framework"
            return "held for a gang of \(name) for at most \(Quantity.format(until - now))"
        }
    }

    private func amount(_ amount: Int64, _ lane: Int, _ state: ClusterState) -> String {
        let names = state.configuration.laneNames
        let number = lane == 1 || lane == 2 ? Quantity.format(bytes: amount) : Quantity.format(thousandths: amount)
        return "\(number) \(lane < names.count ? names[lane] : "of resource \(lane)")"
    }

    /// The constraint with that number, counted through all groups, as it was given.
    private func constraint(_ number: Int, _ framework: FrameworkID, _ role: RoleID, _ state: ClusterState) -> String {
        let groups = state.details(of: framework)?.constraints.roles.first { $0.role == state.path(of: role) }?.groups
        let all = (groups ?? []).flatMap { $0 }
        guard number < all.count else { return "does not hold" }
        let one = all[number]
        let subject =
            switch one.selector {
            case .attribute: "attribute \(one.name)"
            case .hostname: "the host name"
            case .region: "the region"
            case .zone: "the zone"
            }
        return switch one.predicate {
        case .exists: "\(subject) is missing"
        case .notExists: "\(subject) is there"
        case .textEquals: "\(subject) is not \(one.value)"
        case .textNotEquals: "\(subject) is \(one.value)"
        case .textMatches: "\(subject) does not match \(one.value)"
        case .textNotMatches: "\(subject) matches \(one.value)"
        }
    }
}
