import ClusterModel
import ConsoleView
import Glibc
import Yams

/// Why a theme cannot be used.
public struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, or one a problem.
    public var description: String
    /// There is no theme of that name.
    public var isUnknown = false
}

/// Themes by name: files in the XDG folders, the installation and the repository, then those built in. The first found
/// wins.
public struct ThemeLibrary {
    /// Largest theme file, in bytes.
    public static let fileLimit = 256 << 10
    /// Longest chain of `inherits`.
    static let inheritanceLimit = 8

    /// Folders that are searched, in order.
    let folders: [String]

    /// The library of this user and this installation.
    public init() { folders = Self.usualFolders() }
    init(folders: [String]) { self.folders = folders }

    /// All names, sorted; each once.
    public var names: [String] {
        var found = Set(Theme.builtIn.map(\.name))
        for folder in folders { found.formUnion(Self.themeFiles(in: folder)) }
        return found.sorted()
    }

    /// The theme of that name, or in that file when it is written with a slash or ends as theme files do.
    public func load(_ nameOrPath: String) throws(ThemeError) -> Theme {
        guard nameOrPath.contains("/") || nameOrPath.hasSuffix(".yaml") || nameOrPath.hasSuffix(".yml") else {
            return try theme(named: nameOrPath)
        }
        let file = nameOrPath.split(separator: "/").last.map(String.init) ?? nameOrPath
        return try theme(in: nameOrPath, name: file.split(separator: ".").first.map(String.init) ?? file, depth: 0)
    }

    /// The theme of that name. Throws when there is none or its file is wrong, with file, line and column.
    func theme(named name: String) throws(ThemeError) -> Theme { try theme(named: name, depth: 0) }

    private func theme(named name: String, depth: Int) throws(ThemeError) -> Theme {
        guard depth < Self.inheritanceLimit else {
            throw ThemeError(
                description: "theme \(name): more than \(Self.inheritanceLimit) themes inherit from each other")
        }
        guard let path = path(of: name) else {
            if let theme = Theme.builtIn(named: name) { return theme }
            let near = Spelling.nearest(to: name, in: names).map { "; did you mean \($0)?" } ?? ""
            throw ThemeError(
                description: "there is no theme \"\(name)\"\(near) There are: \(names.joined(separator: ", "))",
                isUnknown: true)
        }
        return try theme(in: path, name: name, depth: depth)
    }

    private func theme(in path: String, name: String, depth: Int) throws(ThemeError) -> Theme {
        let entries = try ThemeFile.entries(path)
        let (theme, problems) = ThemeReader.read(name: name, entries) { parent in
            parent == name ? Theme.builtIn(named: parent) : try? self.theme(named: parent, depth: depth + 1)
        }
        guard let theme else {
            throw ThemeError(description: problems.prefix(20).map { "\(path):\($0)" }.joined(separator: "\n"))
        }
        return theme
    }

    /// The file that a theme comes from; nil when it is built in, or there is none.
    public func path(of name: String) -> String? {
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
        for folder in folders {
            for ending in [".yaml", ".yml"] where access("\(folder)/\(name)\(ending)", R_OK) == 0 {
                return "\(folder)/\(name)\(ending)"
            }
        }
        return nil
    }

    private static func themeFiles(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let file = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            for ending in [".yaml", ".yml"] where file.hasSuffix(ending) && !file.hasPrefix(".") {
                names.append(String(file.dropLast(ending.count)))
            }
        }
        return names
    }

    private static func usualFolders() -> [String] {
        func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        let home = value("HOME")
        func xdg(_ name: String, _ usual: String) -> String { value(name).isEmpty ? "\(home)/\(usual)" : value(name) }
        let shared = value("XDG_DATA_DIRS").isEmpty ? "/usr/local/share:/usr/share" : value("XDG_DATA_DIRS")
        var folders = [
            "\(xdg("XDG_CONFIG_HOME", ".config"))/bellows/themes",
            "\(xdg("XDG_DATA_HOME", ".local/share"))/bellows/themes",
        ]
        folders += shared.split(separator: ":").map { "\($0)/bellows/themes" }
        return folders + ownFolders()
    }

    /// `../share/bellows/themes` beside the program, and `themes` of the repository that it was built in.
    private static func ownFolders() -> [String] {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), 4_095) } ?? -1
        }
        guard count > 0 else { return [] }
        var folder = String(decoding: buffer[..<count], as: UTF8.self)
        func up() -> Bool {
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return false }
            folder = String(folder[..<slash])
            return true
        }
        guard up() else { return [] }
        var found = ["\(folder)/../share/bellows/themes"]
        for _ in 0..<6 where up() {
            if access("\(folder)/Package.swift", R_OK) == 0 {
                found.append("\(folder)/themes")
                break
            }
        }
        return found
    }
}
