/// Where a framework's task stands, in the words that frameworks know.
public enum FrameworkTaskState: UInt8, Sendable, CaseIterable {
    case staging, starting, running, killing, finished, failed, killed, error, lost, dropped, unreachable, gone
    case goneByOperator, unknown

    /// The word on the wire.
    public var word: String {
        switch self {
        case .goneByOperator: "TASK_GONE_BY_OPERATOR"
        default: "TASK_\(String(describing: self).uppercased())"
        }
    }
    /// The state of that word.
    public init?(word: String) {
        guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
    }
    /// Whether it is an end.
    public var isTerminal: Bool {
        switch self {
        case .finished, .failed, .killed, .error, .lost, .dropped, .gone, .goneByOperator: true
        default: false
        }
    }
}

/// Why a task is where it is, in the words that frameworks know.
public enum StatusReason: UInt8, Sendable, CaseIterable {
    case none
    case commandExecutorFailed, containerLaunchFailed, containerLimitation, containerLimitationDisk
    case containerLimitationMemory, containerPreempted, containerUpdateFailed, maxCompletionTimeReached
    case executorRegistrationTimeout, executorReregistrationTimeout, executorTerminated, executorUnregistered
    case frameworkRemoved, gcError, invalidFrameworkid, invalidOffers, ioSwitchboardExited, masterDisconnected
    case reconciliation, resourcesUnknown, agentDisconnected, agentDraining, agentRemoved, agentRemovedByOperator
    case agentReregistered, agentRestarted, agentUnknown, taskKilledDuringLaunch, taskCheckStatusUpdated
    case taskHealthCheckStatusUpdated, taskGroupInvalid, taskGroupUnauthorized, taskInvalid, taskUnauthorized
    case taskUnknown

    /// The word on the wire; "" for none.
    public var word: String { Self.words[Int(rawValue)] }
    /// The reason of that word.
    public init?(word: String) {
        guard let at = Self.words.firstIndex(of: word), let found = Self(rawValue: UInt8(at)) else { return nil }
        self = found
    }
    /// The words by number: capitals become `_` and the letter.
    private static let words: [String] = allCases.map { reason in
        guard reason != .none else { return "" }
        var word = "REASON"
        for (at, letter) in String(describing: reason).enumerated() {
            if at == 0 || letter.isUppercase { word += "_" }
            word += letter.uppercased()
        }
        return word
    }
}

/// Who says it.
public enum StatusSource: UInt8, Sendable { case core, agent, executor }

/// One status of a framework's task, told until it is acknowledged; one without `uuid` wants no acknowledgement.
public struct TaskUpdate: Hashable, Sendable, Wired {
    /// Where the task stands.
    public var state = FrameworkTaskState.staging
    /// Who says it.
    public var source = StatusSource.core
    /// Why.
    public var reason = StatusReason.none
    /// For people.
    public var message = ""
    /// 16 bytes, or empty.
    public var uuid: [UInt8] = []
    /// When it was said.
    public var at = Instant.never
    /// Since when the agent has been out of reach; never = it is not.
    public var unreachableSince = Instant.never
    /// The executor's own bytes (`data`), and what else it said (`wire`: healthy, labels, check status, as the API
    /// encodes a TaskStatus); the core only carries them.
    public var data: [UInt8] = []
    /// See `data`.
    public var wire: [UInt8] = []

    /// Most bytes of `data` and `wire` together that are kept; more are cut to none with a word in `message`.
    public static let payloadLimit = 1 << 20

    /// An empty update.
    public init() {}
    /// An update without payload.
    public init(
        _ state: FrameworkTaskState, _ source: StatusSource, _ reason: StatusReason = .none, message: String = "",
        uuid: [UInt8] = [], at: Instant = .never
    ) {
        self.state = state
        self.source = source
        self.reason = reason
        self.message = message
        self.uuid = uuid
        self.at = at
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&state)
        coder.word(&source)
        coder.word(&reason)
        coder.text(&message)
        coder.blob(&uuid)
        coder.instant(&at)
        coder.instant(&unreachableSince)
        coder.blob(&data)
        coder.blob(&wire)
    }
}
