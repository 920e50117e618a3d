/// Log streams: the core asks for one file of one task from an offset, and says how many bytes it is ready to take.
public enum AgentLogFile: UInt8, Sendable {
    /// Standard output.
    case output = 1
    /// Standard error.
    case error = 2
}

/// Opens a log stream.
public struct AgentLogRequest: Equatable, Sendable {
    /// Number of the stream, chosen by the core, not in use in this session.
    public var stream: UInt64
    /// Whose log.
    public var key: AgentTaskKey
    /// Which of its files.
    public var file: AgentLogFile
    /// First byte wanted, counted from the first byte that the task wrote; negative counts from the present end.
    public var offset: Int64
    /// Bytes that may be sent at once, at most `AgentLimits.logCreditBytes`.
    public var creditBytes: UInt64
    /// Go on as the file grows, until the task has ended; otherwise end at the present end of the file.
    public var follow: Bool

    /// A request for a stream.
    public init(
        stream: UInt64, key: AgentTaskKey, file: AgentLogFile, offset: Int64 = 0, creditBytes: UInt64,
        follow: Bool = false
    ) {
        self.stream = stream
        self.key = key
        self.file = file
        self.offset = offset
        self.creditBytes = creditBytes
        self.follow = follow
    }
}

/// Bytes of a log stream, or its end.
public struct AgentLogData: Sendable {
    /// Which stream.
    public var stream: UInt64
    /// Place of the first byte of `bytes`; past the place asked for when older parts were removed.
    public var offset: UInt64
    /// What the task wrote there.
    public var bytes: [UInt8]
    /// Nothing follows: all was sent, and the task has ended or `follow` was off. The stream is closed.
    public var isEnd: Bool
    /// Why the stream ended early, or empty.
    public var fault: String

    /// A piece of a log.
    public init(stream: UInt64, offset: UInt64, bytes: [UInt8], isEnd: Bool = false, fault: String = "") {
        self.stream = stream
        self.offset = offset
        self.bytes = bytes
        self.isEnd = isEnd
        self.fault = fault
    }
}

extension AgentLogRequest {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, stream)
        key.write(&writer, idTag: 2, attemptTag: 3)
        writer.number(4, UInt64(file.rawValue))
        writer.signed(5, offset)
        writer.number(6, creditBytes)
        writer.flag(7, follow)
    }

    static func read(_ bytes: [UInt8]) -> AgentLogRequest? {
        var reader = FieldReader(bytes)
        var request = AgentLogRequest(
            stream: 0, key: AgentTaskKey(id: 0, attempt: 0), file: .output, creditBytes: 0)
        while let field = reader.next() {
            switch field.tag {
            case 1: request.stream = reader.number(field)
            case 2: request.key.id = reader.number(field)
            case 3: request.key.attempt = reader.number32(field)
            case 4:
                guard let file = AgentLogFile(rawValue: reader.code(field)) else { return nil }
                request.file = file
            case 5: request.offset = reader.signed(field)
            case 6: request.creditBytes = reader.number(field)
            case 7: request.follow = reader.flag(field)
            default: break
            }
        }
        return reader.failed ? nil : request
    }
}

extension AgentLogData {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, stream)
        writer.number(2, offset)
        writer.blob(3, bytes)
        writer.flag(4, isEnd)
        writer.text(5, fault)
    }

    static func read(_ body: [UInt8]) -> AgentLogData? {
        var reader = FieldReader(body)
        var data = AgentLogData(stream: 0, offset: 0, bytes: [])
        while let field = reader.next() {
            switch field.tag {
            case 1: data.stream = reader.number(field)
            case 2: data.offset = reader.number(field)
            case 3: data.bytes = Array(reader.bytes(field))
            case 4: data.isEnd = reader.flag(field)
            case 5: data.fault = reader.text(field)
            default: break
            }
        }
        return reader.failed ? nil : data
    }
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension AgentLogData: Equatable {}
#endif
