import ClusterModel

/// Which of the jobs that wait are asked what they would take. What waits found no room when it was last asked, so that
/// only what has changed since can start something: new jobs anywhere, all jobs on the nodes that have more room.
public enum QueuePart: Sendable {
    /// All of them.
    case all
    /// These.
    case jobs([JobID])
    /// Those of which one piece has room on one of these nodes.
    case fitting([NodeID])

    /// A job with its shape's number.
    typealias Chosen = (job: JobID, shape: Int)
}

extension BatchMemory {
    /// The jobs of a part that may start now, by role and in the order of the queue.
    mutating func choose(
        _ part: QueuePart, in state: ClusterState, now: Instant
    ) -> [(role: RoleID, jobs: [QueuePart.Chosen])] {
        var room = Room(part, in: state)
        if room.isNone { return [] }
        let named = Self.named(part, in: state)
        var result: [(role: RoleID, jobs: [QueuePart.Chosen])] = []
        for role in state.index.pending.indices where !state.index.pending[role].isEmpty {
            var jobs: [QueuePart.Chosen] = []
            // Who gets the room is the allocator's to say: each role tells of as much as there is.
            room.refill()
            func add(_ job: JobID, _ memory: inout BatchMemory) {
                let shape = memory.shape(of: job, in: state)
                guard room.isFor(shape, memory.shapes), memory.shapes[shape].isReadable,
                    Batch.isEligible(job, in: state, now: now)
                else { return }
                if state.jobs[job.index].gang == 1 { room.take(Int(state.jobs[job.index].queued), of: shape) }
                jobs.append((job, shape))
            }
            let queue = named.map { $0[role] ?? [] } ?? state.index.pending[role]
            for job in queue.prefix(Batch.scanLimit) { add(job, &self) }
            if !jobs.isEmpty { result.append((RoleID(role), jobs)) }
        }
        return result
    }

    /// Jobs that are named and wait, by role and in the order of the queue; nil when none are named. O(n log n).
    private static func named(_ part: QueuePart, in state: ClusterState) -> [Int: [JobID]]? {
        guard case .jobs(let jobs) = part else { return nil }
        let waiting = Set(jobs).filter {
            state.contains($0) && state.jobs[$0.index].gate == .open && state.jobs[$0.index].queued > 0
        }
        let ordered = waiting.sorted { state.startsBefore($0, $1) }
        return Dictionary(grouping: ordered) { state.jobs[$0.index].role.index }
    }
}

/// What a few nodes have room for, shape by shape.
private struct Room {
    /// What is free on each of the nodes; nil = it does not matter.
    private let free: [ResourceVector]?
    /// Pieces that are counted on one node at most.
    private static let most = 1 << 30
    /// Pieces of a shape for which there is room; -1 = not counted yet.
    private var whole: [Int] = []
    /// Of these, pieces that one role may still tell.
    private var left: [Int] = []

    /// Whether there is nothing at all.
    var isNone: Bool { free?.isEmpty ?? false }

    init(_ part: QueuePart, in state: ClusterState) {
        guard case .fitting(let nodes) = part else {
            free = nil
            return
        }
        free = nodes.filter { state.index.roomy.contains($0) }.map { state.nodes[$0.index].free }
    }

    /// Whether a piece of the shape has room beside those that were taken, if nothing else goes there.
    mutating func isFor(_ shape: Int, _ shapes: [KnownShape]) -> Bool {
        guard let free else { return true }
        while whole.count <= shape { whole.append(-1) }
        while left.count < whole.count { left.append(whole[left.count]) }
        if whole[shape] < 0 {
            let need = shapes[shape].shape.need
            whole[shape] = free.reduce(0) { $0 + $1.count(of: need, limit: Self.most) }
            left[shape] = whole[shape]
        }
        return left[shape] > 0
    }

    /// The next role tells.
    mutating func refill() { left = whole }

    mutating func take(_ count: Int, of shape: Int) { if free != nil { left[shape] = max(0, left[shape] - count) } }
}
