/// What is now true. Events are the only way in which the state changes; kinds and fields are numbered for ever:
/// a kind is never used again for something else, and fields are only appended.
public enum Event: Sendable, Hashable {
    case coreStarted(CoreStarted)
    case configured(Configured)
    case instanceWished(InstanceWished)
    case instanceChanged(InstanceChanged)
    case nodeAdded(NodeAdded)
    case nodeRegistered(NodeRegistered)
    case nodeChanged(NodeChanged)
    case nodeLink(NodeLink)
    case nodeForgotten(NodeForgotten)
    case jobSubmitted(JobSubmitted)
    case jobChanged(JobChanged)
    case jobExpected(JobExpected)
    case jobForgotten(JobForgotten)
    case offerMade(OfferMade)
    case offerClosed(OfferClosed)
    case offersMade(OffersMade)
    case offersClosed(OffersClosed)
    case taskLaunched(TaskLaunched)
    case taskStarted(TaskStarted)
    case taskEnded(TaskEnded)
    case taskKilling(TaskKilling)
    case taskRequeued(TaskRequeued)
    case tasksForgotten(TasksForgotten)
    case filterSet(RefusalFilter)
    case filtersCleared(FiltersCleared)
    case frameworkChanged(FrameworkChanged)
    case poolChanged(PoolChanged)
    case roleChanged(RoleChanged)
    case sampled(Sampled)
    case decided(Decision)
    case acted(Acted)
    case noted(Noted)
    case dayTurned(DayTurned)
    case autoscaler(AutoscalerChanged)
    case store(StoreChanged)
    case ending(CoreEnding)
    case identityAdded(IdentityAdded)
    case frameworkSubscribed(FrameworkSubscribed)
    case frameworkLeft(FrameworkLeft)
    case rolesSuppressed(RolesSuppressed)
    case quotaSet(QuotaSet)
    case externalTaskAdded(ExternalTaskAdded)
    case externalTaskUpdated(ExternalTaskUpdated)
    case externalTaskTold(ExternalTaskTold)
    case externalTaskAcknowledged(ExternalTaskAcknowledged)
    case operationChanged(OperationChanged)
    case nodeConverted(NodeConverted)
    case nodeRedeclared(NodeRedeclared)
    case maintenanceChanged(MaintenanceChanged)
    case inverseOfferChanged(InverseOfferChanged)
    case agentMarked(AgentMarked)
    case poolObserved(PoolObserved)
    case orphanChanged(OrphanChanged)
    case scaleLooked(ScaleLooked)
    case typeRefused(TypeRefused)
    case budgetCrossed(BudgetCrossed)
    case nodeDeclared(NodeDeclared)
    case instanceLeased(InstanceLeased)
    case demandTold(DemandTold)
    case gangsChanged(GangsChanged)
    case taskPulls(TaskPulls)

    /// The kind's number, for ever.
    public var kind: UInt16 {
        switch self {
        case .coreStarted: 1
        case .configured: 2
        case .instanceWished: 3
        case .instanceChanged: 4
        case .nodeAdded: 5
        case .nodeRegistered: 6
        case .nodeChanged: 7
        case .nodeLink: 8
        case .nodeForgotten: 9
        case .jobSubmitted: 10
        case .jobChanged: 11
        case .jobExpected: 12
        case .jobForgotten: 13
        case .offerMade: 14
        case .offerClosed: 15
        case .offersMade: 40
        case .offersClosed: 41
        case .taskLaunched: 16
        case .taskStarted: 17
        case .taskEnded: 18
        case .taskKilling: 19
        case .taskRequeued: 20
        case .tasksForgotten: 21
        case .filterSet: 22
        case .filtersCleared: 23
        case .frameworkChanged: 24
        case .poolChanged: 25
        case .roleChanged: 26
        case .sampled: 27
        case .decided: 28
        case .acted: 29
        case .noted: 30
        case .dayTurned: 31
        case .autoscaler: 32
        case .store: 33
        case .ending: 34
        case .identityAdded: 50
        case .frameworkSubscribed: 51
        case .frameworkLeft: 52
        case .rolesSuppressed: 53
        case .quotaSet: 54
        case .externalTaskAdded: 55
        case .externalTaskUpdated: 56
        case .externalTaskTold: 57
        case .externalTaskAcknowledged: 58
        case .operationChanged: 59
        case .nodeConverted: 60
        case .nodeRedeclared: 61
        case .maintenanceChanged: 62
        case .inverseOfferChanged: 63
        case .agentMarked: 64
        case .demandTold: 65
        case .gangsChanged: 42
        case .poolObserved: 100
        case .orphanChanged: 101
        case .instanceLeased: 102
        case .scaleLooked: 80
        case .typeRefused: 81
        case .budgetCrossed: 82
        case .nodeDeclared: 70
        case .taskPulls: 66
        }
    }

    /// Whether a reader that does not know this kind may pass over it without a wrong state.
    public var isIgnorable: Bool {
        switch self {
        case .decided, .acted, .noted: true
        default: false
        }
    }

    /// Whether it is a measurement rather than a change.
    public var isSample: Bool {
        if case .sampled = self { return true }
        return false
    }

    /// Whether operators want to see a line for it.
    public var isNotable: Bool {
        switch self {
        case .sampled, .offerMade, .offerClosed, .tasksForgotten, .jobForgotten, .nodeForgotten, .filterSet,
            .filtersCleared, .jobExpected, .taskLaunched, .dayTurned, .nodeAdded, .identityAdded, .rolesSuppressed,
            .externalTaskAdded, .externalTaskUpdated, .externalTaskTold, .externalTaskAcknowledged, .operationChanged,
            .nodeConverted, .nodeRedeclared, .inverseOfferChanged, .scaleLooked, .offersMade, .offersClosed,
            .nodeDeclared, .instanceLeased, .demandTold, .gangsChanged:
            false
        case .nodeLink(let link): !link.connected
        case .poolObserved(let seen): !seen.drift.isEmpty || !seen.note.isEmpty
        case .orphanChanged(let orphan): orphan.state != .seen
        default: true
        }
    }
}

/// An event with its place in the order of all events and its time.
public struct StampedEvent: Sendable, Hashable {
    /// Counted from 1 for the life of a cluster.
    public var sequence: UInt64
    /// When it happened.
    public var time: Instant
    /// What happened.
    public var event: Event

    /// An event at its place.
    public init(sequence: UInt64, time: Instant, event: Event) {
        self.sequence = sequence
        self.time = time
        self.event = event
    }
}
