/// Lays out a table in plain text: columns side by side, two spaces apart, the widest that fit.
struct TableText {
    /// A column's head.
    struct Head {
        var title: String
        var isRight: Bool
        /// The columns with the highest number go first when the table is too wide.
        var shed: Int
    }
    var heads: [Head]
    var rows: [[String]]

    /// Least width to which the widest left column is cut.
    static let leastWidth = 8

    /// The table with its head, a line each, no spaces at the ends. `width` nil = as wide as it gets.
    func text(width: Int?) -> String {
        var widths = heads.indices.map { column in
            rows.reduce(heads[column].title.count) { max($0, Self.clean($1[column]).count) }
        }
        // A column without any content says nothing.
        var kept = heads.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        if let width {
            while total(kept, widths) > width,
                let drop = kept.filter({ heads[$0].shed > 0 }).max(by: {
                    (heads[$0].shed, $0) < (heads[$1].shed, $1)
                })
            {
                kept.removeAll { $0 == drop }
            }
            while total(kept, widths) > width,
                let widest = kept.filter({ !heads[$0].isRight && widths[$0] > Self.leastWidth }).max(by: {
                    widths[$0] < widths[$1]
                })
            {
                widths[widest] = max(Self.leastWidth, widths[widest] - (total(kept, widths) - width))
            }
        }
        let lines = [heads.map(\.title)] + rows
        return lines.map { line($0, kept, widths) + "\n" }.joined()
    }

    private func total(_ kept: [Int], _ widths: [Int]) -> Int {
        kept.reduce(0) { $0 + widths[$1] } + 2 * max(0, kept.count - 1)
    }

    private func line(_ cells: [String], _ kept: [Int], _ widths: [Int]) -> String {
        var result = ""
        for (position, column) in kept.enumerated() {
            let cell = Self.cut(Self.clean(cells[column]), to: widths[column])
            let space = String(repeating: " ", count: widths[column] - cell.count)
            if position > 0 { result += "  " }
            result += heads[column].isRight ? space + cell : cell + space
        }
        while result.last == " " { result.removeLast() }
        return result
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 2)) + ".."
    }

    /// Names and messages come from outside: no line break or escape sequence gets into a table.
    private static func clean(_ text: String) -> String {
        let isClean = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F ~= $0.value)
        }
        if isClean { return text }
        return String(text.map { $0.unicodeScalars.contains { $0.value < 0x20 || 0x7F...0x9F ~= $0.value } ? "?" : $0 })
    }
}
