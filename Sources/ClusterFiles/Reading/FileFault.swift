/// What is wrong with a file that was refused: every problem with its place, so that one reading mends them all.

/// A place in a file, counted from 1; columns count Unicode scalars.
public struct FilePlace: Hashable, Comparable, Sendable {
    /// The line.
    public var line: Int
    /// The column.
    public var column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
    /// Earlier in the file first.
    public static func < (a: FilePlace, b: FilePlace) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One thing that is wrong, and where.
public struct FileProblem: Hashable, Sendable {
    /// Where.
    public var place: FilePlace
    /// What is wrong, what was expected, and the nearest right word if there is one.
    public var message: String

    /// A problem.
    public init(place: FilePlace, message: String) {
        self.place = place
        self.message = message
    }
}

/// A file that was refused, whole.
public struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Most problems that are told of one file.
    public static let problemLimit = 20

    /// The file, as it was named.
    public var file: String
    /// What is wrong, in the order of the file, at most `problemLimit`.
    public var problems: [FileProblem]
    /// How many more there were.
    public var more: Int

    /// A fault; problems are put in order and cut at the limit.
    public init(file: String, problems: [FileProblem]) {
        self.file = file
        let ordered = problems.sorted { $0.place < $1.place }
        self.problems = Array(ordered.prefix(Self.problemLimit))
        more = max(0, ordered.count - Self.problemLimit)
    }

    /// A line for each problem, `FILE:LINE:COLUMN: what is wrong`.
    public var description: String {
        var lines = problems.map { "\(file):\($0.place.line):\($0.place.column): \($0.message)" }
        if more > 0 { lines.append("\(file): and \(more) more") }
        return lines.joined(separator: "\n")
    }
}

/// Collects the problems of one file while it is read.
final class Problems {
    /// The file, as it was named.
    let file: String
    private(set) var found: [FileProblem] = []
    /// The price books that machine types are looked up in.
    var books: [PriceBook] = []

    init(file: String) { self.file = file }

    /// Notes one; said twice at one place counts once.
    func add(_ place: FilePlace, _ message: String) {
        let problem = FileProblem(place: place, message: message)
        if !found.contains(problem) { found.append(problem) }
    }

    /// Ends the reading when there was any.
    func throwIfAny() throws(FileFault) {
        if !found.isEmpty { throw FileFault(file: file, problems: found) }
    }
}
