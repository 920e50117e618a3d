/// A line that is being typed: the text, where the next character goes, and the keys that change it.
struct TextField: Hashable, Sendable {
    /// Most characters a line may have; further ones are not taken.
    static let limit = 4_096

    /// The characters.
    private(set) var characters: [Character] = []
    /// Where the next one goes, 0 to the count.
    private(set) var cursor = 0

    init(_ text: String = "") {
        characters = Array(text.prefix(Self.limit))
        cursor = characters.count
    }

    /// The line.
    var text: String { String(characters) }
    /// The part before the cursor.
    var before: String { String(characters[..<cursor]) }

    /// Takes a key; false when it is none for a line.
    mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .press(.character(let character), let held) where held.isEmpty: insert(String(character))
        case .paste(let text): insert(String(text.map { $0.isNewline ? " " : $0 }))
        case .backspace, .ctrl("h"): remove(from: cursor - 1, to: cursor)
        case .delete: remove(from: cursor, to: cursor + 1)
        case .left, .ctrl("b"): cursor = max(0, cursor - 1)
        case .right, .ctrl("f"): cursor = min(characters.count, cursor + 1)
        case .press(.home, _), .ctrl("a"): cursor = 0
        case .press(.end, _), .ctrl("e"): cursor = characters.count
        case .ctrl("u"): remove(from: 0, to: cursor)
        case .ctrl("k"): remove(from: cursor, to: characters.count)
        case .ctrl("w"): remove(from: wordStart(), to: cursor)
        default: return false
        }
        return true
    }

    private mutating func insert(_ text: String) {
        let taken = Array(text.prefix(max(0, Self.limit - characters.count)))
        characters.insert(contentsOf: taken, at: cursor)
        cursor += taken.count
    }

    private mutating func remove(from: Int, to: Int) {
        let range = max(0, from)..<max(max(0, from), min(to, characters.count))
        characters.removeSubrange(range)
        cursor = min(range.lowerBound, characters.count)
    }

    private func wordStart() -> Int {
        var at = cursor
        while at > 0, characters[at - 1] == " " { at -= 1 }
        while at > 0, characters[at - 1] != " " { at -= 1 }
        return at
    }
}
