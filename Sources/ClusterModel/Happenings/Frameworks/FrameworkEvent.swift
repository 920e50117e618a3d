/// What a framework outside is told on its stream, with all that its protocol needs. Heartbeats are the API's own.
public enum FrameworkEvent: Sendable, Hashable {
    /// It is subscribed under this id.
    case subscribed(framework: String)
    /// Resources are lent to it.
    case offers([OfferTold])
    /// An offer is taken back.
    case rescind(offer: String)
    /// Machines are to be let go.
    case inverseOffers([InverseOfferTold])
    /// An inverse offer is taken back.
    case rescindInverse(offer: String)
    /// Where a task stands.
    case update(UpdateTold)
    /// Where an operation stands.
    case operation(OperationTold)
    /// Bytes from an executor.
    case message(agent: String, executor: String, data: [UInt8])
    /// An agent was lost (`executor` is ""), or an executor ended with `status`.
    case failure(agent: String, executor: String, status: Int32)
    /// It is not heard any more; the stream closes behind it.
    case error(String)
    /// The stream closes without a word.
    case closed
}

/// An offer as it is told.
public struct OfferTold: Sendable, Hashable {
    /// The offer's id.
    public var id = ""
    /// Whose it is.
    public var framework = ""
    /// For which role.
    public var role = ""
    /// The agent's id.
    public var agent = ""
    /// Its node, for what the state says of it (attributes, host, domain).
    public var node = NodeID.none
    /// The agent's host name.
    public var hostname = ""
    /// Where the machine stands.
    public var domain = FaultDomain()
    /// Attributes, as declared.
    public var attributes: [Attribute] = []
    /// What is lent.
    public var resources: [ResourceItem] = []
    /// Executors of the framework that run there.
    public var executors: [String] = []
    /// When the machine will not be there; nil = nothing is planned.
    public var unavailability: Unavailability?
    /// An empty offer.
    public init() {}
}

/// An inverse offer as it is told.
public struct InverseOfferTold: Sendable, Hashable {
    /// Its id.
    public var id = ""
    /// Whose it is.
    public var framework = ""
    /// The agent's id.
    public var agent = ""
    /// When the machine will not be there.
    public var unavailability = Unavailability()
    /// An empty one.
    public init() {}
}

/// A task's status as it is told.
public struct UpdateTold: Sendable, Hashable {
    /// The framework's id of the task.
    public var task = ""
    /// The agent's id; "" = none.
    public var agent = ""
    /// The executor's id; "" = none.
    public var executor = ""
    /// The status.
    public var update = TaskUpdate()
    /// An empty one.
    public init() {}
    /// A status of a task.
    public init(task: String, agent: String = "", executor: String = "", _ update: TaskUpdate) {
        self.task = task
        self.agent = agent
        self.executor = executor
        self.update = update
    }
}

/// Where an operation stands.
public enum OperationState: UInt8, Sendable, CaseIterable {
    case unsupported, pending, finished, failed, error, dropped, unreachable, goneByOperator, recovering, unknown
    /// The word on the wire.
    public var word: String {
        self == .goneByOperator ? "OPERATION_GONE_BY_OPERATOR" : "OPERATION_\(String(describing: self).uppercased())"
    }
    /// Whether it is an end.
    public var isTerminal: Bool {
        switch self {
        case .finished, .failed, .error, .dropped, .goneByOperator: true
        default: false
        }
    }
}

/// An operation's status as it is told.
public struct OperationTold: Sendable, Hashable {
    /// The framework's id of it.
    public var operation = ""
    /// The agent's id; "" = none.
    public var agent = ""
    /// Where it stands.
    public var state = OperationState.finished
    /// For people.
    public var message = ""
    /// 16 bytes, or empty: it wants no acknowledgement.
    public var uuid: [UInt8] = []
    /// What became of the resources, for those that finished.
    public var converted: [ResourceItem] = []
    /// An empty one.
    public init() {}
}

/// What the core says at once to a call.
public struct CallVerdict: Sendable, Hashable {
    /// What kind of answer.
    public enum Outcome: UInt8, Sendable {
        /// It is done, or under way.
        case accepted
        /// The framework is not known.
        case unknownFramework
        /// The framework is another principal's.
        case wrongPrincipal
        /// The framework has no stream.
        case notSubscribed
        /// The stream is not its present one.
        case wrongStream
        /// A rule is broken (400).
        case invalid
        /// What is asked for is not there (404).
        case unknown
        /// It cannot be had now (409).
        case conflict
        /// Not now (503).
        case unavailable
        /// A subscription that fails on the stream: 200, an ERROR event with `message`, and the end.
        case refusedOnStream
    }
    /// What kind of answer.
    public var outcome = Outcome.accepted
    /// Why not, naming the rule; "" when accepted.
    public var message = ""
    /// The framework's id, of a subscription that was accepted.
    public var framework = ""
    /// What became of a commitment.
    public var commit = CommitOutcome()
    /// Accepted.
    public init() {}
    /// An answer.
    public init(_ outcome: Outcome, _ message: String, framework: String = "") {
        self.outcome = outcome
        self.message = message
        self.framework = framework
    }
}
