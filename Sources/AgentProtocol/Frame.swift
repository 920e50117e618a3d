#if !hasFeature(Embedded)
    import ByteCoding
#endif

/// The outermost form of the conversation: a length, a kind, a body. Everything above works on whole frames.
public struct Frame: Equatable, Sendable {
    /// What the body is; see `FrameKind`. Kinds that are not known are skipped by the receiver.
    public var kind: UInt8
    /// The tagged fields, without length and kind.
    public var body: [UInt8]

    /// A frame as it stands.
    public init(kind: UInt8, body: [UInt8]) {
        self.kind = kind
        self.body = body
    }

    /// The bytes for the wire: length, kind, body. The length is not checked here, see `ProtocolFault.frameTooLong`.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: body.count + 5)
        writer.fixed32(UInt32(truncatingIfNeeded: body.count + 1))
        writer.byte(kind)
        writer.raw(body)
        return writer.bytes
    }
}

/// Numbers of the frame kinds. 1 to 63 go from core to agent, 64 to 127 from agent to core, 128 to 159 between core and
/// relay; a number is never reused.
public enum FrameKind {
    static let coreHello: UInt8 = 1
    static let launch: UInt8 = 2
    static let kill: UInt8 = 3
    static let acknowledge: UInt8 = 4
    static let openLog: UInt8 = 5
    static let creditLog: UInt8 = 6
    static let closeLog: UInt8 = 7
    static let sampleEvery: UInt8 = 8
    static let ping: UInt8 = 9
    static let shutdown: UInt8 = 10
    static let retention: UInt8 = 11
    static let lease: UInt8 = 12
    static let executorOutput: UInt8 = 13

    static let agentHello: UInt8 = 64
    static let inventory: UInt8 = 65
    static let inventoryEnd: UInt8 = 66
    static let status: UInt8 = 67
    static let logData: UInt8 = 68
    static let sample: UInt8 = 69
    static let pong: UInt8 = 70
    static let refusal: UInt8 = 71
    static let executorInput: UInt8 = 72

    static let relayOpen: UInt8 = 128
    static let relayData: UInt8 = 129
    static let relayCredit: UInt8 = 130
    static let relayClose: UInt8 = 131
    static let relayEnded: UInt8 = 132
}

/// Why bytes from the other side cannot be taken. All of them end the connection.
public enum ProtocolFault: Error, Equatable, Sendable {
    /// A frame says it is longer than `AgentLimits.frameBytes`; its length in bytes.
    case frameTooLong(bytes: Int)
    /// A frame of length zero, which has not even a kind.
    case frameEmpty
    /// The stream ended inside a frame; bytes that were there.
    case frameTorn(bytes: Int)
    /// A body of a known kind does not decode.
    case malformed(kind: UInt8)

    /// One line for the operator and for the error frame.
    public var message: String {
        switch self {
        case .frameTooLong(let bytes): "frame of \(bytes) bytes is over the limit of \(AgentLimits.frameBytes)"
        case .frameEmpty: "frame of length zero"
        case .frameTorn(let bytes): "stream ended \(bytes) bytes into a frame"
        case .malformed(let kind): "frame of kind \(kind) does not decode"
        }
    }
}
