/// What an attached source shows: written by the socket's thread, read by whoever draws. One state, changed in place
/// under a lock that is held for a batch of events at most; readers get a copy that costs references.
import ByteCoding
import ClusterModel
import ClusterSource
import Glibc
import Synchronization

/// The picture of a cluster behind a socket.
final class AttachedPicture: Sendable {
    private struct Contents {
        var mode = SourceFrame.Mode.stale("waiting for the core's first picture")
        var state = ClusterState()
        /// Number of the last event that is in the picture, known or passed over.
        var sequence: UInt64 = 0
        /// The core's clock less ours.
        var offset = Interval.zero
        var hasOffset = false
        /// The core's time when the picture went stale.
        var frozen = Instant.never
        var recording = RecordingStatus()
        /// Events of unknown kinds that were passed over.
        var skipped = 0
        /// Why the picture had to begin anew the last time; "" = it never had.
        var renewal = ""
        var changed = false
        var armed = true
        var wake: (@Sendable () -> Void)?
    }
    private let contents = Mutex(Contents())

    /// A difference of the core's clock from what was expected that is taken for a jump, not for a delay on the way.
    private static let jump = Interval.seconds(1)

    /// This machine's clock.
    static func clock() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    // MARK: - For who draws

    /// The picture now.
    func frame() -> SourceFrame {
        let clock = Self.clock()
        return contents.withLock { own in
            own.armed = true
            own.changed = false
            // Events may be stamped a little ahead of a clock that was read before they came.
            let now = own.mode == .live ? max(clock + own.offset, own.state.now) : own.frozen
            var frame = SourceFrame(mode: own.mode, state: own.state, now: now, recording: own.recording)
            if own.skipped > 0 {
                frame.warnings.append("\(own.skipped) events of unknown kinds passed over")
            }
            if !own.renewal.isEmpty { frame.warnings.append("picture renewed, \(own.renewal)") }
            return frame
        }
    }

    /// Sets the listener; it is called at once when there is something that it has not seen.
    func onChange(_ wake: @escaping @Sendable () -> Void) {
        let due = contents.withLock { own in
            own.wake = wake
            defer { own.armed = !own.changed }
            return own.changed
        }
        if due { wake() }
    }

    /// Wakes the listener if there is something new and it has looked since it was last woken.
    func announce() {
        let wake: (@Sendable () -> Void)? = contents.withLock { own in
            guard own.changed, own.armed, let wake = own.wake else { return nil }
            own.armed = false
            return wake
        }
        wake?()
    }

    // MARK: - For the socket's thread

    /// A new whole picture.
    func replace(_ state: ClusterState) {
        contents.withLock { own in
            own.state = state
            own.sequence = state.sequence
            own.mode = .live
            own.changed = true
        }
    }

    /// What came of a batch.
    enum Applied: Equatable {
        case done
        /// The picture must begin anew, for this reason.
        case mustRenew(String)
        case notABatch
    }

    /// Adds a batch of events, an `EventBatch`.
    func apply(_ bytes: [UInt8]) -> Applied {
        var reader = ByteReader(bytes)
        let first = reader.varint()
        _ = reader.signed()
        let count = reader.varint()
        guard !reader.failed, count > 0 else { return .notABatch }
        return contents.withLock { own in
            let (end, overflow) = first.addingReportingOverflow(count - 1)
            guard !overflow else { return .notABatch }
            if end <= own.sequence { return .done }
            if first > own.sequence + 1 {
                return .mustRenew("events \(own.sequence + 1) to \(first - 1) did not come")
            }
            guard let outcome = own.state.apply(batch: bytes[...], after: own.sequence) else { return .notABatch }
            if outcome.broken { return .mustRenew("the core sent a change of a kind unknown to this version") }
            own.skipped += outcome.skipped
            own.sequence = end
            own.changed = true
            return .done
        }
    }

    /// The core's clock and recording.
    func note(_ status: StatusMessage) {
        let clock = Self.clock()
        contents.withLock { own in
            // The message that was on its way for the shortest time tells best; a jump of a clock begins anew.
            let offset = status.now - clock
            let difference = offset - own.offset
            if !own.hasOffset || difference > .zero || difference < Interval.zero - Self.jump {
                if !own.hasOffset || difference > Self.jump || difference < .zero { own.changed = true }
                own.offset = offset
                own.hasOffset = true
            }
            let old = own.recording
            own.recording = status.recording
            if old.since != own.recording.since || old.fault != own.recording.fault { own.changed = true }
        }
    }

    /// The picture is no longer the present.
    func goStale(_ reason: String) {
        let clock = Self.clock()
        contents.withLock { own in
            if own.mode == .live { own.frozen = max(clock + own.offset, own.state.now) }
            if own.mode != .stale(reason) { own.changed = true }
            own.mode = .stale(reason)
            own.hasOffset = false
        }
    }

    /// The picture must begin anew though the core is there.
    func renewing(_ reason: String) {
        contents.withLock { $0.renewal = reason }
        goStale(reason)
    }

    /// Number of the last event in the picture.
    var sequence: UInt64 { contents.withLock { $0.sequence } }
    /// Whether the picture is the present.
    var isLive: Bool { contents.withLock { $0.mode == .live } }
}
