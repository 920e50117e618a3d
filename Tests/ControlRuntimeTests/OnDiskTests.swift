import CSys
import ClusterModel
import Glibc
import Recording
import StateStore
import Testing

@testable import ControlRuntime

/// The live core with its real state store and recording.
@Suite(.serialized) struct OnDiskTests {
    func options(_ folder: String, _ configuration: ClusterConfiguration? = Support.cluster(agents: 2)) throws
        -> LiveOptions
    {
        var options = LiveOptions(stateFolder: folder, configuration: configuration)
        options.agentProgram = try Support.agent()
        return options
    }

    /// Opens again what was just closed. A program that another test is starting may hold a copy of the lock's
    /// descriptor until its exec: that moment is waited for.
    func reopen(_ folder: String) throws -> LiveCore {
        for _ in 0..<200 {
            do {
                return try LiveCore.open(options(folder, nil))
            } catch RegistryStoreError.owned {
                cs_sleep_ns(20_000_000)
            }
        }
        return try LiveCore.open(options(folder, nil))
    }

    @Test func theFilmShowsWhatHappenedAndItsInputsDecideTheSameAgain() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try LiveCore.open(options(folder))
        #expect(core.waitForNodes(2))
        let job = try #require(core.submit(Support.job(["sh", "-c", "exit $((BELLOWS_TASK_INDEX % 3))"], count: 30)))
        #expect(core.waitForEnd(of: job)?.finished == 10)
        #expect(core.ask(.note(NoteText(mark: "here", text: "we are"))).accepted)
        #expect(core.recording.since != nil)
        core.stop()
        let end = core.state
        let film = try RecordedSession(path: "\(folder)/recordings")
        let shown = film.state(afterEvent: end.sequence)
        #expect(shown.sequence == end.sequence)
        #expect(shown.snapshot().chunks.map(\.bytes) == end.snapshot().chunks.map(\.bytes))
        #expect(film.marks.contains { $0.text.label == "here" })
        #expect(film.gaps().isEmpty)
        film.close()
        let again = try reopen(folder)
        #expect(again.state.row(of: TaskID(job: job, index: 29))?.exitCode == 2)
        again.stop()
        // Both sessions: the second goes on from what was kept.
        let both = try RecordedSession(path: "\(folder)/recordings")
        let report = both.reader.redecide()
        #expect(report.difference == nil, "\(report)")
        #expect(report.starts == 2)
        #expect(report.events > 100)
        both.close()
    }

    @Test func factsOfAnOlderVersionMoveToTheKeysOfThisOne() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try LiveCore.open(options(folder, Support.cluster(agents: 1)))
        #expect(core.waitForNodes(1))
        let job = try #require(core.submit(Support.job(["sh", "-c", "exit 3"], count: 3)))
        #expect(core.waitForEnd(of: job)?.failed == 3)
        core.stop()
        try rewrite(folder) { key in
            switch RegistryKey(bytes: key) {
            case .job(let id): [UInt8(ascii: "j"), 0, 0, 0, 0] + key[1..<5]
            case .task: [UInt8(ascii: "t")] + key[1..<5] + key[6...]
            default: key
            }
        }
        let again = try reopen(folder)
        #expect(again.state.row(of: TaskID(job: job, index: 2))?.exitCode == 3)
        again.stop()
        try rewrite(folder) { key in
            #expect(RegistryKey(bytes: key)?.bytes == key)
            return key
        }
    }

    /// Puts the facts of a state folder under other keys.
    private func rewrite(_ folder: String, _ other: ([UInt8]) -> [UInt8]) throws {
        let store = try SQLiteRegistryStore(path: "\(folder)/\(LiveCore.registryName)")
        let moved = try store.load().map { (old: $0.key, new: other($0.key), value: $0.value) }
        let changes = moved.filter { $0.old != $0.new }.flatMap {
            [RegistryChange(key: $0.old, value: nil), RegistryChange(key: $0.new, value: $0.value)]
        }
        store.enqueue(changes) { #expect($0 == nil) }
        store.close()
    }

    @Test func aSecondCoreOnTheSameFolderIsRefused() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try LiveCore.open(options(folder, Support.cluster(agents: 0)))
        defer { core.stop() }
        #expect(throws: RegistryStoreError.self) { try LiveCore.open(options(folder, nil)) }
    }

    @Test func withoutARecordingTheCoreRunsAndSaysSo() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        close(cs_open("\(folder)/recordings", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        let core = try LiveCore.open(options(folder, Support.cluster(agents: 1)))
        defer { core.stop() }
        let job = try #require(core.submit(Support.job(["true"])))
        #expect(core.waitForEnd(of: job)?.finished == 1)
        let frame = core.source.frame()
        #expect(frame.warnings.contains { $0.contains("nothing is recorded") }, "\(frame.warnings)")
        #expect(frame.recording.since == nil)
    }

    @Test func inputsThatComeWhileTheCoreEndsAreKept() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let core = try LiveCore.open(options(folder, Support.cluster(agents: 0)))
        let answers = (0..<50).map { _ in AnswerBox() }
        for answer in answers {
            core.source.perform(.submit(SubmitJobs(Support.job(["true"]))), confirmed: "") { answer.give($0) }
        }
        core.stop()
        let accepted = answers.compactMap { $0.take(seconds: 5) }.filter(\.accepted).flatMap(\.jobs)
        let late = AnswerBox()
        core.source.perform(.note(NoteText(text: "late")), confirmed: "") { late.give($0) }
        #expect(late.take()?.message == "the core has ended")
        let again = try reopen(folder)
        defer { again.stop() }
        #expect(accepted.count == 50)
        for job in accepted { #expect(again.state.contains(job)) }
    }

    @Test(.enabled(if: getuid() == 0, "mounting a small file system needs root"))
    func aFullDiskRefusesSubmissionsAndRunningTasksGoOn() throws {
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let small = "\(folder)/small"
        mkdir(small, 0o700)
        guard Support.run("/bin/mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", small]) == 0 else {
            Issue.record("a tmpfs cannot be mounted here")
            return
        }
        defer { Support.run("/bin/umount", ["-l", small]) }
        let store = try SQLiteRegistryStore(path: "\(small)/registry.sqlite")
        let core = try LiveCore.start(options(folder), store: DiskRegistry(store))
        defer { core.stop() }
        #expect(core.waitForNodes(2))
        let running = try #require(core.submit(Support.job(["sh", "-c", "sleep 2; exit 6"])))
        #expect(Support.wait { core.state.row(of: TaskID(job: running, index: 0))?.state == .running })
        let ballast = cs_open("\(small)/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let zeros = [UInt8](repeating: 0, count: 4_096)
        while write(ballast, zeros, zeros.count) > 0 {}
        close(ballast)
        var answer = ActionAnswer(accepted: true, message: "")
        // What SQLite has preallocated takes a few more.
        for _ in 0..<500 where answer.accepted {
            answer = core.ask(.submit(SubmitJobs(Support.job(["true"], count: 50))))
        }
        #expect(!answer.accepted)
        #expect(answer.message.contains("no space"), "\(answer.message)")
        #expect(Support.wait { !core.state.storeFault.isEmpty })
        let refused = core.ask(.submit(SubmitJobs(Support.job(["true"]))))
        #expect(refused.message.contains("refused: the state store takes nothing"), "\(refused.message)")
        #expect(core.waitForEnd(of: running)?.failed == 1)
        unlink("\(small)/ballast")
        #expect(Support.wait { core.state.storeFault.isEmpty })
        let fresh = try #require(core.submit(Support.job(["true"])))
        #expect(core.waitForEnd(of: fresh)?.finished == 1)
    }
}
