import ClusterModel

/// Quota: how much roles may have and are promised. Offers give way to a new quota; tasks never do.
extension ControlCore {
    /// Most of mem or disk in a quota, in bytes: 2^40 MiB.
    static let largestQuotaBytes: Int64 = 1 << 60
    /// Most of anything else, in thousandths: 10^12.
    static let largestQuota: Int64 = 1_000_000_000_000_000

    mutating func setQuotas(_ wishes: [RoleQuota], force: Bool, isFirst: Bool, _ user: String) -> CallVerdict {
        for wish in wishes {
            if let problem = obstacle(to: wish) { return CallVerdict(.invalid, problem) }
            let old = state.role(at: wish.role).map { state.roles[$0.index].quota } ?? Quota()
            if isFirst, !old.isDefault { return CallVerdict(.invalid, "role '\(wish.role)' has a quota already") }
        }
        if !force {
            if let problem = overcommitment(wishes) {
                return CallVerdict(isFirst ? .conflict : .invalid, problem)
            }
            if let problem = overconsumption(wishes) { return CallVerdict(.invalid, problem) }
        }
        for wish in wishes { emit(.quotaSet(QuotaSet(role: wish.role, quota: wish.quota, user: user))) }
        for wish in wishes { rescindOver(wish) }
        rescindForGuarantees(of: wishes.map(\.role))
        queueChanged = true
        return CallVerdict()
    }

    private func obstacle(to wish: RoleQuota) -> String? {
        if !wish.problem.isEmpty { return wish.problem }
        if let fault = RoleName.fault(wish.role) { return fault }
        if !state.isAllowed(role: wish.role) { return "Unknown role '\(wish.role)'" }
        if wish.role.contains("/"), !state.configuration.offers.has(.nestedQuota) {
            return "Setting quota on nested role '\(wish.role)' is not supported"
        }
        for lane in 0..<8 {
            let (promised, most) = (wish.quota.guarantees.lanes[lane], wish.quota.limits.lanes[lane])
            let bound = lane == 1 || lane == 2 ? Self.largestQuotaBytes : Self.largestQuota
            let name = lane < state.configuration.laneNames.count ? state.configuration.laneNames[lane] : "\(lane)"
            if promised < 0 || most < 0 { return "an amount of '\(name)' is below zero" }
            if promised > bound || most > bound { return "an amount of '\(name)' is too large" }
            if wish.quota.isLimited(lane), promised > most {
                return "the guarantee of '\(name)' for role '\(wish.role)' is greater than its limit"
            }
        }
        return nil
    }

    /// Scalars of the cluster that a promise can rest on: all that may not be taken back.
    private var promisable: ResourceVector {
        var sum = ResourceVector.zero
        for node in state.presentNodes {
            sum += state.nodes[node.index].total
            for portion in state.nodeDetails[node.index].special.all
            where !state.identities[portion.identity].isRevocable {
                sum += portion.amount
            }
        }
        return sum
    }

    private func overcommitment(_ wishes: [RoleQuota]) -> String? {
        guard wishes.contains(where: { !$0.quota.guarantees.isZero }) else { return nil }
        var sum = ResourceVector.zero
        for row in state.roles where !wishes.contains(where: { $0.role == state.text(row.path) }) {
            sum += row.quota.guarantees
        }
        for wish in wishes { sum += wish.quota.guarantees }
        let capacity = promisable
        for lane in 0..<8 where sum.lanes[lane] > capacity.lanes[lane] {
            return "the guarantees of all roles are more than the cluster has; use force to set them all the same"
        }
        return nil
    }

    private func overconsumption(_ wishes: [RoleQuota]) -> String? {
        for wish in wishes {
            let consumed = consumption(of: wish.role, withOffers: false)
            for lane in 0..<8 where wish.quota.isLimited(lane) && consumed.lanes[lane] > wish.quota.limits.lanes[lane] {
                return "role '\(wish.role)' consumes more than the limit; use force to set it all the same"
            }
        }
        return nil
    }

    /// What counts against a role's quota: unreserved, not revocable, held by it and the roles below, and all that is
    /// reserved for them.
    func consumption(of path: String, withOffers: Bool) -> ResourceVector {
        var sum = ResourceVector.zero
        if let role = state.role(at: path) {
            sum += state.roles[role.index].allocated
            if !withOffers {
                for offer in state.openOffers
                where ResourceIdentity.isRole(state.path(of: state.offers[offer.index].role), atOrBelow: path) {
                    sum -= state.offers[offer.index].resources - state.offers[offer.index].accepted
                }
            }
        }
        for node in state.presentNodes {
            for portion in state.nodeDetails[node.index].special.all {
                let identity = state.identities[portion.identity]
                if let role = identity.role, ResourceIdentity.isRole(role, atOrBelow: path) { sum += portion.amount }
            }
        }
        return sum
    }

    /// Takes offers of a role and those below it back until it is within its limits.
    private mutating func rescindOver(_ wish: RoleQuota) {
        guard wish.quota.limited != 0 else { return }
        for offer in state.openOffers.reversed() {
            let consumed = consumption(of: wish.role, withOffers: true)
            let isOver = (0..<8).contains {
                wish.quota.isLimited($0) && consumed.lanes[$0] > wish.quota.limits.lanes[$0]
            }
            guard isOver else { return }
            let row = state.offers[offer.index]
            guard ResourceIdentity.isRole(state.path(of: row.role), atOrBelow: wish.role), !row.resources.isZero else {
                continue
            }
            close(offer, .rescinded)
        }
    }

    /// Takes offers of other roles back until what is promised and not consumed is free.
    private mutating func rescindForGuarantees(of paths: [String]) {
        var missing = ResourceVector.zero
        for row in state.roles where !row.quota.guarantees.isZero {
            missing += (row.quota.guarantees - consumption(of: state.text(row.path), withOffers: true)).clamped
        }
        guard !missing.isZero else { return }
        var free = ResourceVector.zero
        for node in state.presentNodes where state.nodes[node.index].state.takesWork {
            free += state.nodes[node.index].free.clamped
        }
        for offer in state.openOffers {
            if missing.fits(in: free) { return }
            let row = state.offers[offer.index]
            let path = state.path(of: row.role)
            if paths.contains(where: { ResourceIdentity.isRole(path, atOrBelow: $0) }) { continue }
            let helps = (0..<8).contains { missing.lanes[$0] > free.lanes[$0] && row.resources.lanes[$0] > 0 }
            guard helps else { continue }
            close(offer, .rescinded)
            free += row.resources
        }
    }
}
