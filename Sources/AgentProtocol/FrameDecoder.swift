#if !hasFeature(Embedded)
    import ByteCoding
#endif

/// Cuts a byte stream into frames, whatever the pieces in which it arrives. Memory is bounded by one frame and one fed
/// piece; a frame that announces more than the limit is refused before any of it is kept.
public struct FrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var head = 0
    private var fault: ProtocolFault?

    /// A decoder at the start of a stream.
    public init() {}

    /// Bytes fed and not yet given out as a frame.
    public var pendingBytes: Int { buffer.count - head }

    /// Adds received bytes; costs a copy of them.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// Adds received bytes; costs a copy of them.
    public mutating func feed(_ bytes: [UInt8]) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or nil until more bytes are fed. After a fault, the same fault for ever: a stream that
    /// has lost its frame boundaries cannot be trusted again.
    public mutating func next() throws(ProtocolFault) -> Frame? {
        if let fault { throw fault }
        guard pendingBytes >= 4 else { return nil }
        let length =
            Int(buffer[head]) | Int(buffer[head + 1]) << 8 | Int(buffer[head + 2]) << 16 | Int(buffer[head + 3]) << 24
        if length == 0 { throw remember(.frameEmpty) }
        if length > AgentLimits.frameBytes { throw remember(.frameTooLong(bytes: length)) }
        guard pendingBytes >= 4 + length else { return nil }
        let start = head + 4
        head = start + length
        return Frame(kind: buffer[start], body: Array(buffer[start + 1..<head]))
    }

    /// To be called when the stream has ended: throws if it ended inside a frame.
    public func finish() throws(ProtocolFault) {
        if let fault { throw fault }
        if pendingBytes > 0 { throw .frameTorn(bytes: pendingBytes) }
    }

    private mutating func remember(_ found: ProtocolFault) -> ProtocolFault {
        fault = found
        buffer = []
        head = 0
        return found
    }

    private mutating func compact() {
        if head == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= AgentLimits.frameBytes)
            head = 0
        } else if head > 64 << 10 {
            buffer.removeSubrange(0..<head)
            head = 0
        }
    }
}
