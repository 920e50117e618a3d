/// Outputs over the socket: every byte once and in order, whatever the speed of who reads, and bounded on the way.
import ClusterModel
import ClusterSource
import Foundation
import Synchronization
import Testing

@testable import ControlLink

@Suite struct OutputTests {
    let folder = TestFolder()
    let task = TaskID(job: JobID(raw: 1), index: 0)

    private static let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }

    @Test(arguments: [0, 700]) func everyByteComesOnceAndInOrder(pauseMicroseconds: UInt32) throws {
        let core = TestCore(output: Self.bytes)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket, following: false)
        defer { console.close() }
        let got = Mutex<(bytes: [UInt8], inOrder: Bool, ended: Bool)>(([], true, false))
        let follower = console.output(OutputRequest(task: task, stream: .stdout)) { piece in
            usleep(pauseMicroseconds)
            got.withLock { own in
                if piece.offset != Int64(own.bytes.count) || piece.bytes.count > OutputPiece.limit {
                    own.inOrder = false
                }
                own.bytes += piece.bytes
                if piece.isLast { own.ended = true }
            }
        }
        eventually("the output ends") { got.withLock { $0.ended } }
        #expect(got.withLock { $0.inOrder })
        #expect(got.withLock { $0.bytes } == Self.bytes)
        // What is sent is bounded by credit, so a fast source had to be stopped and asked again on the way.
        #expect(core.outputsOpened > 1)
        withExtendedLifetime(follower) {}
    }

    @Test func theEndOfAnOutputCanBeAskedFor() throws {
        let core = TestCore(output: Self.bytes)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket, following: false)
        defer { console.close() }
        let pieces = Collected<OutputPiece>()
        let request = OutputRequest(task: task, stream: .stdout, offset: -100, follow: false)
        let follower = console.output(request) { pieces.add($0) }
        let piece = pieces.first("the last bytes come")
        #expect(piece?.bytes == Array(Self.bytes.suffix(100)))
        #expect(piece?.isLast == true)
        withExtendedLifetime(follower) {}
    }

    @Test func withoutCreditNothingComesAndCancellingReachesTheSource() throws {
        let core = TestCore(output: Self.bytes)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let raw = try #require(RawPeer(path: folder.socket))
        raw.hello()
        var opening = OutputOpening()
        opening.request = 3
        opening.task = task
        opening.credit = 100_000
        raw.send(ControlFrame(FrameKind.output, opening))
        var taken = 0
        while taken < 100_000 {
            taken += (try raw.frame(FrameKind.piece)?.decoded(PieceMessage.self).bytes.count) ?? 100_000
        }
        #expect(taken < 100_000 + OutputPiece.limit)
        raw.send(ControlFrame(FrameKind.ping, Numbered(4)))
        #expect(raw.frame()?.kind == FrameKind.pong, "nothing more came before the pong")
        raw.send(ControlFrame(FrameKind.outputEnd, Numbered(3)))
        eventually("the source is told") { core.outputsCancelled == core.outputsOpened }
    }

    @Test func aCancelledOutputIsSilent() throws {
        let core = TestCore(output: Self.bytes)
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket, following: false)
        defer { console.close() }
        let pieces = Collected<OutputPiece>()
        let follower = console.output(OutputRequest(task: task, stream: .stdout)) {
            pieces.add($0)
            usleep(20_000)
        }
        _ = pieces.first("a piece comes")
        follower.cancel()
        usleep(30_000)
        let count = pieces.values.count
        eventually("the source is told") { core.outputsCancelled == core.outputsOpened }
        #expect(pieces.values.count == count)
        #expect(!pieces.values.contains { $0.isLast })
    }

    @Test func outputsHaveALimitAndEndWithTheConnection() throws {
        let core = TestCore(output: [])
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        let console = try AttachedSource.connect(path: folder.socket, following: false)
        let raw = try #require(RawPeer(path: folder.socket))
        raw.hello()
        var opening = OutputOpening()
        for number in 1...UInt64(ControlLimits.outputsInFlight + 1) {
            opening.request = number
            raw.send(ControlFrame(FrameKind.output, opening))
        }
        var fault = ""
        while fault.isEmpty, let frame = raw.frame(FrameKind.piece) {
            fault = try frame.decoded(PieceMessage.self).fault
        }
        #expect(fault.contains("limit"))
        console.close()
        let pieces = Collected<OutputPiece>()
        let follower = console.output(OutputRequest(task: task, stream: .stdout)) { pieces.add($0) }
        #expect(pieces.values.first?.isLast == true)
        withExtendedLifetime(follower) {}
        server.close()
    }
}
