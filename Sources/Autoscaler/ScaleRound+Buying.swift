import ClusterModel

/// What limits a purchase, and what a purchase changes for those after it.
extension ScaleRound {
    /// How many machines of a candidate may be bought for a group now.
    func available(_ at: Int, for group: Int?, beside taken: Int, inAll: Int, isGang: Bool) -> Int {
        let one = candidates.all[at]
        guard one.isOpen else { return 0 }
        let role = group.map { queue.groups[$0].key.role } ?? .none
        var count = min(one.room - taken, roomInAll == .max ? .max : roomInAll - inAll)
        if !isGang { count = min(count, Int(one.spec.scaling.surge) - bought[one.pool, default: 0]) }
        if one.type.priceIsUnknown, purse.isLimited(in: one.pool, for: role) { return 0 }
        // The pieces of one gang may come from several pools: the purse is asked for all of them together.
        let money = purse.affords(one.price, commitment: one.commitment, in: one.pool, for: role)
        count = min(count, money == .max ? .max : money - inAll)
        return max(0, count)
    }

    /// Why no machine of a candidate may be bought for a group; nil when one may.
    func obstacle(_ at: Int, for group: Int?, isGang: Bool) -> Reason? {
        let one = candidates.all[at]
        if let closed = one.closed { return closed }
        let role = group.map { queue.groups[$0].key.role } ?? .none
        if one.room <= 0 { return Reason(.poolLimit) }
        if roomInAll <= 0 { return Reason(.machineLimit) }
        if one.type.priceIsUnknown, purse.isLimited(in: one.pool, for: role) { return Reason(.priceUnknown) }
        if purse.affords(one.price, commitment: one.commitment, in: one.pool, for: role) <= 0 { return Reason(.budget) }
        if !isGang, bought[one.pool, default: 0] >= Int(one.spec.scaling.surge) { return Reason(.surge) }
        return nil
    }

    /// Why nothing more is bought for a group: what the candidate that comes nearest says.
    func limitingReason(for group: Int) -> Reason {
        var nearest: Reason?
        for at in candidates.all.indices where candidates.all[at].fits[group] {
            guard let reason = obstacle(at, for: group, isGang: queue.groups[group].isGang) else {
                nearest = nearest ?? Reason(.poolLimit)
                continue
            }
            if nearest == nil || Self.urgency(reason) < Self.urgency(nearest ?? .none) { nearest = reason }
        }
        return nearest ?? Reason(.noNodeMatches)
    }

    /// What passes soonest by itself comes first, what a person must change last.
    private static func urgency(_ reason: Reason) -> Int {
        switch reason.code {
        case .needIsYoung: 0
        case .surge: 1
        case .backOff: 2
        case .refused: 3
        case .budget: 4
        case .machineLimit: 5
        case .poolLimit: 6
        case .protected: 7
        case .priceUnknown: 8
        default: 9
        }
    }

    /// Writes a purchase down; equal ones are one line.
    mutating func buy(_ at: Int, _ count: Int, for group: Int?, pieces: Int, _ reason: Reason) {
        let one = candidates.all[at]
        let role = group.map { queue.groups[$0].key.role } ?? .none
        purse.spend(one.price, commitment: one.commitment, count: count, in: one.pool, for: role)
        candidates.take(count, of: at)
        if roomInAll != .max { roomInAll -= count }
        bought[one.pool, default: 0] += count
        let known = verdict.buys.firstIndex {
            $0.pool == one.pool && $0.type == one.type.name && $0.reason == reason && $0.role == role
        }
        if let known {
            verdict.buys[known].count += UInt32(count)
            verdict.buys[known].committed += one.commitment * Int64(count)
            verdict.buys[known].pieces += UInt32(pieces)
            return
        }
        var buy = ScaleBuy()
        (buy.pool, buy.type, buy.count, buy.pricePerHour) = (one.pool, one.type.name, UInt32(count), one.price)
        buy.committed = one.commitment * Int64(count)
        (buy.reason, buy.role, buy.pieces) = (reason, role, UInt32(pieces))
        verdict.buys.append(buy)
    }

    /// Schedules and headroom: the pool's cheapest type that may be bought.
    mutating func fillReserves() {
        for slot in state.pools.indices where only == nil || only == PoolID(slot) {
            let pool = PoolID(slot)
            guard state.pools[slot].configured, let spec = state.spec(of: pool) else { continue }
            let (scheduled, until) = spec.scaling.scheduled(at: now)
            look(at: until)
            let has =
                state.stayingInstances(of: pool) + verdict.keeps.count { state.nodes[$0.index].pool == pool }
                + bought[pool, default: 0]
            reserve(pool, Int(min(scheduled, spec.maximum)) - has, Reason(.schedule))
            guard spec.scaling.headroom > 0, !purse.isPastSoftLimit else { continue }
            let idle =
                state.presentNodes.count { isSpare($0, in: pool) }
                + supply.coming.count {
                    state.nodes[$0.index].pool == pool && supply.isUnused($0)
                }
            reserve(pool, Int(spec.scaling.headroom) - idle, Reason(.spareWanted))
        }
    }

    /// Whether a node of a pool is ready, idle, and no gang counts on it.
    private func isSpare(_ node: NodeID, in pool: PoolID) -> Bool {
        let row = state.nodes[node.index]
        return row.pool == pool && row.state == .ready && row.tasks == 0 && row.offered.isZero
            && !supply.claimed.contains(node)
    }

    private mutating func reserve(_ pool: PoolID, _ missing: Int, _ reason: Reason) {
        var missing = missing
        let own = candidates.all.indices.filter { candidates.all[$0].pool == pool }
            .sorted { (candidates.all[$0].price, $0) < (candidates.all[$1].price, $1) }
        for at in own where missing > 0 {
            // A reserve does not wait for a need to last.
            if candidates.all[at].closed?.code == .needIsYoung { candidates.reopen(at) }
            let count = min(missing, available(at, for: nil, beside: 0, inAll: 0, isGang: false))
            guard count > 0 else { continue }
            buy(at, count, for: nil, pieces: 0, reason)
            missing -= count
        }
    }

    /// Has the next round come at `moment` if nothing is due before.
    mutating func look(at moment: Instant) {
        guard !moment.isNever, moment > now, moment < .distantFuture else { return }
        if verdict.nextLook.isNever || moment < verdict.nextLook { verdict.nextLook = moment }
    }
    /// Counts a reason.
    mutating func count(_ reason: Reason) { counts[reason.code, default: 0] += 1 }
}

extension Candidates {
    /// Opens a candidate again.
    mutating func reopen(_ at: Int) { setClosed(at, nil) }
}
