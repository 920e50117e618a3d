import CSys
import ClusterModel
import ClusterSource
import Glibc
import Providers
import Synchronization
import Testing

@testable import ControlRuntime

/// The live core with real agents, real files and real processes.
@Suite(.serialized) struct LiveCoreTests {
    func options(_ folder: String, _ configuration: ClusterConfiguration?) throws -> LiveOptions {
        var options = LiveOptions(stateFolder: folder, configuration: configuration)
        options.agentProgram = try Support.agent()
        return options
    }

    func start(_ folder: String, _ configuration: ClusterConfiguration? = Support.cluster()) throws -> LiveCore {
        try LiveCore.start(options(folder, configuration), store: FileStore(path: "\(folder)/facts"))
    }

    @Test func runsTasksOnThreeAgentsAndKeepsTheirExitStatuses() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder)
        defer { core.stop() }
        #expect(core.waitForNodes(3))
        let many = try #require(core.submit(Support.job(["true"], count: 200)))
        let row = try #require(core.waitForEnd(of: many))
        #expect(row.finished == 200)
        let failing = try #require(core.submit(Support.job(["sh", "-c", "exit 7"])))
        #expect(core.waitForEnd(of: failing)?.failed == 1)
        #expect(core.state.row(of: TaskID(job: failing, index: 0))?.exitCode == 7)
        let absent = try #require(core.submit(Support.job(["/no/such/program"])))
        #expect(core.waitForEnd(of: absent)?.failed == 1)
        #expect(core.state.row(of: TaskID(job: absent, index: 0))?.reason.code == .launchFailed)
        let nodes = Set((0..<200).compactMap { core.state.row(of: TaskID(job: many, index: $0))?.node })
        #expect(nodes.count > 1, "all tasks ran on one node")
        #expect(core.state.violation() == nil)
    }

    @Test func followsOutputWhileTheTaskRuns() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder)
        defer { core.stop() }
        let job = try #require(core.submit(Support.job(["sh", "-c", "echo one; sleep 0.5; echo two; echo bad >&2"])))
        let task = TaskID(job: job, index: 0)
        #expect(Support.wait { core.state.row(of: task)?.state == .running })
        let (text, isOver) = (TextBox(), TextBox())
        let follower = core.source.output(OutputRequest(task: task, stream: .stdout)) { piece in
            text.add(piece.bytes)
            if piece.isLast { isOver.add(Array("end\(piece.fault)".utf8)) }
        }
        #expect(Support.wait { isOver.text == "end" })
        #expect(text.text == "one\ntwo\n")
        follower.cancel()
        let (errors, ended) = (TextBox(), TextBox())
        _ = core.source.output(OutputRequest(task: task, stream: .stderr, follow: false)) { piece in
            errors.add(piece.bytes)
            if piece.isLast { ended.add([69]) }
        }
        #expect(Support.wait { ended.text == "E" })
        #expect(errors.text == "bad\n")
        let fault = TextBox()
        _ = core.source.output(OutputRequest(task: TaskID(job: JobID(raw: 900), index: 0), stream: .stdout)) {
            fault.add(Array($0.fault.utf8))
        }
        #expect(fault.text.contains("not known"))
    }

    @Test func killsAWholeProcessGroup() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder)
        defer { core.stop() }
        let job = try #require(core.submit(Support.job(["sh", "-c", "sleep 1000 & sleep 1000; true"])))
        let task = TaskID(job: job, index: 0)
        #expect(Support.wait { core.state.row(of: task)?.state == .running })
        let pid = try #require(core.state.row(of: task)?.pid)
        #expect(core.ask(.kill(TaskSelection([task]))).accepted)
        #expect(core.waitForEnd(of: job)?.killed == 1)
        #expect(Support.wait { Glibc.kill(-pid, 0) != 0 })
    }

    @Test func aNewCoreFindsRunningTasksAndTrueExitStatuses() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let first = try start(folder)
        #expect(first.waitForNodes(3))
        let long = try #require(first.submit(Support.job(["sh", "-c", "sleep 2; exit 3"])))
        let (short, task) = (
            try #require(first.submit(Support.job(["sh", "-c", "sleep 0.3; exit 5"]))), TaskID(job: long, index: 0)
        )
        let brief = TaskID(job: short, index: 0)
        #expect(
            Support.wait {
                first.state.row(of: task)?.state == .running && first.state.row(of: brief)?.state == .running
            })
        let pid = first.state.row(of: task)?.pid
        first.abandon()
        // The short one ends while no core is there.
        cs_sleep_ns(700_000_000)
        let second = try start(folder, nil)
        defer { second.stop() }
        #expect(second.state.epoch == 2)
        #expect(second.waitForEnd(of: short)?.failed == 1)
        #expect(second.state.row(of: brief)?.exitCode == 5)
        #expect(second.waitForEnd(of: long)?.failed == 1)
        #expect(second.state.row(of: task)?.exitCode == 3)
        #expect(second.state.row(of: task)?.attempt == 1)
        #expect(pid != nil)
        #expect(second.state.presentNodes.count == 3)
    }

    @Test func aKilledAgentIsStartedAgainAndItsTasksAreFound() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder, Support.cluster(agents: 1))
        defer { core.stop() }
        let job = try #require(core.submit(Support.job(["sh", "-c", "sleep 1.5; exit 4"], count: 3)))
        let tasks = (0..<3).map { TaskID(job: job, index: $0) }
        #expect(Support.wait { tasks.allSatisfy { core.state.row(of: $0)?.state == .running } })
        let root = AgentFolders(preferred: "\(folder)/agents").root
        let agent = try #require(AgentProcesses.pid(of: "\(root)/local-1"))
        #expect(Glibc.kill(agent, SIGKILL) == 0)
        #expect(core.waitForEnd(of: job)?.failed == 3)
        #expect(tasks.allSatisfy { core.state.row(of: $0)?.exitCode == 4 && core.state.row(of: $0)?.attempt == 1 })
        #expect(core.waitForNodes(1))
    }

    @Test func aStoreThatFailsRefusesSubmissionsAndLosesNothing() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let store = try FileStore(path: "\(folder)/facts")
        let core = try LiveCore.start(options(folder, Support.cluster(agents: 1)), store: store)
        defer { core.stop() }
        #expect(core.waitForNodes(1))
        let running = try #require(core.submit(Support.job(["sh", "-c", "sleep 1; exit 6"])))
        #expect(Support.wait { core.state.row(of: TaskID(job: running, index: 0))?.state == .running })
        store.failure.withLock { $0 = "no space left on device" }
        let first = core.ask(.submit(SubmitJobs(Support.job(["true"]))))
        #expect(!first.accepted)
        #expect(first.message.contains("no space left on device"))
        #expect(Support.wait { !core.state.storeFault.isEmpty })
        let second = core.ask(.submit(SubmitJobs(Support.job(["true"]))))
        #expect(!second.accepted)
        #expect(second.message.contains("no space left on device"))
        #expect(core.waitForEnd(of: running)?.failed == 1)
        store.failure.withLock { $0 = nil }
        #expect(Support.wait { core.state.storeFault.isEmpty })
        let third = try #require(core.submit(Support.job(["true"])))
        #expect(core.waitForEnd(of: third)?.finished == 1)
    }

    @Test func scalesOutAndInWithRealAgents() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder, Support.cluster(agents: 1))
        defer { core.stop() }
        #expect(core.waitForNodes(1))
        #expect(core.ask(.scaleOut(ScaleOut(pool: "burst", count: 2))).accepted)
        #expect(core.waitForNodes(3))
        let root = AgentFolders(preferred: "\(folder)/agents").root
        #expect(Support.names(in: root) == ["burst-1", "burst-2", "local-1"])
        #expect(core.ask(.scaleIn(NodeSelection(["burst-1", "burst-2"]))).accepted)
        #expect(Support.wait { Support.names(in: root) == ["local-1"] })
        #expect(Support.wait { core.state.presentNodes.count == 1 })
    }

    @Test func followersSeeEveryEventWithoutAGap() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try start(folder)
        defer { core.stop() }
        let subscription = core.subscription()
        var copy = try #require(subscription.takeStart())
        let small = core.subscription(limitBytes: 100)
        let job = try #require(core.submit(Support.job(["true"], count: 20)))
        #expect(core.waitForEnd(of: job) != nil)
        let end = core.state.sequence
        while copy.sequence < end {
            guard case .run(let run) = subscription.next(waitingUpTo: 10_000) else { break }
            #expect(run.first == copy.sequence + 1)
            let decoded = try #require(EventBatch.decode(run.bytes[...]))
            for event in decoded.events { copy.apply(event) }
        }
        #expect(copy.sequence >= end)
        #expect(copy.row(of: TaskID(job: job, index: 19))?.state == .finished)
        var word = ""
        for _ in 0..<1_000 {
            if case .dropped(let why) = small.next(waitingUpTo: 1_000) {
                word = why
                break
            }
        }
        #expect(word.contains("100 bytes"))
    }
}

/// Text that grows from any thread.
final class TextBox: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
