// The screen as a value: rows and columns of cells. Panes draw into it, tests read it, the terminal sends it.

/// A rectangle of cells with drawing operations.
///
/// Drawing happens inside a window (at first the whole grid): coordinates count from its upper left corner, and what
/// falls outside is cut away, so nothing drawn can trap or spill. ``within(_:_:)`` narrows the window for one pane.
public struct Grid: Sendable {
    /// Most columns of a grid; wider terminals are used up to here.
    public static let maximumColumns = 1000
    /// Most rows of a grid.
    public static let maximumRows = 500

    /// Where the hardware cursor stands: screen readers and terminals follow it.
    public struct Cursor: Hashable, Sendable {
        /// Column in the grid, from 0.
        public var x: Int
        /// Row in the grid, from 0.
        public var y: Int
        /// Shown (in a text field) or only placed (on the focused row).
        public var isVisible: Bool

        /// A cursor at a place of the grid.
        public init(x: Int, y: Int, isVisible: Bool) {
            self.x = x
            self.y = y
            self.isVisible = isVisible
        }
    }

    /// Number of columns, 0 to ``maximumColumns``.
    public let columns: Int
    /// Number of rows, 0 to ``maximumRows``.
    public let rows: Int
    /// The alphabet that borders, bars, charts and ellipses are drawn with.
    public var glyphs: GlyphSet
    /// The hardware cursor; nil leaves it hidden at the lower right.
    public private(set) var cursor: Cursor?
    /// All cells, row after row.
    public internal(set) var cells: [Cell]
    /// The window that coordinates count from; may reach outside the grid.
    var window: Rect
    /// The part of the window that can be drawn on.
    var clip: Rect

    /// A blank grid; sizes outside 0 and the maxima are brought inside.
    public init(columns: Int, rows: Int, glyphs: GlyphSet = .unicode) {
        self.columns = min(max(0, columns), Self.maximumColumns)
        self.rows = min(max(0, rows), Self.maximumRows)
        self.glyphs = glyphs
        cells = Array(repeating: .blank, count: self.columns * self.rows)
        window = Rect(x: 0, y: 0, width: self.columns, height: self.rows)
        clip = window
    }

    /// The size of the window that is drawn in.
    public var size: Size { window.size }
    /// The window's own coordinates: from (0, 0) to its size.
    public var bounds: Rect { Rect(x: 0, y: 0, width: window.width, height: window.height) }

    /// Draws inside `rect` (in the coordinates of the present window): its upper left becomes (0, 0).
    @discardableResult
    public mutating func within<Result>(_ rect: Rect, _ body: (inout Grid) -> Result) -> Result {
        let outer = (window, clip)
        window = Rect(x: window.x + rect.x, y: window.y + rect.y, width: rect.width, height: rect.height)
        clip = clip.intersection(window)
        defer { (window, clip) = outer }
        return body(&self)
    }

    /// The cell at a place of the whole grid (not of the window); blank outside.
    public subscript(x: Int, y: Int) -> Cell {
        guard x >= 0, x < columns, y >= 0, y < rows else { return .blank }
        return cells[y * columns + x]
    }

    /// One row of the whole grid, left to right; `y` must be a row of the grid.
    public func row(_ y: Int) -> ArraySlice<Cell> {
        precondition(y >= 0 && y < rows, "row \(y) of a grid with \(rows) rows")
        return cells[y * columns..<(y + 1) * columns]
    }

    /// A number that tells rows apart: equal rows have equal numbers, in every process (FNV-1a over the cells).
    public func rowHash(_ y: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for cell in row(y) {
            hash = (hash ^ cell.packed) &* 0x0000_0100_0000_01B3
            hash ^= hash >> 29
        }
        return hash
    }

    /// True if row `y` differs from the same row of `other`, or the sizes do. Exact, and as cheap as a hash.
    public func rowDiffers(_ y: Int, from other: Grid) -> Bool {
        guard other.columns == columns, other.rows == rows else { return true }
        return row(y) != other.row(y)
    }

    /// Puts the hardware cursor at a place of the window; a place outside the window hides it.
    public mutating func setCursor(x: Int, y: Int, visible: Bool = false) {
        let place = Point(x: window.x + x, y: window.y + y)
        cursor = clip.contains(x: place.x, y: place.y) ? Cursor(x: place.x, y: place.y, isVisible: visible) : nil
    }

    /// Places a cell; (x, y) are in the whole grid. Halves of wide characters that it cuts become blanks.
    mutating func place(_ cell: Cell, x: Int, y: Int) {
        guard clip.contains(x: x, y: y) else { return }
        let index = y * columns + x
        let old = cells[index]
        if old.width == 0 && x > 0 { cells[index - 1] = Cell(" ", style: old.style, marks: old.marks) }
        if old.width == 2 && x + 1 < columns { cells[index + 1] = Cell(" ", style: old.style, marks: old.marks) }
        guard cell.width == 2 else {
            cells[index] = cell
            return
        }
        guard clip.contains(x: x + 1, y: y) else {
            cells[index] = Cell(" ", style: cell.style, marks: cell.marks)
            return
        }
        place(.continuation(style: cell.style, marks: cell.marks), x: x + 1, y: y)
        cells[index] = cell
        cells[index + 1] = .continuation(style: cell.style, marks: cell.marks)
    }
}
