// Drawing text: cut to its field by measured width, padded, in the style of its meaning.

/// A piece of text with one meaning; several make a line.
public struct Span: Hashable, Sendable {
    /// The text, foreign or ours; it is made safe when drawn.
    public var text: String
    /// What it means.
    public var style: Style

    /// A piece of text with its meaning.
    public init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }

    /// Columns it takes.
    public var width: Int { DisplayText.width(of: text) }
}

extension Grid {
    /// Draws one scalar of our own, one column wide.
    public mutating func put(_ scalar: Unicode.Scalar, x: Int, y: Int, style: Style = .text) {
        place(Cell(scalar, style: style), x: window.x + x, y: window.y + y)
    }

    /// Draws text from (x, y) to the right and answers the columns it took.
    ///
    /// With a `width` the text is cut to it (ending in an ellipsis) or padded to exactly that many columns; without
    /// one it is cut at the window's right edge. Foreign text is made safe as ``DisplayText`` says.
    @discardableResult
    public mutating func text(
        _ text: String, x: Int, y: Int, width: Int? = nil, align: Alignment = .leading, style: Style = .text
    ) -> Int {
        let room = width ?? window.width - x
        guard room > 0, y >= 0, y < window.height else { return 0 }
        let wanted = DisplayText.width(of: text)
        let space = width == nil ? 0 : max(0, room - wanted)
        let before = align.leadingSpace(of: space)
        fill(Rect(x: x, y: y, width: before, height: 1), style: style)
        let drawn = glyphRun(text, x: x + before, y: y, room: room, cut: wanted > room, style: style)
        let after = space - before + (width == nil ? 0 : max(0, min(wanted, room) - drawn))
        fill(Rect(x: x + before + drawn, y: y, width: after, height: 1), style: style)
        return before + drawn + after
    }

    /// Draws pieces one after the other, cut at `width` (or the window's edge); answers the columns they took.
    @discardableResult
    public mutating func spans(_ spans: [Span], x: Int, y: Int, width: Int? = nil) -> Int {
        let room = width ?? window.width - x
        var used = 0
        for span in spans where used < room {
            let wanted = span.width
            if wanted > room - used {
                used += text(span.text, x: x + used, y: y, width: room - used, style: span.style)
            } else {
                used += text(span.text, x: x + used, y: y, style: span.style)
            }
        }
        return used
    }

    /// Fills a rectangle with one scalar of our own.
    public mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style = .text) {
        let area = absolute(rect)
        let cell = Cell(scalar, style: style)
        for y in area.y..<area.maxY {
            for x in area.x..<area.maxX { place(cell, x: x, y: y) }
        }
    }

    /// Lays marks over every cell of a rectangle, adding to those that lie there.
    public mutating func mark(_ rect: Rect, _ marks: Marks) {
        let area = absolute(rect)
        for y in area.y..<area.maxY {
            for index in y * columns + area.x..<y * columns + area.maxX { cells[index].marks.formUnion(marks) }
        }
    }

    /// Changes the meaning of every cell of a rectangle and keeps what is written there.
    public mutating func restyle(_ rect: Rect, _ style: Style) {
        let area = absolute(rect)
        for y in area.y..<area.maxY {
            for index in y * columns + area.x..<y * columns + area.maxX { cells[index].style = style }
        }
    }

    /// A rectangle of the window as the part of the grid that may be drawn on.
    private func absolute(_ rect: Rect) -> Rect {
        Rect(x: window.x + rect.x, y: window.y + rect.y, width: rect.width, height: rect.height).intersection(clip)
    }

    private mutating func glyphRun(_ text: String, x: Int, y: Int, room: Int, cut: Bool, style: Style) -> Int {
        let limit = cut ? room - 1 : room
        let left = window.x + x
        let row = window.y + y
        var used = 0
        if DisplayText.isPlain(text) {
            for byte in text.utf8.prefix(limit) {
                place(Cell(Unicode.Scalar(byte), style: style), x: left + used, y: row)
                used += 1
            }
        } else {
            DisplayText.forEachGlyph(of: text) { scalar, width in
                guard used + width <= limit else { return false }
                let shown = glyphs.isASCII && !scalar.isASCII
                place(
                    Cell(shown ? "?" : scalar, width: shown ? 1 : width, style: style), x: left + used, y: row)
                if shown && width == 2 { place(Cell("?", style: style), x: left + used + 1, y: row) }
                used += width
                return true
            }
        }
        if cut {
            place(Cell(glyphs.ellipsis, style: style), x: left + used, y: row)
            used += 1
        }
        return used
    }
}
