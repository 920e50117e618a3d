// Foreign text (names, messages, output) made safe for a cell grid: what cannot be drawn in a known width is not drawn.

/// Turns text from outside into scalars of known width.
///
/// Controls (tab and newline become a space, others `?`), bidi marks, joiners and variation selectors never reach the
/// screen: they could move the cursor or turn the text around. A grapheme becomes its first visible scalar, so an
/// accent written as a separate mark is dropped, and an emoji family becomes its first member.
public enum DisplayText {
    /// Columns the text takes when drawn. Cost: one pass over bytes for ASCII, one over graphemes otherwise.
    public static func width(of text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        var total = 0
        forEachGlyph(of: text) { _, width in
            total += width
            return true
        }
        return total
    }

    /// Calls `body` with each scalar to draw and its width (1 or 2), until it answers false.
    public static func forEachGlyph(of text: String, _ body: (Unicode.Scalar, Int) -> Bool) {
        for character in text {
            guard let (scalar, width) = glyph(of: character) else { continue }
            if !body(scalar, width) { return }
        }
    }

    /// The scalar that stands for a grapheme and its width; nil if nothing of it can be seen.
    public static func glyph(of character: Character) -> (scalar: Unicode.Scalar, width: Int)? {
        for scalar in character.unicodeScalars {
            let value = scalar.value
            if value == 0x09 || value == 0x0A || value == 0x0D || value == 0x2028 || value == 0x2029 {
                return (" ", 1)
            }
            if value < 0x20 || value >= 0x7F && value < 0xA0 { return ("?", 1) }
            // Half a flag: terminals disagree about it, alone and in pairs.
            if value >= 0x1F1E6 && value <= 0x1F1FF { return ("?", 1) }
            let width = TextWidth.columns(of: scalar)
            if width > 0 { return (scalar, width) }
        }
        return nil
    }

    /// The text without what cannot be drawn: safe to print, at the same width as in the grid.
    public static func sanitised(_ text: String) -> String {
        if isPlain(text) { return text }
        var result = String.UnicodeScalarView()
        forEachGlyph(of: text) { scalar, _ in
            result.append(scalar)
            return true
        }
        return String(result)
    }

    /// The text cut to at most `columns` columns, ending in `ellipsis` if something was cut, and sanitised.
    ///
    /// The ellipsis takes one column. A wide character that would straddle the edge is dropped.
    public static func truncated(_ text: String, to columns: Int, ellipsis: Unicode.Scalar = "…") -> String {
        guard columns > 0 else { return "" }
        if width(of: text) <= columns { return sanitised(text) }
        var result = String.UnicodeScalarView()
        var used = 0
        forEachGlyph(of: text) { scalar, width in
            guard used + width <= columns - 1 else { return false }
            result.append(scalar)
            used += width
            return true
        }
        result.append(ellipsis)
        return String(result)
    }

    /// The text cut or padded with spaces to exactly `columns` columns.
    public static func fitted(
        _ text: String, to columns: Int, align: Alignment = .leading, ellipsis: Unicode.Scalar = "…"
    ) -> String {
        let cut = truncated(text, to: columns, ellipsis: ellipsis)
        let space = max(0, columns - width(of: cut))
        let before = align.leadingSpace(of: space)
        return String(repeating: " ", count: before) + cut + String(repeating: " ", count: space - before)
    }

    /// True if every byte is a printable ASCII character: then bytes, scalars and columns are the same number.
    static func isPlain(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte > 0x7E { return false }
        return true
    }
}

/// Where text stands in a field that is wider than it.
public enum Alignment: Sendable, Hashable {
    /// At the left; for words.
    case leading
    /// At the right; for numbers.
    case trailing
    /// In the middle, the odd column to the right.
    case center

    /// Columns left free before the text when `space` columns are free altogether.
    func leadingSpace(of space: Int) -> Int {
        switch self {
        case .leading: return 0
        case .trailing: return space
        case .center: return space / 2
        }
    }
}
