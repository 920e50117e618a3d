import Autoscaler
import ClusterModel

/// Leave to act on what the autoscaler decided. Only an autoscaler that is switched on, or a person who confirmed a
/// plan, has one; in dry run there is none to be had, so that nothing can act.
struct Mandate {
    /// The person behind it; "" = the autoscaler by itself.
    let user: String

    /// The autoscaler's own leave; nil unless it is on.
    init?(_ state: ClusterState) {
        guard state.autoscaler == .on, !state.isEnding else { return nil }
        user = ""
    }
    /// Leave given by a person.
    init(confirmedBy user: String) { self.user = user }
}

/// Rounds of the autoscaler: when they are, what is written down, and what is done about them.
extension ControlCore {
    /// Holds a round when one is due. True when something was done that may let tasks start.
    mutating func scale() -> Bool {
        guard state.autoscaler != .off, !state.isEnding, let due = state.scaling.due, due <= now else { return false }
        let verdict = Autoscaler.decide(state, now: now)
        tell(verdict)
        guard !verdict.isEmpty, let mandate = Mandate(state) else { return false }
        return act(on: verdict, mandate)
    }

    /// Writes a round down: its record when it came to something new, and a line when that is worth one.
    private mutating func tell(_ verdict: ScaleVerdict) {
        let isNew = !verdict.record.isSameResult(as: state.scaling.last)
        var looked = ScaleLooked()
        (looked.nextLook, looked.unmetSince) = (verdict.nextLook, verdict.unmetSince)
        if isNew { looked.record = verdict.record }
        let before = state.scaling.last.summary
        emit(.scaleLooked(looked))
        guard isNew, verdict.record.summary != before, verdict.isWorthALine else { return }
        emit(.decided(Self.decision(verdict.record, state)))
    }

    /// A round's record as a decision for the event line and the marks.
    static func decision(_ record: ScaleRecord, _ state: ClusterState) -> Decision {
        let isIn = record.buys.isEmpty && !record.returns.isEmpty
        var decision = Decision(
            about: isIn ? .scaleIn : .scaleOut,
            summary: (record.mode == .dryRun ? "dry run: " : "") + record.summary,
            pool: record.buys.first?.pool ?? .none, node: record.returns.first?.node ?? .none)
        decision.winner = record.buys.first?.type ?? ""
        let losers = record.candidates.filter { $0.reason != .none }
        if !record.buys.isEmpty, let next = losers.first, next.score >= 0 { decision.runnerUp = next.type }
        decision.losers = losers.map { Loser(name: "\(state.name(of: $0.pool))/\($0.type)", reason: $0.reason) }
        decision.otherLosers = record.otherCandidates
        decision.counts = record.counts
        return decision
    }

    /// Does what was decided. True when nodes came back into work.
    private mutating func act(on verdict: ScaleVerdict, _ mandate: Mandate) -> Bool {
        for node in verdict.keeps {
            guard state.nodes[node.index].state == .draining, state.nodes[node.index].removeWhenDrained else {
                continue
            }
            emit(
                .nodeChanged(
                    NodeChanged(node: node, state: .ready, reason: Reason(.keptForDemand), name: state.name(of: node))))
            freed.append(node)
            queueChanged = true
        }
        for buy in verdict.buys {
            guard let spec = state.spec(of: buy.pool), let type = spec.types.first(where: { $0.name == buy.type })
            else {
                continue
            }
            for _ in 0..<buy.count { wish(buy.pool, spec, type, buy.reason, role: buy.role) }
        }
        for one in verdict.returns {
            guard state.nodes[one.node.index].state == .ready else { continue }
            startDrain(one.node, reason: one.reason, removes: true, patience: .zero)
        }
        return !verdict.keeps.isEmpty
    }

    /// `bellows scale plan`, confirmed: what a round would do now is done once.
    mutating func followScaling(_ wish: FollowScaling, _ user: String) -> ActionAnswer {
        let (verdict, problem) = Self.verdict(for: wish, in: state, at: now)
        guard let verdict else { return refusal(problem) }
        guard !verdict.isEmpty else { return refusal("refused: \(verdict.record.summary)") }
        emit(.decided(Self.decision(verdict.record, state)))
        if act(on: verdict, Mandate(confirmedBy: user)) { queueChanged = true }
        return done(verdict.record.summary)
    }

    /// What a round would come to now for one pool or all, with the needs taken as old enough.
    static func verdict(
        for wish: FollowScaling, in state: ClusterState, at now: Instant
    ) -> (ScaleVerdict?, problem: String) {
        guard !wish.pool.isEmpty else { return (Autoscaler.decide(state, now: now, patient: false), "") }
        guard let pool = state.pool(named: wish.pool) else {
            let names = state.configuration.pools.map(\.name).joined(separator: ", ")
            return (nil, "refused: there is no pool \(wish.pool); pools are \(names)")
        }
        return (Autoscaler.decide(state, now: now, only: pool, patient: false), "")
    }

    /// A type that its provider did not deliver is left alone for a while, each time longer.
    mutating func refuse(_ row: InstanceRow, _ message: String) {
        guard let spec = state.spec(of: row.pool) else { return }
        let name = state.text(row.type)
        let before = state.pools[row.pool.index].refusals.first { $0.type == row.type }
        var refused = TypeRefused()
        (refused.pool, refused.type, refused.message) = (row.pool, name, message)
        refused.count = (before?.count ?? 0) + 1
        let wait = spec.scaling.refusalMemory * (1 << Int64(min(refused.count - 1, 8)))
        refused.until = now + min(wait, max(PoolScaling.longestRefusal, spec.scaling.refusalMemory))
        emit(.typeRefused(refused))
    }

    /// How many machines a person has asked for in a pool, or its file, as far as they are there.
    func floor(of pool: PoolID) -> Int {
        let minimum = state.spec(of: pool)?.minimum ?? 0
        return min(state.stayingInstances(of: pool), Int(max(minimum, state.pools[pool.index].wanted)))
    }
}

extension ScaleVerdict {
    /// Whether a person wants a line for it: something is done, or something waits that nothing is done for.
    var isWorthALine: Bool {
        !buys.isEmpty || !returns.isEmpty || !keeps.isEmpty || record.demands.contains { $0.unmet > 0 }
    }
}
