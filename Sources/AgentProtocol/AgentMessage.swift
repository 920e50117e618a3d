/// Everything an agent says to a core.
public enum AgentMessage: Sendable {
    /// Answer to the core's hello.
    case hello(AgentHello)
    /// Tasks known to the agent, as their present status (`sequence` is that of the status, acknowledged or not).
    case inventory([AgentTaskStatus])
    /// All known tasks were named; how many. A task that the core believes to be here and that was not named, was
    /// never started by this agent or has been forgotten after its acknowledgement.
    case inventoryEnd(tasks: UInt64)
    /// Something happened to a task; to be acknowledged when `sequence` is not 0.
    case status(AgentTaskStatus)
    /// A piece of a log stream.
    case logData(AgentLogData)
    /// Usage.
    case sample(AgentSample)
    /// What an executor said, or that it says no more.
    case executorInput(AgentStreamData)
    /// Answer to a ping, with the agent's clock in nanoseconds since 1970.
    case pong(nonce: UInt64, nowNanoseconds: UInt64)
    /// The agent does not do what was asked; ends the connection when `isFatal`.
    case refusal(AgentRefusal)
    /// A kind that this side does not know; to be skipped.
    case unknown(kind: UInt8)
}

/// Why the agent does not do what it was asked.
public struct AgentRefusal: Sendable {
    /// What kind of refusal.
    public enum Code: UInt8, Sendable {
        /// A code that this side does not know.
        case unknown = 0
        /// The bytes are no frames, or a frame does not decode.
        case malformed = 1
        /// No common protocol version.
        case version = 2
        /// A core with a higher epoch leads this agent.
        case epoch = 3
        /// The agent belongs to another cluster.
        case cluster = 4
        /// A newer session has taken the place of this one.
        case replaced = 5
        /// A message before the hello, or a second hello.
        case order = 6
        /// A limit of the agent is reached.
        case limit = 7
        /// The agent is ending.
        case ending = 8
        /// The agent cannot write its journal; nothing new is started.
        case storage = 9
    }

    /// What kind.
    public var code: Code
    /// One line for the operator.
    public var message: String
    /// The connection ends after this.
    public var isFatal: Bool
    /// The cluster that owns the agent, with `.epoch` and `.cluster`.
    public var ownerCluster = ""
    /// The owner's epoch.
    public var ownerEpoch: UInt64 = 0
    /// Since when, in nanoseconds of wall time since 1970.
    public var ownerSinceNanoseconds: UInt64 = 0

    /// A refusal.
    public init(code: Code, message: String, isFatal: Bool) {
        self.code = code
        self.message = message
        self.isFatal = isFatal
    }
}

extension AgentMessage {
    /// The whole frame, ready for the wire.
    public func encoded() -> [UInt8] {
        var writer = FieldWriter()
        let kind = write(&writer)
        return Frame(kind: kind, body: writer.bytes).encoded()
    }

    private func write(_ writer: inout FieldWriter) -> UInt8 {
        switch self {
        case .hello(let hello):
            hello.write(&writer)
            return FrameKind.agentHello
        case .inventory(let list):
            for status in list { writer.record(1) { status.write(&$0) } }
            return FrameKind.inventory
        case .inventoryEnd(let tasks):
            writer.number(1, tasks)
            return FrameKind.inventoryEnd
        case .status(let status):
            status.write(&writer)
            return FrameKind.status
        case .logData(let data):
            data.write(&writer)
            return FrameKind.logData
        case .sample(let sample):
            sample.write(&writer)
            return FrameKind.sample
        case .executorInput(let data):
            data.write(&writer)
            return FrameKind.executorInput
        case .pong(let nonce, let now):
            writer.number(1, nonce)
            writer.number(2, now)
            return FrameKind.pong
        case .refusal(let refusal):
            refusal.write(&writer)
            return FrameKind.refusal
        case .unknown(let kind): return kind
        }
    }
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension AgentMessage: Equatable {}
    extension AgentRefusal: Equatable {}
#endif
