/// What is said about following a cluster: one snapshot, then events, and the core's clock now and then.
import ClusterModel
import ClusterSource

/// Client to core: follow from now on. Asked again, it starts anew with another snapshot.
struct Follow: Wired, Equatable {
    /// Counted by the client; comes back with the snapshot, so that what belongs to an earlier one can be told apart.
    var generation: UInt64 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) { coder.uint(&generation) }
}

/// A snapshot comes: parts, then the end, then events from the next number on.
struct SnapshotBegin: Wired, Equatable {
    var generation: UInt64 = 0
    /// Number of the last event that the snapshot contains.
    var sequence: UInt64 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&generation)
        coder.uint(&sequence)
    }
}

/// Some pieces of a snapshot.
struct SnapshotPart: Wired, Equatable {
    var chunks: [SnapshotChunk] = []

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.elements(&chunks, empty: SnapshotChunk()) { $0.record(&$1) }
    }
}

/// The snapshot is whole.
struct SnapshotEnd: Wired, Equatable {
    var generation: UInt64 = 0
    /// How many pieces were sent.
    var chunks: UInt64 = 0

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&generation)
        coder.uint(&chunks)
    }
}

/// The core's clock and how its recording stands.
struct StatusMessage: Wired, Equatable {
    var now = Instant.never
    var recordingSince = Instant.never
    var recordingFault = ""
    var recordingBytes: Int64 = 0

    init() {}
    init(_ status: FeedStatus) {
        now = status.now
        recordingSince = status.recording.since ?? .never
        recordingFault = status.recording.fault
        recordingBytes = status.recording.bytes
    }

    /// The recording part as the face wants it.
    var recording: RecordingStatus {
        RecordingStatus(
            since: recordingSince.isNever ? nil : recordingSince, fault: recordingFault, bytes: recordingBytes)
    }

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.instant(&now)
        coder.instant(&recordingSince)
        coder.text(&recordingFault)
        coder.int(&recordingBytes)
    }
}

/// The client was too slow: events were thrown away, and it must follow anew to see the cluster again.
struct Dropped: Wired, Equatable {
    var generation: UInt64 = 0
    var message = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&generation)
        coder.text(&message)
    }
}
