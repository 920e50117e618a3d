// Keys as people write them in a help screen or a key table: `q`, `+`, `space`, `ctrl-c`, `shift-tab`, `f5`, `pgdn`.

extension KeyCode {
    private static let words: [(word: String, code: KeyCode)] = [
        ("enter", .enter), ("tab", .tab), ("esc", .escape), ("backspace", .backspace), ("del", .delete),
        ("ins", .insert), ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
        ("end", .end), ("pgup", .pageUp), ("pgdn", .pageDown), ("space", .character(" ")),
    ]

    /// The key as people write it.
    public var name: String {
        if let known = Self.words.first(where: { $0.code == self }) { return known.word }
        switch self {
        case .character(let character): return String(character)
        case .function(let number): return "f\(number)"
        default: return ""
        }
    }

    /// The key of that name; nil if there is none.
    public init?(name: String) {
        if let known = Self.words.first(where: { $0.word == name }) {
            self = known.code
        } else if name.count == 1, let character = name.first {
            self = .character(character)
        } else if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...20).contains(number) {
            self = .function(number)
        } else {
            return nil
        }
    }
}

extension Key: CustomStringConvertible {
    private static let prefixes: [(word: String, modifier: KeyModifiers)] = [
        ("ctrl-", .control), ("alt-", .alt), ("shift-", .shift),
    ]

    /// The key of that name, modifiers first (`ctrl-alt-x`); nil if there is none. Mouse and paste have no name.
    public init?(name: String) {
        var rest = Substring(name)
        var modifiers: KeyModifiers = []
        while let known = Self.prefixes.first(where: { rest.hasPrefix($0.word) && rest.count > $0.word.count }) {
            modifiers.insert(known.modifier)
            rest = rest.dropFirst(known.word.count)
        }
        guard let code = KeyCode(name: String(rest)) else { return nil }
        self = .press(code, modifiers)
    }

    /// The key as people write it; what ``init(name:)`` reads, except for mouse and paste.
    public var description: String {
        switch self {
        case .press(let code, let modifiers):
            let words = Self.prefixes.filter { modifiers.contains($0.modifier) }.map { $0.word }
            return words.joined() + code.name
        case .mouse(let event): return "mouse \(event.action) at \(event.x),\(event.y)"
        case .paste(let text): return "paste of \(text.unicodeScalars.count) characters"
        }
    }
}
