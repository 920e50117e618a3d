import ClusterModel

/// When each node will have room for one piece of a shape, as far as run times are known: 0 = now, `.max` = never,
/// else microseconds. What is lent in offers counts as free: it comes back or is placed.
struct Openings: Sendable {
    let shape: Int
    /// By node slot.
    var times: [Int64]
    /// How far in the log of changed nodes this has been brought up to date.
    var logPosition: Int
    var usedAt: UInt64 = 0

    /// When `node` will have room for one piece. `more` are launches that the state does not know yet.
    /// O(tasks on the node).
    static func time(
        on node: NodeID, for known: KnownShape, in state: ClusterState, more: [Occupation] = []
    ) -> Int64 {
        let row = state.nodes[node.index]
        guard row.state.takesWork, known.isReadable, known.demand.mismatch(with: node, in: state) == nil else {
            return .max
        }
        var room = row.total - row.used
        for occupation in more { room -= occupation.need }
        let need = known.shape.need
        if need.fits(in: room) { return 0 }
        var releases = more
        for task in state.index.tasksOnNode[node.index] {
            if let occupation = Occupation(task, in: state) { releases.append(occupation) }
        }
        releases.sort { $0.end < $1.end }
        for release in releases {
            room += release.need
            if need.fits(in: room) { return release.end }
        }
        return .max
    }
}

/// What a task holds and until when, as far as that is known.
struct Occupation: Sendable {
    /// Microseconds.
    var end: Int64
    var need: ResourceVector

    init(end: Int64, need: ResourceVector) {
        self.end = end
        self.need = need
    }
    /// A task with a time limit ends by then; one without is assumed to run for a set time.
    init?(_ task: TaskID, in state: ClusterState) {
        guard let slot = state.slot(of: task) else { return nil }
        let deadline = state.tasks[slot].deadline
        end =
            deadline.isNever
            ? (state.tasks[slot].launchedAt + state.configuration.limits.assumedRunTime).microseconds
            : deadline.microseconds
        need = state.tasks[slot].need
    }
}

/// Notices which nodes have changed in a way that moves openings: their tasks, their total, whether they take work.
struct NodeWatch: Sendable {
    private struct Seen: Sendable {
        /// Held so that its storage cannot be used for another list: same storage means same list.
        var tasks: [TaskID] = []
        var total = ResourceVector.zero
        var takesWork = false
        var name = TextID.none
        var joinedAt = Instant.never
        var agentStart: UInt64 = 0
    }
    private var chunkChanges: [UInt64] = []
    private var seen: [Seen] = []
    private var assumedRunTime = Interval.zero
    private var scalars: [String] = []
    /// Nodes that changed, in order; positions count from the start of time.
    private var log: [NodeID] = []
    private var logStart = 0
    /// The position behind the newest entry.
    var logEnd: Int { logStart + log.count }
    /// Most entries kept; whoever is further behind starts anew.
    static let logLimit = 8_192

    /// Looks for changes since the last time. O(chunks + changed chunks). True when everything has changed.
    mutating func refresh(_ state: ClusterState) -> Bool {
        let limits = state.configuration.limits
        var fresh = false
        if assumedRunTime != limits.assumedRunTime || scalars != state.configuration.scalars {
            assumedRunTime = limits.assumedRunTime
            scalars = state.configuration.scalars
            fresh = true
        }
        let chunks = state.nodes.chunks
        while chunkChanges.count < chunks.count { chunkChanges.append(.max) }
        while seen.count < state.nodes.count { seen.append(Seen()) }
        for number in chunks.indices where chunks[number].change != chunkChanges[number] {
            chunkChanges[number] = chunks[number].change
            let first = number * Table<NodeRow>.chunkSize
            for offset in chunks[number].rows.indices where first + offset < state.index.tasksOnNode.count {
                note(first + offset, chunks[number].rows[offset], state)
            }
        }
        if log.count > 2 * Self.logLimit {
            logStart += log.count - Self.logLimit
            log.removeFirst(log.count - Self.logLimit)
        }
        return fresh
    }

    private mutating func note(_ slot: Int, _ row: NodeRow, _ state: ClusterState) {
        let same =
            Self.isSameStorage(seen[slot].tasks, state.index.tasksOnNode[slot]) && seen[slot].total == row.total
            && seen[slot].takesWork == row.state.takesWork && seen[slot].name == row.name
            && seen[slot].joinedAt == row.joinedAt && seen[slot].agentStart == row.agentStart
        if same { return }
        seen[slot] = Seen(
            tasks: state.index.tasksOnNode[slot], total: row.total, takesWork: row.state.takesWork, name: row.name,
            joinedAt: row.joinedAt, agentStart: row.agentStart)
        log.append(NodeID(slot))
    }

    private static func isSameStorage(_ a: [TaskID], _ b: [TaskID]) -> Bool {
        a.count == b.count
            && a.withUnsafeBufferPointer { one in
                b.withUnsafeBufferPointer { one.baseAddress == $0.baseAddress }
            }
    }

    /// The nodes that changed since `position`; nil when that is too long ago.
    func changes(since position: Int) -> ArraySlice<NodeID>? {
        position < logStart ? nil : log[(position - logStart)...]
    }
}

extension BatchMemory {
    /// Brings the watch up to date; needed once for each state that is asked about.
    mutating func refresh(_ state: ClusterState) {
        tidy(state)
        if watch.refresh(state) { openings = [] }
    }

    /// The place of the openings of a shape, up to date. O(nodes changed since the last use); O(nodes) at first.
    mutating func openings(of shape: Int, in state: ClusterState) -> Int {
        clock += 1
        guard let at = openings.firstIndex(where: { $0.shape == shape }) else {
            return addOpenings(of: shape, in: state)
        }
        openings[at].usedAt = clock
        let end = watch.logEnd
        guard openings[at].logPosition != end else { return at }
        if let changed = watch.changes(since: openings[at].logPosition) {
            while openings[at].times.count < state.nodes.count { openings[at].times.append(.max) }
            for node in changed {
                openings[at].times[node.index] = Openings.time(on: node, for: shapes[shape], in: state)
            }
        } else {
            openings[at].times = times(of: shape, in: state)
        }
        openings[at].logPosition = end
        return at
    }

    private mutating func addOpenings(of shape: Int, in state: ClusterState) -> Int {
        var fresh = Openings(shape: shape, times: times(of: shape, in: state), logPosition: watch.logEnd)
        fresh.usedAt = clock
        if openings.count < Self.openingsLimit {
            openings.append(fresh)
            return openings.count - 1
        }
        var oldest = 0
        for at in openings.indices where openings[at].usedAt < openings[oldest].usedAt { oldest = at }
        openings[oldest] = fresh
        return oldest
    }

    private func times(of shape: Int, in state: ClusterState) -> [Int64] {
        (0..<state.nodes.count).map { slot in
            state.nodes[slot].state.takesWork ? Openings.time(on: NodeID(slot), for: shapes[shape], in: state) : .max
        }
    }
}
