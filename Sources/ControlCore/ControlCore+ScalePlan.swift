import Autoscaler
import ClusterModel

/// Plans of growth: the `+` dialog and `bellows scale plan` show what would be decided, and name what a plan rests on.
extension ControlCore {
    /// The pool, its configuration and the type that a wish means, or why there is none.
    static func choose(
        _ wish: ScaleOut, in state: ClusterState, at now: Instant
    ) -> (found: (PoolID, PoolSpec, MachineType)?, refusal: String) {
        let growing = state.configuration.pools.filter { $0.maximum > $0.minimum }
        let name = wish.pool.isEmpty && growing.count == 1 ? growing[0].name : wish.pool
        guard let pool = state.pool(named: name), let spec = state.spec(of: pool) else {
            let names = state.configuration.pools.map(\.name).joined(separator: ", ")
            let what = wish.pool.isEmpty ? "say which pool" : "there is no pool \(wish.pool)"
            return (nil, "refused: \(what); pools are \(names)")
        }
        let named = wish.type.isEmpty ? nil : spec.types.first { $0.name == wish.type }
        guard let type = wish.type.isEmpty ? Autoscaler.preferredType(of: pool, spec, in: state, now: now) : named
        else {
            let names = spec.types.map(\.name).joined(separator: ", ")
            return (nil, "refused: pool \(spec.name) has no machine type \(wish.type); it has \(names)")
        }
        guard wish.count > 0 else { return (nil, "refused: 0 machines; say how many") }
        let staying = state.stayingInstances(of: pool)
        guard staying + Int(wish.count) <= Int(spec.maximum) else {
            return (
                nil,
                "refused: pool \(spec.name) may have \(spec.maximum) machines and has \(staying); "
                    + "ask for at most \(max(0, Int(spec.maximum) - staying)), or raise `max` in the cluster file"
            )
        }
        if let problem = overBudget(wish, pool, spec, type, state, now) { return (nil, problem) }
        return ((pool, spec, type), "")
    }

    /// Why a purchase would cross a hard budget; nil when it would not.
    private static func overBudget(
        _ wish: ScaleOut, _ pool: PoolID, _ spec: PoolSpec, _ type: MachineType, _ state: ClusterState, _ now: Instant
    ) -> String? {
        let most = Autoscaler.affordable(type, of: pool, spec, in: state, now: now)
        guard most < Int(wish.count) else { return nil }
        if type.priceIsUnknown {
            return "refused: nobody knows the price of \(type.name), and a hard budget stands; give it a `price`"
        }
        let price = MoneyText.rate(spec.scaling.paid(type.pricePerHour), state.configuration.currency)
        return "refused: over the budget: \(wish.count) x \(type.name) at \(price); "
            + "it allows \(max(0, most)), see `bellows cost`"
    }

    static func planScaleOut(_ wish: ScaleOut, _ state: ClusterState, _ now: Instant) -> ActionPlan {
        let choice = choose(wish, in: state, at: now)
        guard let (pool, spec, type) = choice.found else { return ActionPlan(refusal: choice.refusal) }
        let currency = state.configuration.currency
        let price = spec.scaling.paid(type.pricePerHour)
        var plan = ActionPlan()
        plan.possible = true
        plan.size = wish.count
        plan.ratePerHourDelta = price * Int64(wish.count)
        let staying = state.stayingInstances(of: pool)
        let each = type.priceIsUnknown ? "\(currency)?/h" : MoneyText.rate(price, currency)
        plan.lines = [
            "\(wish.count) x \(type.name) in \(spec.name): \(each) each",
            "burn \(MoneyText.rate(state.burnPerHour, currency)) -> "
                + MoneyText.rate(state.burnPerHour + plan.ratePerHourDelta, currency),
            "\(spec.name): \(staying) of \(spec.maximum) machines -> \(staying + Int(wish.count))",
        ]
        let committed = spec.scaling.commitment(ratePerHour: price) * Int64(wish.count)
        plan.lines.append("commits to at least \(currency)\(MoneyText.decimal(committed)), boot and drain included")
        plan.lines += budgetLines(after: plan.ratePerHourDelta, committed, state, now)
        plan.lines += queueLines(pool, type, state, now)
        let about = spec.scaling.bootTime < spec.bootDeadline ? "in about \(spec.scaling.bootTime.seconds) s; " : ""
        plan.lines.append(
            "ready \(about)within \(spec.bootDeadline.seconds) s, else the machine is ended and asked for again")
        plan.fingerprint = basis(pool, spec, type, price, wish.count, state)
        return plan
    }

