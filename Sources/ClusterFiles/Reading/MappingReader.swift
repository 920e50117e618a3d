import ClusterModel

/// Reads the keys of one mapping: each key is asked for once with what it expects; whatever was not asked for is
/// unknown and reported with the nearest word that would have been right.
struct MappingReader {
    let place: FilePlace
    /// What the mapping is, for messages: "the cluster file", "pool `burst`".
    var subject: String
    let problems: Problems
    private let entries: [YAMLTree.Entry]
    private var known: [String] = []

    /// A reader over `tree`; nil, and a problem, when it is no mapping.
    init?(_ tree: YAMLTree, subject: String, problems: Problems) {
        guard case .mapping(let entries) = tree.content else {
            problems.add(tree.place, "\(subject) is a mapping of keys to values, not \(tree.kind)")
            return nil
        }
        place = tree.place
        self.subject = subject
        self.problems = problems
        self.entries = entries
    }

    /// What stands at `key`, if it is there.
    mutating func tree(_ key: String) -> YAMLTree? {
        known.append(key)
        return entries.first { $0.key == key }?.value
    }
    /// Where `key` stands; the mapping's place when it does not.
    func place(of key: String) -> FilePlace { entries.first { $0.key == key }?.place ?? place }
    /// Where the value of `key` stands; the mapping's place when it does not.
    func valuePlace(of key: String) -> FilePlace { entries.first { $0.key == key }?.value.place ?? place }
    /// Whether `key` stands there.
    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }
    /// Whether just this text stands at `key`.
    func isText(_ key: String, _ text: String) -> Bool {
        guard case .scalar(let own, _)? = entries.first(where: { $0.key == key })?.value.content else { return false }
        return own == text
    }
    /// The keys that were asked for so far.
    var asked: [String] { known }
    /// The keys as they stand.
    var keys: [String] { entries.map(\.key) }

    /// Notes a problem at the value of `key`.
    func refuse(_ key: String, _ message: String) { problems.add(valuePlace(of: key), message) }

    /// The text at `key`, whatever it means.
    mutating func text(_ key: String, expected: String = "a text") -> String? {
        guard let tree = tree(key) else { return nil }
        guard case .scalar(let text, _) = tree.content, !tree.isEmpty else {
            problems.add(tree.place, "`\(key)` expects \(expected), not \(tree.kind)")
            return nil
        }
        guard !text.unicodeScalars.contains("\0") else {
            problems.add(tree.place, "`\(key)` holds a NUL character")
            return nil
        }
        return text
    }

    /// The text at `key` made into a value; `read` answers nil when it is not what is `expected`.
    mutating func value<T>(_ key: String, expected: String, _ read: (String) -> T?) -> T? {
        guard let text = text(key, expected: expected) else { return nil }
        if let value = read(text) { return value }
        refuse(key, "`\(key)` expects \(expected), not `\(text)`")
        return nil
    }

    /// One of some words, with the nearest told when it is none of them.
    mutating func word(_ key: String, of words: [String]) -> String? {
        let expected = words.map { "`\($0)`" }.joined(separator: ", ")
        guard let text = text(key, expected: "one of \(expected)") else { return nil }
        if words.contains(text) { return text }
        refuse(key, "`\(key)` expects one of \(expected), not `\(text)`\(Self.hint(text, words))")
        return nil
    }

    /// A whole number within `range`.
    mutating func count<T: FixedWidthInteger>(_ key: String, _ range: ClosedRange<T>) -> T? {
        value(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard let number = T(text), range.contains(number), !text.hasPrefix("+") else { return nil }
            return number
        }
    }

    /// Yes or no.
    mutating func flag(_ key: String) -> Bool? {
        value(key, expected: "`true` or `false`") { text in
            switch text {
            case "true", "yes": true
            case "false", "no": false
            default: nil
            }
        }
    }

    /// The nodes of a list.
    mutating func list(_ key: String, of what: String) -> [YAMLTree] {
        guard let tree = tree(key) else { return [] }
        guard case .list(let items) = tree.content else {
            problems.add(tree.place, "`\(key)` expects a list of \(what), not \(tree.kind)")
            return []
        }
        return items
    }

    /// A list of texts; one text alone is a list of one.
    mutating func texts(_ key: String, of what: String) -> [(text: String, place: FilePlace)] {
        guard let tree = tree(key) else { return [] }
        if case .scalar(let text, _) = tree.content, !tree.isEmpty { return [(text, tree.place)] }
        guard case .list(let items) = tree.content else {
            problems.add(tree.place, "`\(key)` expects a list of \(what), not \(tree.kind)")
            return []
        }
        return items.compactMap { item in
            if case .scalar(let text, _) = item.content, !item.isEmpty { return (text, item.place) }
            problems.add(item.place, "`\(key)` expects a list of \(what); \(item.kind) is none")
            return nil
        }
    }

    /// A mapping of names to texts, in the order of the file.
    mutating func pairs(_ key: String, of what: String) -> [(name: String, text: String, place: FilePlace)] {
        guard let tree = tree(key) else { return [] }
        guard case .mapping(let entries) = tree.content else {
            problems.add(tree.place, "`\(key)` expects a mapping of \(what), not \(tree.kind)")
            return []
        }
        return entries.compactMap { entry in
            if case .scalar(let text, _) = entry.value.content { return (entry.key, text, entry.place) }
            problems.add(entry.value.place, "`\(entry.key)` in `\(key)` expects a text, not \(entry.value.kind)")
            return nil
        }
    }

    /// A nested mapping.
    mutating func mapping(_ key: String, subject: String) -> MappingReader? {
        tree(key).flatMap { MappingReader($0, subject: subject, problems: problems) }
    }

    /// Reports keys that nobody asked for, and keys that stand there twice.
    func finish() {
        var seen: Set<String> = []
        for entry in entries {
            if !seen.insert(entry.key).inserted { problems.add(entry.place, "`\(entry.key)` is given twice; keep one") }
            guard !known.contains(entry.key) else { continue }
            problems.add(entry.place, "\(subject) has no key `\(entry.key)`\(Self.hintOrAll(entry.key, known))")
        }
    }

    /// `; did you mean ...?`, or nothing.
    static func hint(_ word: String, _ words: [String]) -> String {
        Spelling.nearest(to: word, in: words).map { "; did you mean `\($0)`?" } ?? ""
    }
    /// The same, or up to twelve of the words that would be right.
    static func hintOrAll(_ word: String, _ words: [String]) -> String {
        let near = hint(word, words)
        if !near.isEmpty || words.isEmpty { return near }
        return "; there are \(words.prefix(12).joined(separator: ", "))\(words.count > 12 ? ", ..." : "")"
    }
}
