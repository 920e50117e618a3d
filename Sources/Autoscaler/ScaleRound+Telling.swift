import ClusterModel

/// The round told: demand, candidates with their reasons, and one line that says it all.
extension ScaleRound {
    mutating func conclude() -> ScaleVerdict {
        if verdict.unmetSince != .never, !queue.isUnmet { verdict.unmetSince = .never }
        lookAgain()
        var record = ScaleRecord()
        record.at = now
        record.mode = state.autoscaler
        record.demands = queue.groups.prefix(ScaleRecord.demandLimit).map { line($0) }
        record.otherDemands = UInt32(max(0, queue.groups.count - ScaleRecord.demandLimit) + queue.otherJobs)
        record.buys = verdict.buys
        record.returns = verdict.returns
        record.keeps = verdict.keeps.map { state.name(of: $0) }
        tellCandidates(&record)
        record.counts = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { ReasonCount($0.key, $0.value) }
        record.summary = summary(record)
        verdict.record = record
        return verdict
    }

    private func line(_ group: DemandGroup) -> DemandLine {
        var line = DemandLine()
        (line.job, line.role, line.need, line.gang) = (group.firstJob, group.key.role, group.key.need, group.key.gang)
        (line.pieces, line.coming) = (UInt32(clamping: group.pieces), UInt32(clamping: group.coming))
        line.bought = UInt32(clamping: group.bought)
        line.framework = group.framework
        if group.pieces > group.coming + group.bought { line.reason = group.reason.withoutNumber }
        return line
    }

    private mutating func tellCandidates(_ record: inout ScaleRecord) {
        guard queue.groups.contains(where: { $0.pieces > $0.coming }) || !verdict.buys.isEmpty else { return }
        var told: [ScaleCandidate] = []
        for one in candidates.all {
            var candidate = ScaleCandidate()
            (candidate.pool, candidate.type, candidate.score) = (one.pool, one.type.name, one.score)
            candidate.pricePerHour = one.type.priceIsUnknown ? -1 : one.price
            let won = verdict.buys.contains { $0.pool == one.pool && $0.type == one.type.name }
            if !won {
                let suits = one.fits.contains(true)
                candidate.reason =
                    (one.closed ?? (one.lost != .none ? one.lost : suits ? Reason(.costsMore) : Reason(.noNodeMatches)))
                    .withoutNumber
                count(candidate.reason)
            }
            told.append(candidate)
        }
        // Winners, then what would have come next, by score.
        told.sort { a, b in
            let (x, y) = (a.reason == .none, b.reason == .none)
            if x != y { return x }
            let (s, t) = (a.score < 0 ? Int64.max : a.score, b.score < 0 ? Int64.max : b.score)
            return s < t
        }
        record.candidates = Array(told.prefix(Decision.loserLimit))
        record.otherCandidates = UInt32(max(0, told.count - Decision.loserLimit))
    }

    /// Rounds that are due by themselves: needs that must last, back-offs, refusals.
    private mutating func lookAgain() {
        guard queue.isUnmet else { return }
        for slot in state.pools.indices {
            guard let spec = state.spec(of: PoolID(slot)) else { continue }
            if !verdict.unmetSince.isNever { look(at: verdict.unmetSince + spec.scaling.persistence) }
            look(at: state.pools[slot].backOffUntil)
            for refusal in state.pools[slot].refusals { look(at: refusal.until) }
        }
        // A surge is followed by the next; a new day or month has a new budget.
        if counts[.surge] != nil || queue.groups.contains(where: { $0.reason.code == .surge }) {
            look(at: now + ScalingState.roundEvery)
        }
        look(at: Instant(microseconds: (now.day + 1) * 86_400_000_000 + 1_000_000))
    }

    private func summary(_ record: ScaleRecord) -> String {
        var parts: [String] = []
        for buy in record.buys {
            var text = "\(state.name(of: buy.pool)) +\(buy.count) (\(buy.type)): "
            text += buy.pieces > 0 ? "\(buy.pieces) waiting tasks of \(state.path(of: buy.role))" : "\(buy.reason)"
            parts.append(text)
        }
        if !record.returns.isEmpty {
            let names = record.returns.prefix(4).map(\.name).joined(separator: ", ")
            let more = record.returns.count > 4 ? " and \(record.returns.count - 4) more" : ""
            parts.append("return \(names)\(more): \(record.returns[0].reason.withoutNumber.words)")
        }
        if !record.keeps.isEmpty { parts.append("keep \(record.keeps.prefix(4).joined(separator: ", "))") }
        let waiting = queue.groups.filter { $0.unmet > 0 }
        if let first = waiting.first {
            let count = waiting.reduce(0) { $0 + $1.unmet }
            parts.append("nothing bought for \(count) waiting tasks: \(first.reason.withoutNumber.words)")
        }
        return parts.isEmpty ? "nothing to do" : parts.joined(separator: "; ")
    }
}

extension Reason {
    /// The reason without what changes by the second, so that equal results are told once.
    var withoutNumber: Reason {
        switch code {
        case .needIsYoung, .backOff, .refused, .coolDown, .paidPeriod: Reason(code)
        default: self
        }
    }
    /// The words, with times left out where there are none.
    var words: String {
        switch code {
        case .idle: "idle"
        case .underused: "underused"
        default: description
        }
    }
}
