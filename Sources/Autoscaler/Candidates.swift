import ClusterModel

/// A machine type of a pool that may be bought, and why not.
struct Candidate {
    let pool: PoolID
    let spec: PoolSpec
    let type: MachineType
    /// What is paid for one, millionths per hour.
    let price: Int64
    /// What one commits to at least, millionths.
    let commitment: Int64
    /// How many more its pool may have.
    var room: Int
    /// Why none is bought now whatever is wanted; nil when some may be.
    var closed: Reason?
    /// Whether a piece of each group goes on an empty one.
    var fits: [Bool] = []
    /// The best score it had in this round; -1 = nothing of the queue goes on it.
    var score: Int64 = -1
    /// Why it lost, once something else won.
    var lost = Reason.none
}

/// All that could be bought, judged once a round.
struct Candidates {
    /// Most types that are weighed, over all pools.
    static let limit = 2_000
    /// In the order of pools and their types.
    private(set) var all: [Candidate] = []

    /// What each pool may still buy at `now`. `age`: how long the need has lasted; nil = long enough.
    init(_ state: ClusterState, now: Instant, age: Interval?) {
        for slot in state.pools.indices {
            let pool = PoolID(slot)
            guard state.pools[slot].configured, let spec = state.spec(of: pool) else { continue }
            let closed = Self.closedReason(of: pool, spec, state, now)
            let room = max(0, Int(spec.maximum) - state.stayingInstances(of: pool))
            for type in spec.types where all.count < Self.limit {
                let price = spec.scaling.paid(type.pricePerHour)
                var one = Candidate(
                    pool: pool, spec: spec, type: type, price: price,
                    commitment: spec.scaling.commitment(ratePerHour: price), room: room)
                one.closed = closed ?? (room == 0 ? Reason(.poolLimit) : nil)
                if one.closed == nil, let refusal = state.refusal(of: type.name, in: pool, at: now) {
                    one.closed = Reason(.refused, Self.seconds(refusal.until - now))
                }
                if one.closed == nil, let age, age < spec.scaling.persistence {
                    one.closed = Reason(.needIsYoung, Self.seconds(spec.scaling.persistence - age))
                }
                all.append(one)
            }
        }
    }

    /// Why nothing is bought in a pool, apart from its limit; nil when something may be.
    static func closedReason(of pool: PoolID, _ spec: PoolSpec, _ state: ClusterState, _ now: Instant) -> Reason? {
        let row = state.pools[pool.index]
        if !state.storeFault.isEmpty { return Reason(.storeUnavailable) }
        if row.failuresInRow >= PoolScaling.protectedAfter { return Reason(.protected, Int64(row.failuresInRow)) }
        if row.backOffUntil > now { return Reason(.backOff, seconds(row.backOffUntil - now)) }
        return nil
    }

    static func seconds(_ span: Interval) -> Int64 { max(1, (span.microseconds + 999_999) / 1_000_000) }

    /// Asks an empty machine of each type about each group, as submission does. What is not known of a machine before
    /// it is there stands in no one's way.
    mutating func match(_ queue: QueueDemand, in state: ClusterState) {
        let scalars = state.configuration.scalars
        for at in all.indices {
            let (type, pool) = (all[at].type, all[at].spec.name)
            all[at].fits = queue.groups.map { group in
                guard group.unmet > 0, group.key.need.fits(in: type.resources),
                    group.demand.fits(in: type.extras)
                else { return false }
                guard let requirement = group.demand.requirement else { return true }
                if requirement.expression.fields.contains(where: Requirement.lateFields.contains) { return true }
                return requirement.mayHold(on: type, pool: pool, scalars: scalars)
            }
        }
        keepFromGPUs(queue)
        preferKnownPrices(queue)
    }

    /// A machine with gpus is no candidate for work without, as long as another type holds that work at all.
    private mutating func keepFromGPUs(_ queue: QueueDemand) {
        for group in queue.groups.indices where queue.groups[group].key.need.gpus == 0 {
            let plain = all.contains { $0.fits[group] && $0.type.resources.gpus == 0 && $0.isOpen }
            guard plain else { continue }
            for at in all.indices where all[at].type.resources.gpus > 0 && all[at].fits[group] {
                all[at].fits[group] = false
                if all[at].closed == nil { all[at].lost = Reason(.gpuForCPU) }
            }
        }
    }

    private mutating func preferKnownPrices(_ queue: QueueDemand) {
        for group in queue.groups.indices {
            guard all.contains(where: { $0.fits[group] && !$0.type.priceIsUnknown && $0.isOpen }) else { continue }
            for at in all.indices where all[at].type.priceIsUnknown && all[at].fits[group] {
                all[at].fits[group] = false
                if all[at].closed == nil { all[at].lost = Reason(.priceUnknown) }
            }
        }
    }

    /// Closes a candidate, or all of its pool.
    mutating func close(_ at: Int, _ reason: Reason, wholePool: Bool) {
        for other in all.indices where other == at || wholePool && all[other].pool == all[at].pool {
            if all[other].closed == nil { all[other].closed = reason }
        }
    }

    /// Takes machines out of what a pool may still have.
    mutating func take(_ count: Int, of at: Int) {
        let pool = all[at].pool
        for other in all.indices where all[other].pool == pool {
            all[other].room -= count
            if all[other].room <= 0, all[other].closed == nil { all[other].closed = Reason(.poolLimit) }
        }
    }

    /// Says why nothing of a candidate is bought; nil = some may be.
    mutating func setClosed(_ at: Int, _ reason: Reason?) { all[at].closed = reason }

    /// Notes the best score that a candidate had.
    mutating func note(_ score: Int64, of at: Int) {
        if all[at].score < 0 || score < all[at].score { all[at].score = score }
    }
    /// Notes why a candidate lost.
    mutating func lose(_ at: Int, _ reason: Reason) { if all[at].lost == .none { all[at].lost = reason } }
}

extension Candidate {
    /// Whether some may be bought.
    var isOpen: Bool { closed == nil }
}
