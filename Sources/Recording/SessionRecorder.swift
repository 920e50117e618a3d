import ClusterModel
import ClusterSource
import Synchronization

/// Records the session of one core: its inputs, what followed from them, and now and then its state. Nothing here
/// waits: a turn costs the copying of its bytes, a snapshot the copying of references; encoding and writing happen on
/// the writing thread.
public final class SessionRecorder: Sendable {
    private struct Progress {
        var planner: SnapshotPlanner
        var hasEnded = false
    }

    /// Sizes and marks of snapshots as the writing thread encoded them.
    private final class Encoded: Sendable {
        struct Sizes {
            var mark: SnapshotMark?
            var whole = 0
            var last: Int?
        }
        let sizes = Mutex(Sizes())
    }

    private let writer: RecordingWriter
    private let progress: Mutex<Progress>
    private let encoded = Encoded()
    private let since: Instant

    /// Begins a session of the film `name` in `folder` and takes the first snapshot.
    ///
    /// - Parameters:
    ///   - state: what the core starts from, before its first input.
    ///   - start: that first input. It names the cluster, which a new cluster's state does not yet, and the version by
    ///     which alone inputs are decided again.
    ///   - at: now.
    ///   - onStop: called once, on any thread, when recording stops before `end`.
    /// - Throws: `RecordingError` when the first segment cannot be made.
    public init(
        folder: String, name: String, state: ClusterState, start: CoreStart, at time: Instant,
        limits: RecordingLimits = RecordingLimits(), onStop: @escaping @Sendable (RecordingStop) -> Void = { _ in }
    ) throws(RecordingError) {
        let metadata = RecordingMetadata(
            clusterID: start.cluster, clusterName: (start.configuration ?? state.configuration).name,
            epoch: start.epoch, coreVersion: start.version)
        writer = try RecordingWriter(
            folder: folder, name: name, metadata: metadata, session: UInt64(bitPattern: time.microseconds),
            startMicroseconds: time.microseconds, sequence: state.sequence, limits: limits, onStop: onStop)
        since = time
        progress = Mutex(
            Progress(planner: SnapshotPlanner(limits: limits, startMicroseconds: time.microseconds)))
        take(.whole, of: state, at: time)
    }

    /// Takes one turn of the core.
    ///
    /// - Parameters:
    ///   - time: the instant at which the core handled the inputs.
    ///   - inputs: each as `Input.bytes()`, in order.
    ///   - events: what followed, in order.
    ///   - batch: the same as an `EventBatch`; made here when it is empty.
    ///   - isOperatorAct: a person asked for something: the turn is on the disk before anything else is written.
    ///   - state: the state after the turn.
    public func record(
        time: Instant, inputs: [[UInt8]], events: [StampedEvent], batch: [UInt8] = [], isOperatorAct: Bool = false,
        state: ClusterState
    ) {
        var bytes = 0
        if !inputs.isEmpty {
            let before = events.first.map { $0.sequence &- 1 } ?? state.sequence
            let payload = TurnCoding.inputs(inputs)
            bytes += payload.count
            writer.append(
                .input, flags: isOperatorAct && events.isEmpty ? [.ignorable, .operatorAction] : .ignorable,
                timeMicroseconds: time.microseconds, sequence: before, payload: .bytes(payload))
        }
        if !events.isEmpty {
            bytes += recordEvents(time, events, batch, isOperatorAct: isOperatorAct)
            for stamped in events { recordMark(for: stamped, in: state) }
        }
        let choice = progress.withLock { progress in
            encoded.sizes.withLock { sizes in
                progress.planner.lastBytes = sizes.last
                progress.planner.wholeBytes = sizes.whole
            }
            return progress.planner.note(
                events: events.count, bytes: bytes + 12, timeMicroseconds: time.microseconds)
        }
        take(choice, of: state, at: time)
    }

    private func recordEvents(
        _ time: Instant, _ events: [StampedEvent], _ batch: [UInt8], isOperatorAct: Bool
    ) -> Int {
        let weight = events.reduce(UInt64(0)) { $1.event.isSample ? $0 : $0 + 1 }
        let payload = TurnCoding.events(batch: batch.isEmpty ? EventBatch.encode(events) : batch, weight: weight)
        writer.append(
            weight == 0 ? .sample : .events, flags: isOperatorAct ? .operatorAction : [],
            timeMicroseconds: time.microseconds, sequence: events.last?.sequence ?? 0, payload: .bytes(payload))
        return payload.count
    }

    private func recordMark(for stamped: StampedEvent, in state: ClusterState) {
        guard let (kind, text) = MarkText.mark(for: stamped.event, in: state) else { return }
        writer.append(
            kind, flags: .ignorable, timeMicroseconds: stamped.time.microseconds, sequence: state.sequence,
            payload: .bytes(text.encoded()))
    }

    private func take(_ choice: SnapshotPlanner.Choice, of state: ClusterState, at time: Instant) {
        guard choice != .none else { return }
        let isWhole = choice != .changes
        let encoded = encoded
        let estimate = encoded.sizes.withLock { sizes in
            sizes.last = nil
            return max(sizes.whole, 4_096)
        }
        writer.append(
            isWhole ? .snapshot : .snapshotChanges, timeMicroseconds: time.microseconds, sequence: state.sequence,
            payload: .deferred(estimatedBytes: estimate) {
                let base = isWhole ? nil : encoded.sizes.withLock(\.mark)
                let (chunks, mark) = state.snapshot(since: base)
                let bytes = TurnCoding.snapshot(chunks)
                encoded.sizes.withLock { sizes in
                    if isWhole {
                        sizes.mark = mark
                        sizes.whole = bytes.count
                    }
                    sizes.last = bytes.count
                }
                return bytes
            }, startsSegment: choice == .wholeInNewSegment)
    }

    /// How the recording stands, for the header of the console.
    public var status: RecordingStatus {
        let details = writer.status
        var fault = ""
        if case .stopped(let stop) = details.state { fault = stop.description }
        return RecordingStatus(
            since: since, fault: fault, bytes: Int64(clamping: details.bytesWritten))
    }

    /// How the recording stands, in full.
    public var details: RecorderStatus { writer.status }

    /// Waits until everything recorded so far is on the disk; for tests and shutdown, not for the core.
    public func synchronize() { writer.synchronize() }

    /// Writes what waits and closes the segment. Waits for the disk; may be called again.
    public func end() { writer.end() }
}
