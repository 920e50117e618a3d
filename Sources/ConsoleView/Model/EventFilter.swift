import ClusterModel

/// Which events the event pane shows and `,` `.` step through: words and fields of an event's line.
struct EventFilter: Sendable, Hashable {
    /// What was typed.
    let text: String
    private let expression: Expression

    /// Names that may be asked for.
    static let fields = ["event", "kind", "node", "pool", "role", "task", "job", "user", "text"]

    init(_ text: String) throws(TextFault) {
        self.text = text
        expression = try Expression(text, fields: Self.fields)
    }

    /// Whether the event passes; names are read from `state`.
    func matches(_ stamped: StampedEvent, _ state: ClusterState) -> Bool {
        guard stamped.event.isNotable else { return false }
        return expression.matches(
            { Self.field($0, stamped, state) }, columns: { [EventLine.text(stamped, state).text] })
    }

    private static func field(_ name: String, _ stamped: StampedEvent, _ state: ClusterState) -> FieldValue? {
        let about = EventSubject(stamped.event)
        switch name {
        case "event": return .number(Int64(clamping: stamped.sequence) &* 1_000)
        case "kind": return .text(about.kind)
        case "node": return about.node.map { .text($0.isEmpty ? about.nodeID.map(state.name(of:)) ?? "" : $0) }
        case "pool": return about.pool.map { .text(state.name(of: $0)) }
        case "role": return about.role.map { .text($0) } ?? about.job.map { .text(role(of: $0, state)) }
        case "task": return about.task.map { .text(state.label(of: $0)) }
        case "job": return about.job.map { .text(state.label(of: $0)) }
        case "user": return about.user.map { .text($0) }
        case "text": return .text(EventLine.text(stamped, state).text)
        default: return nil
        }
    }

    private static func role(of job: JobID, _ state: ClusterState) -> String {
        state.contains(job) ? state.path(of: state.jobs[job.index].role) : ""
    }
}

/// What an event is about, as far as filters ask.
struct EventSubject {
    /// A word for the kind.
    var kind = "other"
    var node: String?
    var nodeID: NodeID?
    var pool: PoolID?
    var role: String?
    var task: TaskID?
    var job: JobID?
    var user: String?

    init(_ event: Event) {
        switch event {
        case .coreStarted, .store, .ending: kind = "core"
        case .configured(let e): (kind, user) = ("cluster", e.user)
        case .acted(let e): (kind, user) = ("act", e.user)
        case .noted(let e): (kind, user) = ("note", e.user)
        case .decided: kind = "decision"
        case .autoscaler(let e): (kind, user) = ("autoscaler", e.user)
        case .instanceWished(let e): (kind, node, pool) = ("machine", e.name, e.pool)
        case .instanceChanged: kind = "machine"
        case .nodeAdded(let e): (kind, node, nodeID, pool) = ("node", e.name, e.node, e.pool)
        case .nodeRegistered(let e): (kind, node, nodeID) = ("node", "", e.node)
        case .nodeChanged(let e): (kind, node, nodeID) = ("node", e.name, e.node)
        case .nodeLink(let e): (kind, node, nodeID) = ("node", "", e.node)
        case .poolChanged(let e): (kind, pool, user) = ("pool", e.pool, e.user)
        case .roleChanged(let e): (kind, role) = ("role", e.path)
        case .frameworkChanged: kind = "framework"
        case .jobSubmitted(let e): (kind, job, user) = ("job", e.job, e.user)
        case .jobChanged(let e): (kind, job) = ("job", e.job)
        case .taskPulls(let e): (kind, task, job) = ("task", e.task, e.task.job)
        case .taskStarted(let e): (kind, task, job) = ("task", e.task, e.task.job)
        case .taskEnded(let e): (kind, task, job) = ("task", e.task, e.task.job)
        case .taskKilling(let e): (kind, task, job, user) = ("task", e.task, e.task.job, e.user)
        case .taskRequeued(let e): (kind, task, job) = ("task", e.task, e.task.job)
        default: break
        }
    }
}
