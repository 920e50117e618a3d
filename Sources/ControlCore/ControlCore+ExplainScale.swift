import Autoscaler
import ClusterModel

/// Why the cluster did or did not grow or shrink, and what would have to change.
extension ControlCore {
    static func explainScale(_ name: String, _ state: ClusterState, _ now: Instant) -> Explanation {
        var only: PoolID?
        if !name.isEmpty {
            guard let pool = state.pool(named: name) else {
                let names = state.configuration.pools.map(\.name).joined(separator: ", ")
                return Explanation(headline: "there is no pool \(name); pools are \(names)")
            }
            only = pool
        }
        let verdict = Autoscaler.decide(state, now: now, only: only)
        var answer = Explanation()
        answer.headline = "autoscaler \(modeText(state.autoscaler)); now it would: \(verdict.record.summary)"
        let last = state.scaling.last
        if !last.at.isNever {
            answer.facts.append(.init("last decision", "\((now - last.at).seconds) s ago: \(last.summary)"))
        }
        answer.facts.append(.init("rounds", "\(state.scaling.rounds)"))
        if !verdict.nextLook.isNever {
            answer.facts.append(
                .init("looks again", "in \((verdict.nextLook - now).seconds) s, or when something changes"))
        }
        for line in verdict.record.demands { answer.facts.append(demandFact(line, state)) }
        if verdict.record.otherDemands > 0 {
            answer.facts.append(.init("more shapes", "\(verdict.record.otherDemands)"))
        }
        let limits = state.budgetStandings(at: now).map { budgetText($0, state) }
        for text in limits { answer.facts.append(.init("budget", text)) }
        for one in verdict.record.counts where one.count > 0 {
            answer.facts.append(.init("\(Reason(one.code))", "\(one.count)"))
        }
        for line in wouldHaveToChange(verdict.record) { answer.facts.append(.init("to change it", line)) }
        answer.verdicts = verdict.record.candidates.filter { only == nil || $0.pool == only }
            .map { candidateVerdict($0, state) }
        for one in verdict.returns {
            answer.verdicts.append(.init(name: one.name, passes: true, detail: "goes: \(one.reason)"))
        }
        answer.otherVerdicts = verdict.record.otherCandidates
        return answer
    }

    private static func modeText(_ mode: AutoscalerMode) -> String {
        switch mode {
        case .off: "off"
        case .on: "on"
        case .dryRun: "in dry run"
        }
    }

    private static func demandFact(_ line: DemandLine, _ state: ClusterState) -> Explanation.Fact {
        var text = "\(line.pieces) x \(needText(line.need, state))"
        if line.gang > 1 { text += " in gangs of \(line.gang)" }
        if line.coming > 0 { text += ", room is coming for \(line.coming)" }
        if line.bought > 0 { text += ", machines for \(line.bought)" }
        if line.unmet > 0 { text += ", \(line.unmet) left: \(line.reason)" }
        if line.framework.index < state.frameworks.count, !line.framework.isNone {
            text += ", told by \(state.name(of: line.framework))"
        }
        return .init("waits for \(state.path(of: line.role))", text)
    }

    private static func candidateVerdict(_ one: ScaleCandidate, _ state: ClusterState) -> Explanation.Verdict {
        let currency = state.configuration.currency
        let price = one.pricePerHour < 0 ? "\(currency)?/h" : MoneyText.rate(one.pricePerHour, currency)
        let score = one.score < 0 ? "" : ", score \(currency)\(MoneyText.decimal(one.score))"
        let word = one.reason == .none ? "wins" : "\(one.reason)"
        return .init(
            name: "\(state.name(of: one.pool))/\(one.type)", passes: one.reason == .none,
            detail: "\(price)\(score): \(word)")
    }

    static func budgetText(_ budget: ClusterState.BudgetStanding, _ state: ClusterState) -> String {
        let currency = state.configuration.currency
        let whose = budget.name.isEmpty ? "" : "\(budget.scope) \(budget.name), "
        let unit = budget.period == .hour ? "/h" : " this \(budget.period)"
        var text = "\(whose)\(currency)\(MoneyText.decimal(budget.reached))\(unit)"
        if budget.limits.soft > 0 { text += ", soft \(currency)\(MoneyText.decimal(budget.limits.soft))" }
        if budget.limits.hard > 0 {
            text += ", hard \(currency)\(MoneyText.decimal(budget.limits.hard))"
            let over = budget.reached - budget.limits.hard
            if over > 0 { text += ", over by \(currency)\(MoneyText.decimal(over)) through what runs already" }
            if over < 0, budget.period != .hour, budget.ratePerHour > 0 {
                let hours = Int128(-over) * 1_000 / Int128(budget.ratePerHour)
                text += ", left \(currency)\(MoneyText.decimal(-over)) or \(MoneyText.thousandths(Int64(hours))) h"
            }
        }
        return text
    }

    /// For each reason that stands in the way, the way out.
    private static func wouldHaveToChange(_ record: ScaleRecord) -> [String] {
        var codes: [Reason.Code] = []
        for reason in record.demands.filter({ $0.unmet > 0 }).map(\.reason) + record.candidates.map(\.reason)
        where !codes.contains(reason.code) { codes.append(reason.code) }
        return codes.compactMap { wayOut($0) }
    }

