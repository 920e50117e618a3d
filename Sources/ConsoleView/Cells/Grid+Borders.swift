// Lines and boxes that join where they meet, so that neighbouring panes can share a border.

/// The directions in which a line leaves a cell.
private struct LineEnds: OptionSet {
    let rawValue: Int
    static let up = LineEnds(rawValue: 1)
    static let down = LineEnds(rawValue: 2)
    static let left = LineEnds(rawValue: 4)
    static let right = LineEnds(rawValue: 8)

    /// Light lines by their ends: bit 0 up, 1 down, 2 left, 3 right.
    static let lines: [Unicode.Scalar] = [
        " ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼",
    ]

    /// The ends of a line that is drawn already; empty if the scalar is no line.
    init(of scalar: Unicode.Scalar, ascii: Bool) {
        switch (ascii, scalar) {
        case (false, "│"), (true, "|"): self = [.up, .down]
        case (false, "─"), (true, "-"): self = [.left, .right]
        case (true, "+"): self = [.up, .down, .left, .right]
        case (false, let line): self.init(rawValue: line == " " ? 0 : Self.lines.firstIndex(of: line) ?? 0)
        default: self = []
        }
    }

    init(rawValue: Int) { self.rawValue = rawValue }

    func scalar(ascii: Bool) -> Unicode.Scalar {
        guard ascii else { return Self.lines[rawValue & 15] }
        if isSubset(of: [.up, .down]) { return "|" }
        return isSubset(of: [.left, .right]) ? "-" : "+"
    }
}

extension Grid {
    /// Draws a border along the edge of a rectangle. Where it meets lines that are drawn already, both join.
    public mutating func box(_ rect: Rect, style: Style = .border) {
        guard rect.width > 1, rect.height > 1 else { return }
        for (y, ends) in [(rect.y, LineEnds.down), (rect.maxY - 1, .up)] {
            join(ends.union(.right), x: rect.x, y: y, style: style)
            join(ends.union(.left), x: rect.maxX - 1, y: y, style: style)
            for x in rect.x + 1..<rect.maxX - 1 { join([.left, .right], x: x, y: y, style: style) }
        }
        for x in [rect.x, rect.maxX - 1] {
            for y in rect.y + 1..<rect.maxY - 1 { join([.up, .down], x: x, y: y, style: style) }
        }
    }

    /// Draws a horizontal line of `columns` cells, joining lines that are drawn already.
    public mutating func line(from start: Point, columns count: Int, style: Style = .border) {
        guard count > 0 else { return }
        for step in 0..<count {
            var ends: LineEnds = []
            if step > 0 || count == 1 { ends.insert(.left) }
            if step < count - 1 || count == 1 { ends.insert(.right) }
            join(ends, x: start.x + step, y: start.y, style: style)
        }
    }

    /// Draws a vertical line of `rows` cells, joining lines that are drawn already.
    public mutating func line(from start: Point, rows count: Int, style: Style = .border) {
        guard count > 0 else { return }
        for step in 0..<count {
            var ends: LineEnds = []
            if step > 0 || count == 1 { ends.insert(.up) }
            if step < count - 1 || count == 1 { ends.insert(.down) }
            join(ends, x: start.x, y: start.y + step, style: style)
        }
    }

    /// Draws a box with a title in its upper line: `┌ 1 Nodes ─ 16/16 ─┐`. A narrow box cuts the title.
    public mutating func box(_ rect: Rect, title: [Span], style: Style = .border) {
        box(rect, style: style)
        let room = rect.width - 4
        guard rect.height > 0, room > 0, !title.isEmpty else { return }
        put(" ", x: rect.x + 1, y: rect.y, style: style)
        let used = spans(title, x: rect.x + 2, y: rect.y, width: room)
        put(" ", x: rect.x + 2 + used, y: rect.y, style: style)
    }

    private mutating func join(_ ends: LineEnds, x: Int, y: Int, style: Style) {
        let there = self[window.x + x, window.y + y]
        let all = LineEnds(of: there.scalar, ascii: glyphs.isASCII).union(ends)
        put(all.scalar(ascii: glyphs.isASCII), x: x, y: y, style: style)
    }
}
