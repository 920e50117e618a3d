/// What the agent keeps in memory of one task, from its launch until it is forgotten; about 300 bytes.
final class TaskEntry {
    /// Where the task is on its way.
    enum Phase {
        /// Accepted, not handed to the starter yet.
        case queued
        /// Handed to the starter; whether a process exists is not known yet.
        case handed
        case running
        case ended
    }

    let key: AgentTaskKey
    var phase = Phase.queued
    /// Segment that keeps its launch (or the carried copy).
    var home: UInt32
    /// Segment to which its supervisor appends; 0 when there is no supervisor any more.
    var writerSegment: UInt32 = 0
    /// Where the launch record's body is, in its home segment.
    var bodyOffset: UInt64 = 0
    var bodyLength: UInt32 = 0
    /// Number of the starter that was told of it; 0 for one of an earlier agent.
    var starter: UInt64 = 0
    /// When the launch was accepted, wall time.
    var acceptedNanoseconds: UInt64 = 0
    var status: AgentTaskStatus
    var supervisor: Int32 = 0
    var bootNanoseconds: UInt64 = 0
    /// Sequence under which `running` waits for its acknowledgement, or 0.
    var runningSequence: UInt64 = 0
    /// The final status waits for its acknowledgement.
    var endIsOpen = false
    /// A kill that came before the task ran.
    var wantedGrace: Int32?
    /// Memory that the agent watches over, 0 when there is no limit or a control group holds it.
    var watchedMemoryBytes: UInt64 = 0
    /// Checks in a row in which its supervisor was gone without a final status.
    var missing = 0
    /// It wrote nothing to its logs in the sandbox; once settled, its sandbox may be given to another task.
    var leftNothing = false
    /// It speaks to the core through the loopback port.
    var isExecutor = false
    /// Where its logs are, empty for the sandbox.
    var outputPath = ""
    var errorPath = ""

    init(key: AgentTaskKey, home: UInt32) {
        self.key = key
        self.home = home
        status = AgentTaskStatus()
        status.key = key
        status.state = .staging
    }

    /// Name of the sandbox folder, relative to the agent's folder.
    var sandbox: String { "tasks/\(key.text)" }

    /// Takes what matters later from the request. `heldByKernel`: control groups can be had here; containers always
    /// have one then.
    func remember(_ launch: AgentLaunch, heldByKernel: Bool) {
        isExecutor = launch.isExecutor
        let wantsGroup = launch.isolate || !launch.image.utf8.isEmpty
        if !wantsGroup || !heldByKernel { watchedMemoryBytes = launch.memoryBytes }
        outputPath = Self.resolved(launch.outputPath, in: launch.directory)
        errorPath = Self.resolved(launch.errorPath, in: launch.directory)
    }

    /// A path that the submitter named, as seen from the sandbox.
    static func resolved(_ path: String, in directory: String) -> String {
        let bytes = path.utf8
        if bytes.isEmpty || bytes.first == UInt8(ascii: "/") || directory.utf8.isEmpty { return path }
        return "\(directory)/\(path)"
    }
}

extension TaskEntry {
    /// The record that stands for all earlier ones of this task.
    func carried() -> [UInt8] {
        var writer = FieldWriter()
        var witness = StatusRecord(status: status, supervisor: supervisor, bootNanoseconds: bootNanoseconds)
        witness.leftNothing = leftNothing
        writer.record(1) {
            witness.write(&$0)
        }
        writer.flag(2, endIsOpen)
        writer.flag(3, runningSequence != 0)
        writer.number(4, UInt64(writerSegment))
        writer.number(5, watchedMemoryBytes)
        writer.text(6, outputPath)
        writer.text(7, errorPath)
        writer.number(8, acceptedNanoseconds)
        writer.flag(9, isExecutor)
        return JournalSegment.encode(RecordKind.carried, writer.bytes)
    }

    /// An entry from its carried record, or nil if that does not decode.
    static func read(carried bytes: ArraySlice<UInt8>, home: UInt32) -> TaskEntry? {
        var reader = FieldReader(bytes)
        var record: StatusRecord?
        var (endIsOpen, runningIsOpen, segment, watched) = (false, false, UInt32(0), UInt64(0))
        var (output, error, accepted, isExecutor) = ("", "", UInt64(0), false)
        while let field = reader.next() {
            switch field.tag {
            case 1: record = StatusRecord.read(reader.bytes(field))
            case 2: endIsOpen = reader.flag(field)
            case 3: runningIsOpen = reader.flag(field)
            case 4: segment = reader.number32(field)
            case 5: watched = reader.number(field)
            case 6: output = reader.text(field)
            case 7: error = reader.text(field)
            case 8: accepted = reader.number(field)
            case 9: isExecutor = reader.flag(field)
            default: break
            }
        }
        guard let record, !reader.failed else { return nil }
        let entry = TaskEntry(key: record.status.key, home: home)
        entry.status = record.status
        entry.supervisor = record.supervisor
        entry.bootNanoseconds = record.bootNanoseconds
        entry.leftNothing = record.leftNothing
        entry.phase = record.status.state == .ended ? .ended : .running
        entry.endIsOpen = endIsOpen
        entry.runningSequence = runningIsOpen ? 1 : 0
        entry.writerSegment = segment
        entry.watchedMemoryBytes = watched
        entry.outputPath = output
        entry.errorPath = error
        entry.acceptedNanoseconds = accepted
        entry.isExecutor = isExecutor
        return entry
    }
}
