import Synchronization

/// One mark or note of a film.
public struct RecordingMark: Sendable, Equatable {
    /// Mark or note.
    public var kind: RecordKind
    /// Its instant in microseconds since 1970.
    public var timeMicroseconds: Int64
    /// Number of the last event before it.
    public var sequence: UInt64
    /// Its payload, at most 512 bytes of it.
    public var payload: [UInt8]
}

/// One segment as a listing shows it.
public struct RecordingSegment: Sendable, Equatable {
    /// Path of the file.
    public var path: String
    /// Place in the film.
    public var number: UInt32
    /// Size in bytes.
    public var bytes: Int64
    /// Session that wrote it; nil when the header is damaged.
    public var session: UInt64?
    /// What its header says about the cluster; nil when the header is damaged.
    public var metadata: RecordingMetadata?
    /// First and last instant in microseconds; nil when nothing in it can be read.
    public var range: ClosedRange<Int64>?
    /// It was closed in order.
    public var isClosed: Bool
    /// Why it was closed early; empty when all was well.
    public var endReason: String
}

/// A film to be read: opened in a moment however long it is, since only headers are read until somebody looks.
/// May be used from several threads. A film that is still being written may be read as well; `refresh` finds segments
/// that were begun since.
public final class RecordingReader: Sendable {
    /// The film's folder and name, as found.
    public let files: FilmFiles
    private let readers: Mutex<[SegmentReader]>

    /// Opens the film at `path`, a folder or any of its segments.
    ///
    /// - Throws: `RecordingError` when nothing is there, nothing in it is a recording, or a newer program wrote it.
    public init(path: String) throws(RecordingError) {
        let files = try FilmFiles.locate(path)
        self.files = files
        readers = Mutex(try Self.open(files.entries, known: []))
    }

    /// Looks for segments that were begun or removed since.
    public func refresh() throws(RecordingError) {
        // A single file with a name of its own has no neighbours.
        guard FilmFiles.parse(files.entries.first?.path ?? "") != nil else { return }
        let entries = try FilmFiles.list(folder: files.folder, name: files.name)
        let opened = try Self.open(entries, known: segments)
        readers.withLock { $0 = opened }
    }

    private static func open(
        _ entries: [FilmFiles.Entry], known: [SegmentReader]
    ) throws(RecordingError) -> [SegmentReader] {
        var readers: [SegmentReader] = []
        var foreign: RecordingError?
        for entry in entries {
            if let reader = known.first(where: { $0.entry.number == entry.number && $0.header != nil }) {
                readers.append(reader)
                continue
            }
            do throws(RecordingError) {
                readers.append(try SegmentReader(entry))
            } catch {
                if case .newerMajor = error { throw error }
                foreign = foreign ?? error
            }
        }
        if readers.isEmpty, let foreign { throw foreign }
        return readers
    }

    var segments: [SegmentReader] { readers.withLock(\.self) }

    /// The segments with their times; reads every index.
    public func listing() -> [RecordingSegment] {
        segments.map { reader in
            let index = try? reader.index()
            let ending = (try? reader.ending()) ?? nil
            let range = index.flatMap { $0.recordCount > 0 ? $0.firstTime...$0.lastTime : nil }
            return RecordingSegment(
                path: reader.entry.path, number: reader.entry.number, bytes: reader.entry.bytes,
                session: reader.header?.session, metadata: reader.header?.metadata, range: range,
                isClosed: ending != nil, endReason: ending?.reason ?? "")
        }
    }

    /// What the newest readable header says about the cluster.
    public var metadata: RecordingMetadata? { segments.last { $0.header != nil }?.header?.metadata }

    /// First and last instant of the film in microseconds; nil when it is empty. Reads one or two indexes.
    public var range: ClosedRange<Int64>? {
        let segments = segments
        let first = segments.lazy.compactMap { Self.filled($0)?.firstTime }.first
        let last = segments.reversed().lazy.compactMap { Self.filled($0)?.lastTime }.first
        guard let first, let last else { return nil }
        return first...max(first, last)
    }

    private static func filled(_ reader: SegmentReader) -> SegmentIndex? {
        guard let index = try? reader.index(), index.recordCount > 0 else { return nil }
        return index
    }

    /// The whole film from its start.
    public func cursor() -> RecordCursor { RecordCursor(segments: segments) }

    /// All marks and notes in order; reads every index.
    public func marks() -> [RecordingMark] {
        segments.flatMap { reader in
            ((try? reader.index())?.marks ?? []).map {
                RecordingMark(
                    kind: $0.kind, timeMicroseconds: $0.timeMicroseconds, sequence: $0.sequence, payload: $0.payload)
            }
        }
    }

    /// Number of events in each of `buckets` equal parts of `range`, for the time bar. Exact to one second.
    public func density(of range: ClosedRange<Int64>, buckets: Int) -> [UInt64] {
        guard buckets > 0 else { return [] }
        var counts = [UInt64](repeating: 0, count: buckets)
        // Unsigned and wrapping: a film may claim any instant, and none may make the bar overflow.
        let length = max(1, UInt64(bitPattern: range.upperBound &- range.lowerBound))
        for reader in segments {
            guard let index = Self.filled(reader) else { continue }
            for point in index.density {
                let (start, isTooLarge) = point.second.multipliedReportingOverflow(by: 1_000_000)
                let last = start.addingReportingOverflow(999_999)
                guard !isTooLarge, !last.overflow, last.partialValue >= range.lowerBound, start <= range.upperBound
                else { continue }
                let distance = UInt64(bitPattern: max(start, range.lowerBound) &- range.lowerBound)
                let share = min(distance, length).multipliedFullWidth(by: UInt64(buckets))
                let bucket = length.dividingFullWidth(share).quotient
                counts[min(buckets - 1, Int(bucket))] &+= point.events
            }
        }
        return counts
    }
}
