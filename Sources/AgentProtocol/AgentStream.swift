/// Connections of executors to the agent's loopback port, carried through the link as they are: what they say is for
/// the core to read.
public struct AgentStreamData: Sendable {
    /// Number of the connection, chosen by the agent, used once in a session.
    public var stream: UInt64
    /// What was said; at most `AgentLimits.executorChunkBytes`.
    public var bytes: [UInt8]
    /// Nothing follows in this direction; from the core: the connection is closed.
    public var isEnd: Bool

    /// A piece of a conversation.
    public init(stream: UInt64, bytes: [UInt8], isEnd: Bool = false) {
        self.stream = stream
        self.bytes = bytes
        self.isEnd = isEnd
    }
}

extension AgentStreamData {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, stream)
        writer.blob(2, bytes)
        writer.flag(3, isEnd)
    }

    static func read(_ body: [UInt8]) -> AgentStreamData? {
        var reader = FieldReader(body)
        var data = AgentStreamData(stream: 0, bytes: [])
        while let field = reader.next() {
            switch field.tag {
            case 1: data.stream = reader.number(field)
            case 2: data.bytes = Array(reader.bytes(field))
            case 3: data.isEnd = reader.flag(field)
            default: break
            }
        }
        return reader.failed || data.bytes.count > AgentLimits.executorChunkBytes ? nil : data
    }
}

#if !hasFeature(Embedded)
    // The other messages are compared too, by tests.
    extension AgentStreamData: Equatable {}
#endif
