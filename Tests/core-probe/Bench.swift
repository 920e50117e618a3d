import CSys
import ClusterModel
import ClusterSource
import ControlRuntime
import Glibc
import Synchronization

/// Figures of a core with three agents: tasks a second, cpu per task by process, submit to running when idle; beside a
/// bare loop that spawns and waits.
struct Bench {
    let folder: String
    let count: UInt32

    func run() {
        let bare = bareLoop()
        say("bare loop: \(rate(bare.seconds)) tasks/s, \(micros(bare.cpu)) us cpu per task")
        let core = Probe(folder: folder, agents: 3).open()
        guard waits(seconds: 30, until: { core.state.presentNodes.allSatisfy { core.state.nodes[$0.index].connected } })
        else { return say("agents did not come") }
        latency(core)
        var job = JobSpec()
        (job.argv, job.role, job.count) = (["/bin/true"], "bench", count)
        job.need = ResourceVector(cpus: 250, mem: 16 << 20)
        let (coreBefore, nodesBefore, start) = (ownCpu(), nodesCpu(), cs_clock_ns(1))
        let done = Mutex(JobID.none)
        core.source.perform(.submit(SubmitJobs(job)), confirmed: "") { answer in
            say(answer.message)
            done.withLock { $0 = answer.jobs.first ?? .none }
        }
        _ = waits(seconds: 300) {
            let id = done.withLock { $0 }
            return !id.isNone && core.state.jobs[id.index].isTerminal
        }
        let seconds = Double(cs_clock_ns(1) - start) / 1e9
        let (own, nodes) = (ownCpu() - coreBefore, nodesCpu() - nodesBefore)
        say("bellows: \(rate(seconds)) tasks/s, \(micros(own + nodes)) us cpu per task")
        say("  core \(micros(own)) us, agents with supervisors and tasks \(micros(nodes)) us")
        say("  cpu against the bare loop: \(((own + nodes) / bare.cpu * 100).rounded() / 100)")
        core.stop()
    }

    private func rate(_ seconds: Double) -> Int { Int(Double(count) / seconds) }
    private func micros(_ seconds: Double) -> Int { Int(seconds * 1e6 / Double(count)) }

    /// Submit to running, one at a time, with nothing else to do.
    private func latency(_ core: LiveCore) {
        let subscription = core.subscription()
        var spans: [UInt64] = []
        for _ in 0..<200 {
            var job = JobSpec()
            (job.argv, job.role) = (["/bin/true"], "bench")
            job.need = ResourceVector(cpus: 100, mem: 16 << 20)
            let start = cs_clock_ns(1)
            core.source.perform(.submit(SubmitJobs(job)), confirmed: "") { _ in }
            var (isRunning, isOver) = (false, false)
            while !isOver {
                guard case .run(let run) = subscription.next(waitingUpTo: 5_000) else { break }
                for stamped in EventBatch.decode(run.bytes[...])?.events ?? [] {
                    if case .taskStarted = stamped.event, !isRunning {
                        spans.append(cs_clock_ns(1) - start)
                        isRunning = true
                    }
                    if case .taskEnded = stamped.event { isOver = true }
                }
            }
            usleep(3_000)
        }
        spans.sort()
        guard spans.count > 10 else { return say("no latency measured") }
        let (middle, high) = (spans[spans.count / 2] / 1_000, spans[spans.count * 99 / 100] / 1_000)
        say("submit to running: median \(middle) us, p99 \(high) us, n \(spans.count)")
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
