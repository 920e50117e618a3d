import ClusterModel
import ClusterSource
import ConsoleView

/// What tells two pictures of one cluster apart, without the pictures.
struct Seen: Equatable {
    var mode: SourceFrame.Mode
    var warnings: [String]
    var recordingSince: Instant?
    var recordingFault: String
    var happenings: ClusterState.Happenings
    /// Grows with each measurement too.
    var measurements: UInt64

    init(_ frame: SourceFrame) {
        mode = frame.mode
        warnings = frame.warnings
        recordingSince = frame.recording.since
        recordingFault = frame.recording.fault
        happenings = frame.state.happenings
        measurements = frame.state.nodes.change &+ frame.state.tasks.change
    }

    /// Whether a past instant was shown.
    var isPast: Bool { if case .past = mode { true } else { false } }
}

extension ConsoleEffect {
    /// Whether what is shown may be another instant, or of another source, after it.
    var movesInTime: Bool {
        switch self {
        case .pause, .seek, .find, .goLive: true
        default: false
        }
    }
}
