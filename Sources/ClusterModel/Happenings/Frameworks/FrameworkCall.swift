/// What a framework outside says, typed; whoever speaks its protocol makes these of bytes. Each is answered by one
/// `Directive.verdict` with its `request`, once what it rests on is on disk.
public struct FrameworkCall: Hashable, Sendable, Wired {
    /// Counted by the runtime; the verdict carries it. 0 = nobody waits.
    public var request: UInt64 = 0
    /// The framework's id as text; "" in a first subscription.
    public var framework = ""
    /// Who speaks, as proven; "" = nobody said.
    public var principal = ""
    /// The stream that it goes with: that of a subscription is new; other calls name the present one.
    public var connection: UInt64 = 0
    /// What is said.
    public var call = SchedulerCall.request

    /// An empty call.
    public init() {}
    /// A call.
    public init(
        request: UInt64 = 0, framework: String, connection: UInt64, principal: String = "", _ call: SchedulerCall
    ) {
        self.request = request
        self.framework = framework
        self.connection = connection
        self.principal = principal
        self.call = call
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.text(&framework)
        coder.text(&principal)
        coder.uint(&connection)
        coder.value(&call)
    }
}

/// The calls of the v1 scheduler API, and the end of a stream.
public enum SchedulerCall: Hashable, Sendable {
    /// Nothing is done.
    case request
    /// Tells what it would take from now on; it takes the place of what was told before. No pieces = nothing.
    case demand([DemandPiece])
    /// Comes, or comes back.
    case subscribe(Subscription)
    /// Changes what it said when it came.
    case updateFramework(Subscription)
    /// Leaves for good; its tasks are ended.
    case teardown
    /// Its stream has ended.
    case disconnected
    /// Uses offers.
    case accept(Acceptance)
    /// Takes what it has chosen by itself.
    case commit(Commitment)
    /// Refuses offers.
    case decline(OfferAnswer)
    /// Agrees to let go.
    case acceptInverse(OfferAnswer)
    /// Does not agree to let go.
    case declineInverse(OfferAnswer)
    /// Wants offers for these roles again; none named = all.
    case revive([String])
    /// Wants no offers for these roles; none named = all.
    case suppress([String])
    /// Ends a task.
    case kill(TaskKill)
    /// Ends an executor.
    case shutdown(ExecutorName)
    /// Has seen a status.
    case acknowledge(StatusAcknowledgement)
    /// Has seen the status of an operation.
    case acknowledgeOperation(OperationAcknowledgement)
    /// Asks where tasks stand; none named = all.
    case reconcile([TaskQuestion])
    /// Asks where operations stand; none named = all.
    case reconcileOperations([TaskQuestion])
    /// Bytes for an executor.
    case message(ExecutorMessage)
}

/// Equal pieces that a framework would take.
public struct DemandPiece: Hashable, Sendable, Wired {
    /// Most of them in one call.
    public static let limit = 1_000
    /// Most pieces of one framework.
    public static let countLimit: UInt32 = 1_000_000
    /// The role for which; "" = the framework's only one.
    public var role = ""
    /// What one needs.
    public var need = ResourceVector.zero
    /// Ports that one needs.
    public var ports: UInt32 = 0
    /// How many.
    public var count: UInt32 = 1
    /// All at once, each on a node of its own, or none: a gang.
    public var isGang = false
    /// Most members of a gang.
    public static let gangLimit: UInt32 = 10_000

    /// No need.
    public init() {}
    /// Pieces.
    public init(role: String = "", need: ResourceVector, ports: UInt32 = 0, count: UInt32, isGang: Bool = false) {
        (self.role, self.need, self.ports, self.count, self.isGang) = (role, need, ports, count, isGang)
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&role)
        coder.value(&need)
        coder.uint(&ports)
        coder.uint(&count)
        coder.flag(&isGang)
    }
}

/// A framework comes.
public struct Subscription: Hashable, Sendable, Wired {
    /// What it says of itself.
    public var info = FrameworkInfo()
    /// Roles for which it wants no offers yet.
    public var suppressed: [String] = []
    /// Which nodes it wants to be offered.
    public var constraints = OfferConstraints()
    /// What is wrong with it as far as its own words show, for a refusal on the stream; "" = nothing.
    public var problem = ""
    /// An empty one.
    public init() {}
    /// One with all that counts.
    public init(_ info: FrameworkInfo, suppressed: [String] = [], constraints: OfferConstraints = .init()) {
        self.info = info
        self.suppressed = suppressed
        self.constraints = constraints
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.record(&info)
        coder.texts(&suppressed)
        coder.record(&constraints)
        coder.text(&problem)
    }
}

