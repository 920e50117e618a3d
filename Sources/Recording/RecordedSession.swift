import ClusterModel
import ClusterSource
import Dispatch
import Synchronization

/// A film as a source: the same panes that show a live core show any instant of it. Seeking and playing happen on a
/// queue of the session's own; `frame` answers at once with what was reached last.
public final class RecordedSession: ClusterSource {
    /// What is shown.
    struct Shown {
        var playhead: Playhead
        var instant: Instant
        var speed: Int64 = 0
        /// Grows with each command, so that playing stops when another command comes.
        var playing: UInt64 = 0
        var span: ClosedRange<Instant>
        /// What happened when in all of the span; nil until it is known.
        var timeline: Timeline?
        var wake: (@Sendable () -> Void)?
        var isWakeDue = true
        var isClosed = false
    }

    /// A state at a snapshot, decoded.
    struct Start: Sendable {
        var position: Playhead.Position
        var playhead: Playhead
    }

    /// States at snapshots that are kept decoded.
    static let cacheLimit = 6
    /// Fastest playing, in thousandths of real time.
    static let speedLimit: Int64 = 1_024_000
    /// Time between two pictures while playing, in milliseconds.
    static let pictureMilliseconds = 50

    /// The film.
    public let reader: RecordingReader
    let shown: Mutex<Shown>
    /// States at snapshots, the one used last at the end.
    private let starts = Mutex<[Start]>([])
    let queue = DispatchQueue(label: "bellows.recorded-session")

    /// Opens the film at `path`, a folder or any of its segments, and shows its first instant; of a single segment
    /// that was named, that segment's first instant.
    ///
    /// - Throws: `RecordingError`; `notARecording` when it holds no state that can be shown.
    public init(path: String) throws(RecordingError) {
        reader = try RecordingReader(path: path)
        guard let range = reader.range else {
            throw .notARecording(path: path, why: "nothing was recorded in it")
        }
        var start = range.lowerBound
        if let number = reader.files.requested, number != reader.files.entries.first?.number {
            let segment = reader.segments.first { $0.entry.number == number }
            start = max(start, (try? segment?.index())?.firstTime ?? start)
        }
        guard let point = reader.startingPoint(atOrBefore: start), let playhead = Playhead(point) else {
            throw .notARecording(path: path, why: "it holds no snapshot that can be read")
        }
        let instant = Instant(microseconds: max(start, point.timeMicroseconds))
        let span = Instant(microseconds: range.lowerBound)...Instant(microseconds: range.upperBound)
        shown = Mutex(Shown(playhead: playhead, instant: instant, span: span))
        move {
            $0.timeMicroseconds <= instant.microseconds
        } to: { _, _ in
            instant
        }
    }

    /// First and last instant.
    public var span: ClosedRange<Instant> { shown.withLock(\.span) }

    /// The state at an instant: that of the first snapshot when it is before everything.
    public func state(at instant: Instant) -> ClusterState {
        playhead { $0.timeMicroseconds <= instant.microseconds }.state
    }

    /// The state after the event with this number, in the newest session that goes back so far.
    public func state(afterEvent sequence: UInt64) -> ClusterState {
        playhead { $0.sequence <= sequence }.state
    }

    /// All marks and notes, oldest first.
    public var marks: [(instant: Instant, sequence: UInt64, isNote: Bool, text: MarkText)] {
        reader.marks().compactMap { mark in
            MarkText(decoding: mark.payload).map {
                (Instant(microseconds: mark.timeMicroseconds), mark.sequence, mark.kind == .note, $0)
            }
        }
    }

    /// Number of events, samples not counted, in each of `buckets` equal parts of the film.
    public func density(buckets: Int) -> [UInt64] {
        let span = span
        return reader.density(
            of: span.lowerBound.microseconds...span.upperBound.microseconds, buckets: buckets)
    }

    /// Every stretch that cannot be shown; reads the whole film.
    public func gaps() -> [RecordingGap] { reader.check().gaps }

    // MARK: - Finding a place

    /// A playhead that stands behind the last event of the film that passes the test, for a test that holds up to a
    /// place and not after it.
    func playhead(upTo holds: (Playhead.Position) -> Bool) -> Playhead {
        let snapshot = reader.newestSnapshot { holds(Playhead.Position($0)) }
        var playhead = shown.withLock(\.playhead)
        // From here when that is nearer than the newest snapshot, else from there.
        let isNear = snapshot.map { Playhead.Position($0) <= playhead.position } ?? true
        if !(holds(playhead.position) && isNear && playhead.fault == nil) {
            guard let start = start(at: snapshot, upTo: holds) else { return playhead }
            playhead = start
        }
        _ = playhead.advance(in: reader) { !holds($0) }
        return playhead
    }

    /// The decoded state of a snapshot, from the cache if it is there.
    private func start(at snapshot: SnapshotPoint?, upTo holds: (Playhead.Position) -> Bool) -> Playhead? {
        let key = snapshot.map { Playhead.Position($0) }
        let known = starts.withLock { starts -> Playhead? in
            guard let key, let found = starts.firstIndex(where: { $0.position == key }) else { return nil }
            let start = starts.remove(at: found)
            starts.append(start)
            return start.playhead
        }
        if let known { return known }
        let point = reader.startingPoint { holds(Playhead.Position($0)) }
        guard let point, let playhead = Playhead(point) else { return nil }
        starts.withLock { starts in
            starts.append(Start(position: key ?? playhead.position, playhead: playhead))
            if starts.count > Self.cacheLimit { starts.removeFirst() }
        }
        return playhead
    }

    /// Moves what is shown to the last place at which the test holds, and tells the listener.
    func move(
        upTo holds: (Playhead.Position) -> Bool, to instant: (Playhead, ClosedRange<Instant>) -> Instant
    ) {
        let reached = playhead(upTo: holds)
        let wake = shown.withLock { shown -> (@Sendable () -> Void)? in
            shown.playhead = reached
            shown.instant = instant(shown.playhead, shown.span)
            guard shown.isWakeDue else { return nil }
            shown.isWakeDue = false
            return shown.wake
        }
        wake?()
    }
}
