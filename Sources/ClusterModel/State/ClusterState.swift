/// The whole cluster as one value: what the core decides on, what panes draw, what recordings snapshot. Nothing but
/// `apply` changes it, live, in replay, in what-if and in simulation; elsewhere its fields can only be read.
/// A copy costs references to chunks; see `Table`.
public struct ClusterState: Sendable {
    // Identity and time.
    /// The cluster's unique id, as text.
    public internal(set) var cluster = ""
    /// Number of the present leadership.
    public internal(set) var epoch: UInt64 = 0
    /// Version of the program that leads.
    public internal(set) var version = ""
    /// Time of the last event.
    public internal(set) var now = Instant.never
    /// Number of the last event.
    public internal(set) var sequence: UInt64 = 0
    /// When the present core started.
    public internal(set) var startedAt = Instant.never
    /// What the cluster file and keystrokes have made of the configuration.
    public internal(set) var configuration = ClusterConfiguration()
    /// What the cluster file alone said last.
    public internal(set) var fileConfiguration = ClusterConfiguration()
    /// What the autoscaler does.
    public internal(set) var autoscaler = AutoscalerMode.off
    /// Why the state store takes nothing; "" when it does.
    public internal(set) var storeFault = ""
    /// Whether the core stops once every machine is gone.
    public internal(set) var isEnding = false
    /// The UTC day of the daily sums.
    public internal(set) var day: Int64 = 0

    /// What the autoscaler knows besides the tables.
    public internal(set) var scaling = ScalingState()

    // Tables.
    /// Names.
    public internal(set) var texts = TextTable()
    /// Nodes by slot.
    public internal(set) var nodes = Table<NodeRow>()
    /// What is said of nodes, by slot.
    public internal(set) var nodeDetails = Table<NodeDetails>()
    /// Jobs by number; row 0 is not used.
    public internal(set) var jobs = Table<JobRow>()
    /// What jobs asked for, by number.
    public internal(set) var specs = Table<JobSpec>()
    /// Tasks by slot; a job's tasks lie side by side.
    public internal(set) var tasks = Table<TaskRow>()
    /// Offers by number; row 0 is not used.
    public internal(set) var offers = Table<OfferRow>()
    /// Instances by number; row 0 is not used.
    public internal(set) var instances = Table<InstanceRow>()
    /// Roles by slot.
    public internal(set) var roles: [RoleRow] = []
    /// Frameworks by slot.
    public internal(set) var frameworks: [FrameworkRow] = []
    /// Pools by slot.
    public internal(set) var pools: [PoolRow] = []
    /// Machines that providers see and no instance accounts for, in the order of their first sighting.
    public internal(set) var orphans: [OrphanRow] = []
    /// Whether orphans are ended without asking: somebody has once said so.
    public internal(set) var endsOrphans = false
    /// Refusals in force, oldest first.
    public internal(set) var filters: [RefusalFilter] = []
    /// Ports and words of placed tasks that hold any.
    public internal(set) var taskExtras: [TaskID: Extras] = [:]
    /// Ports and words of open offers that lend any.
    public internal(set) var offerExtras: [OfferID: Extras] = [:]
    /// What placed tasks hold that is not plain.
    public internal(set) var taskSpecial: [TaskID: Portions] = [:]
    /// What open offers lend that is not plain.
    public internal(set) var offerSpecial: [OfferID: Portions] = [:]
    /// Identities of resources that are not plain.
    public internal(set) var identities = IdentityTable()
    /// What is said of frameworks outside, by framework slot; may be shorter.
    public internal(set) var frameworkDetails: [FrameworkDetails] = []
    /// Who of them waits for several nodes at once, and for whom some are held back.
    public internal(set) var gangs = GangState()
    /// What frameworks outside know of their tasks, by job number; empty rows for other jobs.
    public internal(set) var externalTasks = Table<ExternalTask>()
    /// Operations whose frameworks are to acknowledge their end, by number.
    public internal(set) var operations: [OperationRow] = []
    /// Announced times at which machines are not there.
    public internal(set) var maintenance: [MaintenanceWindow] = []
    /// Machines that are down for maintenance.
    public internal(set) var machinesDown: [MaintenanceWindow.Machine] = []
    /// Requests to let machines go, and what was said to them.
    public internal(set) var inverseOffers: [InverseOfferRow] = []
    /// Numbers of agents that will never come back, oldest first, at most `goneLimit`.
    public internal(set) var goneAgents: [UInt32] = []
    /// Agents that have had numbers.
    public internal(set) var agentsEver: UInt32 = 0
    /// Operations that have had numbers.
    public internal(set) var operationsEver: UInt64 = 0
    /// Inverse offers that have had numbers, in this leadership.
    public internal(set) var inverseEver: UInt32 = 0
    /// Last words of ended tasks that left any, for the panes.
    public internal(set) var taskMessages: [TaskID: String] = [:]

