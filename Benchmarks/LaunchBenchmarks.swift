import CSys
import ClusterModel
import ClusterSource
import ControlRuntime
import Foundation
import Synchronization

/// A core with three real agents: tasks a second, cpu per task by process, submit to running when idle; beside a bare
/// loop that spawns and waits, in the same run.
struct LaunchBenchmarks {
    let folder: String
    let count: UInt32

    static func run(count: Int) -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bb\(getpid())").path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return LaunchBenchmarks(folder: folder, count: UInt32(clamping: count)).run()
    }

    private func run() -> [Figure] {
        let bare = bareLoop()
        guard let core = try? LiveCore.open(LiveOptions(stateFolder: folder, configuration: configuration())) else {
            return []
        }
        defer {
            core.stop()
            endAgents()
        }
        guard waits(seconds: 60, until: { core.state.total.cpus > 0 && isConnected(core) }) else { return [] }
        let latency = latency(core)
        let (coreBefore, nodesBefore, start) = (ownCpu(), nodesCpu(), cs_clock_ns(1))
        let done = Mutex(JobID.none)
        var job = job(cpus: 250)
        job.count = count
        core.source.perform(.submit(SubmitJobs(job)), confirmed: "") { answer in
            done.withLock { $0 = answer.jobs.first ?? .none }
        }
        _ = waits(seconds: 300) {
            let id = done.withLock { $0 }
            return !id.isNone && core.state.jobs[id.index].isTerminal
        }
        let seconds = Double(cs_clock_ns(1) - start) / 1e9
        let (own, nodes) = (ownCpu() - coreBefore, nodesCpu() - nodesBefore)
        let params = ["count": "\(count)", "agents": "3"]
        func perTask(_ name: String, _ cpu: Double) -> Figure {
            Figure(name: name, params: params, values: [cpu * 1e6 / Double(count)], unit: "us cpu/task")
        }
        return [
            Figure(name: "launch-bare-loop", params: params, values: [Double(count) / bare.seconds], unit: "tasks/s"),
            Figure(name: "launch-rate", params: params, values: [Double(count) / seconds], unit: "tasks/s"),
            perTask("launch-cpu-bare-loop", bare.cpu), perTask("launch-cpu", own + nodes),
            perTask("launch-cpu-core", own), perTask("launch-cpu-agents", nodes),
            Figure(name: "launch-cpu-ratio", params: params, values: [(own + nodes) / bare.cpu], unit: "times bare"),
            Figure(name: "submit-to-running", params: ["when": "idle"], values: latency, unit: "us"),
        ]
    }

    /// Ends the agents, which outlive the core as they should.
    private func endAgents() {
        let program = ProcessInfo.processInfo.environment["BELLOWS_AGENT"] ?? "bellows-agent"
        let agents = "\(folder)/agents"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: agents)) ?? [] {
            let stop = Process()
            stop.executableURL = URL(filePath: program)
            stop.arguments = ["stop", "--dir", "\(agents)/\(name)"]
            if (try? stop.run()) != nil { stop.waitUntilExit() }
        }
    }

    private func configuration() -> ClusterConfiguration {
        var type = MachineType()
        (type.name, type.resources) = ("slice", ResourceVector(cpus: 4_000, mem: 4 << 30, disk: 1 << 30, gpus: 0))
        var pool = PoolSpec()
        (pool.name, pool.minimum, pool.maximum, pool.types) = ("local", 3, 3, [type])
        var configuration = ClusterConfiguration()
        configuration.pools = [pool]
        configuration.limits.keepFinishedCount = 1_000_000
        return configuration
    }

    private func job(cpus: Int64) -> JobSpec {
        var job = JobSpec()
        (job.argv, job.role) = (["/bin/true"], "bench")
        job.need = ResourceVector(cpus: cpus, mem: 16 << 20, disk: 0, gpus: 0)
        return job
    }

    private func isConnected(_ core: LiveCore) -> Bool {
        let state = core.state
        return state.presentNodes.count == 3 && state.presentNodes.allSatisfy { state.nodes[$0.index].connected }
    }

    private func waits(seconds: Int, until isTrue: () -> Bool) -> Bool {
        for _ in 0..<seconds * 200 {
            if isTrue() { return true }
            usleep(5_000)
        }
        return isTrue()
    }

    /// Microseconds from submit to running, one at a time, with nothing else to do.
    private func latency(_ core: LiveCore) -> [Double] {
        let subscription = core.subscription()
        var spans: [Double] = []
        for _ in 0..<200 {
            let start = cs_clock_ns(1)
            core.source.perform(.submit(SubmitJobs(job(cpus: 100))), confirmed: "") { _ in }
            var (isRunning, isOver) = (false, false)
            while !isOver {
                guard case .run(let run) = subscription.next(waitingUpTo: 5_000) else { break }
                for stamped in EventBatch.decode(run.bytes[...])?.events ?? [] {
                    if case .taskStarted = stamped.event, !isRunning {
                        spans.append(Double(cs_clock_ns(1) - start) / 1_000)
                        isRunning = true
                    }
                    if case .taskEnded = stamped.event { isOver = true }
                }
            }
            usleep(3_000)
        }
        return spans
    }

    private func bareLoop() -> (seconds: Double, cpu: Double) {
        let (before, start) = (childrenCpu() + ownCpu(), cs_clock_ns(1))
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
        // Two at once, as there are cpus to use.
        var alive = 0
        var status: Int32 = 0
        for _ in 0..<count {
            if alive == 2 {
                wait(&status)
                alive -= 1
            }
            var pid = pid_t()
            if posix_spawn(&pid, "/bin/true", nil, nil, words, cs_environ()) == 0 { alive += 1 }
        }
        while alive > 0 {
            wait(&status)
            alive -= 1
        }
        return (Double(cs_clock_ns(1) - start) / 1e9, childrenCpu() + ownCpu() - before)
    }

    private func seconds(_ usage: rusage) -> Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
            / 1e6
    }
    private func ownCpu() -> Double {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage)
    }
    private func childrenCpu() -> Double {
        var usage = rusage()
        getrusage(Int32(RUSAGE_CHILDREN.rawValue), &usage)
        return seconds(usage)
    }

    /// Agents, starters, and the supervisors and tasks that those have waited for, by /proc.
    private func nodesCpu() -> Double {
        var sum = 0.0
        guard let directory = opendir("/proc") else { return 0 }
        defer { closedir(directory) }
        while let name = cs_next_name(directory) {
            guard let pid = Int32(String(cString: name)), text("/proc/\(pid)/cmdline").contains("\(folder)/agents/")
            else { continue }
            let parts = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
            guard parts.count > 15 else { continue }
            sum += (11...14).reduce(0.0) { $0 + (Double(parts[$1]) ?? 0) } / Double(cs_clock_ticks())
        }
        return sum
    }

    private func text(_ path: String) -> String {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
