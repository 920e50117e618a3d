// What is wrong with a theme's looks: text that cannot be read on its ground.

extension Theme {
    /// The least contrast for text, WCAG 2.2 level AA.
    public static let leastContrast = 4.5

    /// A meaning that is hard to read.
    public struct ContrastProblem: Hashable, Sendable, CustomStringConvertible {
        /// The dotted name.
        public var style: String
        /// Colour of the text.
        public var foreground: RGB
        /// Colour behind it.
        public var background: RGB
        /// Their contrast ratio in hundredths, 100 to 2100.
        public var ratioHundredths: Int

        /// One line that names the meaning, both colours, the ratio and what it should be.
        public var description: String {
            let cents = ratioHundredths % 100
            return "\(style): \(foreground) on \(background) has contrast "
                + "\(ratioHundredths / 100).\(cents < 10 ? "0" : "")\(cents):1; text needs 4.5:1"
        }
    }

    /// Every meaning whose text has less than ``leastContrast`` against its own background, else against base00.
    ///
    /// Lines, tracks and what is out of use (border, chart.track, key.disabled, faded) are decoration and may be
    /// fainter; so may terminal colours, which nobody knows.
    public func check() -> [ContrastProblem] {
        let decoration: Set<Style> = [.border, .chartTrack, .keyDisabled, .faded]
        var problems: [ContrastProblem] = []
        for style in Style.allCases where !decoration.contains(style) {
            for marks in [Marks(), .cursor, .restingCursor] {
                let look = resolved(style, marks: marks)
                guard let foreground = look.foreground else { continue }
                let background = look.background ?? palette[0]
                let ratio = RGB.contrast(foreground, background)
                if ratio >= Self.leastContrast { continue }
                let suffix = marks == .cursor ? " under cursor" : marks.isEmpty ? "" : " under cursor.resting"
                problems.append(
                    ContrastProblem(
                        style: style.name + suffix, foreground: foreground, background: background,
                        ratioHundredths: Int(ratio * 100)))
                break
            }
        }
        return problems
    }
}
