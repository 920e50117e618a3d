import ClusterModel

/// What runs up the bill: the sum, then pools and roles.
struct CostReport {
    struct PoolLine {
        var name: String
        var nodes: Int64
        var row: PoolRow
        var idlePerHour: Int64
    }

    var context: ListContext
    private var pools: [PoolLine] = []

    init(_ context: ListContext) {
        self.context = context
        let state = context.state
        pools = state.pools.map { row in
            PoolLine(name: state.text(row.name), nodes: 0, row: row, idlePerHour: row.meter.ratePerHour)
        }
        for node in state.presentNodes {
            let row = state.nodes[node.index]
            guard row.pool.index < pools.count else { continue }
            pools[row.pool.index].nodes += 1
            guard node.index < state.index.tasksOnNode.count else { continue }
            for task in state.index.tasksOnNode[node.index] {
                pools[row.pool.index].idlePerHour -= state.row(of: task)?.costPerHour ?? 0
            }
        }
    }

    private var state: ClusterState { context.state }
    private func money(_ micros: Int64) -> String { Quantity.format(Money(micros: micros), currency: context.currency) }

    /// The report for people.
    func text(width: Int?) -> String {
        var head = "burn \(money(state.burnPerHour))/h"
        if state.configuration.budgetPerHour != .zero {
            head += " of \(money(state.configuration.budgetPerHour.micros))/h"
        }
        head += "   today \(money(state.spentToday(at: context.now).micros))"
        head += "   in all \(money(state.spent(at: context.now).micros))"
        if state.configuration.budgetPerMonth != .zero {
            head += "   budget \(money(state.configuration.budgetPerMonth.micros)) a month"
        }
        return [
            head + "\n" + outlookLines, poolList.table(width: width), lineList.table(width: width),
            roleList.table(width: width),
        ].joined(separator: "\n")
    }

    /// The report for programs.
    func json() -> String {
        let budget = state.configuration.budgetPerHour
        let month = state.configuration.budgetPerMonth
        let sums: [ListValue.Pair] = [
            .init(name: "currency", value: .text(context.currency)),
            .init(name: "costPerHour", value: .money(state.burnPerHour)),
            .init(name: "budgetPerHour", value: budget == .zero ? .none : .money(budget.micros)),
            .init(name: "budgetPerMonth", value: month == .zero ? .none : .money(month.micros)),
            .init(name: "costToday", value: .money(state.spentToday(at: context.now).micros)),
            .init(name: "cost", value: .money(state.spent(at: context.now).micros)),
            .init(name: "costThisMonth", value: .money(outlook.month)),
            .init(name: "forecastDay", value: .money(outlook.forecastDay)),
            .init(name: "forecastMonth", value: .money(outlook.forecastMonth)),
            .init(name: "wastePerHour", value: .money(outlook.wastePerHour)),
            .init(name: "queuePrice", value: .money(outlook.queuePrice)),
        ]
        let head = JSONText.object(sums).dropLast()
        let lists =
            "\"pools\": \(poolList.json().dropLast()), \"lines\": \(lineList.json().dropLast()), "
            + "\"roles\": \(roleList.json().dropLast())"
        return "\(head), \(lists)}\n"
    }

    private var poolList: List<PoolLine> {
        let now = context.now
        return List(
            plural: "pools",
            columns: [
                ListColumn("pool", title: "POOL") { .text($0.name) },
                ListColumn("nodes", title: "NODES", side: .right) { .count($0.nodes) },
                ListColumn("costPerHour", title: "COST/H", side: .right) { .money($0.row.meter.ratePerHour) },
                ListColumn("idleCostPerHour", title: "IDLE/H", side: .right) { .money(max(0, $0.idlePerHour)) },
                ListColumn("costToday", title: "TODAY", side: .right) { .money($0.row.meter.today(at: now).micros) },
                ListColumn("cost", title: "IN ALL", side: .right) { .money($0.row.meter.total(at: now).micros) },
            ], rows: pools)
    }

    private var outlook: ClusterState.CostOutlook { state.costOutlook(at: context.now) }

    /// What is to be expected, and what is left of budgets.
    private var outlookLines: String {
        let outlook = outlook
        var text = "forecast: day \(money(outlook.forecastDay)), month \(money(outlook.forecastMonth))"
        text += "   queue \(money(outlook.queuePrice))\(outlook.queueNote)\n"
        for budget in state.budgetStandings(at: context.now) where budget.period != .hour {
            let whose = budget.name.isEmpty ? "" : " of \(budget.name)"
            text += "budget\(whose) this \(budget.period): \(money(budget.reached))"
            if budget.limits.soft > 0 { text += ", soft \(money(budget.limits.soft))" }
            if budget.limits.hard > 0 { text += ", hard \(money(budget.limits.hard))" }
            text += "\n"
        }
        if outlook.unknownPrices > 0 { text += "price unknown: \(outlook.unknownPrices) machines, ? in every sum\n" }
        return text
    }

    private var lineList: List<CostLine> {
        let (state, now) = (self.state, context.now)
        return List(
            plural: "lines",
            columns: [
                ListColumn("line", title: "LINE") { .text("\($0)") },
                ListColumn("costPerHour", title: "COST/H", side: .right) { .money(state.rate(of: $0)) },
                ListColumn("cost", title: "IN ALL", side: .right) { .money(state.total(of: $0, at: now).micros) },
            ], rows: CostLine.allCases)
    }

    private var roleList: List<RoleRow> {
        let (state, now) = (self.state, context.now)
        let rows = state.roles.sorted { state.text($0.path) < state.text($1.path) }
        return List(
            plural: "roles",
            columns: [
                ListColumn("role", title: "ROLE") { .text(state.text($0.path)) },
                ListColumn("weight", title: "WEIGHT", side: .right) { .thousandths($0.weight) },
                ListColumn("running", title: "RUNNING", side: .right) { .count(Int64($0.placed)) },
                ListColumn("queued", title: "WAITING", side: .right) { .count(Int64($0.queued)) },
                ListColumn("costPerHour", title: "COST/H", side: .right) { .money($0.meter.ratePerHour) },
                ListColumn("costToday", title: "TODAY", side: .right) { .money($0.meter.today(at: now).micros) },
                ListColumn("cost", title: "IN ALL", side: .right) { .money($0.meter.total(at: now).micros) },
            ], rows: rows)
    }
}
