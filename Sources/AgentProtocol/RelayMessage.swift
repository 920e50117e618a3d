/// The conversation with a relay, `bellows-agent relay`: a program that a core runs on one host to reach the hosts
/// behind it. Each stream is one ssh that the relay runs there; its bytes are passed on as they are. Both sides send at
/// most `AgentLimits.relayWindowBytes` of a stream that were not taken yet: a slow host holds up no other.
public enum RelayMessage: Sendable {
    /// From the core: run ssh with these arguments as this stream. Numbers are used once.
    case open(stream: UInt64, arguments: [String])
    /// Bytes of a stream, at most `AgentLimits.relayChunkBytes`, never empty.
    case data(stream: UInt64, bytes: [UInt8])
    /// So many bytes were taken, so many more may come.
    case credit(stream: UInt64, bytes: UInt64)
    /// From the core: the stream is not wanted any more.
    case close(stream: UInt64)
    /// From the relay, the last of a stream: how its ssh ended (128 + signal for a signal) and the last of its standard
    /// error, at most `AgentLimits.relayErrorBytes`.
    case ended(stream: UInt64, code: UInt32, errors: String)
    /// Something newer, to be skipped.
    case unknown(kind: UInt8)

    /// The frame for the wire.
    public func encoded() -> [UInt8] {
        var writer = FieldWriter()
        func frame(_ kind: UInt8) -> [UInt8] { Frame(kind: kind, body: writer.bytes).encoded() }
        switch self {
        case .open(let stream, let arguments):
            writer.number(1, stream)
            writer.texts(2, arguments)
            return frame(FrameKind.relayOpen)
        case .data(let stream, let bytes):
            writer.number(1, stream)
            writer.blob(2, bytes)
            return frame(FrameKind.relayData)
        case .credit(let stream, let bytes):
            writer.number(1, stream)
            writer.number(2, bytes)
            return frame(FrameKind.relayCredit)
        case .close(let stream):
            writer.number(1, stream)
            return frame(FrameKind.relayClose)
        case .ended(let stream, let code, let errors):
            writer.number(1, stream)
            writer.number(2, UInt64(code))
            writer.text(3, errors)
            return frame(FrameKind.relayEnded)
        case .unknown(let kind): return frame(kind)
        }
    }

    /// The message in a frame. A kind that is not known is `.unknown`; a known kind whose body does not decode throws.
    public static func decode(_ frame: Frame) throws(ProtocolFault) -> RelayMessage {
        guard let message = read(frame) else { throw .malformed(kind: frame.kind) }
        return message
    }

    private static func read(_ frame: Frame) -> RelayMessage? {
        var reader = FieldReader(frame.body)
        var (stream, number) = (UInt64(0), UInt64(0))
        var (texts, blob): ([String], ArraySlice<UInt8>) = ([], [])
        let isText = frame.kind == FrameKind.relayOpen || frame.kind == FrameKind.relayEnded
        while let field = reader.next() {
            switch field.tag {
            case 1: stream = reader.number(field)
            case 2 where frame.kind == FrameKind.relayOpen, 3 where isText: texts.append(reader.text(field))
            case 2 where frame.kind == FrameKind.relayData: blob = reader.bytes(field)
            case 2: number = reader.number(field)
            default: break
            }
        }
        if reader.failed { return nil }
        switch frame.kind {
        case FrameKind.relayOpen:
            return texts.count > AgentLimits.relayArguments ? nil : .open(stream: stream, arguments: texts)
        case FrameKind.relayData:
            if blob.isEmpty || blob.count > AgentLimits.relayChunkBytes { return nil }
            return .data(stream: stream, bytes: Array(blob))
        case FrameKind.relayCredit: return .credit(stream: stream, bytes: number)
        case FrameKind.relayClose: return .close(stream: stream)
        case FrameKind.relayEnded:
            return .ended(stream: stream, code: UInt32(truncatingIfNeeded: number), errors: texts.last ?? "")
        default: return .unknown(kind: frame.kind)
        }
    }
}

#if !hasFeature(Embedded)
    // Compared by tests.
    extension RelayMessage: Equatable {}
#endif
