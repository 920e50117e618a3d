// The dotted names of the meanings, as theme files write them, and the way from a name back to its meaning.

extension Style {
    /// The dotted name, as theme files write it.
    public var name: String {
        switch self {
        case .text: return "text"
        case .dim: return "dim"
        case .title: return "title"
        case .titleFocused: return "title.focused"
        case .border: return "border"
        case .borderFocused: return "border.focused"
        case .header: return "header"
        case .headerLive: return "header.live"
        case .headerPaused: return "header.paused"
        case .headerReplay: return "header.replay"
        case .headerReadOnly: return "header.read-only"
        case .recording: return "recording"
        case .recordingStopped: return "recording.stopped"
        case .label: return "label"
        case .value: return "value"
        case .column: return "column"
        case .columnSorted: return "column.sorted"
        case .key: return "key"
        case .keyDisabled: return "key.disabled"
        case .error: return "error"
        case .warning: return "warning"
        case .success: return "success"
        case .info: return "info"
        case .cursor: return "cursor"
        case .cursorResting: return "cursor.resting"
        case .selection: return "selection"
        case .match: return "match"
        case .faded: return "faded"
        case .input: return "input"
        case .inputError: return "input.error"
        case .dialog: return "dialog"
        case .dialogBorder: return "dialog.border"
        case .button: return "button"
        case .buttonFocused: return "button.focused"
        case .link: return "link"
        case .node: return "node"
        case .nodeJoining: return "node.joining"
        case .nodeBooting: return "node.booting"
        case .nodeReady: return "node.ready"
        case .nodeDraining: return "node.draining"
        case .nodeDrained: return "node.drained"
        case .nodeHeld: return "node.held"
        case .nodeUnreachable: return "node.unreachable"
        case .nodeLost: return "node.lost"
        case .nodeRemoved: return "node.removed"
        case .offer: return "offer"
        case .offerAccepted: return "offer.accepted"
        case .offerDeclined: return "offer.declined"
        case .offerTimedOut: return "offer.timed-out"
        case .offerRescinded: return "offer.rescinded"
        case .task: return "task"
        case .taskQueued: return "task.queued"
        case .taskHeld: return "task.held"
        case .taskOffered: return "task.offered"
        case .taskStaging: return "task.staging"
        case .taskRunning: return "task.running"
        case .taskKilling: return "task.killing"
        case .taskFinished: return "task.finished"
        case .taskFailed: return "task.failed"
        case .taskKilled: return "task.killed"
        case .taskLost: return "task.lost"
        case .cost: return "cost"
        case .costNear: return "cost.near"
        case .costOver: return "cost.over"
        case .costIdle: return "cost.idle"
        case .chartLow: return "chart.low"
        case .chartMid: return "chart.mid"
        case .chartHigh: return "chart.high"
        case .chartTrack: return "chart.track"
        case .chartAxis: return "chart.axis"
        case .timeline: return "timeline"
        case .timelinePosition: return "timeline.position"
        case .timelineMark: return "timeline.mark"
        case .event: return "event"
        case .eventScale: return "event.scale"
        case .eventNode: return "event.node"
        case .eventTask: return "event.task"
        case .eventCost: return "event.cost"
        case .eventOperator: return "event.operator"
        case .autoscaler: return "autoscaler"
        case .autoscalerOff: return "autoscaler.off"
        case .autoscalerDryRun: return "autoscaler.dry-run"
        case .role: return "role"
        case .pool: return "pool"
        }
    }

    /// The meaning with exactly this name; nil if there is none.
    public init?(exactly name: String) {
        guard let style = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = style
    }

    /// The meaning with the longest name that is a dotted prefix of `name`: `node.cordoned` is ``node``. Without any,
    /// ``text``. Looks at every meaning; ask once per state, not per cell.
    public init(named name: String) {
        self = Self.prefixes(of: name).reversed().lazy.compactMap { Style(exactly: $0) }.first ?? .text
    }

    /// A sign of one column for snapshots; each meaning has its own, ordinary text a space.
    public var letter: Unicode.Scalar {
        let value = UInt32(rawValue)
        // Printable ASCII from `A` on, round to `!`, then Latin letters with accents.
        let printable: UInt32 = 94
        let place = (value + 31) % printable + 0x21
        return self == .text ? " " : value < printable ? GlyphSet.scalar(place) : GlyphSet.scalar(value + 0xC0)
    }

    /// `a`, `a.b` and `a.b.c` for `a.b.c`.
    static func prefixes(of name: String) -> [String] {
        var result: [String] = []
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            result.append(result.isEmpty ? String(part) : result[result.count - 1] + "." + part)
        }
        return result
    }
}
