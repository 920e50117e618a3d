import ClusterModel

/// The four panes of the main screen, in the order of their keys.
public enum PaneKind: Int, Sendable, CaseIterable {
    case nodes, offers, tasks, cost

    /// The pane's name in titles, help and documentation.
    public var title: String {
        switch self {
        case .nodes: "Nodes"
        case .offers: "Offers"
        case .tasks: "Tasks"
        case .cost: "Cost"
        }
    }
}

/// What a row stands for: a thing, not a place in a list, so that cursor and selection stay on it when rows move.
/// A node's slot may be used again by another node; the name's number beside it tells them apart.
public struct RowKey: Hashable, Sendable {
    /// The kinds of things that rows stand for.
    public enum Kind: UInt8, Sendable { case node, instance, offer, task, pool, role, job, framework }
    /// What kind of thing.
    public var kind: Kind
    /// Slot or number.
    public var major: UInt32
    /// A task's index, a node's name.
    public var minor: UInt32

    init(_ kind: Kind, _ major: UInt32, _ minor: UInt32 = 0) {
        self.kind = kind
        self.major = major
        self.minor = minor
    }
    /// The task a row stands for.
    var task: TaskID { TaskID(job: JobID(raw: major), index: minor) }
    /// The node a row stands for.
    var node: NodeID { NodeID(raw: major) }
    /// The instance a row stands for.
    var instance: InstanceID { InstanceID(raw: major) }
    /// The offer a row stands for.
    var offer: OfferID { OfferID(raw: major) }
    /// The pool a row stands for.
    var pool: PoolID { PoolID(raw: major) }
    /// The role a row stands for.
    var role: RoleID { RoleID(raw: major) }
    /// The job a row stands for.
    var job: JobID { JobID(raw: major) }
    /// The framework a row stands for.
    var framework: FrameworkID { FrameworkID(raw: major) }

    static func task(_ id: TaskID) -> RowKey { RowKey(.task, id.job.raw, id.index) }
}

extension ClusterState {
    /// Whether the thing is still in the state. O(1).
    func holds(_ key: RowKey) -> Bool {
        switch key.kind {
        case .node:
            nodes.contains(key.node.index) && nodes[key.node.index].isPresent
                && nodes[key.node.index].name.raw == key.minor
        case .instance: instances.contains(key.instance.index) && instances[key.instance.index].state != .gone
        case .offer: offers.contains(key.offer.index) && offers[key.offer.index].id == key.offer
        case .task: row(of: key.task) != nil
        case .pool: key.pool.index < pools.count
        case .role: key.role.index < roles.count
        case .job: contains(key.job)
        case .framework: key.framework.index < frameworks.count
        }
    }

    /// What people call the thing.
    func label(of key: RowKey) -> String {
        switch key.kind {
        case .node: text(TextID(raw: key.minor))
        case .instance: instances.contains(key.instance.index) ? text(instances[key.instance.index].name) : ""
        case .offer: "O-\(key.major)"
        case .task: label(of: key.task)
        case .pool: name(of: key.pool)
        case .role: path(of: key.role)
        case .job: label(of: key.job)
        case .framework: name(of: key.framework)
        }
    }

    /// The questions that `e` asks about the thing, the nearest first; none of a thing that nothing decides about.
    func questions(about key: RowKey) -> [ExplainQuestion] {
        switch key.kind {
        case .node: [.node(label(of: key))]
        case .instance:
            [.pool(instances.contains(key.instance.index) ? name(of: instances[key.instance.index].pool) : "")]
        case .offer: [.offer(key.offer)] + lendingQuestion(of: key.offer)
        case .task: [.task(key.task)]
        case .pool: [.pool(label(of: key))]
        case .role: [.role(label(of: key))]
        case .job: [.job(key.job)]
        case .framework:
            frameworks[key.framework.index].isExternal
                ? [.lending(framework: frameworkID(of: key.framework), node: "")] : []
        }
    }

    /// Why the framework that an offer went to is, or is not, offered that node now; only those outside are asked.
    private func lendingQuestion(of offer: OfferID) -> [ExplainQuestion] {
        guard offers.contains(offer.index) else { return [] }
        let row = offers[offer.index]
        guard row.framework.index < frameworks.count, frameworks[row.framework.index].isExternal else { return [] }
        return [.lending(framework: frameworkID(of: row.framework), node: name(of: row.node))]
    }
}
