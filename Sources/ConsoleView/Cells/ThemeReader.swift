import ClusterModel

// A theme file's keys and values, whoever parsed them, made a theme; every mistake is reported with its place.

/// Makes a theme from a file's scalars. Reading the YAML itself is left to the caller, since this target is pure.
public enum ThemeReader {
    /// Most entries of a theme; a longer file is refused.
    public static let maximumEntries = 1000

    /// One scalar of the file with the keys that lead to it.
    public struct Entry: Hashable, Sendable {
        /// The keys from the top, as in `["bellows", "node.draining", "fg"]`.
        public var path: [String]
        /// The scalar as text.
        public var value: String
        /// Line of the value, from 1.
        public var line: Int
        /// Column of the value, from 1.
        public var column: Int

        /// A scalar with the keys that lead to it and its place, both from 1.
        public init(path: [String], value: String, line: Int, column: Int) {
            self.path = path
            self.value = value
            self.line = line
            self.column = column
        }
    }

    /// A mistake in a theme file.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// Line, from 1.
        public var line: Int
        /// Column, from 1.
        public var column: Int
        /// What is wrong and what was expected.
        public var message: String

        /// `line:column: message`.
        public var description: String { "\(line):\(column): \(message)" }
    }

    /// The theme that the entries make, and what is wrong with them. With problems the theme is nil.
    ///
    /// Understood are base16's flat form (`scheme`, `author`, `base00`: `rrggbb`), the newer one (`name`, `variant`,
    /// `palette:`), and a section `bellows:` with `inherits` and looks by dotted name, in a line (`base0A bold`) or as
    /// `fg`, `bg`, `bold`, `dim`, `reverse`, `underline`, `italic`. `parent` finds the theme that is inherited.
    public static func read(
        name: String, _ entries: [Entry], parent: (String) -> Theme? = { Theme.builtIn(named: $0) }
    ) -> (theme: Theme?, problems: [Problem]) {
        guard entries.count <= maximumEntries else {
            return (nil, [Problem(line: 1, column: 1, message: "a theme has at most \(maximumEntries) entries")])
        }
        var draft = Draft()
        for entry in entries { draft.take(entry, parent: parent) }
        if !draft.problems.isEmpty { return (nil, draft.problems) }
        let theme = Theme(
            name: name, variant: draft.variant, palette: draft.palette, overrides: draft.overrides,
            inherits: draft.parent)
        return (theme, [])
    }

    private struct Draft {
        var variant: Theme.Variant?
        var palette: [String: RGB] = [:]
        var overrides: [String: StyleSpec] = [:]
        var parent: Theme?
        var problems: [Problem] = []

        mutating func take(_ entry: Entry, parent find: (String) -> Theme?) {
            guard let key = entry.path.first else { return }
            switch (key, entry.path.count) {
            case ("name", 1), ("scheme", 1), ("author", 1), ("slug", 1), ("description", 1), ("system", 1): break
            case ("variant", 1):
                variant = Theme.Variant(rawValue: entry.value)
                if variant == nil { report(entry, "variant \"\(entry.value)\": expected dark or light") }
            case ("palette", 2): color(entry.path[1], entry)
            case ("bellows", 2...): look(Array(entry.path.dropFirst()), entry, find)
            case (_, 1) where key.hasPrefix("base"): color(key, entry)
            default:
                let known = ["name", "scheme", "author", "variant", "palette", "bellows"]
                report(entry, "unknown key \"\(entry.path.joined(separator: "."))\"" + hint(key, known))
            }
        }

        private mutating func color(_ key: String, _ entry: Entry) {
            guard let place = ColorName.palettePlace(key) else {
                return report(entry, "unknown colour \"\(key)\": expected base00 to base17")
            }
            guard let rgb = RGB(hex: entry.value) else {
                return report(entry, "\(key): \"\(entry.value)\" is no colour; expected \"#rrggbb\"")
            }
            palette[Theme.paletteKey(place)] = rgb
        }

        private mutating func look(_ keys: [String], _ entry: Entry, _ find: (String) -> Theme?) {
            if keys == ["inherits"] {
                parent = find(entry.value)
                if parent == nil { report(entry, "inherits: no theme is called \"\(entry.value)\"") }
                return
            }
            let fields = ["fg", "bg"] + TextAttributes.words.map { $0.word }
            let field = keys.count > 1 ? keys.last.flatMap { fields.contains($0) ? $0 : nil } : nil
            let name = (field == nil ? keys[...] : keys.dropLast()).joined(separator: ".")
            let names = Style.allCases.map { $0.name }
            guard names.contains(where: { $0 == name || $0.hasPrefix(name + ".") }) else {
                return report(entry, "unknown style \"\(name)\"" + hint(name, names))
            }
            let spec = field.map { single($0, entry) } ?? line(entry)
            if let spec { overrides[name] = (overrides[name] ?? StyleSpec()).overlaid(by: spec) }
        }

        private mutating func line(_ entry: Entry) -> StyleSpec? {
            switch StyleSpec.parse(entry.value) {
            case .success(let spec): return spec
            case .failure(let unknown):
                report(
                    entry, "\"\(unknown.word)\" is no part of a look; expected a look such as \"base0A on base01 bold\""
                )
                return nil
            }
        }

        private mutating func single(_ field: String, _ entry: Entry) -> StyleSpec? {
            if let known = TextAttributes.words.first(where: { $0.word == field }) {
                if entry.value == "true" { return StyleSpec(nil, on: nil, known.attribute) }
                if entry.value == "false" { return StyleSpec(removing: known.attribute) }
                report(entry, "\(field): \"\(entry.value)\": expected true or false")
                return nil
            }
            guard let color = ColorName(entry.value) else {
                report(
                    entry,
                    "\(field): \"\(entry.value)\" is no colour; expected base00 to base17, \"#rrggbb\" or default")
                return nil
            }
            return field == "fg" ? StyleSpec(color) : StyleSpec(nil, on: color)
        }

        private mutating func report(_ entry: Entry, _ message: String) {
            problems.append(Problem(line: entry.line, column: entry.column, message: message))
        }

        private func hint(_ word: String, _ known: [String]) -> String {
            Spelling.nearest(to: word, in: known).map { "; did you mean \"\($0)\"?" } ?? ""
        }
    }
}
