// Places and sizes on the screen, counted in cells, so that layout arithmetic reads the same in every pane.

/// A place on the screen: column `x` and row `y`, both counted from 0 at the upper left.
public struct Point: Hashable, Sendable {
    /// Columns to the right of the origin.
    public var x: Int
    /// Rows below the origin.
    public var y: Int

    /// A place `x` columns right of and `y` rows below the origin.
    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }
}

/// An extent in cells; never negative.
public struct Size: Hashable, Sendable {
    /// Number of columns, 0 or more.
    public var width: Int
    /// Number of rows, 0 or more.
    public var height: Int

    /// An extent; negative numbers become 0.
    public init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }
}

/// A rectangle of cells. Its width and height are never negative; an empty one holds no cell.
public struct Rect: Hashable, Sendable {
    /// Leftmost column.
    public var x: Int
    /// Uppermost row.
    public var y: Int
    /// Number of columns, 0 or more.
    public var width: Int
    /// Number of rows, 0 or more.
    public var height: Int

    /// A rectangle; a negative width or height becomes 0.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The column right of the last one.
    public var maxX: Int { x + width }
    /// The row below the last one.
    public var maxY: Int { y + height }
    /// True if no cell lies inside.
    public var isEmpty: Bool { width == 0 || height == 0 }
    /// The extent alone.
    public var size: Size { Size(width: width, height: height) }

    /// True if the cell at the place lies inside.
    public func contains(x: Int, y: Int) -> Bool {
        x >= self.x && x < maxX && y >= self.y && y < maxY
    }

    /// The cells that lie in both; empty when there are none.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Rect(
            x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
    }

    /// The rectangle without `dx` columns on both sides and `dy` rows above and below: the inside of a border.
    public func inset(dx: Int = 1, dy: Int = 1) -> Rect {
        Rect(x: x + dx, y: y + dy, width: width - 2 * dx, height: height - 2 * dy)
    }

    /// The first `count` rows, and what remains below them.
    public func splitTop(_ count: Int) -> (top: Rect, rest: Rect) {
        let taken = min(max(0, count), height)
        return (
            Rect(x: x, y: y, width: width, height: taken),
            Rect(x: x, y: y + taken, width: width, height: height - taken)
        )
    }

    /// What remains above, and the last `count` rows.
    public func splitBottom(_ count: Int) -> (rest: Rect, bottom: Rect) {
        let parts = splitTop(height - min(max(0, count), height))
        return (parts.top, parts.rest)
    }

    /// The first `count` columns, and what remains to the right of them.
    public func splitLeft(_ count: Int) -> (left: Rect, rest: Rect) {
        let taken = min(max(0, count), width)
        return (
            Rect(x: x, y: y, width: taken, height: height),
            Rect(x: x + taken, y: y, width: width - taken, height: height)
        )
    }
}
