/// The greeting, and everything that is not one: other versions, other people, too many, unknown words.
import ClusterModel
import ClusterSource
import Foundation
import Testing

@testable import ControlLink

@Suite struct HandshakeTests {
    let folder = TestFolder()

    private func serve(_ change: (inout ControlServer.Options) -> Void = { _ in }) throws -> (ControlServer, TestCore) {
        let (core, _) = TestCore.grown(seed: 1, batches: 10)
        var options = ControlServer.Options(coreVersion: "9.9")
        change(&options)
        return (try ControlServer(path: folder.socket, source: core, feed: core, options: options), core)
    }

    @Test func anotherVersionIsRefusedWithBothNamed() throws {
        let (server, _) = try serve()
        defer { server.close() }
        let raw = try #require(RawPeer(path: folder.socket))
        var hello = Hello(readOnly: false, version: "0.1")
        hello.lowest = 7
        hello.highest = 9
        raw.send(ControlFrame(FrameKind.hello, hello))
        let refusal = raw.refusal()
        #expect(refusal?.code == .version)
        #expect(refusal?.lowest == ControlLimits.lowestVersion)
        #expect(refusal?.coreVersion == "9.9")
        #expect(raw.frame() == nil, "the connection has ended")
    }

    @Test func aCoreOfAnotherVersionIsATypedError() throws {
        let listener = RawListener(path: folder.socket)
        let thread = Thread {
            let peer = listener.next()
            var refusal = Refusal()
            refusal.code = .version
            refusal.lowest = 4
            refusal.highest = 5
            refusal.coreVersion = "7.0"
            peer.send(ControlFrame(FrameKind.refusal, refusal))
            while peer.frame() != nil {}
        }
        thread.start()
        let expected = ControlLinkError.versionMismatch(path: folder.socket, lowest: 4, highest: 5, coreVersion: "7.0")
        let error = #expect(throws: expected) { try AttachedSource.connect(path: folder.socket) }
        #expect(error?.description.contains("speaks protocol 4 to 5, this program 1") == true)
    }

    @Test(arguments: [0, 1, 8] as [UInt64]) func commonVersionsAreTheHighestShared(highest: UInt64) {
        #expect(commonVersion((2, 6), (1, highest)) == (highest >= 2 ? 6 : nil))
        #expect(commonVersion((2, 6), (9, highest)) == nil)
        #expect(commonVersion((3, 3), (3, 3)) == 3)
    }

    @Test func othersAreRefusedWithAWord() throws {
        let (server, core) = try serve { $0.admits = { _ in false } }
        defer { server.close() }
        for _ in 0..<20 {
            let error = #expect(throws: ControlLinkError.self) { try AttachedSource.connect(path: folder.socket) }
            #expect(error?.description.contains("does not serve") == true, "\(String(describing: error))")
        }
        #expect(core.followerCount == 0)
    }

    @Test func onlyOneselfAndRootMayTalkToACore() {
        #expect(Peer(pid: 1, uid: 1_000, user: "anna").mayTalk(toCoreOf: 1_000))
        #expect(Peer(pid: 1, uid: 0, user: "root").mayTalk(toCoreOf: 1_000))
        #expect(!Peer(pid: 1, uid: 1_001, user: "bob").mayTalk(toCoreOf: 1_000))
        #expect(!Peer(pid: 1, uid: 1_001, user: "bob").mayTalk(toCoreOf: 0))
        #expect(Peer.name(ofUser: 0) == "root")
        #expect(Peer.name(ofUser: 3_999_999_999) == "uid-3999999999")
    }

    @Test func clientsHaveALimit() throws {
        let (server, _) = try serve { $0.clients = 2 }
        defer { server.close() }
        let first = try AttachedSource.connect(path: folder.socket)
        let second = try AttachedSource.connect(path: folder.socket)
        defer { second.close() }
        for _ in 0..<20 {
            let error = #expect(throws: ControlLinkError.self) { try AttachedSource.connect(path: folder.socket) }
            #expect(error?.description.contains("limit") == true, "\(String(describing: error))")
        }
        first.close()
        eventually("there is room again") {
            guard let third = try? AttachedSource.connect(path: folder.socket) else { return false }
            third.close()
            return true
        }
    }

