/// Looking at every byte of a film: what `check` prints.
public struct RecordingReport: Sendable, Equatable {
    /// Records that can be read, by kind.
    public var records: [RecordKind: UInt64] = [:]
    /// Stretches that cannot be shown.
    public var gaps: [RecordingGap] = []
    /// Records of unknown ignorable kinds.
    public var skipped: UInt64 = 0
    /// First and last instant in microseconds.
    public var range: ClosedRange<Int64>?

    /// Nothing is missing but what falls between two sessions.
    public var isWhole: Bool { gaps.allSatisfy { $0.reason == .notRecorded } }
}

extension RecordingReader {
    /// Reads everything. Costs about as much as reading the files.
    public func check() -> RecordingReport {
        var report = RecordingReport()
        var cursor = cursor()
        while let item = cursor.next() {
            switch item {
            case .gap(let gap): report.gaps.append(gap)
            case .record(let record):
                report.records[record.kind, default: 0] += 1
                let time = record.timeMicroseconds
                report.range = min(report.range?.lowerBound ?? time, time)...max(report.range?.upperBound ?? time, time)
            }
        }
        report.skipped = cursor.skipped
        return report
    }

    /// Writes what can be read into a new film in `folder`, with indexes and ends; the original stays as it is.
    /// Segments without anything readable are left out, and numbers are kept, so that missing ones stay visible.
    ///
    /// - Parameter name: of the new film; must not exist there yet.
    /// - Returns: number of segments written.
    /// - Throws: `RecordingError` when something cannot be written, or the film exists already.
    public func repair(into folder: String, name: String) throws(RecordingError) -> Int {
        guard FilmFiles.isSafe(name: name) else { throw .badName(name) }
        try Folder.make(folder)
        var count = 0
        for reader in segments where try Self.copy(reader, folder: folder, name: name) { count += 1 }
        try Folder.synchronize(folder)
        return count
    }

    private static func copy(
        _ reader: SegmentReader, folder: String, name: String
    ) throws(RecordingError) -> Bool {
        var cursor = RecordCursor(segments: [reader])
        var first: Record?
        while first == nil, let item = cursor.next() {
            if case .record(let record) = item { first = record }
        }
        guard let first else { return false }
        let header =
            reader.header
            ?? SegmentHeader(
                startMicroseconds: first.timeMicroseconds, number: reader.entry.number, session: 0,
                sequence: first.sequence, metadata: RecordingMetadata())
        let path = FilmFiles.path(folder: folder, name: name, number: reader.entry.number)
        guard let file = try SegmentFile.create(path) else {
            throw .system(operation: "create (it exists already)", path: path, code: 17)
        }
        var builder = try SegmentBuilder(header: header, limits: RecordingLimits())
        var written: UInt64 = 0
        func flush() throws(RecordingError) {
            let bytes = builder.takePending()
            try file.append(bytes, to: written, by: FileCalls())
            written += UInt64(bytes.count)
        }
        builder.append(first)
        while let item = cursor.next() {
            guard case .record(let record) = item else { continue }
            builder.append(record)
            if builder.pendingByteCount >= RecordingWriter.wakeBytes { try flush() }
        }
        builder.finish(reason: "repaired")
        try flush()
        try file.synchronize(by: FileCalls())
        return true
    }
}
