/// From a frame to what the agent said.
extension AgentMessage {
    /// The message in a frame. A kind that is not known is `.unknown`; a known kind whose body does not decode throws.
    public static func decode(_ frame: Frame) throws(ProtocolFault) -> AgentMessage {
        guard let message = read(frame) else { throw .malformed(kind: frame.kind) }
        return message
    }

    private static func read(_ frame: Frame) -> AgentMessage? {
        switch frame.kind {
        case FrameKind.agentHello: AgentHello.read(frame.body).map { .hello($0) }
        case FrameKind.inventory: readInventory(frame.body)
        case FrameKind.inventoryEnd: readNumbers(frame.body).map { .inventoryEnd(tasks: $0.0) }
        case FrameKind.status: AgentTaskStatus.read(frame.body[...]).map { .status($0) }
        case FrameKind.logData: AgentLogData.read(frame.body).map { .logData($0) }
        case FrameKind.sample: AgentSample.read(frame.body).map { .sample($0) }
        case FrameKind.executorInput: AgentStreamData.read(frame.body).map { .executorInput($0) }
        case FrameKind.pong: readNumbers(frame.body).map { .pong(nonce: $0.0, nowNanoseconds: $0.1) }
        case FrameKind.refusal: AgentRefusal.read(frame.body).map { .refusal($0) }
        default: .unknown(kind: frame.kind)
        }
    }

    private static func readInventory(_ body: [UInt8]) -> AgentMessage? {
        var reader = FieldReader(body)
        var list: [AgentTaskStatus] = []
        while let field = reader.next() {
            guard field.tag == 1 else { continue }
            guard let status = AgentTaskStatus.read(reader.bytes(field)) else { return nil }
            list.append(status)
        }
        return reader.failed ? nil : .inventory(list)
    }

    private static func readNumbers(_ body: [UInt8]) -> (UInt64, UInt64)? {
        var reader = FieldReader(body)
        var (first, second) = (UInt64(0), UInt64(0))
        while let field = reader.next() {
            switch field.tag {
            case 1: first = reader.number(field)
            case 2: second = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : (first, second)
    }
}

extension AgentRefusal {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, UInt64(code.rawValue))
        writer.text(2, message)
        writer.flag(3, isFatal)
        writer.text(4, ownerCluster)
        writer.number(5, ownerEpoch)
        writer.number(6, ownerSinceNanoseconds)
    }

    static func read(_ bytes: [UInt8]) -> AgentRefusal? {
        var reader = FieldReader(bytes)
        var refusal = AgentRefusal(code: .unknown, message: "", isFatal: false)
        while let field = reader.next() {
            switch field.tag {
            case 1: refusal.code = Code(rawValue: reader.code(field)) ?? .unknown
            case 2: refusal.message = reader.text(field)
            case 3: refusal.isFatal = reader.flag(field)
            case 4: refusal.ownerCluster = reader.text(field)
            case 5: refusal.ownerEpoch = reader.number(field)
            case 6: refusal.ownerSinceNanoseconds = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : refusal
    }
}
