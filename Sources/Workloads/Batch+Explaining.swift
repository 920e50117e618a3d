import ClusterModel

/// Why a job waits, by the predicates that place it.
extension Batch {
    /// Most nodes that one answer looks at closely; those beyond are counted only.
    public static let explainLimit = 100_000

    /// Why the job's next task waits: a reason, a line, and what each node says to it. O(nodes).
    public static func explain(_ job: JobID, in state: ClusterState, now: Instant) -> JobExplanation {
        var answer = JobExplanation()
        guard state.contains(job) else {
            answer.headline = "There is no job \(job.raw) in the state; the recording may know it."
            return answer
        }
        let row = state.jobs[job.index]
        let label = state.label(of: job)
        guard row.queued > 0 else {
            answer.headline =
                row.placed > 0 ? "\(label) waits for nothing: \(row.placed) of its tasks run." : "\(label) has ended."
            return answer
        }
        guard row.gate == .open else {
            answer.reason = row.reason
            answer.headline = "\(label) waits: \(row.reason)."
            return answer
        }
        guard row.notBefore <= now else {
            let wait = row.notBefore - now
            answer.reason = Reason(.retryBackoff, (wait.microseconds + 999_999) / 1_000_000)
            answer.headline = "\(label) is tried again in \(Quantity.format(wait)), after a failure."
            return answer
        }
        var explaining = Explaining(job, in: state, now: now)
        explaining.lookAtNodes()
        explaining.conclude()
        return explaining.answer
    }
}

/// One answer in the making.
struct Explaining {
    let job: JobID
    let state: ClusterState
    let now: Instant
    private(set) var answer = JobExplanation()
    private let known: KnownShape
    private let others: [Reservation]
    private let own: Reservation?
    private var counts = Array(repeating: 0, count: Reason.Code.allCases.count)
    private var refused: [Explanation.Verdict] = []

    init(_ job: JobID, in state: ClusterState, now: Instant) {
        self.job = job
        self.state = state
        self.now = now
        known = KnownShape(Shape(state.specs[job.index], state.jobs[job.index]))
        var memory = BatchMemory()
        memory.refresh(state)
        let reserved = memory.reservations(in: state, now: now)
        own = reserved.first { $0.job == job }
        others = reserved.filter { $0.job != job }
    }

    /// Asks every present node.
    mutating func lookAtNodes() {
        for slot in 0..<state.nodes.count where state.nodes[slot].isPresent {
            let node = NodeID(slot)
            let verdict = verdict(on: node)
            if let reason = verdict.reason {
                counts[Int(reason.code.rawValue)] += 1
                if refused.count < Explanation.verdictLimit {
                    refused.append(.init(name: state.name(of: node), passes: false, detail: verdict.detail))
                } else {
                    answer.otherVerdicts += 1
                }
            } else {
                answer.passing += 1
                if answer.verdicts.count < Explanation.verdictLimit {
                    answer.verdicts.append(.init(name: state.name(of: node), passes: true, detail: verdict.detail))
                } else {
                    answer.otherVerdicts += 1
                }
            }
        }
        let room = Explanation.verdictLimit - answer.verdicts.count
        answer.otherVerdicts += UInt32(max(0, refused.count - room))
        answer.verdicts += refused.prefix(room)
        answer.tally = Reason.Code.allCases.map { JobExplanation.Count(reason: $0, count: counts[Int($0.rawValue)]) }
            .filter { $0.count > 0 }
            .sorted { ($1.count, $0.reason.rawValue) < ($0.count, $1.reason.rawValue) }
    }

