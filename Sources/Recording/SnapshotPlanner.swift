/// Decides when a snapshot is due and of what kind. Counts only what was recorded, so that equal sessions get equal
/// snapshots; measured sizes come back from the writing thread when they are known.
struct SnapshotPlanner {
    /// What to take.
    enum Choice: Equatable {
        case none
        /// What changed since the last whole snapshot.
        case changes
        /// Everything.
        case whole
        /// Everything, as the beginning of a new segment.
        case wholeInNewSegment
    }

    /// Replaying this many events takes about 20 ms: reading, decoding and applying one was measured at 1 to 2.5 us in
    /// release builds, most of them samples of 1,000 nodes.
    static let eventsBetween = 10_000
    /// In a storm one snapshot a second is enough, until this many events have come: whoever jumps there waits for a
    /// tenth of a second, and the recording costs a core under load half as much.
    static let mostEventsBetween = 50_000
    static let stormMicroseconds: Int64 = 1_000_000
    /// Below this many bytes the log does not call for a snapshot whatever the last one's size: replaying them takes a
    /// few milliseconds, and a small cluster's film would be half snapshots.
    static let leastLogBytes = 256 << 10

    private let segmentBytes: Int
    private let segmentMicroseconds: Int64
    private var events = 0
    private var logBytes = 0
    /// Without snapshots: a state larger than a segment must not begin a segment every turn.
    private var bytesInSegment = 0
    private var segmentStart: Int64
    private var lastTaken: Int64

    /// Size of the last snapshot in bytes; nil while it has not been encoded.
    var lastBytes: Int?
    /// Size of the last whole snapshot in bytes; 0 while it has not been encoded.
    var wholeBytes = 0

    init(limits: RecordingLimits, startMicroseconds: Int64) {
        segmentBytes = limits.segmentBytes
        segmentMicroseconds = Int64(limits.segmentAgeSeconds) * 1_000_000
        segmentStart = startMicroseconds
        lastTaken = startMicroseconds
    }

    /// Notes what was recorded and answers what is due after it.
    mutating func note(events newEvents: Int, bytes: Int, timeMicroseconds time: Int64) -> Choice {
        events += newEvents
        logBytes += bytes
        bytesInSegment += bytes
        if bytesInSegment >= segmentBytes || time &- segmentStart >= segmentMicroseconds {
            segmentStart = time
            bytesInSegment = 0
            return take(.wholeInNewSegment, time)
        }
        let isLong = events >= Self.eventsBetween
        let isLarge = lastBytes.map { logBytes > max($0, Self.leastLogBytes) } ?? false
        let isStorm = time &- lastTaken < Self.stormMicroseconds && events < Self.mostEventsBetween
        guard isLong || isLarge, !isStorm else { return .none }
        // When half of everything has changed, changes no longer save enough to be worth two decodings.
        let mostlyNew = lastBytes.map { $0 * 2 > wholeBytes } ?? false
        return take(mostlyNew && hasChanges ? .whole : .changes, time)
    }

    /// The last snapshot was one of changes.
    private var hasChanges = false

    private mutating func take(_ choice: Choice, _ time: Int64) -> Choice {
        lastTaken = time
        events = 0
        logBytes = 0
        lastBytes = nil
        hasChanges = choice == .changes
        return choice
    }
}
