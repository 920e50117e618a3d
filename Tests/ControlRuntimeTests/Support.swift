import CSys
import ClusterModel
import ClusterSource
import ControlRuntime
import Glibc
import Providers
import Synchronization
import TestFolders

/// What the tests of the runtime share: folders, a cluster of local agents, waiting, and cleaning up after themselves.
enum Support {
    /// The real agent: BELLOWS_AGENT, or beside the tests. Tests that need it fail aloud without it.
    static func agent() throws -> AgentProgram {
        if let named = getenv("BELLOWS_AGENT") { return AgentProgram(path: String(cString: named)) }
        return try AgentProgram.find()
    }

    /// A fresh folder with a short path.
    static func folder() -> String { makeTestFolder() }

    /// Three agents with a declared slice each, and an empty burst pool.
    static func cluster(agents: UInt32 = 3, cpus: Int64 = 4_000) -> ClusterConfiguration {
        var type = MachineType()
        type.name = "slice"
        type.resources = ResourceVector(cpus: cpus, mem: 1 << 30, disk: 1 << 30)
        type.pricePerHour = 20_000
        var pool = PoolSpec()
        pool.name = "local"
        (pool.minimum, pool.maximum, pool.types) = (agents, agents, [type])
        var burst = pool
        burst.name = "burst"
        (burst.minimum, burst.maximum) = (0, 4)
        var configuration = ClusterConfiguration()
        configuration.pools = [pool, burst]
        configuration.limits.sampleEvery = .milliseconds(500)
        configuration.limits.failuresInRow = 0
        configuration.limits.keepFinishedCount = 5_000
        return configuration
    }

    /// A job of `count` tasks that need a quarter of a cpu each.
    static func job(_ argv: [String], count: UInt32 = 1, cpus: Int64 = 250) -> JobSpec {
        var job = JobSpec()
        job.argv = argv
        job.count = count
        job.role = "test"
        job.need = ResourceVector(cpus: cpus, mem: 64 << 20)
        job.grace = .seconds(1)
        return job
    }

    /// Waits until `condition` holds; false when it does not within `seconds`.
    static func wait(seconds: Int = 60, until condition: () -> Bool) -> Bool {
        let deadline = cs_clock_ns(1) + UInt64(seconds) * 1_000_000_000
        while cs_clock_ns(1) < deadline {
            if condition() { return true }
            cs_sleep_ns(5_000_000)
        }
        return condition()
    }

    /// Ends every agent below a state folder, with its tasks, and removes the folder.
    static func cleanUp(_ folder: String) {
        let agents = AgentFolders(preferred: "\(folder)/agents")
        if let program = try? agent() {
            for name in names(in: agents.root) {
                run(program.path, ["stop", "--dir", agents.folder(name), "--kill-tasks", "--grace-ms", "100"])
            }
        }
        _ = cs_remove_tree(agents.root)
        _ = cs_remove_tree(folder)
    }

    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let name = cs_next_name(directory) { names.append(String(cString: name)) }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Runs a program to its end; its exit code, or -1.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) -> Int32 {
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var pid = pid_t()
        guard posix_spawn(&pid, program, &actions, nil, words, cs_environ()) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }

    static func read(_ path: String) -> String {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: max(0, Int(cs_file_size(file))))
        let count = Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

extension LiveCore {
    /// Asks and waits for the answer.
    func ask(_ action: Action) -> ActionAnswer {
        let shared = AnswerBox()
        source.perform(action, confirmed: "") { shared.give($0) }
        return shared.take() ?? ActionAnswer(accepted: false, message: "no answer came")
    }

    /// Submits one job and gives its number.
    func submit(_ job: JobSpec) -> JobID? {
        let answer = ask(.submit(SubmitJobs(job)))
        return answer.accepted ? answer.jobs.first : nil
    }

    /// Waits until all tasks of `job` have ended.
    func waitForEnd(of job: JobID, seconds: Int = 120) -> JobRow? {
        let ended = Support.wait(seconds: seconds) { self.state.jobs[job.index].isTerminal }
        return ended ? state.jobs[job.index] : nil
    }

    /// Waits until `count` nodes are ready.
    func waitForNodes(_ count: Int, seconds: Int = 60) -> Bool {
        Support.wait(seconds: seconds) {
            let state = self.state
            return state.presentNodes.filter {
                state.nodes[$0.index].state == .ready && state.nodes[$0.index].connected
            }
            .count >= count
        }
    }
}

/// An answer that is waited for.
final class AnswerBox: Sendable {
    private let answer = Mutex<ActionAnswer?>(nil)
    func give(_ value: ActionAnswer) { answer.withLock { $0 = value } }
    func take(seconds: Int = 30) -> ActionAnswer? {
        _ = Support.wait(seconds: seconds) { self.answer.withLock { $0 != nil } }
        return answer.withLock { $0 }
    }
}
