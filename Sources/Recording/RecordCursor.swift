/// Reads a film forward from some place, over damage, missing files and the borders of sessions.
public struct RecordCursor: Sendable {
    private let segments: [SegmentReader]
    private var segment: Int
    private var scanner: FrameScanner?
    private var start: UInt64
    private var records: [Record] = []
    private var nextRecord = 0
    private var openGap: RecordingGap?
    private var lastTime: Int64?
    private var lastSession: UInt64?

    /// Records of unknown ignorable kinds that were skipped, so far.
    public private(set) var skipped: UInt64 = 0
    /// Number of the segment that the last item came from.
    public private(set) var segmentNumber: UInt32 = 0

    init(segments: [SegmentReader], segment: Int = 0, offset: UInt64 = 0) {
        self.segments = segments
        self.segment = segment
        start = offset
    }

    /// The next record or gap; nil at the end of the film. Never fails: what cannot be read is a gap.
    public mutating func next() -> RecordingItem? {
        while true {
            if nextRecord < records.count {
                // A gap is told when the first record after it is known.
                if let gap = closedGap(at: records[nextRecord].timeMicroseconds) { return .gap(gap) }
                let record = records[nextRecord]
                nextRecord += 1
                if record.kind.isInternal { continue }
                if !record.kind.isKnown && record.flags.contains(.ignorable) {
                    skipped += 1
                    continue
                }
                lastTime = max(lastTime ?? record.timeMicroseconds, record.timeMicroseconds)
                return .record(record)
            }
            guard readFrame() else { return closedGap(at: nil).map { .gap($0) } }
        }
    }

    /// Gathers the next frame's records; false at the end of the film. A new gap ends an open one at the same place.
    private mutating func readFrame() -> Bool {
        records = []
        nextRecord = 0
        guard scanner != nil || openSegment() else { return false }
        let item: FrameScanner.Item?
        do throws(RecordingError) {
            item = try scanner?.next()
        } catch {
            openGap(.unreadable(error), bytes: 0)
            item = nil
        }
        switch item {
        case .frame(let bytes, _):
            if let found = FrameReader.records(in: bytes) {
                records = found.first?.kind.isInternal == true ? [] : found
            } else {
                openGap(.damaged, bytes: UInt64(bytes.count))
            }
        case .damage(let range, let isTornTail):
            openGap(isTornTail ? .tornTail : .damaged, bytes: UInt64(range.count))
        case nil:
            scanner = nil
            segment += 1
            start = 0
        }
        return true
    }

    /// Opens the segment that is next; one that cannot be opened is a gap. False when there is none.
    private mutating func openSegment() -> Bool {
        while segment < segments.count {
            let reader = segments[segment]
            noteBorder(to: reader)
            segmentNumber = reader.entry.number
            do throws(RecordingError) {
                let file = try reader.open()
                let size = try file.size()
                scanner = FrameScanner(file: file, from: start, end: size)
                if size < UInt64(SegmentFormat.headerBytes) { openGap(.tornTail, bytes: size) }
                return true
            } catch {
                openGap(.unreadable(error), bytes: UInt64(clamping: reader.entry.bytes))
                segment += 1
                start = 0
            }
        }
        return false
    }

    /// Missing numbers, and the time between two sessions.
    private mutating func noteBorder(to reader: SegmentReader) {
        defer { lastSession = reader.header?.session ?? lastSession }
        guard segment > 0, lastTime != nil || openGap != nil else { return }
        let missing = reader.entry.number &- segments[segment - 1].entry.number &- 1
        segmentNumber = reader.entry.number
        if missing > 0 {
            openGap(.segmentsMissing(count: missing), bytes: 0)
        } else if let session = reader.header?.session, let last = lastSession, session != last {
            openGap(.notRecorded, bytes: 0)
        }
    }

    /// Begins a gap here. Neighbouring damage joins into one gap that keeps the first reason.
    private mutating func openGap(_ reason: RecordingGap.Reason, bytes: UInt64) {
        if openGap != nil {
            openGap?.bytes += bytes
        } else {
            openGap = RecordingGap(
                reason: reason, segment: segmentNumber, bytes: bytes, fromMicroseconds: lastTime)
        }
    }

    private mutating func closedGap(at time: Int64?) -> RecordingGap? {
        guard var gap = openGap else { return nil }
        openGap = nil
        gap.toMicroseconds = time
        return gap
    }
}
