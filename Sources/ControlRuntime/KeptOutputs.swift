import AgentLink
import CSys
import ClusterModel
import ClusterSource
import Dispatch
import Glibc
import Synchronization

/// The ends of outputs whose machines are gone: brought here before a machine is ended, read by whoever asks for them
/// later. One file each, `TASK.ATTEMPT.STREAM.OFFSET` with numbers, mode 0600; within a size, the oldest giving way.
final class KeptOutputs: Sendable {
    private let folder: String
    private let links: AgentLinks
    private let limits: RuntimeLimits
    private let log: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "bellows.outputs")

    init(folder: String, links: AgentLinks, limits: RuntimeLimits, log: @escaping @Sendable (String) -> Void) {
        (self.folder, self.links, self.limits, self.log) = (folder, links, limits, log)
    }

    /// Brings the ends of both outputs of each attempt here, some at a time, then says what came of it. Never waits.
    func collect(node: String, _ tasks: [TaskAttempt], done: @escaping @Sendable (NodeCollected) -> Void) {
        let wanted = tasks.flatMap { [Piece($0, .stdout), Piece($0, .stderr)] }
        let round = Round(node: node, waiting: wanted, done: done)
        queue.async { [self] in
            if mkdir(folder, 0o700) != 0, errno != EEXIST {
                log("outputs of \(node) are not kept: \(folder): \(String(cString: strerror(errno)))")
            }
            for _ in 0..<limits.keptAtOnce { next(round) }
        }
    }

    /// The kept end of an output; nil when none is kept.
    func read(_ request: OutputRequest, attempt: UInt32) -> OutputPiece? {
        let head = Piece(TaskAttempt(task: request.task, attempt: attempt), request.stream).head
        guard let name = names().first(where: { $0.hasPrefix(head) }), let start = Int64(name.dropFirst(head.count)),
            let bytes = Self.bytes(of: "\(folder)/\(name)", limit: limits.keptOutputBytes)
        else { return nil }
        let end = start + Int64(bytes.count)
        let from = request.offset < 0 ? max(start, end + request.offset) : min(max(start, request.offset), end)
        return OutputPiece(offset: from, bytes: Array(bytes.dropFirst(Int(from - start))), isLast: true)
    }

    // MARK: Collecting

    /// An output that is wanted.
    private struct Piece: Sendable {
        let attempt: TaskAttempt
        let stream: OutputRequest.Stream
        init(_ attempt: TaskAttempt, _ stream: OutputRequest.Stream) { (self.attempt, self.stream) = (attempt, stream) }
        /// How its file's name begins.
        var head: String { "\(attempt.task.packed).\(attempt.attempt).\(stream.rawValue)." }
    }

    /// What is under way for one node. Touched on the queue only.
    private final class Round: @unchecked Sendable {
        let node: String
        var waiting: [Piece]
        var underWay = 0
        var outputs: UInt32 = 0
        var bytes: Int64 = 0
        var missed: UInt32 = 0
        let done: @Sendable (NodeCollected) -> Void
        init(node: String, waiting: [Piece], done: @escaping @Sendable (NodeCollected) -> Void) {
            (self.node, self.waiting, self.done) = (node, waiting.reversed(), done)
        }
    }

    private func next(_ round: Round) {
        guard let piece = round.waiting.popLast() else {
            guard round.underWay == 0, round.missed != .max else { return }
            let (outputs, bytes, missed) = (round.outputs, round.bytes, round.missed)
            round.missed = .max
            makeRoom()
            return round.done(NodeCollected(node: round.node, outputs: outputs, bytes: bytes, missed: missed))
        }
        round.underWay += 1
        let request = OutputRequest(
            task: piece.attempt.task, stream: piece.stream, offset: -Int64(limits.keptOutputBytes), follow: false)
        let gathered = Mutex<(start: Int64?, bytes: [UInt8])>((nil, []))
        _ = links.output(node: round.node, attempt: piece.attempt.attempt, request) { [self] part in
            let (start, bytes) = gathered.withLock { gathered in
                if gathered.start == nil { gathered.start = part.offset }
                gathered.bytes += part.bytes
                return (gathered.start ?? 0, part.isLast ? gathered.bytes : [])
            }
            guard part.isLast else { return }
            queue.async { [self] in
                round.underWay -= 1
                if part.fault.isEmpty, keep(piece, start, bytes) {
                    round.outputs += bytes.isEmpty ? 0 : 1
                    round.bytes += Int64(bytes.count)
                } else {
                    round.missed += 1
                }
                next(round)
            }
        }
    }

    /// Writes aside and renames, so that what is there is whole. An empty output leaves nothing.
    private func keep(_ piece: Piece, _ start: Int64, _ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return true }
        let path = "\(folder)/\(piece.head)\(start)"
        let aside = "\(folder)/.\(piece.head)part"
        let file = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        let isWhole = count == bytes.count && fdatasync(file) == 0
        close(file)
        guard isWhole, rename(aside, path) == 0 else {
            unlink(aside)
            return false
        }
        return true
    }

    // MARK: The folder

    private func names() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = cs_next_name(directory) { names.append(String(cString: entry)) }
        return names.filter { !$0.hasPrefix(".") }
    }

    private func makeRoom() {
        var files: [(changed: Int, size: Int64, path: String)] = []
        for name in names() {
            var status = stat()
            let path = "\(folder)/\(name)"
            if stat(path, &status) == 0 { files.append((status.st_mtim.tv_sec, Int64(status.st_size), path)) }
        }
        files.sort { ($0.changed, $0.path) < ($1.changed, $1.path) }
        var total = files.reduce(0) { $0 + $1.size }
        for (place, file) in files.enumerated() {
            guard total > limits.keptBytes || files.count - place > limits.keptFiles else { break }
            unlink(file.path)
            total -= file.size
        }
    }

    private static func bytes(of path: String, limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, limit))
        }
    }
}
