import ClusterModel
import ClusterSource

/// A view opened over the panes.
enum ConsoleScreen: Sendable {
    /// Everything about one thing.
    case detail(DetailView)
    /// What a task writes.
    case output(OutputView)
    /// Lines that stay as they are.
    case page(PageView)
    /// The event log.
    case log(LogView)
    /// Charts of the whole cluster.
    case history
}

/// Lines that were made once.
struct PageView: Sendable {
    /// What it is.
    var title: String
    /// The lines.
    var lines: [[Span]]
    /// First line that is shown.
    var top = 0
}

/// The event log; which events it shows is the console's event filter.
struct LogView: Sendable {
    /// First line that is shown, counted from the newest.
    var top = 0
}

/// Everything about one thing: facts from the state, and the explanation once it is there.
struct DetailView: Sendable {
    /// The thing.
    var key: RowKey
    /// Its name when it was opened; it may be gone meanwhile.
    var label: String
    /// What was asked about it, and the answers that are there.
    var answers: [Answer] = []
    /// First line that is shown.
    var top = 0
    /// The line under the cursor; only lines that lead somewhere are stopped at, when there are any.
    var line = 0

    /// A question's number, and its answer once it is there.
    struct Answer: Sendable {
        /// The answer that is waited for.
        var ticket: UInt64
        /// Why it is as it is.
        var explanation: Explanation?
    }
}

/// What a task writes: the last part of it, in lines.
struct OutputView: Sendable {
    /// Most bytes kept; the oldest lines give way.
    static let byteLimit = 1 << 20
    /// Longest line kept whole, in bytes; longer ones are broken.
    static let lineLimit = 4_096
    /// Bytes asked for before the end at first.
    static let tail: Int64 = 256 << 10

    var task: TaskID
    var label: String
    var stream = OutputRequest.Stream.stdout
    var ticket: UInt64
    /// Complete lines, and an incomplete one at the end.
    private(set) var lines: [[UInt8]] = []
    private(set) var bytes = 0
    /// Whether lines were dropped or skipped before the first.
    private(set) var isCut = false
    private(set) var isEnded = false
    private(set) var fault = ""
    private var isOpenLine = false
    private var next: Int64 = -1
    /// Whether the view stays at the end.
    var follows = true
    /// First line that is shown, when it does not follow.
    var top = 0

    init(task: TaskID, label: String, ticket: UInt64) {
        self.task = task
        self.label = label
        self.ticket = ticket
    }

    /// Starts again with another stream.
    mutating func restart(_ stream: OutputRequest.Stream, ticket: UInt64) {
        self = OutputView(task: task, label: label, ticket: ticket)
        self.stream = stream
    }

    /// Takes a piece, in order; pieces that were there already are not taken twice.
    mutating func take(_ piece: OutputPiece) {
        if next < 0, piece.offset > 0 { isCut = true }
        if next >= 0, piece.offset > next { isCut = true }
        let known = next > piece.offset ? min(piece.bytes.count, Int(next - piece.offset)) : 0
        append(piece.bytes[known...])
        next = max(next, piece.offset + Int64(piece.bytes.count))
        isEnded = piece.isLast
        if !piece.fault.isEmpty { fault = piece.fault }
    }

    private mutating func append(_ new: ArraySlice<UInt8>) {
        for byte in new {
            if byte == UInt8(ascii: "\n") {
                if !isOpenLine { lines.append([]) }
                isOpenLine = false
            } else {
                if !isOpenLine || lines[lines.count - 1].count >= Self.lineLimit { lines.append([]) }
                lines[lines.count - 1].append(byte)
                isOpenLine = true
            }
        }
        bytes += new.count
        var dropped = 0
        while bytes > Self.byteLimit, dropped < lines.count {
            bytes -= lines[dropped].count + 1
            dropped += 1
        }
        guard dropped > 0 else { return }
        isCut = true
        lines.removeFirst(dropped)
        top = max(0, top - dropped)
    }
}
