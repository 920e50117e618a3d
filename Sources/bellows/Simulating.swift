import CSys
import ClusterModel
import Commands
import Glibc
import Recording
import Simulation

/// `bellows simulate`: reads the workload, plays it, records it, sums it up.
enum Simulating {
    /// Run time of a jobs file's task that has no time limit.
    static let assumedRun = Interval.minutes(10)
    /// Turns after which the recording is waited for, so that its queue never fills.
    static let turnsBetweenWaits = 2_000

    static func run(_ request: SimulateRequest, version: String) throws -> SimulateResult {
        let (work, recorded) = try work(request)
        guard !work.entries.isEmpty else {
            throw CommandFailure(.usage, "\(request.workload): it holds no job to play")
        }
        var run = TraceRun(
            work.entries, work.configuration, mode: request.mode, seed: request.seed,
            start: recorded?.start ?? TraceRun.usualStart, machines: recorded?.machines ?? [:],
            added: recorded?.added ?? [], boots: recorded?.boots ?? [:],
            until: recorded?.end)
        let film = try recorder(request, run, version)
        defer { film?.end() }
        var digest = EventDigest()
        var progress = Progress(total: work.entries.count)
        var turns = 0
        while let turn = run.next() {
            turns += 1
            let batch = EventBatch.encode(turn.events)
            if !turn.events.isEmpty { digest.add(batch) }
            film?.record(
                time: turn.time, inputs: [turn.input.bytes()], events: turn.events, batch: batch, state: run.state)
            if turns % turnsBetweenWaits == 0 { film?.synchronize() }
            progress.tell(run.tally.ended + run.tally.refused, run.now)
        }
        progress.end()
        if let fault = film?.status.fault, !fault.isEmpty {
            throw CommandFailure(.failed, "the recording stopped: \(fault)")
        }
        return SimulationReport(
            run, digest: digest.text, inputs: turns, notes: work.notes, recorded: recorded
        ).result
    }

    /// What is to be played.
    private struct Work {
        var entries: [TraceRun.Entry]
        var configuration: ClusterConfiguration
        var notes: [String] = []
    }

    private static func work(_ request: SimulateRequest) throws -> (Work, RecordedWorkload?) {
        let limit = request.jobLimit ?? .max
        if isRecording(request.workload) {
            let (recorded, rules) = try recording(request.workload)
            let work = Work(
                entries: Array(recorded.entries.prefix(limit)), configuration: request.configuration ?? rules,
                notes: recorded.notes)
            return (work, recorded)
        }
        guard let configuration = request.configuration else {
            throw CommandFailure(
                .usage, "\(request.workload) is no recording, which is a folder; for a file of jobs name the cluster's "
                    + "file with --cluster")
        }
        if let file = request.jobs {
            let entries = file.jobs.prefix(limit).map { spec in
                TraceRun.Entry(
                    submit: .zero, spec: spec, run: spec.timeLimit > .zero ? spec.timeLimit : assumedRun)
            }
            return (Work(entries: entries, configuration: configuration), nil)
        }
        var work = Work(entries: [], configuration: configuration)
        work.entries = try trace(request.workload, limit, configuration, &work.notes)
        return (work, nil)
    }

