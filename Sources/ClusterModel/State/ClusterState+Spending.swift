/// What has been spent against budgets: by pool, by role with those below it, and in all.
extension ClusterState {
    /// One budget with what has been reached of it.
    public struct BudgetStanding: Sendable, Hashable {
        /// Whose budget.
        public var scope: BudgetCrossed.Scope
        /// Pool's name or role's path; empty for the cluster.
        public var name: String
        /// Over which period.
        public var period: BudgetLimits.Period
        /// The limits; zero = none.
        public var limits: BudgetLimits.Pair
        /// The present rate, or what was spent since the period began; millionths.
        public var reached: Int64
        /// The present rate, millionths per hour.
        public var ratePerHour: Int64
    }

    /// All budgets that stand in the configuration. O(budgets x roles).
    public func budgetStandings(at now: Instant) -> [BudgetStanding] {
        var result: [BudgetStanding] = []
        func add(_ scope: BudgetCrossed.Scope, _ name: String, _ limits: BudgetLimits, _ spent: Spending) {
            for period in BudgetLimits.Period.allCases where limits[period] != BudgetLimits.Pair() {
                result.append(
                    BudgetStanding(
                        scope: scope, name: name, period: period, limits: limits[period], reached: spent[period],
                        ratePerHour: spent.hour))
            }
        }
        if !configuration.budgets.isEmpty { add(.cluster, "", configuration.budgets, spending(at: now)) }
        for spec in configuration.pools where !spec.scaling.budgets.isEmpty {
            guard let pool = pool(named: spec.name) else { continue }
            add(.pool, spec.name, spec.scaling.budgets, spending(of: pool, at: now))
        }
        for spec in configuration.roles where !spec.budgets.isEmpty {
            guard let role = role(at: spec.path) else { continue }
            add(.role, spec.path, spec.budgets, spending(of: role, at: now))
        }
        return result
    }

    /// Rate, and money since the day and the month began; millionths.
    public struct Spending: Sendable, Hashable {
        /// Rate per hour.
        public var hour: Int64 = 0
        /// Since the UTC day began.
        public var day: Int64 = 0
        /// Since the UTC month began.
        public var month: Int64 = 0
        /// Nothing.
        public init() {}
        /// What was reached over a period.
        public subscript(period: BudgetLimits.Period) -> Int64 {
            switch period {
            case .hour: hour
            case .day: day
            case .month: month
            }
        }
        mutating func add(_ other: Spending) {
            hour += other.hour
            day += other.day
            month += other.month
        }
    }

    /// What all pools spend.
    public func spending(at now: Instant) -> Spending {
        pools.indices.reduce(into: Spending()) { $0.add(spending(of: PoolID($1), at: now)) }
    }
    /// What a pool spends.
    public func spending(of pool: PoolID, at now: Instant) -> Spending {
        let row = pools[pool.index]
        return Self.spending(row.meter, row.ledger.atMonthStart, now)
    }
    /// What a role and the roles below it spend on their tasks. O(roles).
    public func spending(of role: RoleID, at now: Instant) -> Spending {
        var sum = Spending()
        for slot in roles.indices where isAt(RoleID(slot), orBelow: role) {
            sum.add(Self.spending(roles[slot].meter, roles[slot].atMonthStart, now))
        }
        return sum
    }
    /// Whether a role is another one or stands below it.
    public func isAt(_ role: RoleID, orBelow top: RoleID) -> Bool {
        var at = role
        while at.index < roles.count {
            if at == top { return true }
            at = roles[at.index].parent
        }
        return false
    }

    private static func spending(_ meter: Meter, _ atMonthStart: Int128, _ now: Instant) -> Spending {
        var result = Spending()
        result.hour = meter.ratePerHour
        result.day = meter.today(at: now).micros
        result.month = Int64(clamping: (meter.reading(at: now) - atMonthStart) / Meter.millisecondsPerHour)
        return result
    }

    /// The name under which a person knows an instance's lines: the sum of a ledger line over all pools.
    public func total(of line: CostLine, at now: Instant) -> Money {
        pools.reduce(.zero) { $0 + $1.ledger[line].total(at: now) }
    }
    /// The present rate of a ledger line over all pools, millionths per hour.
    public func rate(of line: CostLine) -> Int64 { pools.reduce(0) { $0 + $1.ledger[line].ratePerHour } }
}