    @Test func aSilentClientIsSentAway() throws {
        let (server, _) = try serve { $0.helloSeconds = 0 }
        defer { server.close() }
        let raw = try #require(RawPeer(path: folder.socket))
        #expect(raw.refusal()?.message.contains("greeting") == true)
        #expect(raw.frame() == nil)
    }

    @Test func aGreetingOfSomethingElseIsRefused() throws {
        let (server, _) = try serve()
        defer { server.close() }
        for bytes in [Array("GET / HTTP/1.1\r\n\r\n".utf8), ControlFrame(FrameKind.hello, Hello()).encoded()] {
            let raw = try #require(RawPeer(path: folder.socket))
            raw.send(bytes)
            #expect(raw.refusal()?.code == .fault)
            #expect(raw.frame() == nil)
        }
    }

    @Test func nothingGoesBeforeTheGreetingAndItComesOnce() throws {
        let (server, _) = try serve()
        defer { server.close() }
        let early = try #require(RawPeer(path: folder.socket))
        early.follow(1)
        #expect(early.refusal()?.message.contains("no place") == true)
        let twice = try #require(RawPeer(path: folder.socket))
        twice.hello()
        twice.hello()
        #expect(twice.refusal()?.message.contains("no place") == true)
    }

    @Test func framesOverTheLimitEndTheConnection() throws {
        let (server, _) = try serve()
        defer { server.close() }
        let raw = try #require(RawPeer(path: folder.socket))
        raw.hello()
        raw.send([0xff, 0xff, 0xff, 0x7f])
        #expect(raw.refusal()?.message.contains("over the limit of \(ControlLimits.requestFrameBytes)") == true)
        #expect(raw.frame() == nil)
    }

    @Test func unknownWordsArePassedOverAndUnknownRequestsAnswered() throws {
        let (server, _) = try serve()
        defer { server.close() }
        let raw = try #require(RawPeer(path: folder.socket))
        raw.hello()
        raw.send(ControlFrame(kind: 5, body: Array(repeating: 1, count: 1_000)))
        raw.send(ControlFrame(kind: 200, body: []))
        raw.send(ControlFrame(kind: 60, body: Numbered(77).wireBytes() + [1, 2, 3]))
        let failure: FailureMessage? = try raw.frame(FrameKind.failure)?.decoded()
        #expect(failure?.request == 77)
        #expect(failure?.message.contains("does not know") == true)
        // An action of a kind that only a newer program has: an answer, and the connection goes on.
        raw.send(ControlFrame(kind: FrameKind.perform, body: Numbered(78).wireBytes() + [2, 99, 0, 0]))
        let other: FailureMessage? = try raw.frame(FrameKind.failure)?.decoded()
        #expect(other?.request == 78)
        raw.send(ControlFrame(FrameKind.ping, Numbered(79)))
        #expect(raw.frame()?.kind == FrameKind.pong)
    }

    @Test func aCoresUnknownWordsArePassedOver() throws {
        let listener = RawListener(path: folder.socket)
        let (core, _) = TestCore.grown(seed: 3, batches: 30)
        let state = core.state
        let thread = Thread {
            let peer = listener.next()
            peer.send(ControlFrame(FrameKind.welcome, Welcome()))
            peer.send(ControlFrame(kind: 127, body: Array(repeating: 9, count: 70_000)))
            for run in SnapshotFrames.encode(state, generation: 1, status: StatusMessage()) { peer.send(run) }
            while peer.frame() != nil {}
        }
        thread.start()
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        #expect(try console.waitForFrame().state.allBytes == state.allBytes)
    }
}
