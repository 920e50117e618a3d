import Yams

/// A YAML file as nodes with places. Every scalar is still the text that stands in the file: YAML 1.1 would make `no`
/// false and `012` ten, so types are given by whoever reads a key.
struct YAMLTree {
    /// What a node holds.
    enum Content {
        /// A text; `plain` when it stands without quotes.
        case scalar(String, plain: Bool)
        /// A list.
        case list([YAMLTree])
        /// Keys and values in the order of the file.
        case mapping([Entry])
    }
    /// A key with its value.
    struct Entry {
        var key: String
        var place: FilePlace
        var value: YAMLTree
    }

    var place: FilePlace
    var content: Content

    /// Most nodes one file may have once its aliases are followed.
    static let nodeLimit = 500_000
    /// Deepest nesting; files of ours need six.
    static let depthLimit = 32

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar("", plain: true): "nothing"
        case .scalar(let text, _): "`\(text.count > 60 ? text.prefix(57) + "..." : text[...])`"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Whether nothing stands there.
    var isEmpty: Bool {
        if case .scalar("", plain: true) = content { return true }
        return false
    }
}

extension YAMLTree {
    /// The nodes of `text`; `limit` is the most bytes it may have.
    static func parse(_ text: String, file: String, limit: Int) throws(FileFault) -> YAMLTree {
        func refuse(_ place: FilePlace, _ message: String) -> FileFault {
            FileFault(file: file, problems: [FileProblem(place: place, message: message)])
        }
        let start = FilePlace(line: 1, column: 1)
        guard text.utf8.count <= limit else {
            throw refuse(start, "the file has \(text.utf8.count) bytes, the limit is \(limit)")
        }
        guard AliasBudget.allows(text) else {
            throw refuse(start, "anchors and aliases multiply without end; write the values out")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text, .basic)
        } catch let error as YamlError {
            let (place, message) = explain(error)
            throw refuse(place, message)
        } catch {
            throw refuse(start, "this is not YAML: \(error)")
        }
        guard let root else { throw refuse(start, "the file is empty") }
        var count = 0
        do {
            return try convert(root, depth: 0, count: &count, near: start)
        } catch {
            throw refuse(error.place, error.message)
        }
    }

    private struct TooMuch: Error {
        var place: FilePlace
        var message: String
    }

    private static func convert(
        _ node: Node, depth: Int, count: inout Int, near: FilePlace
    ) throws(TooMuch) -> YAMLTree {
        let place = node.mark.map { FilePlace(line: $0.line, column: $0.column) } ?? near
        count += 1
        guard count <= nodeLimit else {
            throw TooMuch(place: place, message: "the file has more than \(nodeLimit) values")
        }
        guard depth <= depthLimit else {
            throw TooMuch(place: place, message: "nested deeper than \(depthLimit) levels")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLTree(place: place, content: .scalar(scalar.string, plain: scalar.style == .plain))
        case .sequence(let sequence):
            var items: [YAMLTree] = []
            for item in sequence { items.append(try convert(item, depth: depth + 1, count: &count, near: place)) }
            return YAMLTree(place: place, content: .list(items))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let keyTree = try convert(key, depth: depth + 1, count: &count, near: place)
                guard case .scalar(let word, _) = keyTree.content else {
                    throw TooMuch(place: keyTree.place, message: "a key is one word, not \(keyTree.kind)")
                }
                let tree = try convert(value, depth: depth + 1, count: &count, near: keyTree.place)
                entries.append(Entry(key: word, place: keyTree.place, value: tree))
            }
            return YAMLTree(place: place, content: .mapping(entries))
        case .alias(let alias):
            throw TooMuch(place: place, message: "alias `\(alias.anchor.rawValue)` stands for nothing")
        }
    }

    /// The parser's complaint in one sentence, without its excerpt.
    private static func explain(_ error: YamlError) -> (FilePlace, String) {
        func at(_ mark: Mark) -> FilePlace { FilePlace(line: mark.line, column: mark.column) }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let doing = context.map { " \($0.text)" } ?? ""
            return (at(mark), "this is not YAML: \(problem)\(doing); check indentation, quotes and colons around here")
        case .composer(_, let problem, let mark, _):
            return (at(mark), "this is not YAML for one file: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let words = keys.map { "`\($0)`" }.joined(separator: ", ")
            return (at(context.mark), "\(words) is given twice in the same place (here first); keep one")
        case .reader(let problem, let offset, _, let yaml):
            return (place(offset: offset ?? 0, in: yaml), "this is not UTF-8 text: \(problem)")
        default:
            return (FilePlace(line: 1, column: 1), "this is not YAML: \(error)")
        }
    }

    private static func place(offset: Int, in text: String) -> FilePlace {
        let before = text.prefix(offset)
        let line = before.count { $0.isNewline } + 1
        let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.unicodeScalars.count ?? 0
        return FilePlace(line: line, column: column + 1)
    }
}
