// Meters and charts over time, in whole numbers: a chart rounds once, when it picks the glyph.

extension Style {
    /// How full is too full: `chart.low` below 600 thousandths, `chart.mid` below 850, else `chart.high`.
    public static func level(thousandths: Int) -> Style {
        thousandths < 600 ? .chartLow : thousandths < 850 ? .chartMid : .chartHigh
    }
}

extension Grid {
    /// Draws `value` of `total` as a horizontal bar with eighths of a cell: `▕█████▍   ▏`.
    ///
    /// The ends take a column each when `capped` and the bar is at least 3 wide. Values outside 0 and `total` are
    /// brought inside; a total of 0 draws an empty bar. Without a `style` the fill says low, mid or high.
    public mutating func meter(
        value: Int, total: Int, x: Int, y: Int, width: Int, style: Style? = nil, capped: Bool = true
    ) {
        guard width > 0 else { return }
        let caps = capped && width >= 3
        let inner = caps ? width - 2 : width
        let start = caps ? x + 1 : x
        let (part, whole) = ChartScale.scaled(value, of: total)
        let eighths = whole == 0 ? 0 : part * inner * 8 / whole
        let fill = style ?? .level(thousandths: whole == 0 ? 0 : part * 1000 / whole)
        for column in 0..<inner {
            let level = min(max(0, eighths - column * 8), 8)
            put(glyphs.bar(eighths: level), x: start + column, y: y, style: level == 0 ? .chartTrack : fill)
        }
        guard caps else { return }
        put(glyphs.meterStart, x: x, y: y, style: .chartTrack)
        put(glyphs.meterEnd, x: x + width - 1, y: y, style: .chartTrack)
    }

    /// Draws the newest samples as a filled chart that ends at the right edge of `rect`.
    ///
    /// A column shows ``GlyphSet/samplesPerCell`` samples, a row ``GlyphSet/levelsPerCell`` levels. A sample below 0
    /// is a gap; any other above 0 shows at least one level. `maximum` is the top of the chart, without it the largest
    /// sample. With `graded` each column is styled by its height, else all by `style`.
    public mutating func chart(
        _ samples: [Int], in rect: Rect, maximum: Int? = nil, style: Style = .chartLow, graded: Bool = false
    ) {
        guard rect.width > 0, rect.height > 0 else { return }
        let perCell = glyphs.samplesPerCell
        let shown = samples.suffix(rect.width * perCell)
        let top = maximum ?? shown.max() ?? 0
        let levels = rect.height * glyphs.levelsPerCell
        let padding = rect.width * perCell - shown.count
        let heights =
            Array(repeating: 0, count: padding) + shown.map { ChartScale.level($0, of: top, levels: levels) }
        for column in 0..<rect.width {
            let group = heights[column * perCell..<(column + 1) * perCell]
            let highest = group.max() ?? 0
            let look = graded ? Style.level(thousandths: highest * 1000 / levels) : style
            for row in 0..<rect.height {
                let below = (rect.height - 1 - row) * glyphs.levelsPerCell
                let scalar = chartGlyph(group.map { $0 - below })
                put(scalar, x: rect.x + column, y: rect.y + row, style: scalar == " " ? .chartTrack : look)
            }
        }
    }

    private func chartGlyph(_ levels: [Int]) -> Unicode.Scalar {
        guard glyphs.spark == .braille, levels.count == 2 else { return glyphs.column(level: levels[0]) }
        let left: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
        let right: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
        let dots = left[min(max(0, levels[0]), 4)] | right[min(max(0, levels[1]), 4)]
        return dots == 0 ? " " : GlyphSet.scalar(0x2800 + dots)
    }
}

/// Whole-number scaling that cannot overflow.
enum ChartScale {
    /// `value` brought between 0 and `total`, and both made small enough to be multiplied by a screen's cells.
    static func scaled(_ value: Int, of total: Int) -> (part: Int, whole: Int) {
        var whole = max(0, total)
        var part = min(max(0, value), whole)
        while whole > 1 << 40 {
            whole >>= 8
            part >>= 8
        }
        return (part, whole)
    }

    /// The nearest of `levels` levels, at least 1 for a value above 0.
    static func level(_ value: Int, of top: Int, levels: Int) -> Int {
        let (part, whole) = scaled(value, of: top)
        guard value > 0, whole > 0 else { return 0 }
        return max(1, (part * levels + whole / 2) / whole)
    }
}
