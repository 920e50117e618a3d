import ClusterModel

/// Growth and budgets as lines: only what differs from the defaults.
extension ConfigurationLines {
    mutating func add(_ scaling: PoolScaling, at path: [String], currency: String) {
        let usual = PoolScaling()
        func span(_ key: String, _ field: KeyPath<PoolScaling, Interval>) {
            if scaling[keyPath: field] != usual[keyPath: field] {
                add(path + [key], Quantity.exact(scaling[keyPath: field]))
            }
        }
        if scaling.billing.quantum != usual.billing.quantum {
            add(path + ["billing", "quantum"], Quantity.exact(scaling.billing.quantum))
        }
        if scaling.billing.minimum != usual.billing.minimum {
            add(path + ["billing", "minimum"], Quantity.exact(scaling.billing.minimum))
        }
        func share(_ key: String, _ field: KeyPath<PoolScaling, Int64>) {
            if scaling[keyPath: field] != usual[keyPath: field] {
                add(path + [key], Quantity.format(thousandths: scaling[keyPath: field]))
            }
        }
        share("spotFactor", \.spotFactor)
        span("bootTime", \.bootTime)
        span("idleFor", \.idleFor)
        span("coolDown", \.coolDown)
        span("persistence", \.persistence)
        span("refusalMemory", \.refusalMemory)
        share("deadBand", \.deadBand)
        share("consolidateBelow", \.consolidateBelow)
        if scaling.consolidationRatio != usual.consolidationRatio {
            add(path + ["consolidationRatio"], "\(scaling.consolidationRatio)")
        }
        if scaling.surge != usual.surge { add(path + ["surge"], "\(scaling.surge)") }
        if scaling.headroom != usual.headroom { add(path + ["headroom"], "\(scaling.headroom)") }
        if !scaling.schedules.isEmpty {
            let items = scaling.schedules.map { schedule in
                "{days: \"\(ClusterFile.text(ofDays: schedule.days))\", "
                    + "from: \"\(ClusterFile.text(ofMinute: schedule.from))\", "
                    + "until: \"\(ClusterFile.text(ofMinute: schedule.until))\", machines: \(schedule.count)}"
            }
            add(path + ["schedules"], inBrackets: "[" + items.joined(separator: ", ") + "]")
        }
        add(scaling.budgets, at: path + ["budget"], currency: currency)
    }

    mutating func add(_ budgets: BudgetLimits, at path: [String], currency: String) {
        let names: [(String, BudgetLimits.Period)] = [("perHour", .hour), ("perDay", .day), ("perMonth", .month)]
        for (name, period) in names where budgets[period].hard != 0 {
            add(path + [name], MoneyText.exact(budgets[period].hard, currency: currency))
        }
        for (name, period) in names where budgets[period].soft != 0 {
            add(path + ["soft", name], MoneyText.exact(budgets[period].soft, currency: currency))
        }
    }
}