    static func wayOut(_ code: Reason.Code) -> String? {
        switch code {
        case .poolLimit: "raise `max` of the pool in the cluster file, or scale in what is not needed"
        case .gangTooLarge: "raise `max`: a gang starts on all its nodes at once or not at all"
        case .machineLimit: "raise `machines` in the cluster file"
        case .budget: "raise the hard budget, or wait for the next period"
        case .refused: "nothing: the type is asked for again when its time has passed, others are taken meanwhile"
        case .backOff: "nothing: the provider is asked again when its back-off has passed"
        case .protected: "look at the provider's fault, then `bellows scale out POOL`: a machine that comes up ends it"
        case .priceUnknown: "give the type a `price` in the cluster file"
        case .noNodeMatches: "a machine type that is large enough and has what the job requires"
        case .needIsYoung: "nothing: the need must last for the pool's `persistence`"
        case .surge: "nothing: the next round goes on; or raise `surge`"
        case .startsSooner: "nothing: it starts on what is there before a machine would be up"
        case .storeUnavailable: "the state store must take facts again before anything is bought"
        default: nil
        }
    }

    static func explainPool(_ name: String, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard let pool = state.pool(named: name) else {
            let names = state.configuration.pools.map(\.name).joined(separator: ", ")
            return Explanation(headline: "there is no pool \(name); pools are \(names)")
        }
        let row = state.pools[pool.index]
        var answer = Explanation()
        let spec = state.spec(of: pool)
        answer.headline =
            "\(name) has \(row.instances) machines; at least \(spec?.minimum ?? 0), at most \(spec?.maximum ?? 0)"
            + (row.wanted > 0 ? ", \(row.wanted) wanted by hand" : "")
        let currency = state.configuration.currency
        answer.facts = [
            .init("burn", MoneyText.rate(row.meter.ratePerHour, currency)),
            .init("today", currency + MoneyText.decimal(row.meter.today(at: now).micros)),
        ]
        if !row.drift.isNone, !state.text(row.drift).isEmpty {
            let since = (now - row.driftSince).seconds
            answer.facts.append(.init("drift", "\(state.text(row.drift)), seen for \(since) s"))
        }
        if !row.note.isNone, !state.text(row.note).isEmpty { answer.facts.append(.init("at", state.text(row.note))) }
        if let spec, let lease = leaseText(row, spec) { answer.facts.append(.init("lease", lease)) }
        if row.failuresInRow >= PoolScaling.protectedAfter {
            let way = wayOut(.protected) ?? ""
            answer.facts.append(.init("protected", "\(row.failuresInRow) failures in a row; \(way)"))
        }
        if row.backOffUntil > now {
            answer.facts.append(
                .init(
                    "back-off",
                    "\((row.backOffUntil - now).seconds) s after \(row.failuresInRow) failures: "
                        + state.text(row.fault)))
        }
        for refusal in row.refusals where refusal.until > now {
            answer.facts.append(
                .init(
                    "refused",
                    "\(state.text(refusal.type)) for another \((refusal.until - now).seconds) s, "
                        + "\(refusal.count) times in a row"))
        }
        for line in CostLine.allCases where row.ledger[line].reading(at: now) != 0 {
            let rate = MoneyText.rate(row.ledger[line].ratePerHour, currency)
            let total = currency + MoneyText.decimal(row.ledger[line].total(at: now).micros)
            answer.facts.append(.init("\(line)", "\(rate), \(total) in all"))
        }
        for id in state.index.liveInstances where state.instances[id.index].pool == pool {
            let instance = state.instances[id.index]
            answer.verdicts.append(
                .init(
                    name: state.text(instance.name), passes: instance.state == .running,
                    detail: "\(instance.state) since \((now - instance.stateSince).seconds) s (\(instance.reason))"
                        + machineTerms(instance, now)))
        }
        return answer
    }

    /// What becomes of a pool's machines when this core is gone for good; nil for agents of this machine.
    static func leaseText(_ row: PoolRow, _ spec: PoolSpec) -> String? {
        guard spec.provider == .terraform || spec.provider == .libvirt else { return nil }
        let hard = spec.making.lease.hard
        guard hard > .zero else { return "none: a machine goes on costing money when its core is gone for good" }
        let ends = "a machine powers itself off \(hard.seconds) s after its lease was last renewed"
        return row.leaseEnforced ? ends : "not enforced: \(ends), and may go on costing money"
    }

    /// Until when the present step of a machine must have ended, and its lease, as far as it has them.
    static func machineTerms(_ instance: InstanceRow, _ now: Instant) -> String {
        var words = ""
        if !instance.deadline.isNever { words += ", at most \(max(0, (instance.deadline - now).seconds)) s more" }
        if !instance.leaseUntil.isNever {
            words += ", powers itself off in \(max(0, (instance.leaseUntil - now).seconds)) s unless renewed"
        }
        return words
    }
}