    private static func isRecording(_ path: String) -> Bool {
        var information = stat()
        return path.hasSuffix(".rec") || stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The work of a recording, and the rules under which it was.
    private static func recording(_ path: String) throws -> (RecordedWorkload, ClusterConfiguration) {
        var work: RecordedWorkload?
        let reader: RecordingReader
        do throws(RecordingError) {
            reader = try RecordingReader(path: path)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
        let last = reader.walk(begin: { work = RecordedWorkload($0) }, seen: { work?.take($0, $1) })
        guard let last, var found = work else {
            throw CommandFailure(
                .usage, "\(path): it holds no state that can be read; `bellows recording check` says more")
        }
        found.finish(last)
        return (found, last.configuration)
    }

    private static func trace(
        _ path: String, _ limit: Int, _ configuration: ClusterConfiguration, _ notes: inout [String]
    ) throws -> [TraceRun.Entry] {
        let trace: SWF
        do throws(SWF.Fault) {
            trace = try SWF(try Self.bytes(of: path))
        } catch {
            throw CommandFailure(.usage, "\(path), \(error)")
        }
        if trace.dropped > 0 { notes.append("\(trace.dropped) jobs left out: never ran, or no processors") }
        if trace.parts > 0 { notes.append("\(trace.parts) lines of parts of jobs left out") }
        if trace.wide > 0 { notes.append("\(trace.wide) lines have more than 18 fields; the surplus is not read") }
        if trace.unfollowed > 0 {
            notes.append("\(trace.unfollowed) jobs name one before them; this and think times are not followed")
        }
        let piece = configuration.pools.flatMap(\.types).map(\.resources.cpus).max() ?? 1_000
        let first = trace.jobs.first?.submit ?? .zero
        if first > .zero { notes.append("the trace begins \(first.seconds) s after its own start; that is cut off") }
        return trace.jobs.prefix(limit).map { job in
            .init(submit: job.submit - first, spec: job.spec(piece: piece), run: job.run)
        }
    }

    /// A plain file, or one that gzip packed.
    static func bytes(of path: String) throws(SWF.Fault) -> [UInt8] {
        guard let plain = read(path, "r") else {
            throw SWF.Fault(line: 0, message: "cannot be read: \(String(cString: cs_error_text(cs_errno())))")
        }
        guard plain.starts(with: [0x1F, 0x8B]) else { return plain }
        let quoted = path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        guard let pipe = popen("exec gzip -dc < '\(quoted)'", "r") else {
            throw SWF.Fault(line: 0, message: "gzip cannot be started; unpack the file and give the plain one")
        }
        let unpacked = drain(pipe)
        guard pclose(pipe) == 0, let unpacked else {
            throw SWF.Fault(line: 0, message: "gzip cannot unpack it, or it has more than \(SWF.byteLimit) bytes")
        }
        return unpacked
    }

    private static func read(_ path: String, _ mode: String) -> [UInt8]? {
        guard let file = fopen(path, mode) else { return nil }
        defer { fclose(file) }
        return drain(file)
    }

    private static func drain(_ file: UnsafeMutablePointer<FILE>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return ferror(file) == 0 ? bytes : nil }
            bytes += piece[..<count]
            if bytes.count > SWF.byteLimit { return nil }
        }
    }

    private static func recorder(
        _ request: SimulateRequest, _ run: TraceRun, _ version: String
    ) throws -> SessionRecorder? {
        guard let folder = request.recording else { return nil }
        guard access(folder, F_OK) != 0 else {
            throw CommandFailure(.usage, "\(folder) is there already; name another folder for the recording")
        }
        var start = CoreStart()
        (start.cluster, start.epoch, start.version) = (run.state.cluster, 1, version)
        do throws(RecordingError) {
            return try SessionRecorder(
                folder: folder, name: "simulation", state: run.state, start: start, at: run.now)
        } catch {
            throw CommandFailure(.failed, error.description)
        }
    }
}

/// A line on a terminal that says how far it is.
struct Progress {
    private let total: Int
    private let isShown = isatty(STDERR_FILENO) == 1
    private var told = -1

    init(total: Int) { self.total = total }

    mutating func tell(_ done: Int, _ now: Instant) {
        let share = done * 200 / max(1, total)
        guard isShown, share != told else { return }
        told = share
        let full = share / 5
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 40 - full)
        _ = Descriptor.write(Array("\r[\(bar)] \(done)/\(total) jobs".utf8), to: STDERR_FILENO)
    }

    func end() { if isShown { _ = Descriptor.write(Array("\n".utf8), to: STDERR_FILENO) } }
}

/// A number that is the same only for the same events (FNV-1a, 64 bits).
struct EventDigest {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325
    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
    var text: String {
        let hex = String(value, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }
}
