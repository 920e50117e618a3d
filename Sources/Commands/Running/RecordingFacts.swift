import ClusterModel

/// What a look at every byte of a recording has found.
public struct RecordingFacts: Sendable, Hashable {
    /// A file of it.
    public struct Segment: Sendable, Hashable {
        /// Its path.
        public var path: String
        /// Its size in bytes.
        public var bytes: Int64
        /// Whether it was closed in good order.
        public var isClosed: Bool

        /// A file.
        public init(path: String, bytes: Int64, isClosed: Bool) {
            self.path = path
            self.bytes = bytes
            self.isClosed = isClosed
        }
    }
    /// Something that cannot be shown.
    public struct Gap: Sendable, Hashable {
        /// What and why, in one line.
        public var text: String
        /// Last instant known before it; nil at the start.
        public var from: Instant?
        /// Whether it only says that no core was recording.
        public var isHarmless: Bool

        /// A gap.
        public init(text: String, from: Instant?, isHarmless: Bool) {
            self.text = text
            self.from = from
            self.isHarmless = isHarmless
        }
    }

    /// The files, in order.
    public var segments: [Segment] = []
    /// Records that can be read, by kind, in the order of the kinds.
    public var records: [Record] = []
    /// What cannot be shown.
    public var gaps: [Gap] = []
    /// Records of unknown kinds that bear no state.
    public var skipped: UInt64 = 0
    /// First and last instant; nil when nothing can be read.
    public var range: ClosedRange<Instant>?

    /// A kind of record and how many there are.
    public struct Record: Sendable, Hashable {
        /// The kind's word.
        public var kind: String
        /// How many.
        public var count: UInt64

        /// So many of a kind.
        public init(kind: String, count: UInt64) {
            self.kind = kind
            self.count = count
        }
    }

    /// Nothing found.
    public init() {}

    /// Nothing is missing but time in which no core was recording.
    public var isWhole: Bool { gaps.allSatisfy(\.isHarmless) }
}
