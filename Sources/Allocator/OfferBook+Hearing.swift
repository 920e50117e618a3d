import ClusterModel

/// What has happened to nodes and frameworks since the engine was last brought in step with a state. Told of each
/// event; when it has missed any, or one that it does not know, everything counts as moved.
struct NodeNews: Sendable {
    /// The last event of which it was told.
    private var heard: UInt64?
    /// Nodes that have moved since, some more than once.
    private(set) var moved: [Int] = []
    /// Whether frameworks have moved since: who they are, or what they want to hear of.
    private(set) var frameworksMoved = false
    /// Most nodes that are remembered.
    private static let limit = 65_536

    /// Whether what has moved is known up to this state.
    func isUp(to state: ClusterState) -> Bool { heard == state.sequence }
    /// All that had moved was looked at.
    mutating func clear(at state: ClusterState) {
        heard = state.sequence
        moved.removeAll(keepingCapacity: true)
        frameworksMoved = false
    }

    /// Puts down that a node must be looked at.
    mutating func move(_ slot: Int) { moved.append(slot) }

    /// Hears of an event that `state` holds already. O(1), or O(offers) of those that were made or closed at once.
    mutating func note(_ stamped: StampedEvent, in state: ClusterState) {
        guard let last = heard else { return }
        guard stamped.sequence == last &+ 1, moved.count < Self.limit else { return heard = nil }
        heard = stamped.sequence
        switch stamped.event {
        case .offerMade(let e): move(e.node.index)
        case .offersMade(let e): for one in e.offers { move(one.node.index) }
        case .offerClosed(let e): closed(e, state)
        case .offersClosed(let e): for one in e.offers { closed(one, state) }
        case .taskLaunched(let e): move(e.node.index)
        case .taskEnded(let e): move(e.task, state)
        case .taskRequeued(let e): move(e.task, state)
        case .nodeAdded(let e): move(e.node.index)
        case .nodeRegistered(let e): move(e.node.index)
        case .nodeChanged(let e): move(e.node.index)
        case .nodeLink(let e): move(e.node.index)
        case .nodeForgotten(let e): move(e.node.index)
        case .nodeConverted(let e): move(e.node.index)
        case .nodeRedeclared(let e): move(e.node.index)
        case .nodeDeclared(let e): move(e.node.index)
        case .frameworkChanged, .frameworkSubscribed, .rolesSuppressed, .demandTold: frameworksMoved = true
        case .sampled, .taskPulls, .taskStarted, .taskKilling, .tasksForgotten, .jobSubmitted, .jobChanged,
            .jobExpected, .jobForgotten, .filterSet, .filtersCleared, .poolChanged, .instanceWished, .instanceChanged,
            .decided, .acted, .noted, .dayTurned, .store, .scaleLooked, .budgetCrossed, .typeRefused, .poolObserved,
            .orphanChanged, .instanceLeased, .gangsChanged, .inverseOfferChanged, .identityAdded, .externalTaskAdded,
            .externalTaskUpdated, .externalTaskTold, .externalTaskAcknowledged, .operationChanged, .quotaSet,
            .roleChanged:
            break
        default: heard = nil
        }
    }

    private mutating func move(_ task: TaskID, _ state: ClusterState) {
        if let row = state.row(of: task), !row.node.isNone { move(row.node.index) }
    }
    private mutating func closed(_ offer: OfferClosed, _ state: ClusterState) {
        guard state.offers.contains(offer.offer.index) else { return heard = nil }
        move(state.offers[offer.offer.index].node.index)
    }
}
