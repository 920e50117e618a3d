import ClusterModel

/// Hears which nodes have changed in a way that moves openings: their tasks, their total, whether they take work. It
/// is told of each event; when it has missed any, it takes everything as changed.
struct NodeWatch: Sendable {
    /// A node's tasks by the time of their ends.
    private var releases: [[Release]] = []
    private var assumedRunTime = Interval.zero
    private var scalars: [String] = []
    /// The last event of which it was told, and the nodes that the events since the last look have moved.
    private var heard: UInt64?
    private var moved: [NodeID] = []
    /// Nodes that changed, in order; positions count from the start of time.
    private var log: [NodeID] = []
    private var logStart = 0
    /// The position behind the newest entry.
    var logEnd: Int { logStart + log.count }
    /// Most entries kept; whoever is further behind starts anew.
    static let logLimit = 8_192

    /// Hears of an event that `state` holds already. O(1).
    mutating func note(_ stamped: StampedEvent, in state: ClusterState) {
        guard let last = heard else { return }
        guard stamped.sequence == last &+ 1, moved.count < Self.logLimit else { return heard = nil }
        heard = stamped.sequence
        switch stamped.event {
        case .taskLaunched(let e): moved.append(e.node)
        case .taskEnded(let e): if let row = state.row(of: e.task) { moved.append(row.node) }
        case .taskRequeued(let e): if let row = state.row(of: e.task) { moved.append(row.node) }
        case .taskKilling(let e): if let row = state.row(of: e.task), !row.node.isNone { moved.append(row.node) }
        case .nodeAdded(let e): moved.append(e.node)
        case .nodeRegistered(let e): moved.append(e.node)
        case .nodeChanged(let e): moved.append(e.node)
        case .nodeForgotten(let e): moved.append(e.node)
        case .nodeConverted(let e): moved.append(e.node)
        case .nodeRedeclared(let e): moved.append(e.node)
        case .sampled, .offerMade, .offerClosed, .taskPulls, .taskStarted, .tasksForgotten, .jobSubmitted, .jobChanged,
            .jobExpected, .jobForgotten, .filterSet, .filtersCleared, .frameworkChanged, .poolChanged, .roleChanged,
            .nodeLink, .instanceWished, .instanceChanged, .decided, .acted, .noted, .dayTurned, .store, .configured,
            .offersMade, .offersClosed, .scaleLooked, .budgetCrossed, .typeRefused, .poolObserved, .orphanChanged,
            .instanceLeased, .gangsChanged, .demandTold, .agentMarked, .inverseOfferChanged, .identityAdded,
            .frameworkSubscribed, .frameworkLeft, .rolesSuppressed, .quotaSet, .externalTaskAdded,
            .externalTaskUpdated, .externalTaskTold, .externalTaskAcknowledged, .operationChanged:
            break
        default: heard = nil
        }
    }

    /// Takes in what it has heard since the last time. O(nodes that moved), or O(nodes) when it has not heard all.
    /// True when everything is to be taken as changed.
    mutating func refresh(_ state: ClusterState) -> Bool {
        let limits = state.configuration.limits
        let isFresh =
            heard != state.sequence || assumedRunTime != limits.assumedRunTime
            || scalars != state.configuration.scalars
        if isFresh {
            assumedRunTime = limits.assumedRunTime
            scalars = state.configuration.scalars
            releases = (0..<state.nodes.count).map { Self.releases(on: $0, in: state) }
            // A position of its own, so that nobody who stood at the end takes nothing for changed.
            logStart = logEnd + 1
            log = []
        } else {
            while releases.count < state.nodes.count { releases.append([]) }
            for node in moved where state.nodes.contains(node.index) {
                releases[node.index] = Self.releases(on: node.index, in: state)
                log.append(node)
            }
        }
        heard = state.sequence
        moved.removeAll(keepingCapacity: true)
        if log.count > 2 * Self.logLimit {
            logStart += log.count - Self.logLimit
            log.removeFirst(log.count - Self.logLimit)
        }
        return isFresh
    }

    private static func releases(on slot: Int, in state: ClusterState) -> [Release] {
        guard slot < state.index.tasksOnNode.count else { return [] }
        var releases = state.index.tasksOnNode[slot].compactMap { Release($0, in: state) }
        releases.sort { ($0.end, $0.task) < ($1.end, $1.task) }
        return releases
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
        if more.isEmpty {
            for release in releases[node.index] {
                room += release.need
                if need.fits(in: room) { return release.end }
            }
            return .max
        }
        let later = more.sorted { $0.end < $1.end }
        var next = 0
        for release in releases[node.index] {
            while next < later.count, later[next].end < release.end {
                room += later[next].need
                if need.fits(in: room) { return later[next].end }
                next += 1
            }
            room += release.need
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
        for release in releases[node.index] where release.end > time {
            room -= release.need
        }
        for occupation in more where occupation.end > time { room -= occupation.need }
        return room
    }
}
