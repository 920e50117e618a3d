// How a theme writes a look, and how it comes out: colours by palette place, attributes, and what was left open.

/// Attributes of text that a terminal can show without colours.
public struct TextAttributes: OptionSet, Hashable, Sendable {
    /// One bit an attribute.
    public let rawValue: UInt8

    /// Attributes from their bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier or brighter.
    public static let bold = TextAttributes(rawValue: 1)
    /// Fainter.
    public static let dim = TextAttributes(rawValue: 2)
    /// Foreground and background changed over.
    public static let reverse = TextAttributes(rawValue: 4)
    /// Underlined.
    public static let underline = TextAttributes(rawValue: 8)
    /// Slanted.
    public static let italic = TextAttributes(rawValue: 16)

    /// Every attribute with its word in theme files.
    public static let words: [(word: String, attribute: TextAttributes)] = [
        ("bold", .bold), ("dim", .dim), ("reverse", .reverse), ("underline", .underline), ("italic", .italic),
    ]
}

/// A colour as a theme names it.
public enum ColorName: Hashable, Sendable {
    /// Place 0 to 23 of the palette (`base00` to `base17`, hexadecimal).
    case palette(Int)
    /// A colour of its own (`#rrggbb`).
    case rgb(RGB)
    /// Whatever the terminal has (`default`): its own background may be an image, or see-through.
    case terminal

    /// `base0A`, `#rrggbb` or `default`; nil for anything else.
    public init?(_ word: String) {
        if word == "default" {
            self = .terminal
        } else if let place = Self.palettePlace(word) {
            self = .palette(place)
        } else if word.hasPrefix("#"), let rgb = RGB(hex: word) {
            self = .rgb(rgb)
        } else {
            return nil
        }
    }

    /// The place that `base00` to `base17` names.
    public static func palettePlace(_ word: String) -> Int? {
        guard word.utf8.count == 6, word.hasPrefix("base"), let place = Int(word.suffix(2), radix: 16),
            place >= 0, place < Theme.paletteCount
        else { return nil }
        return place
    }
}

/// A look as a theme gives it for one meaning; what is nil comes from the shorter name.
public struct StyleSpec: Hashable, Sendable {
    /// Colour of the text.
    public var foreground: ColorName?
    /// Colour behind the text.
    public var background: ColorName?
    /// Attributes switched on.
    public var adding: TextAttributes
    /// Attributes switched off.
    public var removing: TextAttributes

    /// A look; all of it may be left open.
    public init(
        _ foreground: ColorName? = nil, on background: ColorName? = nil, _ adding: TextAttributes = [],
        removing: TextAttributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.adding = adding
        self.removing = removing
    }

    /// A look in one line: `base0A on base01 bold`, `on #300000`, `underline no-bold`, each part optional.
    /// Answers the word that was not understood, if any.
    public static func parse(_ text: String) -> Result<StyleSpec, UnknownWord> {
        var spec = StyleSpec()
        var behind = false
        for part in text.split(separator: " ") {
            let word = String(part)
            let off = word.hasPrefix("no-")
            if word == "on" {
                behind = true
            } else if let known = TextAttributes.words.first(where: { $0.word == (off ? word.dropFirst(3) : part) }) {
                if off { spec.removing.insert(known.attribute) } else { spec.adding.insert(known.attribute) }
            } else if let color = ColorName(word) {
                if behind { spec.background = color } else { spec.foreground = color }
                behind = false
            } else {
                return .failure(UnknownWord(word: word))
            }
        }
        return behind ? .failure(UnknownWord(word: "on")) : .success(spec)
    }

    /// A word in a look that means nothing there.
    public struct UnknownWord: Error, Hashable {
        /// The word as it was written.
        public var word: String
    }

    /// This look with `other` laid over it: what `other` says wins.
    public func overlaid(by other: StyleSpec) -> StyleSpec {
        StyleSpec(
            other.foreground ?? foreground, on: other.background ?? background,
            adding.subtracting(other.removing).union(other.adding),
            removing: removing.subtracting(other.adding).union(other.removing))
    }
}

/// A look with its colours found: what a terminal is asked to show.
public struct ResolvedStyle: Hashable, Sendable {
    /// Colour of the text; nil is the terminal's own.
    public var foreground: RGB?
    /// Colour behind the text; nil is the terminal's own.
    public var background: RGB?
    /// Attributes of the text.
    public var attributes: TextAttributes

    /// A look with colours found; nil colours are the terminal's own.
    public init(foreground: RGB? = nil, background: RGB? = nil, attributes: TextAttributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}
