// What the terminal can show: decided once, from values, before the first frame.

import ConsoleView

/// How a colour can be asked for.
public enum ColorDepth: Hashable, Sendable {
    /// Attributes only.
    case mono
    /// The terminal's own colours, 8 or 16 of them.
    case palette(Int)
    /// The fixed 240 colours of xterm beyond the first 16.
    case indexed
    /// 24 bits.
    case truecolor
}

/// What the terminal can show.
public struct TerminalCapabilities: Hashable, Sendable {
    /// How a colour can be asked for.
    public var depth: ColorDepth
    /// The alphabet to draw with.
    public var glyphs: GlyphSet
    /// Whether colours and attributes are set with the sequences of xterm, so that frames can be made shorter.
    public var compacts: Bool

    /// Decides from the options, the number of colours in the terminal's description, whether it sets colours the way
    /// that can be turned into 24 bits, and whether the locale is UTF-8.
    ///
    /// `--color` beats NO_COLOR, NO_COLOR beats COLORTERM, COLORTERM beats the description; nothing asks a terminal for
    /// more than it can do, except 24 bits, which no description tells.
    static func decide(_ options: TerminalOptions, colors: Int, indexedSequences: Bool, isUTF8: Bool) -> Self {
        let environment = options.environment
        let ascii = options.ascii || !isUTF8 || environment.term == "linux" || environment.term.hasPrefix("linux-")
        let most: ColorDepth = colors >= 256 ? .indexed : colors >= 8 ? .palette(colors >= 16 ? 16 : 8) : .mono
        let canRewrite = most == .indexed && indexedSequences
        let depth: ColorDepth
        switch options.color {
        case .never: depth = .mono
        case .sixteen: depth = most == .indexed ? .palette(16) : most
        case .indexed: depth = most
        case .truecolor: depth = canRewrite ? .truecolor : most
        case .auto:
            let claims = environment.colorTerm == "truecolor" || environment.colorTerm == "24bit"
            depth = environment.noColor ? .mono : claims && canRewrite ? .truecolor : most
        }
        return TerminalCapabilities(depth: depth, glyphs: ascii ? .ascii : .unicode, compacts: indexedSequences)
    }
}
