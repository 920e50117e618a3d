/// Why a recording no longer goes on.
public enum RecordingStop: Sendable, Equatable, CustomStringConvertible {
    /// The disk did not keep up and the queue's limit was reached.
    case queueFull(limitBytes: Int)
    /// Writing failed, for want of space for example.
    case failed(RecordingError)

    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .queueFull(let limit):
            "recording stopped: the disk is too slow, \(limit >> 20) MiB were waiting; the cluster runs on"
        case .failed(let error): "recording stopped: \(error); the cluster runs on"
        }
    }
}

/// How a recording that is being written fares; a value that any thread may ask for.
public struct RecorderStatus: Sendable, Equatable {
    /// What a recording is doing.
    public enum State: Sendable, Equatable {
        /// Records are taken and written.
        case recording
        /// Records are refused, for this reason.
        case stopped(RecordingStop)
        /// It was ended in order.
        case ended
    }

    /// Whether records are still taken.
    public var state: State = .recording
    /// The segment that is written now, or was written last.
    public var path = ""
    /// Segments that this session has begun.
    public var segments = 0
    /// Bytes written to files in this session.
    public var bytesWritten: UInt64 = 0
    /// Records written to files in this session.
    public var recordsWritten: UInt64 = 0
    /// Records that were refused because the recording had stopped.
    public var recordsRefused: UInt64 = 0
    /// Bytes that wait for the writing thread now.
    public var queuedBytes = 0
    /// Size of the payload of the last snapshot, whole or of changes; 0 before the first.
    public var lastSnapshotBytes = 0
    /// Size of the payload of the last whole snapshot; 0 before the first.
    public var lastWholeSnapshotBytes = 0
    /// `Record.sequence` of the last record that is on the disk.
    public var syncedSequence: UInt64 = 0
    /// Times that the disk was waited for.
    public var syncs: UInt64 = 0
    /// Old segments that were removed by age or size.
    public var segmentsRemoved = 0
}
