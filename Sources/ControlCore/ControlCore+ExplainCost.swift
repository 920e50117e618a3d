import ClusterModel

/// What the money goes to: lines that add up, budgets, forecast, and what was saved against two stated baselines.
extension ControlCore {
    static func explainCost(_ state: ClusterState, _ now: Instant) -> Explanation {
        let currency = state.configuration.currency
        func money(_ micros: Int64) -> String { currency + MoneyText.decimal(micros) }
        var answer = Explanation()
        let outlook = state.costOutlook(at: now)
        answer.headline =
            "burn \(MoneyText.rate(state.burnPerHour, currency)): "
            + "tasks \(MoneyText.rate(state.rate(of: .work), currency)), "
            + "the rest \(MoneyText.rate(state.burnPerHour - state.rate(of: .work), currency))"
        answer.facts = [
            .init("today", money(state.spentToday(at: now).micros)),
            .init("this month", money(outlook.month)),
            .init("forecast of the day", money(outlook.forecastDay)),
            .init("forecast of the month", money(outlook.forecastMonth)),
            .init("in all", money(state.spent(at: now).micros)),
        ]
        for line in CostLine.allCases {
            answer.facts.append(
                .init(
                    "\(line)",
                    "\(MoneyText.rate(state.rate(of: line), currency)), "
                        + "\(money(state.total(of: line, at: now).micros)) in all"))
        }
        answer.facts.append(.init("price of the queue", money(outlook.queuePrice) + outlook.queueNote))
        for budget in state.budgetStandings(at: now) { answer.facts.append(.init("budget", budgetText(budget, state))) }
        for one in outlook.baselines {
            answer.facts.append(.init("saved against \(one.name)", "\(money(one.saved)) of \(money(one.cost))"))
        }
        if outlook.unknownPrices > 0 {
            answer.facts.append(
                .init("price unknown", "\(outlook.unknownPrices) machines: their cost is ? and not in any sum"))
        }
        for slot in state.pools.indices {
            let row = state.pools[slot]
            answer.verdicts.append(
                .init(
                    name: state.name(of: PoolID(slot)), passes: true,
                    detail: "\(row.instances) machines, \(MoneyText.rate(row.meter.ratePerHour, currency))"))
        }
        return answer
    }
}
