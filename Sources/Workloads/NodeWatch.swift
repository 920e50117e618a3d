import ClusterModel

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
        /// Its tasks by the time of their ends.
        var releases: [Release] = []
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
            chunkChanges = []
            fresh = true
        }
        let chunks = state.nodes.chunks
        while chunkChanges.count < chunks.count { chunkChanges.append(.max) }
        while seen.count < state.nodes.count { seen.append(Seen()) }
        for number in chunks.indices where chunks[number].change != chunkChanges[number] {
            chunkChanges[number] = chunks[number].change
            let first = number * Table<NodeRow>.chunkSize
            let end = min(first + Table<NodeRow>.chunkSize, state.nodes.count, state.index.tasksOnNode.count)
            guard !chunks[number].rows.isEmpty, first < end else { continue }
            for slot in first..<end where fresh || hasChanged(slot, state) { note(slot, state) }
        }
        if log.count > 2 * Self.logLimit {
            logStart += log.count - Self.logLimit
            log.removeFirst(log.count - Self.logLimit)
        }
        return fresh
    }

    private func hasChanged(_ slot: Int, _ state: ClusterState) -> Bool {
        !Self.isSameStorage(seen[slot].tasks, state.index.tasksOnNode[slot])
            || seen[slot].total != state.nodes[slot].total
            || seen[slot].takesWork != state.nodes[slot].state.takesWork
            || seen[slot].name != state.nodes[slot].name || seen[slot].joinedAt != state.nodes[slot].joinedAt
            || seen[slot].agentStart != state.nodes[slot].agentStart
    }

    private mutating func note(_ slot: Int, _ state: ClusterState) {
        let tasks = state.index.tasksOnNode[slot]
        var releases = tasks.compactMap { Release($0, in: state) }
        releases.sort { ($0.end, $0.task) < ($1.end, $1.task) }
        seen[slot] = Seen(
            tasks: tasks, total: state.nodes[slot].total, takesWork: state.nodes[slot].state.takesWork,
            name: state.nodes[slot].name, joinedAt: state.nodes[slot].joinedAt,
            agentStart: state.nodes[slot].agentStart, releases: releases)
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

    /// When `node` will have room for one piece. `more` are launches that the state does not know yet.
    /// O(tasks on the node).
    func opening(
        on node: NodeID, for known: KnownShape, in state: ClusterState, more: [Occupation] = []
    ) -> Int64 {
        guard state.nodes[node.index].state.takesWork, known.isReadable,
            known.demand.mismatch(with: node, in: state) == nil
        else { return .max }
        var room = state.nodes[node.index].total - state.nodes[node.index].used
        for occupation in more { room -= occupation.need }
        let need = known.shape.need
        if need.fits(in: room) { return 0 }
        let later = more.sorted { $0.end < $1.end }
        var next = 0
        for release in seen[node.index].releases {
            while next < later.count, later[next].end < release.end {
                room += later[next].need
                if need.fits(in: room) { return later[next].end }
                next += 1
            }
            room += state.tasks[Int(release.task)].need
            if need.fits(in: room) { return release.end }
        }
        for occupation in later[next...] {
            room += occupation.need
            if need.fits(in: room) { return occupation.end }
        }
        return .max
    }

    /// What is free on a node at a time, if nothing more is started.
    func spare(on node: NodeID, at time: Int64, in state: ClusterState, more: [Occupation]) -> ResourceVector {
        var room = state.nodes[node.index].total
        for release in seen[node.index].releases where release.end > time {
            room -= state.tasks[Int(release.task)].need
        }
        for occupation in more where occupation.end > time { room -= occupation.need }
        return room
    }
}
