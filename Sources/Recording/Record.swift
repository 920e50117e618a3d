import Glibc

/// What a record of a film holds. The number is what stands in the file; numbers are never given twice.
///
/// Any number may come from a newer program. A reader skips and counts an unknown kind that is flagged
/// `RecordFlags.ignorable`, and shows a gap up to the next snapshot for any other.
public struct RecordKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the file.
    public let rawValue: UInt64
    /// A kind by its number, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The whole state: replay may begin here. Its payload is the state's own encoding.
    public static let snapshot = RecordKind(rawValue: 1)
    /// The chunks that have changed since the last whole snapshot of the same segment.
    public static let snapshotChanges = RecordKind(rawValue: 2)
    /// An input as the core took it; needed to decide again, not to look back.
    public static let input = RecordKind(rawValue: 3)
    /// The events of one input. The payload begins with their number, a varint, which the time bar counts.
    public static let events = RecordKind(rawValue: 4)
    /// Usage that was measured; bears no decision.
    public static let sample = RecordKind(rawValue: 5)
    /// A moment worth finding again: set by the operator or by an event such as a scale-out.
    public static let mark = RecordKind(rawValue: 6)
    /// What an operator wrote about a moment, perhaps later; never changes the past.
    public static let note = RecordKind(rawValue: 7)
    /// Where things are in the stretch before; written and read by this target only.
    static let index = RecordKind(rawValue: 8)
    /// The segment was closed in order; written and read by this target only.
    static let end = RecordKind(rawValue: 9)

    /// This program knows what to do with the kind.
    public var isKnown: Bool { (1...9).contains(rawValue) }
    /// Kinds that describe the segment itself and are not shown to readers of the film.
    var isInternal: Bool { self == .index || self == .end }
    /// Marks and notes: found again through the index.
    var isMark: Bool { self == .mark || self == .note }
    /// Whole or partial states.
    var isSnapshot: Bool { self == .snapshot || self == .snapshotChanges }

    /// The word for the kind, or its number.
    public var description: String {
        let names = ["snapshot", "snapshot of changes", "input", "events", "sample", "mark", "note", "index", "end"]
        return isKnown ? names[Int(rawValue) - 1] : "kind \(rawValue)"
    }
}

/// How a record has to be treated by who does not know its kind, and how it is written.
public struct RecordFlags: OptionSet, Hashable, Sendable {
    /// The bits in the file: two are used.
    public let rawValue: UInt8
    /// Flags by their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The state does not need it: a reader that does not know the kind skips it and counts it.
    public static let ignorable = RecordFlags(rawValue: 1)
    /// Caused by an operator's act: on the disk before anything else is written.
    public static let operatorAction = RecordFlags(rawValue: 2)

    static let storedBits: UInt64 = 2
}

/// One record of a film.
public struct Record: Sendable, Equatable {
    /// What the payload is.
    public var kind: RecordKind
    /// How it has to be treated.
    public var flags: RecordFlags
    /// When it was, in microseconds since 1970 by the core's clock.
    public var timeMicroseconds: Int64
    /// Number of the last event that had been applied when this was written; never falls within a session.
    public var sequence: UInt64
    /// The content. May share storage with its neighbours; copy it to keep it long.
    public var payload: ArraySlice<UInt8>

    /// A record of given parts.
    public init(
        kind: RecordKind, flags: RecordFlags = [], timeMicroseconds: Int64, sequence: UInt64,
        payload: ArraySlice<UInt8> = []
    ) {
        self.kind = kind
        self.flags = flags
        self.timeMicroseconds = timeMicroseconds
        self.sequence = sequence
        self.payload = payload
    }

    /// All parts are equal; payloads are compared as memory, since decided again films compare millions of them.
    public static func == (a: Record, b: Record) -> Bool {
        a.kind == b.kind && a.flags == b.flags && a.timeMicroseconds == b.timeMicroseconds
            && a.sequence == b.sequence && areEqual(a.payload, b.payload)
    }
}

/// Whether two runs of bytes hold the same.
func areEqual(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return a.withUnsafeBytes { first in
        b.withUnsafeBytes { second in
            guard let first = first.baseAddress, let second = second.baseAddress else { return true }
            return memcmp(first, second, a.count) == 0
        }
    }
}
