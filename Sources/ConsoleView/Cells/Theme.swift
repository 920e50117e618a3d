// A theme as a value: a base16 or base24 palette, a meaning for each of its places, and overrides by dotted name.

/// How every meaning looks.
///
/// A style's look is made by laying specs over each other: `text`, then each longer dotted prefix of its name. For one
/// name the theme's own spec lies over the inherited theme's, and that over the default for the palette.
public struct Theme: Sendable {
    /// Places in a palette: 16 of base16 and 8 more of base24.
    public static let paletteCount = 24

    /// What a palette is made for.
    public enum Variant: String, Sendable, Hashable {
        /// Bright text on a dark ground.
        case dark
        /// Dark text on a bright ground.
        case light
    }

    /// The name under which it is chosen.
    public let name: String
    /// What the palette is made for.
    public let variant: Variant
    /// The colours, base00 to base17.
    public let palette: [RGB]
    /// The theme's own specs together with the inherited ones, by dotted name, sorted.
    public let overrides: [Override]

    /// A look for one dotted name.
    public struct Override: Hashable, Sendable {
        /// The dotted name; it may end before a meaning does (`node`).
        public var name: String
        /// The look.
        public var spec: StyleSpec
    }

    private let styles: [ResolvedStyle]
    private let overlays: [(mark: Marks, spec: StyleSpec)]

    /// A theme from its colours and specs.
    ///
    /// Places missing in `palette` (keys `base00` to `base17`) come from `inherits`, else base24's from their base16
    /// neighbours, and missing base16 places from the built-in dark or light theme. Unknown keys are ignored here;
    /// ``ThemeReader`` reports them. Cost: one pass over the meanings; changing cells look styles up by index.
    public init(
        name: String, variant: Variant? = nil, palette: [String: RGB] = [:], overrides: [String: StyleSpec] = [:],
        inherits parent: Theme? = nil
    ) {
        let given = (0..<Self.paletteCount).map { palette[Self.paletteKey($0)] }
        let chosen =
            variant ?? given[0].map { $0.luminance > 0.4 ? .light : .dark } ?? parent?.variant ?? .dark
        var specs = Dictionary(
            (parent?.overrides ?? []).map { ($0.name, $0.spec) }, uniquingKeysWith: { first, _ in first })
        for (key, spec) in overrides { specs[key] = (specs[key] ?? StyleSpec()).overlaid(by: spec) }
        self.name = name
        self.variant = chosen
        self.palette = Self.completed(
            given, from: parent?.palette ?? (chosen == .light ? Self.lightPalette : Self.darkPalette),
            followsParent: parent != nil)
        self.overrides = specs.keys.sorted().map { Override(name: $0, spec: specs[$0] ?? StyleSpec()) }
        let colors = self.palette
        styles = Style.allCases.map { Self.resolve(Self.layered($0.name, specs, root: true), colors) }
        overlays = [
            (Marks.faded, "faded"), (.match, "match"), (.selected, "selection"),
            (.restingCursor, "cursor.resting"), (.cursor, "cursor"),
        ].map { ($0.0, Self.layered($0.1, specs, root: false)) }
    }

    /// How a meaning looks, with the marks that lie over it; `cursor` on top. Cost: an array look-up without marks.
    public func resolved(_ style: Style, marks: Marks = []) -> ResolvedStyle {
        var look = styles[Int(style.rawValue)]
        if marks.isEmpty { return look }
        for overlay in overlays where marks.contains(overlay.mark) {
            if let name = overlay.spec.foreground { look.foreground = Self.color(name, palette) }
            if let name = overlay.spec.background { look.background = Self.color(name, palette) }
            look.attributes.subtract(overlay.spec.removing)
            look.attributes.formUnion(overlay.spec.adding)
        }
        return look
    }

    /// The key of a palette place: `base00` to `base17`.
    public static func paletteKey(_ place: Int) -> String {
        let digits = String(place, radix: 16, uppercase: true)
        return "base" + (digits.utf8.count == 1 ? "0" : "") + digits
    }

    private static func layered(_ name: String, _ specs: [String: StyleSpec], root: Bool) -> StyleSpec {
        let names = root && name != "text" ? ["text"] + Style.prefixes(of: name) : Style.prefixes(of: name)
        return names.reduce(into: StyleSpec()) { look, key in
            if let spec = defaults[key] { look = look.overlaid(by: spec) }
            if let spec = specs[key] { look = look.overlaid(by: spec) }
        }
    }

    private static func resolve(_ spec: StyleSpec, _ palette: [RGB]) -> ResolvedStyle {
        ResolvedStyle(
            foreground: spec.foreground.flatMap { color($0, palette) },
            background: spec.background.flatMap { color($0, palette) }, attributes: spec.adding)
    }

    private static func color(_ name: ColorName, _ palette: [RGB]) -> RGB? {
        switch name {
        case .palette(let place): return palette[min(max(0, place), palette.count - 1)]
        case .rgb(let rgb): return rgb
        case .terminal: return nil
        }
    }

    /// base24's bright colours stand for their plain ones where a base16 scheme has none.
    private static func completed(_ given: [RGB?], from fallback: [RGB], followsParent: Bool) -> [RGB] {
        let plain: [Int] = [0x00, 0x00, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E]
        var result = (0..<16).map { given[$0] ?? fallback[$0] }
        for place in 16..<paletteCount {
            let source = plain[place - 16]
            let inherited = followsParent && given[source] == nil ? fallback[place] : result[source]
            result.append(given[place] ?? inherited)
        }
        return result
    }
}
