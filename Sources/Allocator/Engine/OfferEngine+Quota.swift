import ClusterModel

/// Quota: what is checked before it is taken.
extension OfferEngine {
    /// Largest amount that a quota may name of memory and disk, in bytes: 2^40 MB.
    public static let byteLimit: Int64 = 1 << 60
    /// Largest amount of other resources, in thousandths.
    public static let scalarLimit: Int64 = 1_000_000_000_000_000

    /// Sets the quota of several roles, all or none. `isForced` passes over what the cluster has and what roles hold
    /// now. A default quota takes a role's quota away.
    public mutating func setQuota(_ changes: [(role: String, quota: Quota)], isForced: Bool = false) throws(WorldFault)
    {
        var sum = ResourceVector.zero
        for (path, quota) in changes {
            try check(path, quota)
            if let role = role(at: path), !isForced { try checkUse(role, quota) }
        }
        var next = self
        for (path, quota) in changes { next.ledger.set(next.ensureRole(path), quota) }
        try next.checkNesting()
        if !isForced, changes.contains(where: { !$0.quota.guarantees.isZero }) {
            for role in next.ledger.quota.indices where next.ledger.parent[role] < 0 || !isCompatible {
                if !next.hasGuaranteeAbove(role) { sum += next.ledger.quota[role].guarantees }
            }
            let total = guaranteeable
            for lane in 0..<8 where sum.lanes[lane] > total.lanes[lane] {
                throw .overCapacity(lane: lane, guaranteed: sum.lanes[lane], total: total.lanes[lane])
            }
        }
        for (path, quota) in changes { ledger.set(ensureRole(path), quota) }
        isQuotaLoosened = true
        // Whoever was passed by on the first pass is looked at again under the new rules.
        for agent in facts.indices { markAgent(agent) }
    }

    /// All that the cluster has and cannot take back.
    private var guaranteeable: ResourceVector {
        var sum = ResourceVector.zero
        for agentFacts in facts {
            sum += agentFacts.total
            for portion in agentFacts.special.all where !identities[portion.identity].isRevocable {
                sum += portion.amount
            }
        }
        return sum
    }

    private func check(_ path: String, _ quota: Quota) throws(WorldFault) {
        if !rules.onlyRoles.isEmpty, path != "*", !rules.onlyRoles.contains(path) { throw .unknownRole(path) }
        if isCompatible, path.utf8.contains(UInt8(ascii: "/")) { throw .nestedQuota(role: path) }
        for lane in 0..<8 {
            let most = lane == 1 || lane == 2 ? Self.byteLimit : Self.scalarLimit
            for amount in [quota.guarantees.lanes[lane], quota.limits.lanes[lane]] where amount < 0 || amount > most {
                throw .amountTooLarge(role: path, lane: lane)
            }
            if quota.isLimited(lane), quota.limits.lanes[lane] < quota.guarantees.lanes[lane] {
                throw .limitBelowGuarantee(role: path, lane: lane)
            }
        }
    }
    private func checkUse(_ role: Int, _ quota: Quota) throws(WorldFault) {
        let used = ledger.consumption(of: role)
        for lane in 0..<8 where quota.isLimited(lane) && quota.limits.lanes[lane] < used.lanes[lane] {
            throw .limitBelowUse(role: path(ofRole: role), lane: lane, used: used.lanes[lane])
        }
    }
    /// A guarantee that a role above does not allow could never be kept.
    private func checkNesting() throws(WorldFault) {
        for role in ledger.quota.indices where !ledger.quota[role].guarantees.isZero {
            var above = ledger.parent[role]
            while above >= 0 {
                for lane in 0..<8
                where ledger.quota[above].isLimited(lane)
                    && ledger.quota[above].limits.lanes[lane] < ledger.quota[role].guarantees.lanes[lane]
                {
                    throw .guaranteeOfAbove(role: path(ofRole: role), above: path(ofRole: above), lane: lane)
                }
                above = ledger.parent[above]
            }
        }
    }
    /// Whether a role above has a guarantee of its own, in which this one's is then counted.
    private func hasGuaranteeAbove(_ role: Int) -> Bool {
        var above = ledger.parent[role]
        while above >= 0 {
            if !ledger.quota[above].guarantees.isZero { return true }
            above = ledger.parent[above]
        }
        return false
    }
}