    /// What a plan to buy rests on. It holds no clock and no running sum; what is left of a budget is asked again when
    /// the plan is carried out.
    private static func basis(
        _ pool: PoolID, _ spec: PoolSpec, _ type: MachineType, _ price: Int64, _ count: UInt32, _ state: ClusterState
    ) -> String {
        let limits = BudgetLimits.Period.allCases.map { "\(state.configuration.budgets[$0].hard)" }
        return "out \(spec.name) \(type.name) \(price) x\(count) of \(state.stayingInstances(of: pool)) "
            + "\(spec.minimum)..\(spec.maximum) burn \(state.burnPerHour) of " + limits.joined(separator: "/")
    }

    private static func budgetLines(
        after rate: Int64, _ committed: Int64, _ state: ClusterState, _ now: Instant
    ) -> [String] {
        let currency = state.configuration.currency
        var lines: [String] = []
        for period in BudgetLimits.Period.allCases {
            guard let left = Autoscaler.budgetLeft(period, in: state, now: now) else { continue }
            let hard = state.configuration.budgets[period].hard
            if period == .hour {
                lines.append(
                    "budget left \(MoneyText.rate(left - rate, currency)) of \(MoneyText.rate(hard, currency))")
            } else {
                lines.append(
                    "budget of the \(period): \(currency)\(MoneyText.decimal(left - committed)) left of "
                        + "\(currency)\(MoneyText.decimal(hard))")
            }
        }
        return lines
    }

    /// Why this type, and what it would do for the queue.
    private static func queueLines(
        _ pool: PoolID, _ type: MachineType, _ state: ClusterState, _ now: Instant
    ) -> [String] {
        let verdict = Autoscaler.decide(state, now: now, only: pool, patient: false)
        var lines: [String] = []
        if let buy = verdict.buys.first(where: { $0.type == type.name }) {
            lines.append(
                "the queue would have \(buy.count) x \(buy.type) for \(buy.pieces) tasks of "
                    + state.path(of: buy.role))
        } else {
            let reason = verdict.record.candidates.first { $0.type == type.name && $0.pool == pool }?.reason
            lines.append(
                reason.map { "the queue would not buy it: \($0)" } ?? "nothing waits that needs it")
        }
        let others = verdict.record.candidates.filter { $0.pool == pool && $0.type != type.name }
        let currency = state.configuration.currency
        if let next = others.first {
            let price = next.pricePerHour < 0 ? "\(currency)?/h" : MoneyText.rate(next.pricePerHour, currency)
            lines.append("next type: \(next.type) \(price)" + (next.reason == .none ? "" : " (\(next.reason))"))
        } else if let spec = state.spec(of: pool),
            let next = spec.types.filter({ $0.name != type.name }).min(by: { $0.pricePerHour < $1.pricePerHour })
        {
            lines.append("next type: \(next.name) \(MoneyText.rate(spec.scaling.paid(next.pricePerHour), currency))")
        }
        return lines
    }

    /// What the autoscaler would do now.
    static func planFollow(_ wish: FollowScaling, _ state: ClusterState, _ now: Instant) -> ActionPlan {
        let (verdict, problem) = verdict(for: wish, in: state, at: now)
        guard let verdict else { return ActionPlan(refusal: problem) }
        var plan = ActionPlan()
        let currency = state.configuration.currency
        plan.possible = !verdict.isEmpty
        var basis: [String] = []
        for buy in verdict.buys {
            guard let spec = state.spec(of: buy.pool) else { continue }
            let what = buy.pieces > 0 ? "\(buy.pieces) tasks of \(state.path(of: buy.role))" : "\(buy.reason)"
            plan.lines.append(
                "buy \(buy.count) x \(buy.type) in \(spec.name), \(MoneyText.rate(buy.pricePerHour, currency)) each, "
                    + "commits to \(currency)\(MoneyText.decimal(buy.committed)): \(what)")
            plan.ratePerHourDelta += buy.pricePerHour * Int64(buy.count)
            plan.size += buy.count
            if let type = spec.types.first(where: { $0.name == buy.type }) {
                basis.append(Self.basis(buy.pool, spec, type, buy.pricePerHour, buy.count, state))
            }
        }
        for name in verdict.record.keeps {
            plan.lines.append("keep \(name): the queue wants it")
            basis.append("keep \(name)")
        }
        for one in verdict.returns {
            let saved = MoneyText.rate(one.pricePerHour, currency)
            plan.lines.append("return \(one.name): \(one.reason), saves \(saved)")
            plan.ratePerHourDelta -= one.pricePerHour
            plan.size += 1
            plan.tasksTouched += state.nodes[one.node.index].tasks
            basis.append("return \(one.name)")
        }
        for line in verdict.record.demands where line.unmet > 0 {
            plan.lines.append(
                "nothing for \(line.unmet) tasks of \(state.path(of: line.role)) (\(needText(line.need, state))): "
                    + "\(line.reason)")
        }
        if plan.lines.isEmpty { plan.lines = ["nothing to do"] }
        plan.fingerprint = plan.possible ? basis.joined(separator: "\n") : ""
        return plan
    }
}
