import ClusterModel
import ClusterSource

/// How one pane is looked at: order, filter, where the cursor is and what is selected. Cursor and selection hold on to
/// things; rows may move under them.
struct PaneState: Sendable {
    /// The column that sorts.
    var sort: Int
    /// Whether the order is turned around.
    var reversed: Bool
    /// What rows must pass.
    var filter: RowFilter?
    /// Row of the cursor in the index.
    private(set) var cursor = 0
    /// The thing under the cursor.
    private(set) var cursorKey: RowKey?
    /// First row that is shown.
    private(set) var top = 0
    /// Chosen things.
    var selection: Set<RowKey> = []
    /// Where a range began.
    var anchor: RowKey?
    /// The rows.
    private(set) var index = PaneIndex()
    /// Whether the rows must be made anew whatever the clock says.
    var isDirty = true
    /// When the cursor was moved last, on the frame's clock.
    private(set) var movedAt = Instant.never
    /// Rows that fit, from the last picture.
    private(set) var visibleRows = 1

    /// How long the order stands still after the cursor moved.
    static let calm = Interval.seconds(2)

    init(_ kind: PaneKind) {
        sort = kind.table.firstSort
        reversed = kind.table.columns[kind.table.firstSort].largestFirst
    }

    /// Brings rows, cursor and scrolling up to date with what is to be drawn.
    mutating func prepare(_ kind: PaneKind, _ context: FrameContext, isLive: Bool, visibleRows: Int) {
        let state = context.state
        let stamp = PaneIndex.Stamp(
            cluster: state.cluster, sequence: isLive ? 0 : state.sequence,
            change: kind.table.change(state), isLive: isLive)
        let isMoving = isLive && context.now >= movedAt && context.now - movedAt < Self.calm && !index.keys.isEmpty
        if isDirty || (!isMoving && index.isDue(stamp, at: context.now)) {
            rebuild(kind, context, stamp)
        }
        self.visibleRows = max(0, visibleRows)
        follow(context.state)
    }

    private mutating func rebuild(_ kind: PaneKind, _ context: FrameContext, _ stamp: PaneIndex.Stamp) {
        let table = kind.table
        var entries = table.entries(context, by: sort)
        let total = entries.count
        if let filter { entries.removeAll { !filter.matches($0.key, table, context) } }
        index.build(entries, total: total, reversed: reversed, stamp: stamp, at: context.now)
        isDirty = false
        if !selection.isEmpty { selection = selection.filter { context.state.holds($0) } }
        if let key = cursorKey, let row = index.keys.firstIndex(of: key) {
            // The row keeps its place on the screen where it can.
            top += row - cursor
            cursor = row
        }
    }

    /// Keeps the cursor inside the rows and the rows around it in sight.
    private mutating func follow(_ state: ClusterState) {
        let count = index.keys.count
        cursor = min(max(0, cursor), max(0, count - 1))
        cursorKey = cursor < count ? index.keys[cursor] : nil
        if cursor < top { top = cursor }
        if cursor >= top + visibleRows { top = cursor - visibleRows + 1 }
        top = min(max(0, top), max(0, count - visibleRows))
    }

    /// Moves the cursor by `rows`.
    mutating func move(by rows: Int, at now: Instant) { move(to: cursor + rows, at: now) }

    /// Moves the cursor to a row; outside means the nearest.
    mutating func move(to row: Int, at now: Instant) {
        cursor = min(max(0, row), max(0, index.keys.count - 1))
        cursorKey = cursor < index.keys.count ? index.keys[cursor] : nil
        if cursor < top { top = cursor }
        if visibleRows > 0, cursor >= top + visibleRows { top = cursor - visibleRows + 1 }
        movedAt = now
    }

    /// Scrolls and takes the cursor along where it would leave the picture.
    mutating func scroll(by rows: Int, at now: Instant) {
        top = min(max(0, top + rows), max(0, index.keys.count - visibleRows))
        move(to: min(max(cursor, top), top + max(1, visibleRows) - 1), at: now)
    }

    /// Chooses the thing under the cursor or lets it go.
    mutating func toggleSelection() {
        guard let key = cursorKey else { return }
        if selection.remove(key) == nil { selection.insert(key) }
        anchor = key
    }

    /// Chooses everything from the anchor to the cursor.
    mutating func selectRange() {
        guard let anchor, let from = index.keys.firstIndex(of: anchor) else {
            self.anchor = cursorKey
            if let key = cursorKey { selection.insert(key) }
            return
        }
        for row in min(from, cursor)...max(from, cursor) { selection.insert(index.keys[row]) }
    }

    /// What an action applies to: the selection in the order of the rows, else the thing under the cursor.
    var targets: [RowKey] {
        if selection.isEmpty { return cursorKey.map { [$0] } ?? [] }
        let shown = index.keys.filter { selection.contains($0) }
        let hidden = selection.subtracting(shown).sorted { ($0.major, $0.minor) < ($1.major, $1.minor) }
        return shown + hidden
    }
}
