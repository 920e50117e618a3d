import ClusterModel
import ClusterSource
import ControlRuntime
import Dispatch
import Glibc
import Synchronization

/// The core under test: its tasks append `JOB/INDEX` to FOLDER/ran and exit with a code made from the job's number.
struct Probe {
    /// Requests that wait for their answers at once.
    static let atOnce = 8

    let folder: String
    let agents: UInt32

    static func exitCode(of job: JobID) -> Int32 { Int32(job.raw % 7) }

    func open() -> LiveCore {
        do {
            var type = MachineType()
            type.name = "slice"
            type.resources = ResourceVector(cpus: 4_000, mem: 4 << 30, disk: 1 << 30)
            var pool = PoolSpec()
            (pool.name, pool.minimum, pool.maximum, pool.types) = ("local", agents, agents, [type])
            var configuration = ClusterConfiguration()
            configuration.pools = [pool]
            configuration.limits.failuresInRow = 0
            configuration.limits.keepFinishedCount = 1_000_000
            return try LiveCore.open(LiveOptions(stateFolder: folder, configuration: configuration))
        } catch {
            say("cannot start: \(error)")
            exit(1)
        }
    }

    func job() -> JobSpec {
        var job = JobSpec()
        let line = "echo $BELLOWS_JOB_ID/$BELLOWS_TASK_INDEX >> \(folder)/ran; sleep 0.0$((BELLOWS_JOB_ID % 10));"
        job.argv = ["/bin/sh", "-c", line + " exit $((BELLOWS_JOB_ID % 7))"]
        job.role = "probe"
        job.need = ResourceVector(cpus: 250, mem: 64 << 20)
        return job
    }

    /// Submits without end.
    func serve() -> Never {
        let accepted = Glibc.open("\(folder)/accepted", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let core = open()
        let source = core.source
        say("up")
        let room = DispatchSemaphore(value: Self.atOnce)
        while true {
            room.wait()
            source.perform(.submit(SubmitJobs(job())), confirmed: "") { answer in
                if let job = answer.jobs.first, answer.accepted {
                    let line = Array("\(job.raw)\n".utf8)
                    _ = write(accepted, line, line.count)
                } else {
                    say("refused: \(answer.message)")
                }
                usleep(2_000)
                room.signal()
            }
        }
    }

    /// Waits for all ends and tells them.
    func settle() -> Int32 {
        let core = open()
        let isOver = waits(seconds: 180) {
            let state = core.state
            return state.liveJobs.allSatisfy { state.jobs[$0.index].isTerminal }
        }
        let state = core.state
        for job in state.liveJobs {
            let row = state.row(of: TaskID(job: job, index: 0))
            say("\(job.raw) \(row.map { "\($0.state)" } ?? "?") \(row?.exitCode ?? -1) \(row?.attempt ?? 0)")
        }
        if let violation = state.violation() { say("violation: \(violation)") }
        core.stop()
        return isOver ? 0 : 1
    }
}

/// Prints a line at once: what is killed has no time to empty a buffer.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}

/// Looks every few milliseconds until `condition` holds.
func waits(seconds: Int, until condition: () -> Bool) -> Bool {
    for _ in 0..<seconds * 500 {
        if condition() { return true }
        usleep(2_000)
    }
    return condition()
}
