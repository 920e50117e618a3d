import Glibc

/// The files of a film: `NAME.000001.rec`, `NAME.000002.rec`, ... in one folder. Numbers grow over all sessions.
public struct FilmFiles: Sendable, Equatable {
    /// One segment's file.
    public struct Entry: Sendable, Equatable {
        /// Path of the file.
        public var path: String
        /// Place in the film, from its name.
        public var number: UInt32
        /// Size in bytes when it was listed.
        public var bytes: Int64
    }

    /// The folder.
    public var folder: String
    /// The film's name.
    public var name: String
    /// The segments in order of their numbers; never empty when it came from `locate`.
    public var entries: [Entry]
    /// The segment that was asked for, if a file was.
    public var requested: UInt32?

    static let suffix = ".rec"
    static let maximumNameLength = 64

    /// Finds the film that a folder or one of its files belongs to.
    ///
    /// - Throws: `notFound`, `notARecording` for a folder without segments, `severalFilms`, `system`.
    public static func locate(_ path: String) throws(RecordingError) -> FilmFiles {
        var information = stat()
        guard stat(path, &information) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? .notFound(path: path) : .system(operation: "look at", path: path, code: errno)
        }
        if information.st_mode & S_IFMT == S_IFDIR { return try locateFolder(path) }
        let (folder, file) = split(path)
        guard let (name, number) = parse(file) else {
            let entry = Entry(path: path, number: 1, bytes: Int64(information.st_size))
            return FilmFiles(folder: folder, name: file, entries: [entry], requested: 1)
        }
        return FilmFiles(
            folder: folder, name: name, entries: try list(folder: folder, name: name), requested: number)
    }

    private static func locateFolder(_ path: String) throws(RecordingError) -> FilmFiles {
        var names: [String] = []
        for file in try Folder.entries(path) {
            guard let (name, _) = parse(file), names.last != name else { continue }
            names.append(name)
        }
        guard let name = names.first else {
            throw .notARecording(path: path, why: "the folder holds no file that ends in .000001.rec or the like")
        }
        guard names.count == 1 else { throw .severalFilms(folder: path, names: names) }
        return FilmFiles(folder: path, name: name, entries: try list(folder: path, name: name), requested: nil)
    }

    /// The segments of one film, in order.
    static func list(folder: String, name: String) throws(RecordingError) -> [Entry] {
        var entries: [Entry] = []
        for file in try Folder.entries(folder) {
            guard let (found, number) = parse(file), found == name else { continue }
            let path = folder + "/" + file
            var information = stat()
            guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { continue }
            entries.append(Entry(path: path, number: number, bytes: Int64(information.st_size)))
        }
        return entries.sorted { $0.number < $1.number }
    }

    /// Path of a segment.
    static func path(folder: String, name: String, number: UInt32) -> String {
        let digits = String(number)
        return folder + "/" + name + "." + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + suffix
    }

    /// Film name and number in a segment's file name, or nil when it is not one.
    static func parse(_ file: String) -> (name: String, number: UInt32)? {
        guard file.hasSuffix(suffix) else { return nil }
        let stem = file.dropLast(suffix.count)
        guard let dot = stem.lastIndex(of: ".") else { return nil }
        let digits = stem[stem.index(after: dot)...]
        guard digits.count >= 6, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt32(digits),
            dot != stem.startIndex
        else { return nil }
        return (String(stem[..<dot]), number)
    }

    /// Letters, digits, '-' and '_' only: the name becomes part of a path.
    public static func isSafe(name: String) -> Bool {
        (1...maximumNameLength).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
            }
    }

    private static func split(_ path: String) -> (folder: String, file: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }
}
