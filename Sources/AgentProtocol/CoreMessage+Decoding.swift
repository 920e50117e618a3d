/// From a frame to what the core said.
extension CoreMessage {
    /// The message in a frame. A kind that is not known is `.unknown`; a known kind whose body does not decode throws.
    public static func decode(_ frame: Frame) throws(ProtocolFault) -> CoreMessage {
        guard let message = read(frame) else { throw .malformed(kind: frame.kind) }
        return message
    }

    private static func read(_ frame: Frame) -> CoreMessage? {
        switch frame.kind {
        case FrameKind.coreHello: CoreHello.read(frame.body).map { .hello($0) }
        case FrameKind.launch: AgentLaunch.read(frame.body[...]).map { .launch($0) }
        case FrameKind.acknowledge: readAcknowledgements(frame.body)
        case FrameKind.openLog: AgentLogRequest.read(frame.body).map { .openLog($0) }
        case FrameKind.executorOutput: AgentStreamData.read(frame.body).map { .executorOutput($0) }
        case FrameKind.kill, FrameKind.creditLog, FrameKind.closeLog, FrameKind.sampleEvery, FrameKind.ping,
            FrameKind.shutdown, FrameKind.retention, FrameKind.lease:
            readNumbers(frame)
        default: .unknown(kind: frame.kind)
        }
    }

    private static func readAcknowledgements(_ body: [UInt8]) -> CoreMessage? {
        var reader = FieldReader(body)
        var list: [AgentAcknowledgement] = []
        while let field = reader.next() {
            guard field.tag == 1 else { continue }
            guard let item = AgentAcknowledgement.read(reader.bytes(field)) else { return nil }
            list.append(item)
            if list.count > AgentLimits.acknowledgementsPerFrame { return nil }
        }
        return reader.failed ? nil : .acknowledge(list)
    }

    /// The kinds that carry nothing but numbers, in tags 1 to 3.
    private static func readNumbers(_ frame: Frame) -> CoreMessage? {
        var reader = FieldReader(frame.body)
        var (first, second, third) = (UInt64(0), UInt64(0), UInt64(0))
        while let field = reader.next() {
            switch field.tag {
            case 1: first = reader.number(field)
            case 2: second = reader.number(field)
            case 3: third = reader.number(field)
            default: break
            }
        }
        if reader.failed { return nil }
        switch frame.kind {
        case FrameKind.kill:
            guard second <= UInt64(UInt32.max) else { return nil }
            return .kill(AgentTaskKey(id: first, attempt: UInt32(second)), graceMilliseconds: third)
        case FrameKind.creditLog: return .creditLog(stream: first, bytes: second)
        case FrameKind.closeLog: return .closeLog(stream: first)
        case FrameKind.sampleEvery: return .sampleEvery(milliseconds: first)
        case FrameKind.ping: return .ping(nonce: first)
        case FrameKind.shutdown:
            return .shutdown(
                AgentShutdown(killTasks: first != 0, graceMilliseconds: second, byOperator: third != 0))
        case FrameKind.retention:
            return .retention(
                AgentRetention(keepMilliseconds: first, keepTasks: second, freeDiskBytes: third))
        case FrameKind.lease: return .lease(AgentLease(softSeconds: first, hardSeconds: second))
        default: return .unknown(kind: frame.kind)
        }
    }
}
