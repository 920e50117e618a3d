import ClusterModel
import ClusterSource

/// How a cluster is being looked at, as a value: focus, order, filters, cursors, selections, what is being typed and
/// what is being asked. A key changes it and answers effects; a picture is made of it and a frame. Nothing here
/// waits, draws or asks a clock.
public struct ConsoleModel: Sendable {
    /// What is fixed when the console starts.
    public struct Settings: Sendable {
        /// Whether anything that changes the cluster is refused.
        public var readOnly = false
        /// Seconds that local time is ahead of UTC.
        public var utcOffset = 0
        /// Themes that can be chosen.
        public var themes: [String] = []
        /// The theme in use.
        public var theme = ""
        /// What the source can do.
        public var abilities = SourceAbilities(kind: .embedded)
        /// Whether the past of a live source can be entered.
        public var hasPast = false
        /// Whether clocks and charts stand still, for screen readers.
        public var accessible = false

        /// The defaults.
        public init() {}
    }

    /// What was given at the start.
    public var settings: Settings
    /// The pane that keys go to.
    var focus = PaneKind.nodes
    /// Whether that pane has the whole screen.
    var zoomed = false
    /// The panes in the order of `PaneKind`.
    var panes = PaneKind.allCases.map { PaneState($0) }
    /// The views opened over the panes, the last one in front.
    var views: [ConsoleScreen] = []
    /// A line being typed.
    var prompt: Prompt?
    /// A question in front of everything.
    var dialog: Dialog?
    /// Help is open, from this line on.
    var help: Int?
    /// One line for the operator, until the next key.
    var notice: (text: String, isError: Bool)?
    /// Lines typed into the palette before, oldest first.
    var history: [String] = []
    /// The size that was drawn last.
    var size = Size(width: 80, height: 24)
    /// Names in order.
    var ranks = TextRanks()
    /// Sums over all nodes.
    var summary = FrameSummary()
    /// How the cluster went while it was looked at.
    var trend = Trend()
    /// Which events are shown and stepped through; nil = all notable ones.
    var eventFilter: EventFilter?
    /// The first of two instants to be compared.
    var sideA: Difference.Side?
    /// Charts as chosen by the operator; nil = as the terminal can.
    var charts: GlyphSet.Spark?
    /// The instant of the newest live frame, for `PAUSED -0:12`.
    public var liveNow = Instant.never
    /// Whether the past was entered by pausing and not left its instant since.
    public internal(set) var isPaused = false
    /// Number of the last request.
    private var lastTicket: UInt64 = 0
    /// What answers are for.
    var pending: [UInt64: PendingAnswer] = [:]

    /// Most lines of palette history.
    static let historyLimit = 200
    /// Most answers waited for; the oldest is forgotten.
    static let pendingLimit = 64

    /// A console that looks at the nodes.
    public init(settings: Settings = Settings()) { self.settings = settings }

    /// The pane that keys go to.
    var pane: PaneState {
        _read { yield panes[focus.rawValue] }
        _modify { yield &panes[focus.rawValue] }
    }

    /// Whether what is shown changes with the clock alone, so that a picture a second is wanted.
    public var showsClock: Bool { !settings.accessible }

    /// A number for a request whose answer will come back.
    mutating func ticket(for purpose: PendingAnswer) -> UInt64 {
        lastTicket += 1
        pending[lastTicket] = purpose
        if pending.count > Self.pendingLimit, let oldest = pending.keys.min() { pending[oldest] = nil }
        return lastTicket
    }

    /// A line for the operator, until the next key.
    public mutating func say(_ text: String, isError: Bool = false) { notice = (text, isError) }

    /// Brings everything up to date with what is to be drawn at this size: call it before `render`, after keys.
    /// Costs what has changed; rows are put in order at most once a second while the picture is live.
    public mutating func prepare(_ frame: SourceFrame, size: Size) {
        self.size = size
        let isLive = !frame.isPast
        if isLive { liveNow = frame.now }
        ranks.update(frame.state)
        let nodes = PaneIndex.Stamp(
            cluster: frame.state.cluster, sequence: isLive ? 0 : frame.state.sequence,
            change: NodesTable.change(frame.state), isLive: isLive)
        summary.update(frame.state, stamp: nodes, at: frame.now)
        trend.observe(frame, summary)
        let context = context(frame)
        let layout = ConsoleLayout(self, frame: frame)
        for kind in PaneKind.allCases {
            guard let place = layout.pane(kind) else { continue }
            panes[kind.rawValue].prepare(kind, context, isLive: isLive, visibleRows: place.rows.height)
        }
        clampViews(frame)
    }

    /// What formatting needs beside a row.
    func context(_ frame: SourceFrame) -> FrameContext {
        FrameContext(
            state: frame.state, now: frame.now, offset: settings.utcOffset, ranks: ranks, summary: summary)
    }
}

/// What an answer that is waited for is for.
enum PendingAnswer: Sendable, Hashable {
    case plan, scaleOutPlan, action(String), explanation, output
}

extension SourceFrame {
    /// Whether a past instant is shown.
    public var isPast: Bool { if case .past = mode { true } else { false } }
    /// The speed of playing in thousandths; 0 when nothing plays.
    var speed: Int64 { if case .past(let speed) = mode { speed } else { 0 } }
}
