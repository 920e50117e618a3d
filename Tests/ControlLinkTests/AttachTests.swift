/// A core and its consoles over a real socket: the picture, the requests, and who is who.
import ClusterModel
import ClusterSource
import Foundation
import Testing

@testable import ControlLink

@Suite struct AttachTests {
    let folder = TestFolder()

    @Test(arguments: [1, 2, 3] as [UInt64]) func everyConsoleHasTheCoresState(seed: UInt64) throws {
        var (core, story) = TestCore.grown(seed: seed, batches: 400)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        var consoles: [AttachedSource] = []
        defer { for console in consoles { console.close() } }
        // Consoles come while things happen: each begins with another snapshot.
        for _ in 0..<4 {
            consoles.append(try AttachedSource.connect(path: folder.socket))
            for _ in 0..<300 { core.happen(story.next()) }
        }
        let wanted = core.state.allBytes
        for (number, console) in consoles.enumerated() {
            try console.waitForFrame()
            eventually("console \(number) of seed \(seed) keeps up") {
                console.frame().state.sequence == core.state.sequence
            }
            let frame = console.frame()
            #expect(frame.state.allBytes == wanted, "console \(number), seed \(seed)")
            #expect(frame.mode == .live)
            #expect(frame.warnings.isEmpty)
        }
        #expect(core.followerCount == 4)
        for console in consoles { console.close() }
        eventually("nobody follows any more") { core.followerCount == 0 }
    }

    @Test func theFirstFrameHasClockAndRecording() throws {
        let (core, _) = TestCore.grown(seed: 9, batches: 20)
        let server = try ControlServer(
            path: folder.socket, source: core, feed: core, options: .init(coreVersion: "4.5"))
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket, version: "4.4")
        defer { console.close() }
        let frame = try console.waitForFrame()
        #expect(frame.state.cluster == "c-1")
        #expect(frame.recording == RecordingStatus(since: Instant(microseconds: 5), bytes: 17))
        // The test's core is an hour ahead of this machine.
        #expect(frame.now - AttachedPicture.clock() > .minutes(50))
        #expect(console.core.version == "4.5")
        #expect(console.core.pid == getpid())
        #expect(console.core.user == Peer.name(ofUser: geteuid()))
        #expect(console.abilities == SourceAbilities(kind: .attached))
    }

    @Test func changesWakeTheListenerOnceUntilItLooks() throws {
        let (core, _) = TestCore.grown(seed: 9, batches: 20)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        try console.waitForFrame()
        let wakes = Collected<Int>()
        console.onChange { wakes.add(1) }
        for _ in 0..<50 { core.happen([.noted(Noted(user: "a", text: "x"))]) }
        eventually("all has come") { console.picture.sequence == core.state.sequence }
        eventually("the listener is woken") { wakes.values.count == 1 }
        _ = console.frame()
        core.happen([.noted(Noted(user: "a", text: "y"))])
        eventually("the listener is woken again") { wakes.values.count == 2 }
    }

    @Test func aFaultOfTheRecordingArrives() throws {
        let (core, _) = TestCore.grown(seed: 9, batches: 20)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        try console.waitForFrame()
        core.setRecordingFault("no space")
        eventually("the fault is shown") { console.frame().recording.fault == "no space" }
    }

    @Test func requestsAreAnswered() throws {
        let (core, _) = TestCore.grown(seed: 9, batches: 200)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        // A command does not follow: it gets no snapshot, and its requests work.
        let command = try AttachedSource.connect(path: folder.socket, following: false)
        defer { command.close() }

        let answers = Collected<ActionAnswer>()
        let action = Action.drain(NodeSelection(["node1"]))
        command.perform(action, confirmed: "f1") { answers.add($0) }
        let answer = answers.first("an answer comes")
        #expect(answer == ActionAnswer(accepted: true, message: "done: drain", jobs: [JobID(raw: 7)]))
        let user = Peer.name(ofUser: geteuid())
        #expect(core.performed == [.init(action: action, user: user, confirmed: "f1")])

        let plans = Collected<ActionPlan>()
        command.plan(action) { plans.add($0) }
        #expect(plans.first("a plan comes")?.lines == ["would drain"])

        let explanations = Collected<Explanation>()
        command.explain(.node("node7")) { explanations.add($0) }
        #expect(explanations.first("an explanation comes")?.headline == "about node(\"node7\")")

        let tails = Collected<[StampedEvent]>()
        command.lastEvents(5) { if case .success(let events) = $0 { tails.add(events) } }
        #expect(tails.first("the last events come") == Array(core.state.recent.suffix(5)))

        let pongs = Collected<Bool>()
        command.ping { if case .success = $0 { pongs.add(true) } }
        #expect(pongs.first("a pong comes") == true)
        #expect(core.followerCount == 0)
    }

    @Test func readOnlyIsHeldToOnBothSides() throws {
        let core = TestCore()
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket, readOnly: true)
        defer { console.close() }
        #expect(console.abilities.actionsDisabled != nil)
        let answers = Collected<ActionAnswer>()
        console.perform(.kill(TaskSelection([])), confirmed: "") { answers.add($0) }
        #expect(answers.first("a word comes")?.accepted == false)
        let notes = Collected<ActionAnswer>()
        console.perform(.note(NoteText(text: "seen")), confirmed: "") { notes.add($0) }
        #expect(notes.first("a note is not a change")?.accepted == true)

        // A client that does not hold itself to it is held to it by the core.
        let raw = try #require(RawPeer(path: folder.socket))
        raw.hello(readOnly: true)
        var request = PerformRequest()
        request.request = 5
        request.action = .kill(TaskSelection([]))
        raw.send(ControlFrame(FrameKind.perform, request))
        let failure: FailureMessage? = try raw.frame(FrameKind.failure)?.decoded()
        #expect(failure?.request == 5)
        #expect(failure?.message.contains("read-only") == true)
        #expect(core.performed.count == 1)
    }

    @Test func requestsHaveALimit() throws {
        let core = TestCore(isDeaf: true)
        var options = ControlServer.Options()
        options.requestsInFlight = 3
        let server = try ControlServer(path: folder.socket, source: core, feed: core, options: options)
        defer { server.close() }
        let command = try AttachedSource.connect(path: folder.socket, following: false)
        let answers = Collected<ActionAnswer>()
        for _ in 0..<4 { command.perform(.note(NoteText(text: "?")), confirmed: "") { answers.add($0) } }
        #expect(answers.first("the fourth is refused")?.message.contains("limit") == true)
        #expect(core.performed.count == 3)
        // Those under way fail when the connection goes, and say that it is not known what came of them.
        command.close()
        eventually("all have an answer") { answers.values.count == 4 }
        command.perform(.note(NoteText(text: "?")), confirmed: "") { answers.add($0) }
        eventually("a closed source answers, too") { answers.values.count == 5 }
        #expect(answers.values.allSatisfy { !$0.accepted })
    }
}
