/// Every limit of a film that is being written, each with its unit. The operator's page is docs/recording.md.
public struct RecordingLimits: Sendable, Equatable {
    /// Most bytes that wait for the writing thread; over it the recording stops rather than let the core wait.
    public var queueBytes = 64 << 20
    /// A segment is closed after this many bytes of inputs and events; its snapshots come on top.
    public var segmentBytes = 64 << 20
    /// A segment is closed after this many seconds.
    public var segmentAgeSeconds = 3_600
    /// Closed segments whose last instant is older than this many seconds are removed.
    public var keepSeconds = 14 * 86_400
    /// The oldest closed segments are removed while the film is larger than this many bytes.
    public var keepBytes: Int64 = 4 << 30
    /// Records are packed into frames of about this many bytes; what one damaged frame can cost.
    public var packBytes = 8 << 10
    /// Longest time in milliseconds that a record waits before it is handed to the system (survives a kill -9 then).
    public var flushMilliseconds = 200
    /// Longest time in milliseconds that written bytes wait for the disk (survive a power cut then).
    public var syncMilliseconds = 700
    /// An index record is written after this many seconds of film.
    public var indexSeconds = 30

    /// The limits as documented.
    public init() {}
}

/// Fixed sizes of the format, in bytes. Changing one makes a new major version.
enum SegmentFormat {
    /// Fragments never cross a multiple of this.
    static let blockBytes = 32 << 10
    /// Checksum, length and type before each fragment's data.
    static let fragmentHeaderBytes = 7
    /// The header page before the first fragment.
    static let headerBytes = 4 << 10
    /// The fixed part of the header page.
    static let fixedHeaderBytes = 64
    /// Most bytes of metadata in the header page.
    static let maximumMetadataBytes = headerBytes - fixedHeaderBytes
    /// Most bytes of one frame: a reader refuses to gather more than this.
    static let maximumFrameBytes = 1 << 30
    /// A file that was torn by a power cut shows whole sectors of zeros.
    static let sectorBytes = 512
    /// Text of a mark that is copied into the index.
    static let maximumIndexedMarkBytes = 512
    /// Newest major version that this program reads, and the one that it writes.
    static let major: UInt16 = 1
    /// Minor version that this program writes: new ignorable kinds and fields raise it.
    static let minor: UInt16 = 0
}
