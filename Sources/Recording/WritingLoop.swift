import Dispatch
import Glibc

/// What the writing thread does: gather for a moment, write once, wait for the disk once a second or when an
/// operator acted, and begin segments where the snapshots say so.
struct WritingLoop {
    let writer: RecordingWriter
    var output: SegmentOutput
    let onStop: @Sendable (RecordingStop) -> Void

    private var flushDue: Int64?
    private var syncDue: Int64?
    private var snapshotBytes = 0
    private var wholeSnapshotBytes = 0
    /// Whoever waits for the records that were taken from the queue last.
    private var waiters: [DispatchSemaphore] = []

    init(writer: RecordingWriter, output: SegmentOutput, onStop: @escaping @Sendable (RecordingStop) -> Void) {
        self.writer = writer
        self.output = output
        self.onStop = onStop
    }

    /// Runs until the recording ends or stops.
    mutating func run() {
        do {
            while try step() {}
        } catch {
            stop(.failed(error))
        }
        output.release()
        writer.shared.withLock { shared in
            output.describe(in: &shared.status)
            shared.items = []
            shared.status.queuedBytes = 0
            waiters += shared.waiters
            shared.waiters = []
        }
        for waiter in waiters { waiter.signal() }
    }

    /// One turn; false when the recording is over.
    private mutating func step() throws(RecordingError) -> Bool {
        let now = Self.milliseconds()
        let (hasItems, isUrgent, isEnding, isLarge) = writer.shared.withLock { shared in
            (
                !shared.items.isEmpty, shared.isUrgent, shared.isEnding,
                shared.status.queuedBytes >= RecordingWriter.wakeBytes
            )
        }
        if hasItems && flushDue == nil { flushDue = now + Int64(writer.limits.flushMilliseconds) }
        if isUrgent || isEnding || isLarge || flushDue.map({ $0 <= now }) == true {
            try drain()
            flushDue = nil
        }
        if output.isDirty && syncDue == nil { syncDue = now + Int64(writer.limits.syncMilliseconds) }
        if isUrgent || syncDue.map({ $0 <= now }) == true { try synchronize() }
        if isEnding {
            try end()
            return false
        }
        wait()
        return true
    }

    private func wait() {
        // Something may have come while this turn was at work: its signal is in the pipe, so the wait ends at once.
        let now = Self.milliseconds()
        let due = [flushDue, syncDue].compactMap(\.self).min()
        writer.wake.wait(milliseconds: due.map { Int32(clamping: max(0, $0 - now)) } ?? -1)
    }

    /// Writes everything that waits now.
    private mutating func drain() throws(RecordingError) {
        let items = writer.shared.withLock { shared in
            defer { shared.items = [] }
            waiters += shared.waiters
            shared.waiters = []
            shared.isUrgent = false
            return shared.items
        }
        guard !items.isEmpty else { return }
        var cost = 0
        for item in items {
            cost += item.cost
            try write(item)
        }
        try output.flush()
        writer.shared.withLock { shared in
            shared.status.queuedBytes -= cost
            shared.status.lastSnapshotBytes = snapshotBytes
            shared.status.lastWholeSnapshotBytes = wholeSnapshotBytes
            output.describe(in: &shared.status)
        }
    }

    private mutating func write(_ item: RecordingWriter.Item) throws(RecordingError) {
        let payload =
            switch item.payload {
            case .bytes(let bytes): bytes
            case .deferred(_, let make): make()
            }
        let record = Record(
            kind: item.kind, flags: item.flags, timeMicroseconds: item.timeMicroseconds, sequence: item.sequence,
            payload: payload[...])
        if item.kind.isSnapshot { snapshotBytes = payload.count }
        if item.kind == .snapshot { wholeSnapshotBytes = payload.count }
        if item.startsSegment { try output.nextSegment(for: record) }
        try output.append(record)
    }

    private mutating func synchronize() throws(RecordingError) {
        try output.synchronize()
        syncDue = nil
        writer.shared.withLock { output.describe(in: &$0.status) }
        for waiter in waiters { waiter.signal() }
        waiters = []
    }

    private mutating func end() throws(RecordingError) {
        try drain()
        let (reason, state) = writer.shared.withLock { ($0.endReason, $0.status.state) }
        try output.finish(reason: reason)
        if case .stopped(let stop) = state { onStop(stop) }
    }

    private func stop(_ reason: RecordingStop) {
        writer.shared.withLock { shared in
            shared.status.state = .stopped(reason)
            shared.status.recordsRefused += UInt64(shared.items.count)
        }
        onStop(reason)
    }

    private static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
