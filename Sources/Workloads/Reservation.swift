import ClusterModel

/// The promise to the head of a role's queue: from `time` on it has room on these nodes, and nobody who starts
/// before it may take that room away (EASY backfill: only the head is promised anything).
struct Reservation: Sendable {
    let job: JobID
    /// Microseconds; not before now.
    let time: Int64
    /// Ascending.
    let nodes: [NodeID]
    /// What one piece of the head needs.
    let need: ResourceVector
    /// What stays free beside the head's piece on each of the nodes at `time`, if nothing more is started.
    var spare: [ResourceVector]

    /// The place of a node in `nodes`.
    func place(of node: NodeID) -> Int? {
        if nodes.count == 1 { return nodes[0] == node ? 0 : nil }
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < nodes.count && nodes[low] == node ? low : nil
    }

    /// Whether a piece that starts now on `node` and ends at `end` leaves the head its room.
    func allows(_ need: ResourceVector, until end: Int64, on node: NodeID) -> Bool {
        if end <= time { return true }
        guard let at = place(of: node) else { return true }
        return need.fits(in: spare[at])
    }

    /// Notes a piece that was started on `node`.
    mutating func book(_ need: ResourceVector, until end: Int64, on node: NodeID) {
        if end > time, let at = place(of: node) { spare[at] -= need }
    }
}

extension BatchMemory {
    /// Most roles whose heads are promised something, the longest waiting first.
    static var reservationLimit: Int { 64 }

    /// The first job of a role's queue that may start now, if any.
    static func head(of role: Int, in state: ClusterState, now: Instant) -> JobID? {
        state.index.pending[role].first { Batch.isEligible($0, in: state, now: now) }
    }

    /// The nodes that are promised to the first of other queues than `job`'s.
    public mutating func nodesPromised(toOthersThan job: JobID, in state: ClusterState, now: Instant) -> Set<NodeID> {
        Set(reservations(in: state, now: now).filter { $0.job != job }.flatMap(\.nodes))
    }

    /// The promises to the heads of all queues that have no room now; each node is promised once. Under the policy
    /// `priority` higher roles come first, and what may be taken back last; then who was promised the earliest start,
    /// then who was promised nothing yet, oldest job first. What was found last holds as long as heads and nodes are
    /// the same and no promise has come due.
    mutating func reservations(in state: ClusterState, now: Instant) -> [Reservation] {
        var heads: [JobID] = []
        for role in state.index.pending.indices where !state.index.pending[role].isEmpty {
            if let head = Self.head(of: role, in: state, now: now) { heads.append(head) }
        }
        func promised(_ job: JobID) -> Int64 {
            let start = state.jobs[job.index].expectedStart
            return start.isNever ? .max : start.microseconds
        }
        let counts = state.configuration.offers.policy == .priority
        func precedence(_ job: JobID) -> Int64 {
            guard counts else { return 0 }
            return state.specs[job.index].isRevocable ? .max : -state.priority(of: state.jobs[job.index].role)
        }
        if heads.count > 1 {
            heads.sort { (precedence($0), promised($0), $0) < (precedence($1), promised($1), $1) }
        }
        if let last = lastPromises, last.heads == heads, last.logEnd == watch.logEnd, now.microseconds < last.until {
            return last.made
        }
        var made: [Reservation] = []
        for job in heads.prefix(Self.reservationLimit) {
            if let one = reservation(for: job, in: state, now: now, beside: made, more: [:]) { made.append(one) }
        }
        let until = made.contains { $0.time <= now.microseconds } ? 0 : made.map(\.time).min() ?? .max
        lastPromises = Promises(heads: heads, logEnd: watch.logEnd, until: until, made: made)
        return made
    }

    /// The promise to one head: the earliest time at which it has room on enough nodes that are not promised to
    /// another; nil when it has room now or never will. `more` are launches that the state does not know yet.
    mutating func reservation(
        for job: JobID, in state: ClusterState, now: Instant, beside others: [Reservation],
        more: [NodeID: [Occupation]]
    ) -> Reservation? {
        let shape = shape(of: job, in: state)
        let size = Int(shapes[shape].shape.gang)
        let isKnown = openings.contains { $0.shape == shape }
        if !isKnown, hasRoomNow(shape, size, in: state, beside: others, more: more) { return nil }
        let at = openings(of: shape, in: state)
        let best = openings[at].earliest(size) { slot in
            let node = NodeID(slot)
            for other in others where other.place(of: node) != nil { return .max }
            guard !more.isEmpty, let launched = more[node] else { return openings[at].times[slot] }
            return watch.opening(on: node, for: shapes[shape], in: state, more: launched)
        }
        guard let last = best.last, best.count == size, last.time > 0, last.time < .max else { return nil }
        let promised = max(last.time, now.microseconds)
        let nodes = best.map { NodeID($0.slot) }.sorted()
        let need = shapes[shape].shape.need
        let spare = nodes.map { watch.spare(on: $0, at: promised, in: state, more: more[$0] ?? []) - need }
        return Reservation(job: job, time: promised, nodes: nodes, need: need, spare: spare)
    }

    /// Most nodes that are looked at before all openings are.
    private static var glance: Int { 2_048 }

    /// Whether a glance at the first nodes with room shows enough of them open: then nothing is promised, and the
    /// openings of ten thousand nodes need not be known. False says nothing. O(nodes), a few ns each.
    private func hasRoomNow(
        _ shape: Int, _ size: Int, in state: ClusterState, beside others: [Reservation],
        more: [NodeID: [Occupation]]
    ) -> Bool {
        var (found, slot) = (0, 0)
        let need = shapes[shape].shape.need
        for _ in 0..<Self.glance {
            guard let node = state.index.roomy.first(from: slot) else { return false }
            slot = node.index + 1
            guard need.fits(in: state.nodes[node.index].total - state.nodes[node.index].used),
                !others.contains(where: { $0.place(of: node) != nil }),
                watch.opening(on: node, for: shapes[shape], in: state, more: more[node] ?? []) == 0
            else { continue }
            found += 1
            if found == size { return true }
        }
        return false
    }
}

/// What was promised last, and what that rested on.
struct Promises: Sendable {
    var heads: [JobID]
    var logEnd: Int
    /// Microseconds at which the first promise comes due.
    var until: Int64
    var made: [Reservation]
}