/// Offers that are used, and what for.
public struct Acceptance: Hashable, Sendable, Wired {
    /// Most offers of one call.
    public static let offerLimit = 10_000
    /// Most operations of one call.
    public static let operationLimit = 10_000
    /// Ids of the offers, as text.
    public var offers: [String] = []
    /// What is done with them, in this order.
    public var operations: [OfferOperation] = []
    /// How long what is left is not to be offered again; zero = not at all.
    public var refuse = Interval.seconds(5)
    /// An empty one.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.texts(&offers)
        coder.elements(&operations, empty: OfferOperation()) { $0.record(&$1) }
        coder.interval(&refuse)
    }
}

/// Offers or inverse offers that are answered without use.
public struct OfferAnswer: Hashable, Sendable, Wired {
    /// Least time that a refusal holds where offers are made at once: who refuses for no time at all is asked about one
    /// node a hundred times a second at most, and cannot keep the core busy by himself.
    public static let shortest = Interval(microseconds: 10_000)
    /// Most time that a refusal holds.
    public static let longest = Interval.hours(24 * 365)
    /// Ids, as text.
    public var offers: [String] = []
    /// How long they are not to be made again.
    public var refuse = Interval.seconds(5)
    /// An empty one.
    public init() {}
    /// A refusal.
    public init(offers: [String], refuse: Interval = .seconds(5)) {
        self.offers = offers
        self.refuse = refuse
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.texts(&offers)
        coder.interval(&refuse)
    }
}

/// A task to be ended.
public struct TaskKill: Hashable, Sendable, Wired {
    /// The framework's id of it.
    public var task = ""
    /// Where it thinks the task is; "" = not said.
    public var agent = ""
    /// Time to end by itself; below zero = as its launch said.
    public var grace = Interval(microseconds: -1)
    /// An empty one.
    public init() {}
    /// A task.
    public init(task: String, agent: String = "", grace: Interval = Interval(microseconds: -1)) {
        self.task = task
        self.agent = agent
        self.grace = grace
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&task)
        coder.text(&agent)
        coder.interval(&grace)
    }
}

/// An executor on an agent.
public struct ExecutorName: Hashable, Sendable, Wired {
    /// The framework's id of it.
    public var executor = ""
    /// The agent's id.
    public var agent = ""
    /// Nobody.
    public init() {}
    /// An executor.
    public init(executor: String, agent: String) {
        self.executor = executor
        self.agent = agent
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&executor)
        coder.text(&agent)
    }
}

/// A status was seen.
public struct StatusAcknowledgement: Hashable, Sendable, Wired {
    /// The framework's id of the task.
    public var task = ""
    /// The agent's id.
    public var agent = ""
    /// The status' 16 bytes.
    public var uuid: [UInt8] = []
    /// An empty one.
    public init() {}
    /// Of a status.
    public init(task: String, agent: String, uuid: [UInt8]) {
        self.task = task
        self.agent = agent
        self.uuid = uuid
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&task)
        coder.text(&agent)
        coder.blob(&uuid)
    }
}

/// The status of an operation was seen.
public struct OperationAcknowledgement: Hashable, Sendable, Wired {
    /// The framework's id of the operation.
    public var operation = ""
    /// The agent's id; "" = not said.
    public var agent = ""
    /// The status' 16 bytes.
    public var uuid: [UInt8] = []
    /// An empty one.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&operation)
        coder.text(&agent)
        coder.blob(&uuid)
    }
}

/// Where does it stand?
public struct TaskQuestion: Hashable, Sendable, Wired {
    /// Most questions of one call.
    public static let limit = 100_000
    /// The framework's id of the task or operation.
    public var name = ""
    /// The agent's id; "" = not said.
    public var agent = ""
    /// About nothing.
    public init() {}
    /// A question.
    public init(_ name: String, agent: String = "") {
        self.name = name
        self.agent = agent
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.text(&agent)
    }
}

/// Bytes from a framework to its executor.
public struct ExecutorMessage: Hashable, Sendable, Wired {
    /// To whom.
    public var to = ExecutorName()
    /// What.
    public var data: [UInt8] = []
    /// An empty one.
    public init() {}
    /// Bytes.
    public init(to: ExecutorName, data: [UInt8]) {
        self.to = to
        self.data = data
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.value(&to)
        coder.blob(&data)
    }
}
