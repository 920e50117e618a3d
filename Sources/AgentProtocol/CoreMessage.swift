/// Everything a core says to an agent.
public enum CoreMessage: Sendable {
    /// Opens the session; the first message of a connection.
    case hello(CoreHello)
    /// Start a task. Repeating it is harmless: a known key is answered with its present status.
    case launch(AgentLaunch)
    /// End a task: SIGTERM to its whole process group, and after the grace SIGKILL to whatever is left of it.
    case kill(AgentTaskKey, graceMilliseconds: UInt64)
    /// These statuses are on the core's disk; at most `AgentLimits.acknowledgementsPerFrame`.
    case acknowledge([AgentAcknowledgement])
    /// Open a log stream.
    case openLog(AgentLogRequest)
    /// Take this many bytes more on a log stream.
    case creditLog(stream: UInt64, bytes: UInt64)
    /// Send no more of a log stream.
    case closeLog(stream: UInt64)
    /// Send usage samples at this interval; 0 for none. Shorter ones than `AgentLimits.sampleMilliseconds` are raised.
    case sampleEvery(milliseconds: UInt64)
    /// Answer with the same number.
    case ping(nonce: UInt64)
    /// End the agent.
    case shutdown(AgentShutdown)
    /// How long to keep what finished tasks leave behind.
    case retention(AgentRetention)
    /// The machine is lent anew: its time begins again with this message.
    case lease(AgentLease)
    /// What an executor is told, or that its connection is closed.
    case executorOutput(AgentStreamData)
    /// A kind that this side does not know; to be skipped.
    case unknown(kind: UInt8)
}

/// How an agent is to end.
public struct AgentShutdown: Equatable, Sendable {
    /// End its tasks first; otherwise they run on, and the next agent in that folder finds them.
    public var killTasks: Bool
    /// Grace for those tasks, in milliseconds.
    public var graceMilliseconds: UInt64
    /// Asked for on the node itself (`bellows-agent stop`), which needs no session.
    public var byOperator: Bool

    /// A wish to end.
    public init(killTasks: Bool, graceMilliseconds: UInt64 = 5000, byOperator: Bool = false) {
        self.killTasks = killTasks
        self.graceMilliseconds = graceMilliseconds
        self.byOperator = byOperator
    }
}

/// When sandboxes and records of finished and acknowledged tasks are removed. Zero leaves a value as it is.
public struct AgentRetention: Equatable, Sendable {
    /// Age since the end, in milliseconds.
    public var keepMilliseconds: UInt64
    /// Most finished tasks kept; the oldest go first.
    public var keepTasks: UInt64
    /// Free disk space in bytes below which finished tasks go whatever their age, the oldest first.
    public var freeDiskBytes: UInt64

    /// A retention rule.
    public init(keepMilliseconds: UInt64 = 0, keepTasks: UInt64 = 0, freeDiskBytes: UInt64 = 0) {
        self.keepMilliseconds = keepMilliseconds
        self.keepTasks = keepTasks
        self.freeDiskBytes = freeDiskBytes
    }
}

/// How long a machine goes on without its core. Only machines that a provider made for the core have one.
public struct AgentLease: Equatable, Sendable {
    /// Seconds after which no task is started; 0 = for ever.
    public var softSeconds: UInt64
    /// Seconds after which the agent ends its tasks and powers the machine off; 0 = never.
    public var hardSeconds: UInt64

    /// A lease.
    public init(softSeconds: UInt64, hardSeconds: UInt64) {
        (self.softSeconds, self.hardSeconds) = (softSeconds, hardSeconds)
    }
}

extension CoreMessage {
    /// The whole frame, ready for the wire. The caller keeps it under `AgentLimits.frameBytes` (only a launch can be
    /// longer: see `AgentLaunch.fault` and check `count`).
    public func encoded() -> [UInt8] {
        var writer = FieldWriter()
        let kind = write(&writer)
        return Frame(kind: kind, body: writer.bytes).encoded()
    }

    private func write(_ writer: inout FieldWriter) -> UInt8 {
        switch self {
        case .hello(let hello):
            hello.write(&writer)
            return FrameKind.coreHello
        case .launch(let launch):
            launch.write(&writer)
            return FrameKind.launch
        case .kill(let key, let grace):
            key.write(&writer, idTag: 1, attemptTag: 2)
            writer.number(3, grace)
            return FrameKind.kill
        case .acknowledge(let list):
            for item in list { writer.record(1) { item.write(&$0) } }
            return FrameKind.acknowledge
        case .openLog(let request):
            request.write(&writer)
            return FrameKind.openLog
        case .creditLog(let stream, let bytes):
            writer.number(1, stream)
            writer.number(2, bytes)
            return FrameKind.creditLog
        case .closeLog(let stream):
            writer.number(1, stream)
            return FrameKind.closeLog
        case .sampleEvery(let milliseconds):
            writer.number(1, milliseconds)
            return FrameKind.sampleEvery
        case .ping(let nonce):
            writer.number(1, nonce)
            return FrameKind.ping
        case .shutdown(let wish):
            writer.flag(1, wish.killTasks)
            writer.number(2, wish.graceMilliseconds)
            writer.flag(3, wish.byOperator)
            return FrameKind.shutdown
        case .retention(let rule):
            writer.number(1, rule.keepMilliseconds)
            writer.number(2, rule.keepTasks)
            writer.number(3, rule.freeDiskBytes)
            return FrameKind.retention
        case .lease(let lease):
            writer.number(1, lease.softSeconds)
            writer.number(2, lease.hardSeconds)
            return FrameKind.lease
        case .executorOutput(let data):
            data.write(&writer)
            return FrameKind.executorOutput
        case .unknown(let kind): return kind
        }
    }
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension CoreMessage: Equatable {}
#endif
