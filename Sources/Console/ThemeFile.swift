import ConsoleView
import Glibc
import Yams

/// A theme file's scalars with their places, read with Yams as nodes.
enum ThemeFile {
    /// The scalars of the file at `path`.
    static func entries(_ path: String) throws(ThemeError) -> [ThemeReader.Entry] {
        let text = try read(path)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw ThemeError(description: "\(path): \(error)") }
        guard let root else { throw ThemeError(description: "\(path): the file is empty") }
        var entries: [ThemeReader.Entry] = []
        try collect(root, [], &entries, path)
        return entries
    }

    private static func collect(
        _ node: Node, _ keys: [String], _ entries: inout [ThemeReader.Entry], _ path: String
    ) throws(ThemeError) {
        let line = node.mark?.line ?? 1
        let column = node.mark?.column ?? 1
        guard entries.count <= ThemeReader.maximumEntries, keys.count <= 8 else {
            throw ThemeError(description: "\(path):\(line):\(column): the file is too large or too deep for a theme")
        }
        switch node {
        case .scalar(let scalar): entries.append(.init(path: keys, value: scalar.string, line: line, column: column))
        case .mapping(let mapping):
            var seen: Set<String> = []
            for (key, value) in mapping {
                let name = key.scalar?.string ?? ""
                guard seen.insert(name).inserted else {
                    throw ThemeError(
                        description:
                            "\(path):\(key.mark?.line ?? line):\(key.mark?.column ?? column): "
                            + "\"\(name)\" is given twice"
                    )
                }
                try collect(value, keys + [name], &entries, path)
            }
        default: throw ThemeError(description: "\(path):\(line):\(column): expected keys and values, no list")
        }
    }

    private static func read(_ path: String) throws(ThemeError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ThemeError(description: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: ThemeLibrary.fileLimit + 1)
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress?.advanced(by: count), room) }
            if got <= 0 { break }
            count += got
        }
        guard count <= ThemeLibrary.fileLimit else {
            throw ThemeError(description: "\(path): larger than \(ThemeLibrary.fileLimit) bytes")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