    // Short histories.
    /// Lines for the event pane, oldest first, at most `recentLimit`.
    public var recent: [StampedEvent] { Array(recentBlocks.joined().suffix(Self.recentLimit)) }
    /// The same in small blocks, so that adding a line to a state that was copied copies one block.
    var recentBlocks: [[StampedEvent]] = []
    /// Open offers, ascending.
    public internal(set) var openOffers: [OfferID] = []
    /// Closed offers, oldest first, at most `closedOfferLimit`.
    public internal(set) var closedOffers: [OfferID] = []
    /// Ended tasks in the order of their ends, for forgetting.
    public internal(set) var ended = Fifo<TaskID>()
    /// Tasks ended since the cluster began.
    public internal(set) var tasksEnded: UInt64 = 0

    /// Sum of what present nodes declare.
    public internal(set) var total = ResourceVector.zero
    /// Look-ups and orders that can be rebuilt from the rest.
    public internal(set) var index = StateIndex()

    /// Most lines kept for the event pane.
    public static let recentLimit = 512
    /// Lines in one block.
    static let recentBlock = 32
    /// Most closed offers kept for the offers pane.
    public static let closedOfferLimit = 200
    /// Most refusals kept; the oldest gives way.
    public static let filterLimit = 100_000
    /// Most agents that are known to be gone; the oldest gives way.
    public static let goneLimit = 100_000
    /// Longest message of an ended task that is kept, in bytes.
    public static let messageLimit = 512

    /// A cluster of which nothing is known yet.
    public init() {
        jobs.append(JobRow())
        specs.append(JobSpec())
        offers.append(OfferRow())
        instances.append(InstanceRow())
        let framework = texts.intern("batch")
        frameworks.append(FrameworkRow())
        frameworks[0].name = framework
    }
}

/// First in, first out, with cheap removal at the front.
public struct Fifo<Element: Sendable>: Sendable {
    private var items: [Element] = []
    private var head = 0
    /// An empty queue.
    public init() {}
    /// A queue of these, oldest first.
    init(_ items: [Element]) { self.items = items }
    /// Number of elements.
    public var count: Int { items.count - head }
    /// The oldest element.
    public var first: Element? { head < items.count ? items[head] : nil }
    /// The elements, oldest first.
    public var elements: ArraySlice<Element> { items[head...] }
    /// Adds the newest element.
    mutating func append(_ element: Element) { items.append(element) }
    /// Removes the oldest element.
    mutating func removeFirst() {
        head += 1
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
    }
}

/// Look-ups and orders derived from the tables; rebuilt on decoding, and by the simulator to prove that they are.
public struct StateIndex: Sendable, Equatable {
    /// Present nodes by name.
    public internal(set) var nodeByName: [TextID: NodeID] = [:]
    /// Roles by path.
    public internal(set) var roleByPath: [TextID: RoleID] = [:]
    /// Pools by name.
    public internal(set) var poolByName: [TextID: PoolID] = [:]
    /// Jobs with queued tasks and an open gate, by role, in the order in which they are to start.
    public internal(set) var pending: [[JobID]] = []
    /// Jobs that wait for another, by the job they wait for, ascending.
    public internal(set) var waiting: [JobID: [JobID]] = [:]
    /// Slots of tasks that are placed on a node, by node slot, unordered but deterministic.
    public internal(set) var tasksOnNode: [[TaskID]] = []
    /// Open offers by node, ascending; only nodes that have some.
    public internal(set) var offersOnNode: [NodeID: [OfferID]] = [:]
    /// Jobs that are in the state, ascending.
    public internal(set) var liveJobs: [JobID] = []
    /// Instances that are not gone, ascending.
    public internal(set) var liveInstances: [InstanceID] = []
    /// What all machines that are billed cost at list prices, millionths per hour.
    public internal(set) var listRatePerHour: Int64 = 0
    /// Free node slots, ascending.
    public internal(set) var freeSlots: [NodeID] = []
    /// Nodes that take work and have something free.
    public internal(set) var roomy = NodeSet()
    /// Nodes by their agents' numbers.
    public internal(set) var nodeByAgent: [UInt32: NodeID] = [:]
    /// Tasks and executors of frameworks outside that have not come to their end, or whose end was not acknowledged, by
    /// their frameworks' ids.
    public internal(set) var externalByName: [ExternalName: JobID] = [:]
    /// The same by framework slot; unordered.
    public internal(set) var externalOf: [Set<JobID>] = []
    /// Frameworks that tell what they would take, ascending.
    public internal(set) var demanding: [FrameworkID] = []

    /// An empty index.
    public init() {}
}
