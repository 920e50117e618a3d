/// The outermost form of the conversation over the control socket, shared by both sides: a length, a kind, a body.
/// Everything above works on whole frames; a kind that is not known is passed over by its length.
import ByteCoding

/// One frame: `u32 length` (little-endian, counts kind and body), `u8 kind`, body.
struct ControlFrame: Equatable, Sendable {
    /// Bytes before the body.
    static let headerBytes = 5

    /// What the body is; see `FrameKind`.
    var kind: UInt8
    /// The fields, without length and kind.
    var body: [UInt8]

    /// The bytes for the wire.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: body.count + Self.headerBytes)
        Self.writeHeader(kind: kind, bodyBytes: body.count, to: &writer)
        writer.raw(body)
        return writer.bytes
    }

    /// Writes length and kind of a frame whose body of `bodyBytes` follows.
    static func writeHeader(kind: UInt8, bodyBytes: Int, to writer: inout ByteWriter) {
        writer.fixed32(UInt32(truncatingIfNeeded: bodyBytes + 1))
        writer.byte(kind)
    }
}

/// Why bytes from the other side cannot be taken. All of them end the connection.
enum FrameFault: Error, Equatable, Sendable {
    /// A frame announces more than the limit; both in bytes.
    case tooLong(bytes: Int, limit: Int)
    /// A frame of length zero, which has not even a kind.
    case empty
    /// The stream ended inside a frame; bytes of it that were there.
    case torn(bytes: Int)
    /// A body of a known kind does not decode.
    case malformed(kind: UInt8)
    /// A known kind at a moment at which it has no place.
    case outOfPlace(kind: UInt8)

    /// One line for people.
    var message: String {
        switch self {
        case .tooLong(let bytes, let limit): "a frame of \(bytes) bytes is over the limit of \(limit)"
        case .empty: "a frame of length zero"
        case .torn(let bytes): "the stream ended \(bytes) bytes into a frame"
        case .malformed(let kind): "a frame of kind \(kind) does not decode"
        case .outOfPlace(let kind): "a frame of kind \(kind) has no place here"
        }
    }
}

/// Cuts a byte stream into frames, whatever the pieces in which it arrives. Memory is bounded by one frame and one fed
/// piece; a frame that announces more than the limit is refused before any of it is kept.
struct FrameCutter: Sendable {
    /// Longest frame that is taken, kind and body, in bytes.
    var limit: Int
    private var buffer: [UInt8] = []
    private var head = 0
    private var fault: FrameFault?

    /// A cutter at the start of a stream.
    init(limit: Int) { self.limit = limit }

    /// Bytes fed and not yet given out as a frame.
    var pendingBytes: Int { buffer.count - head }

    /// Adds received bytes; costs a copy of them.
    mutating func feed(_ bytes: some Collection<UInt8>) {
        guard fault == nil else { return }
        if head == buffer.count {
            // A buffer that once held something large is given back.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            head = 0
        } else if head > 1 << 16 {
            buffer.removeSubrange(0..<head)
            head = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or nil until more bytes are fed. After a fault, the same fault for ever: a stream that
    /// has lost its frame boundaries cannot be trusted again.
    mutating func next() throws(FrameFault) -> ControlFrame? {
        if let fault { throw fault }
        guard pendingBytes >= 4 else { return nil }
        var length = 0
        for place in 0..<4 { length |= Int(buffer[head + place]) << (8 * place) }
        if length == 0 { throw remember(.empty) }
        if length > limit { throw remember(.tooLong(bytes: length, limit: limit)) }
        guard pendingBytes >= 4 + length else { return nil }
        let start = head + 4
        head = start + length
        return ControlFrame(kind: buffer[start], body: Array(buffer[(start + 1)..<head]))
    }

    /// To be asked when the stream has ended: the fault if it ended inside a frame.
    var endFault: FrameFault? { fault ?? (pendingBytes > 0 ? .torn(bytes: pendingBytes) : nil) }

    private mutating func remember(_ found: FrameFault) -> FrameFault {
        fault = found
        buffer = []
        head = 0
        return found
    }
}
