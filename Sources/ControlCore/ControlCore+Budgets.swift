import ClusterModel

/// Budgets: each crossing is an event, and with it a mark in the recording.
extension ControlCore {
    /// Tells limits that were crossed, or no longer are. O(budgets).
    mutating func watchBudgets() {
        let limited = !state.scaling.crossed.isEmpty || state.configuration.hasBudgets
        guard limited else { return }
        for crossing in Self.crossings(in: state, at: now) { emit(.budgetCrossed(crossing)) }
        if let next = Self.nextCrossing(in: state, at: now) { deadlines.addBudget(at: next) }
    }

    /// What has changed about budgets since it was told last.
    private static func crossings(in state: ClusterState, at now: Instant) -> [BudgetCrossed] {
        var changes: [BudgetCrossed] = []
        var standing: [BudgetCrossed] = []
        for budget in state.budgetStandings(at: now) {
            for (limit, isHard) in [(budget.limits.soft, false), (budget.limits.hard, true)] where limit > 0 {
                var one = BudgetCrossed()
                (one.scope, one.name, one.period, one.isHard) = (budget.scope, budget.name, budget.period, isHard)
                (one.limit, one.reached) = (limit, budget.reached)
                standing.append(one)
                let isKnown = state.scaling.crossed.contains { $0.isSameLimit(as: one) }
                one.isOver = budget.reached > limit
                if one.isOver != isKnown { changes.append(one) }
            }
        }
        for known in state.scaling.crossed where !standing.contains(where: { $0.isSameLimit(as: known) }) {
            var gone = known
            gone.isOver = false
            changes.append(gone)
        }
        return changes
    }

    /// When the next limit is crossed at the present rates; nil when none will be today.
    private static func nextCrossing(in state: ClusterState, at now: Instant) -> Instant? {
        var next: Instant?
        for budget in state.budgetStandings(at: now) where budget.period != .hour && budget.ratePerHour > 0 {
            for limit in [budget.limits.soft, budget.limits.hard] where limit > budget.reached {
                let hours = Int128(limit - budget.reached) * 3_600_000_000
                let wait = Int64(clamping: hours / Int128(budget.ratePerHour) + 1_000_000)
                let moment = now + Interval(microseconds: wait)
                if next.map({ moment < $0 }) ?? true { next = moment }
            }
        }
        return next
    }
}

extension ClusterConfiguration {
    /// Whether anything is limited.
    var hasBudgets: Bool {
        !budgets.isEmpty || pools.contains { !$0.scaling.budgets.isEmpty } || roles.contains { !$0.budgets.isEmpty }
    }
}

extension DeadlineQueue {
    /// Looks at budgets again at `moment`, unless a look is due before.
    mutating func addBudget(at moment: Instant) {
        guard moment < budgetDue || budgetDue.isNever else { return }
        budgetDue = moment
        add(.budget, 0, at: moment)
    }
}
