/// Bytes that nobody meant: whatever comes over the socket, both sides live and say what was wrong. Seeds are printed;
/// `BELLOWS_FUZZ_SEED` gives one again.
import ClusterModel
import ClusterSource
import Foundation
import Testing

@testable import ControlLink

@Suite struct FuzzTests {
    let folder = TestFolder()
    let seed =
        ProcessInfo.processInfo.environment["BELLOWS_FUZZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1 << 48)

    /// What a client says in a good conversation.
    private func conversation() -> [ControlFrame] {
        var follow = Follow()
        follow.generation = 1
        var perform = PerformRequest()
        perform.request = 2
        var opening = OutputOpening()
        opening.request = 3
        opening.credit = 1_000
        return [
            ControlFrame(FrameKind.hello, Hello(readOnly: false, version: "fuzz")),
            ControlFrame(FrameKind.follow, follow), ControlFrame(FrameKind.perform, perform),
            ControlFrame(
                FrameKind.plan, Carrying(request: 4, value: Action.rescind(OfferSelection([OfferID(raw: 3)])))),
            ControlFrame(FrameKind.explain, Carrying(request: 5, value: ExplainQuestion.pool("local"))),
            ControlFrame(FrameKind.output, opening), ControlFrame(FrameKind.outputEnd, Numbered(3)),
            ControlFrame(FrameKind.ping, Numbered(6)),
        ]
    }

    private func spoil(_ bytes: inout [UInt8], _ dice: inout Dice) {
        guard !bytes.isEmpty else { return }
        for _ in 0...dice.below(4) {
            let at = dice.below(bytes.count)
            switch dice.below(4) {
            case 0: bytes[at] = UInt8(dice.below(256))
            case 1: bytes[at] ^= 1 << UInt8(dice.below(8))
            case 2: bytes.insert(UInt8(dice.below(256)), at: at)
            default: if bytes.count > 1 { bytes.remove(at: at) }
            }
        }
    }

    @Test func aCutterGivesBackWhatWasFramedInWhateverPieces() throws {
        var dice = Dice(seed: seed)
        for _ in 0..<200 {
            let frames = (0..<dice.below(6)).map { _ in
                ControlFrame(
                    kind: UInt8(dice.below(256)), body: (0..<dice.below(300)).map { _ in UInt8(dice.below(256)) })
            }
            let bytes = frames.flatMap { $0.encoded() }
            var cutter = FrameCutter(limit: 1_000)
            var got: [ControlFrame] = []
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + 1 + dice.below(40))
                cutter.feed(bytes[at..<end])
                at = end
                while let frame = try cutter.next() { got.append(frame) }
            }
            #expect(got == frames, "seed \(seed)")
            #expect(cutter.endFault == nil, "seed \(seed)")
        }
    }

    @Test func spoiledBodiesDecodeOrFailAndNeverTrap() {
        var dice = Dice(seed: seed)
        let (core, _) = TestCore.grown(seed: 2, batches: 40)
        let bodies =
            conversation().map(\.body) + core.state.snapshot().chunks.map { $0.wireBytes() }
            + [Welcome().wireBytes(), Refusal().wireBytes(), SnapshotEnd().wireBytes(), TailAnswer().wireBytes()]
        for _ in 0..<3_000 {
            var body = bodies[dice.below(bodies.count)]
            spoil(&body, &dice)
            _ = Hello(wireBytes: body[...])
            _ = Welcome(wireBytes: body[...])
            _ = Refusal(wireBytes: body[...])
            _ = PerformRequest(wireBytes: body[...])
            _ = Carrying<ActionPlan>(wireBytes: body[...])
            _ = Carrying<Explanation>(wireBytes: body[...])
            _ = SnapshotPart(wireBytes: body[...])
            _ = PieceMessage(wireBytes: body[...])
            _ = TailAnswer(wireBytes: body[...])
            _ = OutputOpening(wireBytes: body[...])
        }
    }

    @Test func aCoreOutlivesEveryClient() throws {
        print("fuzz seed \(seed)")
        var dice = Dice(seed: seed)
        let (core, _) = TestCore.grown(seed: 2, batches: 40, output: Array(repeating: 7, count: 10_000))
        var options = ControlServer.Options()
        options.clients = 1_000
        let server = try ControlServer(path: folder.socket, source: core, feed: core, options: options)
        defer { server.close() }
        for round in 0..<150 {
            let raw = try #require(RawPeer(path: folder.socket), "seed \(seed), round \(round)")
            var bytes: [UInt8]
            if dice.below(3) == 0 {
                bytes = (0..<dice.below(2_000)).map { _ in UInt8(dice.below(256)) }
            } else {
                bytes = conversation().flatMap { $0.encoded() }
                // Often the greeting stays whole, so that what comes after it is met, too.
                let greeting = dice.below(2) == 0 ? 0 : conversation()[0].encoded().count
                var rest = Array(bytes[greeting...])
                spoil(&rest, &dice)
                bytes = bytes[..<greeting] + rest
            }
            raw.send(bytes)
        }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        #expect(try console.waitForFrame().state.allBytes == core.state.allBytes, "seed \(seed)")
        eventually("only the console is left, seed \(seed)") { core.followerCount == 1 }
    }

    @Test func aClientOutlivesEveryCore() throws {
        var dice = Dice(seed: seed)
        let (core, _) = TestCore.grown(seed: 2, batches: 40)
        let snapshot = SnapshotFrames.encode(core.state, generation: 1, status: StatusMessage()).flatMap { $0 }
        let welcome = ControlFrame(FrameKind.welcome, Welcome()).encoded()
        for round in 0..<60 {
            // Each round has a socket of its own: a client that tries again must not meet the next round.
            let path = folder.path + "/\(round)"
            let listener = RawListener(path: path)
            var bytes = (0..<(5 + dice.below(500))).map { _ in UInt8(dice.below(256)) }
            switch dice.below(3) {
            case 0: break
            case 1: bytes = welcome + bytes
            default: bytes = welcome + snapshot.prefix(dice.below(snapshot.count)) + bytes
            }
            let said = bytes
            let thread = Thread {
                let peer = listener.next()
                peer.send(said)
                // It goes away at once; the client is to notice both.
            }
            thread.start()
            do throws(ControlLinkError) {
                let console = try AttachedSource.connect(path: path, following: round % 2 == 0)
                eventually("the client notices, seed \(seed), round \(round)") { !console.picture.isLive }
                console.close()
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }
}
