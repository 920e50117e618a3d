/// Wire form of keys, statuses and acknowledgements; also the form in which the agent's journal keeps them.
extension AgentTaskKey {
    func write(_ writer: inout FieldWriter, idTag: UInt64, attemptTag: UInt64) {
        writer.number(idTag, id)
        writer.number(attemptTag, UInt64(attempt))
    }
}

extension AgentTaskStatus {
    /// Appends the fields 1 to 17.
    public func write(_ writer: inout FieldWriter) {
        key.write(&writer, idTag: 1, attemptTag: 2)
        writer.number(3, sequence)
        writer.number(4, UInt64(state.rawValue))
        writer.number(5, pid)
        writer.number(6, startedNanoseconds)
        writer.number(7, endedNanoseconds)
        writer.number(8, runNanoseconds)
        writer.number(9, UInt64(reason.rawValue))
        writer.number(10, exitCode)
        writer.number(11, signal)
        writer.number(12, UInt64(step.rawValue))
        writer.number(13, errno)
        writer.text(14, message)
        writer.number(15, usage.maxResidentBytes)
        writer.number(16, usage.userNanoseconds)
        writer.number(17, usage.systemNanoseconds)
    }

    /// Reads what `write` wrote, or nil if it is cut or of wrong form. Values of a newer side that are not known here
    /// read as `unknown` or `none`.
    public static func read(_ bytes: ArraySlice<UInt8>) -> AgentTaskStatus? {
        var reader = FieldReader(bytes)
        var status = AgentTaskStatus()
        while let field = reader.next() {
            switch field.tag {
            case 1: status.key.id = reader.number(field)
            case 2: status.key.attempt = reader.number32(field)
            case 3: status.sequence = reader.number(field)
            case 4: status.state = AgentTaskState(rawValue: reader.code(field)) ?? .unknown
            case 5: status.pid = reader.number(field)
            case 6: status.startedNanoseconds = reader.number(field)
            case 7: status.endedNanoseconds = reader.number(field)
            case 8: status.runNanoseconds = reader.number(field)
            case 9: status.reason = AgentEndReason(rawValue: reader.code(field)) ?? .unknown
            case 10: status.exitCode = reader.number(field)
            case 11: status.signal = reader.number(field)
            case 12: status.step = AgentLaunchStep(rawValue: reader.code(field)) ?? .none
            case 13: status.errno = reader.number(field)
            case 14: status.message = reader.text(field)
            case 15: status.usage.maxResidentBytes = reader.number(field)
            case 16: status.usage.userNanoseconds = reader.number(field)
            case 17: status.usage.systemNanoseconds = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : status
    }
}

extension AgentAcknowledgement {
    func write(_ writer: inout FieldWriter) {
        key.write(&writer, idTag: 1, attemptTag: 2)
        writer.number(3, sequence)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> AgentAcknowledgement? {
        var reader = FieldReader(bytes)
        var found = AgentAcknowledgement(key: AgentTaskKey(id: 0, attempt: 0), sequence: 0)
        while let field = reader.next() {
            switch field.tag {
            case 1: found.key.id = reader.number(field)
            case 2: found.key.attempt = reader.number32(field)
            case 3: found.sequence = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : found
    }
}

extension FieldReader {
    /// A number used as an enumeration's raw value; one that is over a byte reads as 255, which no enumeration uses.
    mutating func code(_ field: Field) -> UInt8 {
        let value = number(field)
        return value > 255 ? 255 : UInt8(value)
    }
}
