/// Usage of a node and of its running tasks at one moment.
public struct AgentSample: Equatable, Sendable {
    /// When, in nanoseconds of wall time since 1970.
    public var nowNanoseconds: UInt64 = 0
    /// Load average of the last minute, in thousandths.
    public var loadThousandths: UInt64 = 0
    /// Processor time that the machine was busy since its start, in nanoseconds over all processors.
    public var busyNanoseconds: UInt64 = 0
    /// Processor time that the machine was idle since its start, in nanoseconds over all processors.
    public var idleNanoseconds: UInt64 = 0
    /// Memory in use, in bytes (total less available).
    public var memoryUsedBytes: UInt64 = 0
    /// Memory of the machine, in bytes.
    public var memoryBytes: UInt64 = 0
    /// Free space for this user in the agent's file system, in bytes.
    public var diskFreeBytes: UInt64 = 0
    /// One entry per running task; at most `AgentLimits.taskSamplesPerFrame`, further ones follow in another frame.
    public var tasks: [AgentTaskSample] = []

    /// An empty sample.
    public init() {}
}

/// Usage of one running task, over all processes of its session.
public struct AgentTaskSample: Equatable, Sendable {
    /// Which task.
    public var key = AgentTaskKey(id: 0, attempt: 0)
    /// Processor time used by its living processes and those they waited for, in nanoseconds.
    public var cpuNanoseconds: UInt64 = 0
    /// Resident memory, in bytes; shared pages count once per process.
    public var residentBytes: UInt64 = 0
    /// Bytes read from storage.
    public var readBytes: UInt64 = 0
    /// Bytes written to storage.
    public var writtenBytes: UInt64 = 0
    /// Number of processes.
    public var processes: UInt64 = 0

    /// An empty sample.
    public init() {}
}

extension AgentTaskSample {
    func write(_ writer: inout FieldWriter) {
        key.write(&writer, idTag: 1, attemptTag: 2)
        writer.number(3, cpuNanoseconds)
        writer.number(4, residentBytes)
        writer.number(5, readBytes)
        writer.number(6, writtenBytes)
        writer.number(7, processes)
    }

    static func read(_ bytes: ArraySlice<UInt8>) -> AgentTaskSample? {
        var reader = FieldReader(bytes)
        var sample = AgentTaskSample()
        while let field = reader.next() {
            switch field.tag {
            case 1: sample.key.id = reader.number(field)
            case 2: sample.key.attempt = reader.number32(field)
            case 3: sample.cpuNanoseconds = reader.number(field)
            case 4: sample.residentBytes = reader.number(field)
            case 5: sample.readBytes = reader.number(field)
            case 6: sample.writtenBytes = reader.number(field)
            case 7: sample.processes = reader.number(field)
            default: break
            }
        }
        return reader.failed ? nil : sample
    }
}

extension AgentSample {
    func write(_ writer: inout FieldWriter) {
        writer.number(1, nowNanoseconds)
        writer.number(2, loadThousandths)
        writer.number(3, busyNanoseconds)
        writer.number(4, idleNanoseconds)
        writer.number(5, memoryUsedBytes)
        writer.number(6, memoryBytes)
        writer.number(7, diskFreeBytes)
        for task in tasks { writer.record(8) { task.write(&$0) } }
    }

    static func read(_ bytes: [UInt8]) -> AgentSample? {
        var reader = FieldReader(bytes)
        var sample = AgentSample()
        while let field = reader.next() {
            switch field.tag {
            case 1: sample.nowNanoseconds = reader.number(field)
            case 2: sample.loadThousandths = reader.number(field)
            case 3: sample.busyNanoseconds = reader.number(field)
            case 4: sample.idleNanoseconds = reader.number(field)
            case 5: sample.memoryUsedBytes = reader.number(field)
            case 6: sample.memoryBytes = reader.number(field)
            case 7: sample.diskFreeBytes = reader.number(field)
            case 8:
                guard let task = AgentTaskSample.read(reader.bytes(field)) else { return nil }
                sample.tasks.append(task)
            default: break
            }
        }
        return reader.failed ? nil : sample
    }
}
