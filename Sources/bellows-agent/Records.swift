import CSys

/// What a segment's header says.
struct HeaderRecord {
    var version = JournalSegment.version
    var agentID = ""
    var bootID = ""
    var startNumber: UInt64 = 0
    var wallNanoseconds: UInt64 = 0

    func encoded() -> [UInt8] {
        var writer = FieldWriter()
        writer.number(1, version)
        writer.text(2, agentID)
        writer.text(3, bootID)
        writer.number(4, startNumber)
        writer.number(5, wallNanoseconds)
        return JournalSegment.encode(RecordKind.header, writer.bytes)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> HeaderRecord {
        var reader = FieldReader(bytes)
        var record = HeaderRecord()
        while let field = reader.next() {
            switch field.tag {
            case 1: record.version = reader.number(field)
            case 2: record.agentID = reader.text(field)
            case 3: record.bootID = reader.text(field)
            case 4: record.startNumber = reader.number(field)
            case 5: record.wallNanoseconds = reader.number(field)
            default: break
            }
        }
        return record
    }
}

/// Which core leads this agent.
struct OwnerRecord {
    var cluster = ""
    var epoch: UInt64 = 0
    var sinceNanoseconds: UInt64 = 0

    func encoded() -> [UInt8] {
        var writer = FieldWriter()
        writer.text(1, cluster)
        writer.number(2, epoch)
        writer.number(3, sinceNanoseconds)
        return JournalSegment.encode(RecordKind.owner, writer.bytes)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> OwnerRecord {
        var reader = FieldReader(bytes)
        var record = OwnerRecord()
        while let field = reader.next() {
            switch field.tag {
            case 1: record.cluster = reader.text(field)
            case 2: record.epoch = reader.number(field)
            case 3: record.sinceNanoseconds = reader.number(field)
            default: break
            }
        }
        return record
    }
}

/// An accepted launch: when it came, and the core's own words.
struct LaunchRecord {
    var wallNanoseconds: UInt64 = 0
    var launch: AgentLaunch

    static func encoded(wallNanoseconds: UInt64, launchBody: [UInt8]) -> [UInt8] {
        var writer = FieldWriter()
        writer.number(1, wallNanoseconds)
        writer.blob(2, launchBody)
        return JournalSegment.encode(RecordKind.launch, writer.bytes)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> LaunchRecord? {
        var reader = FieldReader(bytes)
        var wall: UInt64 = 0
        var launch: AgentLaunch?
        while let field = reader.next() {
            switch field.tag {
            case 1: wall = reader.number(field)
            case 2: launch = AgentLaunch.read(reader.bytes(field))
            default: break
            }
        }
        guard let launch, !reader.failed else { return nil }
        return LaunchRecord(wallNanoseconds: wall, launch: launch)
    }
}

/// A status as its witness wrote it, and, for a running task, how to find its supervisor again.
struct StatusRecord {
    var status: AgentTaskStatus
    var supervisor: Int32 = 0
    /// When it was written, in the clock of process start times: a process of that number that started later is
    /// another one.
    var bootNanoseconds: UInt64 = 0
    /// The task wrote nothing to its logs in the sandbox.
    var leftNothing = false

    func encoded() -> [UInt8] {
        var writer = FieldWriter()
        write(&writer)
        return JournalSegment.encode(RecordKind.status, writer.bytes)
    }

    func write(_ writer: inout FieldWriter) {
        status.write(&writer)
        writer.number(30, UInt64(supervisor))
        writer.number(31, bootNanoseconds)
        writer.flag(32, leftNothing)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> StatusRecord? {
        guard let status = AgentTaskStatus.read(bytes) else { return nil }
        var record = StatusRecord(status: status)
        var reader = FieldReader(bytes)
        while let field = reader.next() {
            switch field.tag {
            case 30: record.supervisor = Int32(truncatingIfNeeded: reader.number32(field))
            case 31: record.bootNanoseconds = reader.number(field)
            case 32: record.leftNothing = reader.flag(field)
            default: break
            }
        }
        return reader.failed ? nil : record
    }
}

/// A key alone: acknowledged, forgotten.
enum KeyRecord {
    static func encoded(_ kind: UInt8, _ key: AgentTaskKey) -> [UInt8] {
        var writer = FieldWriter()
        writer.number(1, key.id)
        writer.number(2, UInt64(key.attempt))
        return JournalSegment.encode(kind, writer.bytes)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> AgentTaskKey {
        var reader = FieldReader(bytes)
        var key = AgentTaskKey(id: 0, attempt: 0)
        while let field = reader.next() {
            switch field.tag {
            case 1: key.id = reader.number(field)
            case 2: key.attempt = reader.number32(field)
            default: break
            }
        }
        return key
    }
}