    private func verdict(on node: NodeID) -> (reason: Reason?, detail: String) {
        let row = state.nodes[node.index]
        let free = row.free.isNonNegative ? row.free : .zero
        guard known.isReadable else { return (Reason(.invalid), "the requirement cannot be read") }
        let obstacle = known.demand.obstacle(
            on: node, free: free, freeExtras: state.nodeDetails[node.index].freeExtras, in: state)
        if let obstacle { return (obstacle, detail(of: obstacle, on: node, free: free)) }
        let end = known.end(startedAt: now)
        for one in others where !one.allows(known.shape.need, until: end, on: node) {
            let wait = Quantity.format(Instant(microseconds: one.time) - now)
            return (
                Reason(.reserved, Int64(one.job.raw)),
                "reserved for \(state.label(of: one.job)), which starts in \(wait)"
            )
        }
        return (nil, "has room")
    }

    private func detail(of reason: Reason, on node: NodeID, free: ResourceVector) -> String {
        let row = state.nodes[node.index]
        switch reason.code {
        case .noNodeMatches:
            if let failure = known.demand.requirement?.failure(on: node, in: state) { return failure }
            if let lane = firstShort(in: row.total) { return "has only \(amount(row.total, lane)) in all" }
            return "has not these ports or words"
        case .waitsForResources:
            guard let lane = firstShort(in: free) else { return "its ports or words are taken" }
            let lent = row.offered.lanes[lane] > 0 ? ", \(amount(row.offered, lane)) lent in offers" : ""
            return
                "\(amount(free, lane)) free of \(amount(row.total, lane)), "
                + "needs \(amount(known.shape.need, lane))\(lent)"
        default: return "\(row.state): \(reason)"
        }
    }

    private func firstShort(in room: ResourceVector) -> Int? {
        (0..<8).first { known.shape.need.lanes[$0] > room.lanes[$0] }
    }

    private func amount(_ amounts: ResourceVector, _ lane: Int) -> String {
        let value = amounts.lanes[lane]
        let names = state.configuration.laneNames
        let number = lane == 1 || lane == 2 ? Quantity.format(bytes: value) : Quantity.format(thousandths: value)
        return "\(number) \(lane < names.count ? names[lane] : "of lane \(lane)")"
    }

    /// Weighs what the nodes said against the job's place in its queue.
    mutating func conclude() {
        let label = state.label(of: job)
        let queue = state.index.pending[state.jobs[job.index].role.index]
        let ahead = queue.prefix { $0 != job }.filter { Batch.isEligible($0, in: state, now: now) }
        let present = answer.passing + counts.reduce(0, +)
        let missing = Int(known.shape.gang) - answer.passing
        if let own {
            answer.reason = Reason(.waitsForResources)
            let wait = Quantity.format(Instant(microseconds: own.time) - now)
            let nodes = own.nodes.map { state.name(of: $0) }.summary
            answer.headline = "\(label) is next: \(nodes) is reserved for it and has room in \(wait) at the latest."
        } else if missing <= 0, let first = ahead.first {
            answer.reason = Reason(.priority)
            answer.headline =

                "\(label) has room on \(answer.passing) nodes; "
                + "\(ahead.count) jobs are ahead, \(state.label(of: first)) first."
        } else if missing <= 0 {
            answer.reason = Reason(.priority)
            answer.headline = "\(label) has room on \(answer.passing) nodes and starts when its role is offered them."
        } else if let most = answer.counts.first, most.reason == .noNodeMatches, most.count + missing > present {
            answer.reason = Reason(.noNodeMatches)
            answer.headline = "\(label) fits none of \(present) nodes, even when they are empty."
        } else if let most = answer.counts.first(where: { $0.reason == .reserved }),
            answer.counts[0].reason == .reserved
        {
            answer.reason = Reason(.reserved, Int64(others.first?.job.raw ?? 0))
            answer.headline = "\(label) has room on \(most.count) nodes that are reserved for jobs ahead of it."
        } else {
            answer.reason = Reason(.waitsForResources)
            let behind = ahead.isEmpty ? "" : " and \(ahead.count) jobs are ahead"
            let gang = known.shape.gang > 1 ? " \(missing) more nodes" : ""
            answer.headline = "\(label) waits for resources\(gang.isEmpty ? "" : " on\(gang)")\(behind)."
        }
    }
}
