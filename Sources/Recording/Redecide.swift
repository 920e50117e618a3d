import ClusterModel
import ControlCore

/// What deciding a film's inputs again came to.
public struct RedecideReport: Sendable, Equatable {
    /// The first turn that was decided otherwise.
    public struct Difference: Sendable, Equatable {
        /// Instant of the turn.
        public var instant: Instant
        /// Number of the last event before it.
        public var sequence: UInt64
        /// What differs, in words.
        public var detail: String
    }

    /// Turns whose events came out the same.
    public var turns: UInt64 = 0
    /// Inputs that were decided again.
    public var inputs: UInt64 = 0
    /// Events that were compared.
    public var events: UInt64 = 0
    /// Times that the work began anew at a snapshot: sessions, and gaps that were jumped over.
    public var starts = 0
    /// Sessions that another version of the core recorded: their inputs were not decided again.
    public var otherVersions: Set<String> = []
    /// Gaps that were jumped over.
    public var gaps: [RecordingGap] = []
    /// Nil when everything came out the same.
    public var difference: Difference?
}

extension RecordingReader {
    /// Feeds the film's inputs to a core and compares its events with the recorded ones, byte for byte. Stops at the
    /// first difference. After a gap it begins anew at the next whole snapshot.
    ///
    /// - Parameters:
    ///   - version: decide only sessions that this version of the core recorded; nil for all.
    ///   - start: makes a core that goes on from a state.
    ///   - handle: one input at an instant; answers the events.
    public func redecide<Core>(
        version: String? = nil, start: @escaping (ClusterState) -> Core,
        handle: @escaping (inout Core, Input, Instant) -> [StampedEvent]
    ) -> RedecideReport {
        var comparison = Comparison<Core>(start: start, handle: handle)
        var cursor = cursor()
        while comparison.report.difference == nil, let item = cursor.next() {
            switch item {
            case .gap(let gap): comparison.interrupt(gap)
            case .record(let record) where record.kind == .snapshot && comparison.core == nil:
                let recordedBy = segments.first { $0.entry.number == cursor.segmentNumber }?.header?.metadata
                    .coreVersion
                if let version, let recordedBy, recordedBy != version {
                    comparison.report.otherVersions.insert(recordedBy)
                } else {
                    comparison.begin(record)
                }
            case .record(let record): comparison.take(record)
            }
        }
        comparison.settle()
        return comparison.report
    }

    /// `redecide` by this program's own core.
    public func redecide(version: String? = nil) -> RedecideReport {
        redecide(version: version, start: { ControlCore(state: $0) }) { core, input, instant in
            core.handle(input, at: instant).events
        }
    }
}

/// A core on its way through a film.
private struct Comparison<Core> {
    var report = RedecideReport()
    var core: Core?
    let start: (ClusterState) -> Core
    let handle: (inout Core, Input, Instant) -> [StampedEvent]
    /// What the last turn decided and the film has not confirmed yet.
    private var expected: [StampedEvent] = []
    private var turnInstant = Instant.never
    private var turnSequence: UInt64 = 0

    init(start: @escaping (ClusterState) -> Core, handle: @escaping (inout Core, Input, Instant) -> [StampedEvent]) {
        self.start = start
        self.handle = handle
    }

    mutating func begin(_ record: Record) {
        guard let chunks = TurnCoding.snapshot(in: record.payload), let state = ClusterState(chunks: chunks) else {
            return
        }
        core = start(state)
        expected = []
        report.starts += 1
    }

    mutating func interrupt(_ gap: RecordingGap) {
        // What was decided just before a gap may be what the gap holds.
        expected = []
        core = nil
        report.gaps.append(gap)
    }

    mutating func take(_ record: Record) {
        guard core != nil else { return }
        switch record.kind {
        case .input: decide(record)
        case .events, .sample: compare(record)
        default: break
        }
    }

    /// The film went on without the events that were decided here.
    mutating func settle() {
        guard !expected.isEmpty, report.difference == nil else { return }
        differ("\(expected.count) events were decided that the recording does not have")
    }

    private mutating func decide(_ record: Record) {
        settle()
        guard report.difference == nil else { return }
        turnInstant = Instant(microseconds: record.timeMicroseconds)
        turnSequence = record.sequence
        guard let inputs = TurnCoding.inputs(in: record.payload) else { return differ("the inputs cannot be read") }
        for bytes in inputs {
            guard let input = Input(bytes: bytes) else { return differ("an input cannot be read") }
            report.inputs += 1
            if var running = core.take() {
                expected += handle(&running, input, turnInstant)
                core = running
            }
        }
        if expected.isEmpty { report.turns += 1 }
    }

    private mutating func compare(_ record: Record) {
        let recorded = TurnCoding.batch(in: record.payload)
        guard areEqual(recorded, EventBatch.encode(expected)[...]) else {
            let events = EventBatch.decode(recorded)?.events ?? []
            let position =
                zip(events, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(events.count, expected.count)
            let was = position < events.count ? "\(events[position].event)" : "nothing"
            let now = position < expected.count ? "\(expected[position].event)" : "nothing"
            return differ("event \(position + 1) of the turn was \(was), now \(now)")
        }
        report.turns += 1
        report.events += UInt64(expected.count)
        expected = []
    }

    private mutating func differ(_ detail: String) {
        report.difference = RedecideReport.Difference(
            instant: turnInstant, sequence: turnSequence, detail: detail)
    }
}
