/// Clients that do not keep up, events that are lost, cores that go and come again: the picture always becomes right.
import ClusterModel
import ClusterSource
import Foundation
import Testing

@testable import ControlLink

@Suite struct SlowClientTests {
    let folder = TestFolder()

    private func options(queueBytes: Int) -> ControlServer.Options {
        var options = ControlServer.Options()
        options.queueBytes = queueBytes
        return options
    }

    @Test func aClientThatDoesNotReadLosesItsPlaceAndBeginsAnew() throws {
        var (core, story) = TestCore.grown(seed: 4, batches: 100)
        let server = try ControlServer(
            path: folder.socket, source: core, feed: core, options: options(queueBytes: 64 << 10))
        defer { server.close() }
        let slow = try #require(RawPeer(path: folder.socket))
        slow.hello()
        slow.follow(1)
        eventually("it follows") { core.followerCount == 1 }
        let quick = try AttachedSource.connect(path: folder.socket)
        defer { quick.close() }
        try quick.waitForFrame()
        // More than the kernel's buffers and the queue hold together. The quick one is given time.
        var told = 0
        while core.followerCount > 1 {
            for _ in 0..<50 { core.happen(story.next()) }
            told += 1
            eventually("the quick one keeps up") { quick.picture.sequence == core.state.sequence }
            try #require(told < 10_000, "the slow client is never dropped")
        }
        #expect(quick.frame().warnings.isEmpty)
        let word: Dropped = try #require(try slow.frame(FrameKind.dropped)?.decoded())
        #expect(word.generation == 1)
        #expect(word.message.contains("64 KiB"))

        slow.follow(2)
        let begin: SnapshotBegin = try #require(try slow.frame(FrameKind.snapshotBegin)?.decoded())
        #expect(begin.generation == 2)
        #expect(begin.sequence == core.state.sequence)
    }

    @Test func aConsoleThatWasHeldUpCatchesUp() throws {
        var (core, story) = TestCore.grown(seed: 5, batches: 100)
        let server = try ControlServer(
            path: folder.socket, source: core, feed: core, options: options(queueBytes: 64 << 10))
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        try console.waitForFrame()
        // Its thread is kept busy, so that it reads nothing, until the core has given up on it.
        let held = DispatchSemaphore(value: 0)
        console.explain(.cost) { _ in held.wait() }
        var told = 0
        while core.followerCount > 0, told < 1_000_000 {
            core.happen(story.next())
            told += 1
        }
        held.signal()
        eventually("it is in step again") { core.followerCount == 1 && console.picture.sequence == core.state.sequence }
        core.happen(story.next())
        eventually("it follows again") { console.picture.sequence == core.state.sequence && console.picture.isLive }
        let frame = console.frame()
        #expect(frame.state.allBytes == core.state.allBytes)
        #expect(frame.warnings.count == 1)
    }

    @Test func lostEventsMakeThePictureNew() throws {
        var (core, story) = TestCore.grown(seed: 6, batches: 100)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        try console.waitForFrame()
        core.happen(story.next(), lose: true)
        core.happen(story.next())
        eventually("the picture is whole again") {
            console.picture.isLive && console.picture.sequence == core.state.sequence
        }
        #expect(console.frame().state.allBytes == core.state.allBytes)
        #expect(console.frame().warnings.first?.contains("did not come") == true)
    }

    @Test func aCoreThatComesAgainIsFoundAgain() throws {
        let (core, _) = TestCore.grown(seed: 7, batches: 100)
        let first = try ControlServer(path: folder.socket, source: core, feed: core)
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        let before = try console.waitForFrame()
        let wakes = Collected<Int>()
        console.onChange { wakes.add(1) }
        first.close(message: "the core takes a rest")
        eventually("the picture is stale") { !console.picture.isLive }
        eventually("the listener is woken") { !wakes.values.isEmpty }
        let stale = console.frame()
        #expect(stale.state.allBytes == before.state.allBytes, "the last picture stays")
        guard case .stale(let reason) = stale.mode else { return _ = Issue.record("it is not stale") }
        #expect(reason.contains("takes a rest") || reason.contains("no core is running"))
        #expect(console.frame().now == stale.now, "its clock stands still")
        let answers = Collected<ActionAnswer>()
        console.perform(.note(NoteText(text: "?")), confirmed: "") { answers.add($0) }
        #expect(answers.first("nobody is asked")?.message.contains("no connection") == true)

        let (other, _) = TestCore.grown(seed: 8, batches: 50)
        let second = try ControlServer(path: folder.socket, source: other, feed: other)
        defer { second.close() }
        eventually("the new core is shown") { console.picture.isLive }
        #expect(console.frame().state.allBytes == other.state.allBytes)
        console.perform(.note(NoteText(text: "!")), confirmed: "") { answers.add($0) }
        eventually("the new core answers") { answers.values.last?.accepted == true }
    }

    @Test func waitingForAPictureEnds() throws {
        // It greets and then says nothing.
        let listener = RawListener(path: folder.socket)
        let path = folder.socket
        let thread = Thread {
            let peer = listener.next()
            peer.send(ControlFrame(FrameKind.welcome, Welcome()))
            while peer.frame() != nil {}
        }
        thread.start()
        let console = try AttachedSource.connect(path: path)
        #expect(throws: ControlLinkError.timeout(path: path, milliseconds: 50)) {
            try console.waitForFrame(timeout: .milliseconds(50))
        }
        #expect(console.frame().mode != .live)
        console.close()
        #expect(throws: ControlLinkError.self) { try console.waitForFrame() }
    }
}
