/// A stretch of film that cannot be shown, and why.
public struct RecordingGap: Sendable, Equatable, CustomStringConvertible {
    /// Why it cannot be shown.
    public enum Reason: Sendable, Equatable {
        /// Checksums are wrong: the file was damaged after it was written.
        case damaged
        /// The last bytes never reached the disk: the core was killed or the power went.
        case tornTail
        /// Files are missing from the film.
        case segmentsMissing(count: UInt32)
        /// The file is there and cannot be read.
        case unreadable(RecordingError)
        /// No core was recording: between two sessions.
        case notRecorded
        /// A record that bears state is of a kind that this program does not know.
        case unknownKind(RecordKind)
        /// The events' numbers jump: some were never written.
        case eventsMissing
    }

    /// Why.
    public var reason: Reason
    /// The file, by its number in the film.
    public var segment: UInt32
    /// Bytes of the file that hold nothing usable; 0 where that says nothing.
    public var bytes: UInt64
    /// Last instant known before it, in microseconds; nil at the start of a film.
    public var fromMicroseconds: Int64?
    /// First instant known after it, in microseconds; nil at the end of a film.
    public var toMicroseconds: Int64?

    /// A gap of given parts.
    public init(
        reason: Reason, segment: UInt32, bytes: UInt64 = 0, fromMicroseconds: Int64? = nil,
        toMicroseconds: Int64? = nil
    ) {
        self.reason = reason
        self.segment = segment
        self.bytes = bytes
        self.fromMicroseconds = fromMicroseconds
        self.toMicroseconds = toMicroseconds
    }

    /// Length in microseconds where both ends are known.
    public var lengthMicroseconds: Int64? {
        guard let from = fromMicroseconds, let to = toMicroseconds else { return nil }
        return max(0, to &- from)
    }

    /// Words for the operator, without the instant: "lost 0.4 s (damaged, 8123 bytes of segment 3)".
    public var description: String {
        let cause =
            switch reason {
            case .damaged: "damaged, \(bytes) bytes of segment \(segment)"
            case .tornTail: "end torn off, \(bytes) bytes of segment \(segment)"
            case .segmentsMissing(let count): "\(count) segments before segment \(segment) are missing"
            case .unreadable(let error): "\(error)"
            case .notRecorded: "no core was recording"
            case .unknownKind(let kind): "\(kind) in segment \(segment) needs a newer bellows"
            case .eventsMissing: "events before segment \(segment)'s next snapshot were never written"
            }
        guard let length = lengthMicroseconds else { return "lost the rest (\(cause))" }
        return "lost \(length / 1_000_000).\(length / 100_000 % 10) s (\(cause))"
    }
}

/// What comes next in a film.
public enum RecordingItem: Sendable, Equatable {
    /// A record.
    case record(Record)
    /// A stretch that cannot be shown, told between the records before and after it.
    case gap(RecordingGap)
}
