import ClusterSource

/// Who gets which part of the screen. Columns give way first, then panes, then the header; at one cell the cell lives.
struct ConsoleLayout {
    /// A pane's part.
    struct PanePlace {
        /// With its border; the rows alone when there is no room for one.
        var outer: Rect
        /// A line above the headings; only the cost pane has one.
        var top: Rect?
        /// The headings.
        var head: Rect?
        /// The rows.
        var rows: Rect
        /// Whether it has a border.
        var isBoxed: Bool
    }

    var header: Rect?
    var gauges: Rect?
    var timeBar: Rect?
    /// Where panes are; views opened over them get all of it.
    var body = Rect(x: 0, y: 0, width: 0, height: 0)
    /// A box of several lines, or one line without a border.
    var events: Rect?
    var eventsAreBoxed = false
    var foot: Rect?
    private var places: [PanePlace?] = [nil, nil, nil, nil]

    /// Least width of four panes side by side and least height of two above each other.
    static let quadWidth = 76
    static let quadHeight = 14

    init(_ model: ConsoleModel, frame: SourceFrame) {
        let size = model.size
        var rest = Rect(x: 0, y: 0, width: size.width, height: size.height)
        func takeTop(_ isWanted: Bool) -> Rect? {
            guard isWanted, rest.height > 1 else { return nil }
            let (top, below) = rest.splitTop(1)
            rest = below
            return top
        }
        func takeBottom(_ isWanted: Bool, _ rows: Int = 1) -> Rect? {
            guard isWanted, rest.height > rows else { return nil }
            let (above, bottom) = rest.splitBottom(rows)
            rest = above
            return bottom
        }
        header = takeTop(size.height >= 3)
        gauges = takeTop(size.height >= 16)
        foot = takeBottom(size.height >= 5)
        timeBar = takeBottom(frame.isPast && size.height >= 10)
        if !model.views.isEmpty {
            body = rest
            return
        }
        if rest.height >= Self.quadHeight, size.width >= 30 {
            let lines = rest.height >= 30 ? 6 : rest.height >= 22 ? 5 : 4
            eventsAreBoxed = true
            events = Rect(x: 0, y: rest.maxY - lines, width: rest.width, height: lines)
            // Panes and events share a border.
            rest = Rect(x: 0, y: rest.y, width: rest.width, height: rest.height - lines + 1)
        } else {
            events = takeBottom(rest.height >= 8)
        }
        body = rest
        if !model.zoomed, size.width >= Self.quadWidth, rest.height >= 11 {
            placeFour()
        } else {
            places[model.focus.rawValue] = Self.place(model.focus, rest)
        }
    }

    private mutating func placeFour() {
        let left = body.width * 54 / 100
        let upper = (body.height + 1) / 2
        let columns = [
            Rect(x: 0, y: body.y, width: left + 1, height: upper + 1),
            Rect(x: left, y: body.y, width: body.width - left, height: upper + 1),
            Rect(x: 0, y: body.y + upper, width: left + 1, height: body.height - upper),
            Rect(x: left, y: body.y + upper, width: body.width - left, height: body.height - upper),
        ]
        for kind in PaneKind.allCases { places[kind.rawValue] = Self.place(kind, columns[kind.rawValue]) }
    }

    /// The parts of one pane.
    private static func place(_ kind: PaneKind, _ outer: Rect) -> PanePlace {
        let isBoxed = outer.height >= 4 && outer.width >= 12
        var rows = isBoxed ? outer.inset() : outer
        var top: Rect?
        var head: Rect?
        if kind == .cost, rows.height >= 5 { (top, rows) = rows.splitTop(1) }
        if rows.height >= 3 { (head, rows) = rows.splitTop(1) }
        return PanePlace(outer: outer, top: top, head: head, rows: rows, isBoxed: isBoxed)
    }

    /// A pane's part; nil when it is not on the screen.
    func pane(_ kind: PaneKind) -> PanePlace? { places[kind.rawValue] }
}
