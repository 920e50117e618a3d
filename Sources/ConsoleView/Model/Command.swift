/// Everything that a key or a palette line can ask the console for.
enum Command: Hashable, Sendable {
    // Looking around.
    case focus(PaneKind)
    case nextPane, previousPane, paneLeft, paneRight
    case open, back, zoom
    case up, down, pageUp, pageDown, first, last
    case filter, sortNext, sortReverse, sortBy
    case select, selectRange, clearSelection
    case palette, help, copy, charts, history, events, theme, quit
    // Acting.
    case scaleOut, scaleIn, drain, undrain, autoscaler, kill, hold, release, requeue, priority, rescind
    case submit, weight, note, mark, shutdown
    // Asking.
    case explain, output, shell
    case otherStream, followEnd
    // Time.
    case pause, goTo, eventBack, eventForward, sampleBack, sampleForward, playStop, slower, faster, normalSpeed
    case goEnd, goLive, marks, difference, whatIf, when
}

/// Where a key means something: a pane in the present or in the past, a detail view, a task's output. Two keys may be
/// the same only when their scopes have nothing in common.
struct KeyScope: OptionSet, Hashable, Sendable {
    let rawValue: UInt16
    init(rawValue: UInt16) { self.rawValue = rawValue }

    static let liveNodes = KeyScope(rawValue: 1)
    static let liveOffers = KeyScope(rawValue: 2)
    static let liveTasks = KeyScope(rawValue: 4)
    static let liveCost = KeyScope(rawValue: 8)
    static let pastNodes = KeyScope(rawValue: 16)
    static let pastOffers = KeyScope(rawValue: 32)
    static let pastTasks = KeyScope(rawValue: 64)
    static let pastCost = KeyScope(rawValue: 128)
    static let liveDetail = KeyScope(rawValue: 256)
    static let pastDetail = KeyScope(rawValue: 512)
    static let output = KeyScope(rawValue: 1_024)
    static let log = KeyScope(rawValue: 2_048)

    static let livePanes: KeyScope = [.liveNodes, .liveOffers, .liveTasks, .liveCost]
    static let pastPanes: KeyScope = [.pastNodes, .pastOffers, .pastTasks, .pastCost]
    static let panes: KeyScope = [.livePanes, .pastPanes]
    static let nodes: KeyScope = [.liveNodes, .pastNodes]
    static let offers: KeyScope = [.liveOffers, .pastOffers]
    static let tasks: KeyScope = [.liveTasks, .pastTasks]
    static let cost: KeyScope = [.liveCost, .pastCost]
    static let detail: KeyScope = [.liveDetail, .pastDetail]
    static let past: KeyScope = [.pastPanes, .pastDetail]
    static let live: KeyScope = [.livePanes, .liveDetail]
    /// Wherever the cluster is shown: all but a task's output.
    static let cluster: KeyScope = [.panes, .detail, .log]
    static let everywhere: KeyScope = [.cluster, .output]

    /// The scope's words in the documentation.
    var words: String {
        if self == .everywhere { return "everywhere" }
        if self == .panes { return "panes" }
        let parts: [(KeyScope, String)] = [
            (.panes, "panes"), (.livePanes, "panes, present"), (.pastPanes, "panes, past"), (.nodes, "nodes"),
            (.offers, "offers"), (.tasks, "tasks"), (.cost, "cost"), (.detail, "detail view"),
            (.liveDetail, "detail view, present"), (.pastDetail, "detail view, past"), (.output, "output"),
            (.log, "event log"),
        ]
        var rest = self
        var words: [String] = []
        for (scope, word) in parts where rest.isSuperset(of: scope) {
            words.append(word)
            rest.subtract(scope)
        }
        return words.joined(separator: ", ")
    }
}

/// A line of the key table: keys, the palette's word for the same, what it does, and what one must know of it.
struct Binding: Sendable {
    /// What help gathers it under.
    enum Group: String, Sendable, CaseIterable {
        case looking = "Looking", acting = "Acting", asking = "Asking", time = "Time", console = "Console"
    }

    /// The keys; none for what only the palette has.
    var keys: [Key]
    /// Where they mean this.
    var scope: KeyScope
    /// What is done.
    var command: Command
    /// The palette's word.
    var word: String
    /// What the palette expects after the word.
    var usage = ""
    /// What it does, in a few words.
    var text: String
    /// Under what help shows it.
    var group: Group
    /// Whether it changes the cluster. Unless a line says that it does not, it does: read-only mode denies by default.
    var changesCluster = true
    /// A short word for the footer; "" keeps it out.
    var footer = ""
    /// Why it can never be done in this version; "" when it can.
    var missing = ""

    /// The keys as people write them.
    var keyText: String { keys.map(\.description).joined(separator: " ") }
}
