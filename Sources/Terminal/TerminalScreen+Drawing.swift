// A frame: rows that changed to ncurses, ncurses' difference to the frame file, the frame file in one write.

import CNcurses
import ConsoleView

extension TerminalScreen {
    /// Shows a grid. Only rows that differ from the grid shown before are looked at; nothing changed, nothing is sent.
    ///
    /// A grid smaller than the screen stands at the upper left, a larger one is cut. Without ``enter()`` it does
    /// nothing.
    public func draw(_ grid: Grid) throws(TerminalError) {
        guard isEntered else { return }
        let fits = shown.map { $0.columns == grid.columns && $0.rows == grid.rows } ?? false
        if !fits {
            cn_erase()
            if shown == nil { cn_forget() }
        }
        for y in 0..<min(grid.rows, size.height) {
            if fits, let shown, !grid.rowDiffers(y, from: shown) { continue }
            push(grid, row: y)
            statistics.rows += 1
        }
        let cursor = grid.cursor
        cn_cursor(
            Int32(min(cursor?.y ?? size.height - 1, size.height - 1)),
            Int32(min(cursor?.x ?? size.width - 1, size.width - 1)), cursor?.isVisible ?? false)
        cn_refresh()
        shown = grid
        statistics.frames += 1
        try ship()
    }

    /// Copies text to the system's clipboard by way of the terminal (OSC 52); false if it is longer than
    /// ``maximumCopyBytes``. Whether the terminal obeys cannot be known.
    public func copy(_ text: String) throws(TerminalError) -> Bool {
        guard text.utf8.count <= Self.maximumCopyBytes else { return false }
        outgoing.append(contentsOf: "\u{1B}]52;c;".utf8)
        outgoing.append(contentsOf: Base64.encoded(Array(text.utf8)))
        outgoing.append(0x07)
        try ship()
        return true
    }

    /// Most bytes that are copied; terminals refuse more, some silently.
    public static let maximumCopyBytes = 49_152
    /// Most columns of a title.
    public static let maximumTitleColumns = 120

    /// Sets the title of the terminal's window with the next frame; the text is made safe.
    public func setTitle(_ title: String) {
        // The Linux console and the vt family would show the sequence.
        guard !["linux", "vt"].contains(where: { options.environment.term.hasPrefix($0) }) else { return }
        let safe = DisplayText.truncated(title, to: Self.maximumTitleColumns, ellipsis: "~")
        outgoing.append(contentsOf: "\u{1B}]0;\(safe)\u{07}".utf8)
    }

    /// Rings the terminal's bell with the next frame.
    public func ringBell() { outgoing.append(0x07) }

    private func push(_ grid: Grid, row y: Int) {
        cellRow.removeAll(keepingCapacity: true)
        for cell in grid.row(y).prefix(size.width) {
            let paint = painter.paint(cell.style, cell.marks)
            cellRow.append(
                cn_cell(
                    scalar: cell.scalar.value, pair: paint.pair, attributes: paint.attributes,
                    width: UInt8(cell.width)))
        }
        // A wide character at the edge of a grid that is being cut has no room for its second half.
        if cellRow.count == size.width, let last = cellRow.last, last.width == 2 {
            cellRow[cellRow.count - 1].scalar = 0x20
            cellRow[cellRow.count - 1].width = 1
        }
        cn_draw_row(Int32(y), cellRow, Int32(cellRow.count))
    }

    private func ship() throws(TerminalError) {
        let frame = finished(frameFile.take())
        guard !frame.isEmpty || !outgoing.isEmpty else { return }
        let bytes = outgoing + frame
        outgoing.removeAll()
        statistics.writes += try TerminalOutput.send(bytes, to: options.output)
        statistics.bytes += bytes.count
    }

    /// The frame as it goes out: as short as it can be, with 24-bit colours where the terminal has them.
    func finished(_ frame: [UInt8], isLast: Bool = false) -> [UInt8] {
        guard capabilities.compacts, !frame.isEmpty else { return frame }
        let slots = capabilities.depth == .truecolor ? painter.colors.slots : []
        return compactor.compact(frame, slots: slots, isLast: isLast)
    }
}

/// The encoding that OSC 52 asks for (RFC 4648, section 4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + Array(repeating: 0, count: 3 - group.count)
            let value = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            for place in 0..<4 {
                result.append(place > group.count ? 0x3D : digits[value >> (18 - 6 * place) & 63])
            }
        }
        return result
    }
}
