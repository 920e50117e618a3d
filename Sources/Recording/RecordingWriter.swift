import Dispatch
import Synchronization

/// Writes a film on a thread of its own. `append` never waits for the disk; when the queue is full or writing fails,
/// the recording stops with a reason in `status`, and everything else runs on.
public final class RecordingWriter: Sendable {
    /// The content of a record, or how to make it on the writing thread.
    public enum Payload: Sendable {
        /// Bytes that are there.
        case bytes([UInt8])
        /// Bytes that the writing thread makes: for snapshots, whose encoding would hold up the core. The estimate
        /// in bytes counts against the queue's limit.
        case deferred(estimatedBytes: Int, @Sendable () -> [UInt8])
    }

    struct Item: Sendable {
        var kind: RecordKind
        var flags: RecordFlags
        var timeMicroseconds: Int64
        var sequence: UInt64
        var payload: Payload
        var startsSegment: Bool
        var cost: Int
    }

    struct Shared {
        var items: [Item] = []
        var isUrgent = false
        var isEnding = false
        var endReason = ""
        var waiters: [DispatchSemaphore] = []
        var status = RecorderStatus()
    }

    /// What a record costs in the queue besides its payload, in bytes.
    static let itemOverheadBytes = 64
    /// The thread is woken early when this many bytes wait.
    static let wakeBytes = 1 << 20

    let shared = Mutex(Shared())
    let wake: WakePipe
    let limits: RecordingLimits
    private let thread: JoinableThread

    /// Begins a session: makes the folder and its first segment, and starts the thread.
    ///
    /// - Parameters:
    ///   - folder: made with mode 0700 when it is missing.
    ///   - name: of the film; a film that is there is gone on with, in a new segment.
    ///   - session: a number that no other session of this film has.
    ///   - onStop: called once, on any thread, when the recording stops for a reason other than `end`.
    /// - Throws: `RecordingError` when the segment cannot be made.
    public convenience init(
        folder: String, name: String, metadata: RecordingMetadata, session: UInt64, startMicroseconds: Int64,
        sequence: UInt64 = 0, limits: RecordingLimits = RecordingLimits(),
        onStop: @escaping @Sendable (RecordingStop) -> Void = { _ in }
    ) throws(RecordingError) {
        try self.init(
            plan: SegmentPlan(folder: folder, name: name, metadata: metadata, session: session),
            startMicroseconds: startMicroseconds, sequence: sequence, limits: limits, calls: FileCalls(),
            onStop: onStop)
    }

    init(
        plan: SegmentPlan, startMicroseconds: Int64, sequence: UInt64, limits: RecordingLimits, calls: FileCalls,
        onStop: @escaping @Sendable (RecordingStop) -> Void
    ) throws(RecordingError) {
        let wake = try WakePipe()
        let output = try SegmentOutput(
            plan: plan, startMicroseconds: startMicroseconds, sequence: sequence, limits: limits, calls: calls)
        self.wake = wake
        self.limits = limits
        let start = ThreadStart()
        thread = try JoinableThread { start.run() }
        // The thread waits for its work until here, because it needs the writer that owns it.
        shared.withLock { output.describe(in: &$0.status) }
        start.give { [self] in
            var loop = WritingLoop(writer: self, output: output, onStop: onStop)
            loop.run()
        }
    }

    /// How the recording fares.
    public var status: RecorderStatus { shared.withLock { $0.status } }

    /// Hands a record to the writing thread; costs a lock and a copy of a reference.
    ///
    /// - Parameter startsSegment: close the present segment first; only for whole snapshots.
    /// - Returns: false when the recording has stopped or just stops because the queue is full.
    @discardableResult
    public func append(
        _ kind: RecordKind, flags: RecordFlags = [], timeMicroseconds: Int64, sequence: UInt64, payload: Payload,
        startsSegment: Bool = false
    ) -> Bool {
        let size =
            switch payload {
            case .bytes(let bytes): bytes.count
            case .deferred(let estimate, _): estimate
            }
        let item = Item(
            kind: kind, flags: flags, timeMicroseconds: timeMicroseconds, sequence: sequence, payload: payload,
            startsSegment: startsSegment, cost: size + Self.itemOverheadBytes)
        let (taken, needsWake) = shared.withLock { $0.take(item, limitBytes: limits.queueBytes) }
        if needsWake { wake.signal() }
        return taken
    }

    /// Waits until everything appended before is on the disk, or the recording has stopped. For shutting down and
    /// for tests, not for the core.
    public func synchronize() {
        let done = DispatchSemaphore(value: 0)
        let waits = shared.withLock { shared in
            guard shared.status.state == .recording else { return false }
            shared.waiters.append(done)
            shared.isUrgent = true
            return true
        }
        guard waits else { return }
        wake.signal()
        done.wait()
    }

    /// Writes what waits, the index and the end, and waits for the disk. Further records are refused.
    public func end() {
        shared.withLock { shared in
            if shared.status.state == .recording { shared.status.state = .ended }
            shared.isEnding = true
        }
        wake.signal()
        thread.join()
    }
}

extension RecordingWriter.Shared {
    /// Takes an item unless that would pass the limit; says whether it was taken and whether the thread must be woken.
    mutating func take(_ item: RecordingWriter.Item, limitBytes: Int) -> (taken: Bool, needsWake: Bool) {
        guard status.state == .recording else {
            status.recordsRefused += 1
            return (false, false)
        }
        guard status.queuedBytes + item.cost <= limitBytes else {
            let stop = RecordingStop.queueFull(limitBytes: limitBytes)
            status.state = .stopped(stop)
            status.recordsRefused += 1
            endReason = stop.description
            isEnding = true
            return (false, true)
        }
        let before = status.queuedBytes
        items.append(item)
        status.queuedBytes += item.cost
        let urgent = item.flags.contains(.operatorAction) && !isUrgent
        if urgent { isUrgent = true }
        let crossed = before < RecordingWriter.wakeBytes && status.queuedBytes >= RecordingWriter.wakeBytes
        return (true, urgent || crossed || items.count == 1)
    }
}
