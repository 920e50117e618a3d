import ClusterModel

/// When each node will have room for one piece of a shape, as far as run times are known: 0 = now, `.max` = never,
/// else microseconds. What is lent in offers counts as free: it comes back or is placed.
struct Openings: Sendable {
    let shape: Int
    /// By node slot.
    private(set) var times: [Int64] = []
    /// The earliest of each run of `span` slots.
    private(set) var minima: [Int64] = []
    /// How far in the log of changed nodes this has been brought up to date.
    var logPosition = 0
    var usedAt: UInt64 = 0

    /// Slots whose minimum is kept together.
    static let span = 128

    /// Openings of a shape, none known yet.
    init(shape: Int) { self.shape = shape }

    /// Computes every node's time. O(tasks on nodes).
    mutating func computeAll(_ known: KnownShape, _ watch: NodeWatch, in state: ClusterState) {
        times = (0..<state.nodes.count).map { slot in
            state.nodes[slot].state.takesWork ? watch.opening(on: NodeID(slot), for: known, in: state) : .max
        }
        minima = stride(from: 0, to: times.count, by: Self.span).map { minimum(from: $0) }
    }

    /// Computes the times of these nodes anew. O(tasks on them).
    mutating func update(_ nodes: ArraySlice<NodeID>, _ known: KnownShape, _ watch: NodeWatch, in state: ClusterState) {
        while times.count < state.nodes.count {
            if times.count.isMultiple(of: Self.span) { minima.append(.max) }
            times.append(.max)
        }
        for node in nodes {
            times[node.index] = watch.opening(on: node, for: known, in: state)
            minima[node.index / Self.span] = minimum(from: node.index / Self.span * Self.span)
        }
    }

    private func minimum(from first: Int) -> Int64 {
        var least = Int64.max
        for slot in first..<min(first + Self.span, times.count) { least = min(least, times[slot]) }
        return least
    }

    /// The `size` slots that open first, by time and then by number. `time` corrects stored times and can only move
    /// them later. Looks only into runs whose minimum is early enough.
    func earliest(_ size: Int, _ time: (Int) -> Int64) -> [(slot: Int, time: Int64)] {
        var best: [(slot: Int, time: Int64)] = []
        var bound = Int64.max
        for run in minima.indices where minima[run] < bound {
            for slot in run * Self.span..<min((run + 1) * Self.span, times.count) where times[slot] < bound {
                let real = time(slot)
                guard real < bound else { continue }
                let at = best.firstIndex { $0.time > real } ?? best.count
                best.insert((slot, real), at: at)
                if best.count > size { best.removeLast() }
                if best.count == size { bound = best[size - 1].time }
            }
        }
        return best
    }
}

/// What a launch that the state does not know yet holds, and until when.
struct Occupation: Sendable {
    /// Microseconds.
    var end: Int64
    var need: ResourceVector
}

/// A task that will give back what it holds.
struct Release: Sendable {
    /// Microseconds: its deadline; one without a time limit is assumed to run for a set time, one that was told to end
    /// for its grace.
    var end: Int64
    /// What it gives back.
    var need: ResourceVector
    /// Slot of the task.
    var task: UInt32

    init?(_ task: TaskID, in state: ClusterState) {
        guard let slot = state.slot(of: task) else { return nil }
        let row = state.tasks[slot]
        let assumed = row.launchedAt + state.configuration.limits.assumedRunTime
        end = (row.deadline.isNever ? assumed : row.deadline).microseconds
        // One that was told to end does so within its grace.
        if row.state == .killing, state.contains(task.job) {
            end = min(end, (row.stateSince + state.specs[task.job.index].grace).microseconds)
        }
        need = row.need
        self.task = UInt32(slot)
    }
}
