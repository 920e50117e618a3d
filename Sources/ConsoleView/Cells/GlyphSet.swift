// The signs the console draws with, in two alphabets: every sign has a plain ASCII stand-in of the same width.

/// The alphabet of borders, bars, charts and marks. Every sign is one column wide.
public struct GlyphSet: Hashable, Sendable {
    /// How charts over time are drawn.
    public enum Spark: Hashable, Sendable {
        /// Two samples and four levels a cell.
        case braille
        /// One sample and eight levels a cell; for fonts without braille.
        case blocks
        /// One sample and four levels a cell, of `.:|#`.
        case ascii
    }

    /// True if nothing beyond ASCII may be drawn.
    public let isASCII: Bool
    /// How charts over time are drawn; always ``Spark/ascii`` when ``isASCII``.
    public let spark: Spark

    /// Box lines, eighth blocks and braille: for UTF-8 terminals.
    public static let unicode = GlyphSet(isASCII: false, spark: .braille)
    /// As ``unicode``, with block charts: for fonts without braille.
    public static let blocks = GlyphSet(isASCII: false, spark: .blocks)
    /// ASCII only: for `LANG=C`, `TERM=linux` and `--ascii`.
    public static let ascii = GlyphSet(isASCII: true, spark: .ascii)

    private init(isASCII: Bool, spark: Spark) {
        self.isASCII = isASCII
        self.spark = spark
    }

    /// The same alphabet with another kind of chart; ASCII stays ASCII.
    public func with(spark: Spark) -> GlyphSet {
        isASCII || spark == .ascii ? .ascii : GlyphSet(isASCII: false, spark: spark)
    }

    /// Ends text that was cut.
    public var ellipsis: Unicode.Scalar { isASCII ? "~" : "…" }
    /// Sorted with the smallest first.
    public var sortAscending: Unicode.Scalar { isASCII ? "^" : "↑" }
    /// Sorted with the largest first.
    public var sortDescending: Unicode.Scalar { isASCII ? "v" : "↓" }
    /// A filled dot: something is going on (recording).
    public var dot: Unicode.Scalar { isASCII ? "*" : "●" }
    /// A small dot between two facts, or in the place of a value that is not there.
    public var middleDot: Unicode.Scalar { isASCII ? "-" : "·" }
    /// From this to that.
    public var arrow: Unicode.Scalar { isASCII ? ">" : "→" }
    /// A chosen row.
    public var check: Unicode.Scalar { isASCII ? "*" : "■" }
    /// The left end of a meter.
    public var meterStart: Unicode.Scalar { isASCII ? "[" : "▕" }
    /// The right end of a meter.
    public var meterEnd: Unicode.Scalar { isASCII ? "]" : "▏" }

    /// A horizontal bar's last cell when `eighths` of it are filled, 0 (blank) to 8 (full).
    public func bar(eighths: Int) -> Unicode.Scalar {
        let level = min(max(0, eighths), 8)
        if isASCII { return level == 0 ? " " : level < 4 ? "-" : level < 8 ? "=" : "#" }
        return level == 0 ? " " : Self.scalar(0x2590 - UInt32(level))
    }

    /// A cell filled from below to `level` of ``levelsPerCell``; for block and ASCII charts.
    func column(level: Int) -> Unicode.Scalar {
        let level = min(max(0, level), levelsPerCell)
        if level == 0 { return " " }
        if spark == .ascii { return [".", ":", "|", "#"][level - 1] }
        return Self.scalar(0x2580 + UInt32(level))
    }

    /// Levels that one cell of a chart can show.
    public var levelsPerCell: Int { spark == .blocks ? 8 : 4 }
    /// Samples that one cell of a chart can show side by side.
    public var samplesPerCell: Int { spark == .braille ? 2 : 1 }

    /// Never fails for the block and braille ranges it is used with; a space keeps the rest total.
    static func scalar(_ value: UInt32) -> Unicode.Scalar { Unicode.Scalar(value) ?? " " }
}
