import ClusterModel

/// What a placement says of itself: who went ahead of whom, and what is promised now.
extension Placing {
    /// Jobs that were passed over, in the order of the queue.
    struct Passed {
        var named: [JobID] = []
        var count = 0
        mutating func add(_ job: JobID) {
            if named.count < Decision.loserLimit { named.append(job) }
            count += 1
        }
    }

    /// Notes that `job` started ahead of others that wait.
    mutating func tellBackfill(_ job: JobID, _ passed: Passed) {
        guard let head = passed.named.first, let last = placement.launches.last,
            let promise = reserved.first(where: { $0.job == head })
        else { return }
        let losers = passed.named.map { Loser(name: state.label(of: $0), reason: Reason(.waitsForResources)) }
        let wait = Quantity.format(Instant(microseconds: promise.time) - now)
        let how = "has \(promise.nodes.map { state.name(of: $0) }.summary) in \(wait) and is not delayed"
        append(
            Decision(
                about: .backfill,
                summary: "\(state.label(of: job)) starts ahead of \(state.label(of: head)), which \(how)",
                job: job, node: last.node, winner: state.label(of: job), runnerUp: state.label(of: head),
                losers: losers, otherLosers: UInt32(passed.count - passed.named.count)))
    }
}

extension Array where Element == String {
    /// The first few names and how many more there are.
    var summary: String {
        count <= 4 ? joined(separator: ",") : prefix(3).joined(separator: ",") + " and \(count - 3) more"
    }
}
