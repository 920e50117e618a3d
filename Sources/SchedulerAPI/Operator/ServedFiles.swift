import ClusterModel
import ClusterSource
import ControlRuntime
import Glibc
import Synchronization

/// The files that tools may read over the interface, by paths of their own: the core's log as `/master/log`, and the
/// outputs of frameworks' tasks, wherever they ran, as `/frameworks/ID/tasks/NAME/stdout` and `stderr`. Nothing else of
/// any machine can be named.
struct ServedFiles: Sendable {
    /// A file or folder.
    struct Entry: Sendable {
        var path: String
        var size: Int64 = 0
        /// Nanoseconds since 1970; 0 = unknown.
        var changed: Int64 = 0
        var isFolder = false
    }
    /// Most bytes of one answer.
    static let pieceBytes = 1 << 20
    static let log = "/master/log"
    /// Most tasks that a folder shows, the newest.
    private static let listed = 10_000

    let core: LiveCore

    /// What is in a folder, or the file itself; nil when there is no such path.
    func list(_ path: String) async -> [Entry]? {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.count {
        case 0: return [folder("/master"), folder("/frameworks")]
        case 1 where parts[0] == "master": return [logEntry()]
        case 2 where parts == ["master", "log"]: return [logEntry()]
        default: break
        }
        guard parts.first == "frameworks" else { return nil }
        let state = core.state
        if parts.count == 1 {
            return state.frameworks.indices.filter { state.frameworks[$0].isExternal }
                .map { folder("/frameworks/" + state.frameworkID(of: FrameworkID($0))) }
        }
        guard let framework = state.framework(withID: parts[1]) else { return nil }
        let head = "/frameworks/\(parts[1])/tasks"
        if parts.count == 2 { return [folder(head)] }
        guard parts[2] == "tasks" else { return nil }
        if parts.count == 3 {
            return tasks(of: framework, state).prefix(Self.listed).map { folder("\(head)/\($0.name)") }
        }
        guard let task = task(parts[3], of: framework, state), parts.count <= 5 else { return nil }
        var entries: [Entry] = []
        for stream in [OutputRequest.Stream.stdout, .stderr] where parts.count == 4 || parts[4] == "\(stream)" {
            guard let size = await size(of: task, stream) else { return nil }
            entries.append(Entry(path: "\(head)/\(parts[3])/\(stream)", size: size))
        }
        return entries.isEmpty ? nil : entries
    }

    /// Up to `length` bytes of a file from `offset`, and its size; nil when there is no such file.
    func read(_ path: String, offset: Int64, length: Int) async -> (size: Int64, bytes: [UInt8])? {
        let length = min(max(0, length), Self.pieceBytes)
        if path == Self.log { return readLog(offset, length) }
        let parts = path.split(separator: "/").map(String.init)
        let state = core.state
        guard parts.count == 5, parts[0] == "frameworks", parts[2] == "tasks",
            let stream = [OutputRequest.Stream.stdout, .stderr].first(where: { "\($0)" == parts[4] }),
            let framework = state.framework(withID: parts[1]), let task = task(parts[3], of: framework, state),
            let size = await size(of: task, stream)
        else { return nil }
        guard offset < size, length > 0 else { return (size, []) }
        let bytes = await gather(OutputRequest(task: task, stream: stream, offset: offset, follow: false), length)
        return bytes.map { (max(size, $0.start + Int64($0.bytes.count)), $0.bytes) }
    }

    // MARK: The log

    private func logEntry() -> Entry {
        var status = stat()
        var entry = Entry(path: Self.log)
        if stat(core.logPath, &status) == 0 {
            entry.size = Int64(status.st_size)
            entry.changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
        return entry
    }

    private func readLog(_ offset: Int64, _ length: Int) -> (size: Int64, bytes: [UInt8])? {
        let file = open(core.logPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = max(0, pread(file, buffer.baseAddress, length, off_t(max(0, offset))))
        }
        return (logEntry().size, bytes)
    }

    // MARK: Outputs

    private func folder(_ path: String) -> Entry { Entry(path: path, isFolder: true) }

    /// Tasks of a framework that are processes, the newest first.
    private func tasks(of framework: FrameworkID, _ state: ClusterState) -> [(name: String, job: JobID)] {
        (0..<state.externalTasks.count).reversed().compactMap { slot in
            let row = state.external(JobID(slot))
            guard let row, row.framework == framework, row.kind == .task else { return nil }
            return (row.name, JobID(slot))
        }
    }

    private func task(_ name: String, of framework: FrameworkID, _ state: ClusterState) -> TaskID? {
        let job = state.job(ofTask: name, of: framework) ?? tasks(of: framework, state).first { $0.name == name }?.job
        return job.map { TaskID(job: $0, index: 0) }
    }

    /// Asks for the last byte, which tells the size; nil when the output cannot be had.
    private func size(of task: TaskID, _ stream: OutputRequest.Stream) async -> Int64? {
        await gather(OutputRequest(task: task, stream: stream, offset: -1, follow: false), 1)
            .map { $0.start + Int64($0.bytes.count) }
    }

    private func gather(_ request: OutputRequest, _ length: Int) async -> (start: Int64, bytes: [UInt8])? {
        struct Gathered {
            var start: Int64?
            var bytes: [UInt8] = []
            var waiter: CheckedContinuation<(start: Int64, bytes: [UInt8])?, Never>?
            var follower: (any OutputFollower)?
        }
        let gathered = Mutex(Gathered())
        defer { gathered.withLock { $0.follower }?.cancel() }
        return await withCheckedContinuation { waiter in
            gathered.withLock { $0.waiter = waiter }
            let follower = core.output(request) { piece in
                let done = gathered.withLock { gathered -> (() -> Void)? in
                    if gathered.start == nil { gathered.start = piece.offset }
                    gathered.bytes += piece.bytes.prefix(length - gathered.bytes.count)
                    let isWhole = piece.isLast || gathered.bytes.count >= length
                    guard isWhole, let waiter = gathered.waiter else { return nil }
                    gathered.waiter = nil
                    let isThere = piece.fault.isEmpty || !gathered.bytes.isEmpty
                    let answer = isThere ? (gathered.start ?? 0, gathered.bytes) : nil
                    return { waiter.resume(returning: answer) }
                }
                done?()
            }
            gathered.withLock { $0.follower = follower }
        }
    }
}
