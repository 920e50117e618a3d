import ClusterModel

/// The money that a round may still commit. A purchase goes through only when what it commits to at least (boot, drain,
/// the provider's minimum) crosses no hard budget, together with what machines that are there or coming are paid for.
struct Purse {
    private struct Scope {
        var limits: BudgetLimits
        var spent: ClusterState.Spending
        /// Committed beyond what was spent: rates of machines not billed yet, and rests of paid periods.
        var rate: Int64 = 0
        var committed: Int64 = 0

        func room(_ period: BudgetLimits.Period) -> Int64? {
            let hard = limits[period].hard
            guard hard > 0 else { return nil }
            return hard - spent[period] - (period == .hour ? rate : committed)
        }
        func affords(_ price: Int64, _ commitment: Int64) -> Int {
            var count = Int.max
            for period in BudgetLimits.Period.allCases {
                let each = period == .hour ? price : commitment
                guard let room = room(period), each > 0 else { continue }
                count = min(count, Int(max(0, room) / each))
            }
            return count
        }
    }
    private var cluster: Scope
    private var pools: [PoolID: Scope] = [:]
    private var roles: [RoleID: Scope] = [:]
    private let state: ClusterState

    init(_ state: ClusterState, now: Instant) {
        self.state = state
        cluster = Scope(limits: state.configuration.budgets, spent: state.spending(at: now))
        for slot in state.pools.indices {
            guard let spec = state.spec(of: PoolID(slot)) else { continue }
            pools[PoolID(slot)] = Scope(
                limits: spec.scaling.budgets, spent: state.spending(of: PoolID(slot), at: now))
        }
        for spec in state.configuration.roles where !spec.budgets.isEmpty {
            guard let role = state.role(at: spec.path) else { continue }
            roles[role] = Scope(limits: spec.budgets, spent: state.spending(of: role, at: now))
        }
        for id in state.index.liveInstances {
            let row = state.instances[id.index]
            if row.state.isBilled {
                let rest = row.paidUntil(at: now) - now
                commit(BillingRule.cost(ratePerHour: row.pricePerHour, for: rest), rate: 0, row.pool)
            } else if let spec = state.spec(of: row.pool) {
                let each = spec.scaling.commitment(ratePerHour: row.pricePerHour)
                commit(each, rate: row.pricePerHour, row.pool)
            }
        }
        for top in roles.keys { commitRole(top, now: now) }
    }

    /// A role pays through its tasks. What was bought for it counts as spent by it as far as its tasks do not pay for
    /// it yet.
    private mutating func commitRole(_ top: RoleID, now: Instant) {
        var (bills, rate): (Int64, Int64) = (0, 0)
        for id in state.index.liveInstances {
            let row = state.instances[id.index]
            guard state.isAt(row.role, orBelow: top), let spec = state.spec(of: row.pool) else { continue }
            let run = row.billedSince.isNever ? Interval.zero : now - row.billedSince
            let least = spec.scaling.bootTime + PoolScaling.drainAllowance
            bills += BillingRule.cost(ratePerHour: row.pricePerHour, for: row.billing.billed(max(run, least)))
            rate += row.pricePerHour
        }
        guard let spent = roles[top]?.spent else { return }
        roles[top]?.committed += max(0, bills - spent.day)
        roles[top]?.rate += max(0, rate - spent.hour)
    }

    /// How many machines at a price may be bought in a pool for a role; `Int.max` when nothing limits them.
    func affords(_ price: Int64, commitment: Int64, in pool: PoolID, for role: RoleID) -> Int {
        var count = min(cluster.affords(price, commitment), pools[pool]?.affords(price, commitment) ?? .max)
        for (top, scope) in roles where state.isAt(role, orBelow: top) {
            count = min(count, scope.affords(price, commitment))
        }
        return count
    }

    /// Whether a hard budget stands over a purchase in a pool for a role.
    func isLimited(in pool: PoolID, for role: RoleID) -> Bool {
        func hasHard(_ limits: BudgetLimits) -> Bool { BudgetLimits.Period.allCases.contains { limits[$0].hard > 0 } }
        return hasHard(cluster.limits) || pools[pool].map { hasHard($0.limits) } ?? false
            || roles.contains { hasHard($0.value.limits) && state.isAt(role, orBelow: $0.key) }
    }

    /// Whether a soft limit is reached: then nothing is kept in reserve any more.
    var isPastSoftLimit: Bool {
        BudgetLimits.Period.allCases.contains {
            let soft = cluster.limits[$0].soft
            return soft > 0 && cluster.spent[$0] >= soft
        }
    }

    /// Takes money out for `count` machines.
    mutating func spend(_ price: Int64, commitment: Int64, count: Int, in pool: PoolID, for role: RoleID) {
        commit(commitment * Int64(count), rate: price * Int64(count), pool)
        for top in roles.keys where state.isAt(role, orBelow: top) {
            roles[top]?.committed += commitment * Int64(count)
            roles[top]?.rate += price * Int64(count)
        }
    }

    private mutating func commit(_ amount: Int64, rate: Int64, _ pool: PoolID) {
        cluster.committed += amount
        cluster.rate += rate
        pools[pool]?.committed += amount
        pools[pool]?.rate += rate
    }

    /// What is left of the cluster's hard budgets, millionths; nil where there is none.
    func left(_ period: BudgetLimits.Period) -> Int64? { cluster.room(period) }
}
