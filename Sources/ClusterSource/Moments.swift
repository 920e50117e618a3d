import ClusterModel

/// What happened when in a recording: how much in each part of it, and the moments worth finding.
public struct Timeline: Sendable, Hashable {
    /// A moment that a person or an event marked.
    public struct Mark: Sendable, Hashable {
        /// When.
        public var instant: Instant
        /// Number of the last event before it.
        public var sequence: UInt64
        /// What it says.
        public var text: String
        /// Whether a person wrote it down as a note.
        public var isNote: Bool

        /// A moment.
        public init(instant: Instant, sequence: UInt64, text: String, isNote: Bool = false) {
            self.instant = instant
            self.sequence = sequence
            self.text = text
            self.isNote = isNote
        }
    }

    /// Parts that a span is counted in.
    public static let parts = 512
    /// Most marks that are shown; of more, the newest.
    public static let markLimit = 10_000

    /// Events in each of `parts` equal parts of the span, samples not counted.
    public var density: [UInt64]
    /// Marks and notes, oldest first.
    public var marks: [Mark]

    /// What happened when.
    public init(density: [UInt64], marks: [Mark]) {
        self.density = density
        self.marks = marks
    }
}

/// A moment to be looked for, from the instant that is shown on.
public struct MomentSearch: Sendable {
    /// What is looked for.
    public enum Test: Sendable {
        /// An event; the state given beside it is that from which names are read.
        case event(@Sendable (StampedEvent, ClusterState) -> Bool)
        /// An instant from which on something holds that did not hold before. Asked after each change, and once a
        /// second of film while only measurements change.
        case state(@Sendable (ClusterState, Instant) -> Bool)
    }
    /// What is looked for.
    public var test: Test
    /// Whether to look forward; back otherwise.
    public var isForward: Bool
    /// What is looked for, in words, for the answer.
    public var words: String

    /// A search.
    public init(_ test: Test, isForward: Bool, words: String) {
        self.test = test
        self.isForward = isForward
        self.words = words
    }
}
