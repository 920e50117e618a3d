// A grid as plain text, for snapshot tests and for `bellows watch`-like output without a terminal.

extension Grid {
    /// What is written, one line a row, without spaces at line ends.
    public var text: String {
        lines { cells in
            var line = String.UnicodeScalarView()
            for cell in cells where cell.width > 0 { line.append(cell.scalar) }
            return String(line)
        }
    }

    /// What it means: a letter a column (``Style/letter``), a space for ordinary text. See ``styleLegend``.
    public var styleMap: String {
        lines { cells in String(String.UnicodeScalarView(cells.map { $0.style.letter })) }
    }

    /// What lies over it: a letter a column, `c` cursor, `r` resting cursor, `s` selected, `m` match, `f` faded; the
    /// first of these where several lie.
    public var markMap: String {
        lines { cells in
            String(
                String.UnicodeScalarView(
                    cells.map { cell -> Unicode.Scalar in
                        if cell.marks.contains(.cursor) { return "c" }
                        if cell.marks.contains(.restingCursor) { return "r" }
                        if cell.marks.contains(.selected) { return "s" }
                        if cell.marks.contains(.match) { return "m" }
                        return cell.marks.contains(.faded) ? "f" : " "
                    }))
        }
    }

    /// The letters of ``styleMap`` that occur, with their names, one a line.
    public var styleLegend: String {
        let used = Set(cells.map { $0.style })
        return Style.allCases.filter { used.contains($0) && $0 != .text }
            .map { "\($0.letter) \($0.name)" }.joined(separator: "\n")
    }

    private func lines(_ draw: (ArraySlice<Cell>) -> String) -> String {
        (0..<rows).map { y in
            var line = draw(row(y))[...]
            while line.last == " " { line.removeLast() }
            return String(line)
        }.joined(separator: "\n")
    }
}
