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

    /// The promises to the heads of all queues that have no room now; each node is promised once. Who was promised
    /// the earliest start comes first, then who was promised nothing yet, oldest job first.
    mutating func reservations(in state: ClusterState, now: Instant) -> [Reservation] {
        var heads: [JobID] = []
        for role in state.index.pending.indices {
            if let head = Self.head(of: role, in: state, now: now) { heads.append(head) }
        }
        func promised(_ job: JobID) -> Int64 {
            let start = state.jobs[job.index].expectedStart
            return start.isNever ? .max : start.microseconds
        }
        heads.sort { (promised($0), $0) < (promised($1), $1) }
        var made: [Reservation] = []
        for job in heads.prefix(Self.reservationLimit) {
            if let one = reservation(for: job, in: state, now: now, beside: made, more: [:]) { made.append(one) }
        }
        return made
    }

    /// The promise to one head: the earliest time at which it has room on enough nodes that are not promised to
    /// another; nil when it has room now or never will. `more` are launches that the state does not know yet.
    mutating func reservation(
        for job: JobID, in state: ClusterState, now: Instant, beside others: [Reservation],
        more: [NodeID: [Occupation]]
    ) -> Reservation? {
        let shape = shape(of: job, in: state)
        let at = openings(of: shape, in: state)
        let known = shapes[shape]
        let size = Int(known.shape.gang)
        func time(_ slot: Int) -> Int64 {
            let node = NodeID(slot)
            if others.contains(where: { $0.place(of: node) != nil }) { return .max }
            guard let launched = more[node] else { return openings[at].times[slot] }
            return Openings.time(on: node, for: known, in: state, more: launched)
        }
        let best = size == 1 ? earliest(at, time) : earliest(size, at, time)
        guard let last = best.last, best.count == size, last.time > 0, last.time < .max else { return nil }
        let promised = max(last.time, now.microseconds)
        let nodes = best.map { NodeID($0.slot) }.sorted()
        let spare = nodes.map { node in
            Self.spare(on: node, at: promised, in: state, more: more[node] ?? []) - known.shape.need
        }
        return Reservation(job: job, time: promised, nodes: nodes, need: known.shape.need, spare: spare)
    }

    /// The one node that opens first. The stored times are looked at first; `time` corrects the few that differ,
    /// and can only move them later.
    private func earliest(_ at: Int, _ time: (Int) -> Int64) -> [(slot: Int, time: Int64)] {
        var best: (slot: Int, time: Int64)?
        openings[at].times.withUnsafeBufferPointer { times in
            for slot in times.indices where times[slot] < best?.time ?? .max {
                let real = time(slot)
                if real < best?.time ?? .max { best = (slot, real) }
            }
        }
        return best.map { [$0] } ?? []
    }

    /// The `size` nodes that open first, by time and then by number.
    private func earliest(_ size: Int, _ at: Int, _ time: (Int) -> Int64) -> [(slot: Int, time: Int64)] {
        var best: [(slot: Int, time: Int64)] = []
        for slot in openings[at].times.indices {
            guard openings[at].times[slot] < (best.count < size ? .max : best[size - 1].time) else { continue }
            let real = time(slot)
            guard real < (best.count < size ? .max : best[size - 1].time) else { continue }
            var (low, high) = (0, best.count)
            while low < high {
                let middle = (low + high) / 2
                if best[middle].time <= real { low = middle + 1 } else { high = middle }
            }
            best.insert((slot, real), at: low)
            if best.count > size { best.removeLast() }
        }
        return best
    }

    /// What is free on a node at a time, if nothing more is started.
    private static func spare(
        on node: NodeID, at time: Int64, in state: ClusterState, more: [Occupation]
    ) -> ResourceVector {
        var room = state.nodes[node.index].total
        for task in state.index.tasksOnNode[node.index] {
            if let occupation = Occupation(task, in: state), occupation.end > time { room -= occupation.need }
        }
        for occupation in more where occupation.end > time { room -= occupation.need }
        return room
    }
}
