import ClusterModel

/// The seam between the control side and the face. Whatever shows a cluster sees only this: a live core in the process,
/// a core behind a socket, a recording, later a cluster of another engine.
///
/// All calls may come from any thread and return at once; answers come through closures on a thread of the source's.
public protocol ClusterSource: AnyObject, Sendable {
    /// What this source can do; fixed for its life.
    var abilities: SourceAbilities { get }

    /// What is to be drawn now: a value that costs references only.
    func frame() -> SourceFrame

    /// Calls `wake` after each change of `frame()`, at most once until `frame()` is asked again. One listener.
    func onChange(_ wake: @escaping @Sendable () -> Void)

    /// Asks for an action. The answer says what was done, or why not and the way out.
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void)

    /// What the action would do, tried on a copy. Sources of the past answer with a refusal.
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void)

    /// Why something is as it is, on the state that `frame()` shows.
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void)

    /// Follows a task's output. `receive` is called with pieces in order until the end or until `cancel` of the
    /// returned handle; at most `OutputPiece.limit` bytes each.
    func output(
        _ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower

    /// Moves through time; only sources whose abilities say `seeks` do anything.
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void)

    /// Looks for a moment and goes there; only sources whose abilities say `seeks` do anything. A later command ends a
    /// search that is under way.
    func find(_ search: MomentSearch, answer: @escaping @Sendable (ActionAnswer) -> Void)

    /// Ends the source: closes its connections and threads. The core behind a socket goes on.
    func close()
}

extension ClusterSource {
    public func find(_ search: MomentSearch, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "only a recording can be searched"))
    }
}

/// What a source can do, so that keys can be offered, or disabled with the reason.
public struct SourceAbilities: Sendable, Hashable {
    /// What the source is.
    public enum Kind: Sendable, Hashable { case embedded, attached, recording }
    /// What it is.
    public var kind: Kind
    /// Whether actions are carried out; nil = yes, else why not.
    public var actionsDisabled: String?
    /// Whether `seek` works.
    public var seeks: Bool
    /// Whether outputs of tasks can be read; nil = yes, else why not.
    public var outputDisabled: String?

    /// The abilities of a source.
    public init(kind: Kind, actionsDisabled: String? = nil, seeks: Bool = false, outputDisabled: String? = nil) {
        self.kind = kind
        self.actionsDisabled = actionsDisabled
        self.seeks = seeks
        self.outputDisabled = outputDisabled
    }
}

/// One picture of a cluster.
public struct SourceFrame: Sendable {
    /// Whether it is the present, and if not how one moves in the past.
    public enum Mode: Sendable, Hashable {
        /// The present.
        case live
        /// The connection to the core is lost; what is shown is the last that was known. Says why.
        case stale(String)
        /// A past instant; `speed` in thousandths, 0 = not playing.
        case past(speed: Int64)
    }
    /// Which.
    public var mode: Mode
    /// The state to draw.
    public var state: ClusterState
    /// The instant that is shown: the clock when live.
    public var now: Instant
    /// How the recording stands.
    public var recording: RecordingStatus
    /// First and last instant that can be shown; only for sources that seek.
    public var span: ClosedRange<Instant>?
    /// Gaps and skipped kinds that the viewer must know of, one line each.
    public var warnings: [String]
    /// What happened when in the whole span; nil when it is not known (yet).
    public var timeline: Timeline?

    /// A picture.
    public init(
        mode: Mode, state: ClusterState, now: Instant, recording: RecordingStatus, span: ClosedRange<Instant>? = nil,
        warnings: [String] = [], timeline: Timeline? = nil
    ) {
        self.mode = mode
        self.state = state
        self.now = now
        self.recording = recording
        self.span = span
        self.warnings = warnings
        self.timeline = timeline
    }
}

/// How the recording of a live core stands.
public struct RecordingStatus: Sendable, Hashable {
    /// Since when it runs; nil = there is none.
    public var since: Instant?
    /// Why it stopped; "" when it did not.
    public var fault: String
    /// Bytes written.
    public var bytes: Int64

    /// A status.
    public init(since: Instant? = nil, fault: String = "", bytes: Int64 = 0) {
        self.since = since
        self.fault = fault
        self.bytes = bytes
    }
}

/// A way to move through time.
public enum SeekCommand: Sendable, Hashable {
    /// To an instant.
    case to(Instant)
    /// To a share of the whole, thousandths.
    case share(Int)
    /// To the event with this number.
    case event(UInt64)
    /// By so many events that are notable; negative = back.
    case step(Int)
    /// By so many samples; negative = back.
    case stepSample(Int)
    /// Play at this speed in thousandths of real time; 0 = stop.
    case play(speed: Int64)
    /// To the first or the last instant.
    case start, end
}

/// A request to read a task's output.
public struct OutputRequest: Sendable, Hashable {
    /// Which stream.
    public enum Stream: UInt8, Sendable { case stdout = 1, stderr = 2 }
    /// Which task.
    public var task: TaskID
    /// Which stream.
    public var stream: Stream
    /// From which byte; negative = so many bytes before the end.
    public var offset: Int64
    /// Whether to wait for more while the task runs.
    public var follow: Bool

    /// A request.
    public init(task: TaskID, stream: Stream, offset: Int64 = 0, follow: Bool = true) {
        self.task = task
        self.stream = stream
        self.offset = offset
        self.follow = follow
    }
}

/// A piece of a task's output.
public struct OutputPiece: Sendable, Hashable {
    /// Most bytes in a piece.
    public static let limit = 65_536
    /// Where it begins in the stream.
    public var offset: Int64
    /// The bytes.
    public var bytes: [UInt8]
    /// Nothing comes after it.
    public var isLast: Bool
    /// Why there is no more, when something went wrong; "" otherwise.
    public var fault: String

    /// A piece.
    public init(offset: Int64, bytes: [UInt8], isLast: Bool, fault: String = "") {
        self.offset = offset
        self.bytes = bytes
        self.isLast = isLast
        self.fault = fault
    }
}

/// A running request for output.
public protocol OutputFollower: AnyObject, Sendable {
    /// Ends it; no piece comes after this returns, but for one that is being delivered.
    func cancel()
}
