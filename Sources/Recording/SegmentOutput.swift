/// Where a session's segments go.
struct SegmentPlan: Sendable {
    var folder: String
    var name: String
    var metadata: RecordingMetadata
    var session: UInt64
}

/// The segment that is being written: builder and file together, and the step to the next one. Used by one thread.
struct SegmentOutput {
    private let plan: SegmentPlan
    private let limits: RecordingLimits
    private let calls: FileCalls
    private var number: UInt32
    private var file: SegmentFile
    private var builder: SegmentBuilder
    private var written: UInt64 = 0
    private var lastSequence: UInt64
    private var bytesOfClosedSegments: UInt64 = 0
    private var recordsOfClosedSegments: UInt64 = 0
    private var segments = 1
    private var removed = 0
    private(set) var syncs: UInt64 = 0
    private(set) var syncedSequence: UInt64 = 0

    /// Written bytes that are not known to be on the disk.
    private(set) var isDirty = false

    init(
        plan: SegmentPlan, startMicroseconds: Int64, sequence: UInt64, limits: RecordingLimits, calls: FileCalls
    ) throws(RecordingError) {
        guard FilmFiles.isSafe(name: plan.name) else { throw .badName(plan.name) }
        try Folder.make(plan.folder)
        self.plan = plan
        self.limits = limits
        self.calls = calls
        lastSequence = sequence
        let last = try FilmFiles.list(folder: plan.folder, name: plan.name).last
        if let last, (try? SegmentFile.open(last.path))?.isBeingWritten == true { throw .inUse(path: last.path) }
        (number, file, builder) = try Self.begin(
            plan, after: last?.number ?? 0, startMicroseconds, sequence, limits)
        try write()
        try synchronize()
        try Folder.synchronize(plan.folder)
        removed = try Retention.apply(
            folder: plan.folder, name: plan.name, nowMicroseconds: startMicroseconds, limits: limits)
    }

    /// Makes the next file that does not exist yet, and its header.
    private static func begin(
        _ plan: SegmentPlan, after last: UInt32, _ startMicroseconds: Int64, _ sequence: UInt64,
        _ limits: RecordingLimits
    ) throws(RecordingError) -> (UInt32, SegmentFile, SegmentBuilder) {
        var number = last
        while true {
            number += 1
            let header = SegmentHeader(
                startMicroseconds: startMicroseconds, number: number, session: plan.session, sequence: sequence,
                metadata: plan.metadata)
            let builder = try SegmentBuilder(header: header, limits: limits)
            let path = FilmFiles.path(folder: plan.folder, name: plan.name, number: number)
            if let file = try SegmentFile.create(path) { return (number, file, builder) }
        }
    }

    /// Adds a record; writes when a lot has gathered.
    mutating func append(_ record: Record) throws(RecordingError) {
        builder.append(record)
        lastSequence = record.sequence
        if builder.pendingByteCount >= RecordingWriter.wakeBytes { try write() }
    }

    /// Closes the segment and begins the next, whose first record is `record`. An empty segment is gone on with.
    mutating func nextSegment(for record: Record) throws(RecordingError) {
        guard builder.recordCount > 0 else { return }
        try finish(reason: "")
        bytesOfClosedSegments += written
        recordsOfClosedSegments += builder.recordCount
        written = 0
        (number, file, builder) = try Self.begin(
            plan, after: number, record.timeMicroseconds, record.sequence, limits)
        segments += 1
        try write()
        try synchronize()
        try Folder.synchronize(plan.folder)
        removed += try Retention.apply(
            folder: plan.folder, name: plan.name, nowMicroseconds: record.timeMicroseconds, limits: limits)
    }

    /// Hands everything to the system, in one write.
    mutating func flush() throws(RecordingError) {
        builder.seal()
        try write()
    }

    /// Waits until everything written is on the disk.
    mutating func synchronize() throws(RecordingError) {
        guard isDirty else { return }
        try file.synchronize(by: calls)
        isDirty = false
        syncs += 1
        syncedSequence = lastSequence
    }

    /// Writes index and end, and waits for the disk.
    mutating func finish(reason: String) throws(RecordingError) {
        builder.finish(reason: reason)
        try write()
        try synchronize()
        file.unlock()
    }

    /// Gives up the segment's lock: nothing will be written to it any more.
    func release() { file.unlock() }

    private mutating func write() throws(RecordingError) {
        let bytes = builder.takePending()
        guard !bytes.isEmpty else { return }
        try file.append(bytes, to: written, by: calls)
        written += UInt64(bytes.count)
        isDirty = true
    }

    /// Puts what is known here into a status.
    func describe(in status: inout RecorderStatus) {
        status.path = file.path
        status.segments = segments
        status.bytesWritten = bytesOfClosedSegments + written
        status.recordsWritten = recordsOfClosedSegments + builder.recordCount
        status.syncedSequence = syncedSequence
        status.syncs = syncs
        status.segmentsRemoved = removed
    }
}
