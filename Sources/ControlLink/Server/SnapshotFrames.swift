/// A snapshot as frames: pieces packed together, so that a small cluster is one write and a large one is many that
/// other clients' frames can pass between. Each run of frames is handed on as soon as it is full: the client decodes
/// the first while the next is being encoded.
import ClusterModel

enum SnapshotFrames {
    /// The frames of `state`, in order: begin, status, parts, end. Costs what the state weighs; for a thread that
    /// nobody waits for.
    static func encode(_ state: ClusterState, generation: UInt64, status: StatusMessage) -> [[UInt8]] {
        var runs: [[UInt8]] = []
        encode(state, generation: generation, status: status) { runs.append($0) }
        return runs
    }

    /// The same, one run of frames after the other.
    static func encode(
        _ state: ClusterState, generation: UInt64, status: StatusMessage, _ handOn: ([UInt8]) -> Void
    ) {
        var packer = Packer()
        var begin = SnapshotBegin()
        begin.generation = generation
        begin.sequence = state.sequence
        packer.add(ControlFrame(FrameKind.snapshotBegin, begin).encoded(), handOn)
        packer.add(ControlFrame(FrameKind.status, status).encoded(), handOn)
        var part = SnapshotPart()
        var bytes = 0
        var count: UInt64 = 0
        func close() {
            guard !part.chunks.isEmpty else { return }
            packer.add(ControlFrame(FrameKind.snapshotPart, part).encoded(), handOn)
            part.chunks = []
            bytes = 0
        }
        state.forEachSnapshotPiece { chunk in
            if bytes + chunk.bytes.count > ControlLimits.snapshotPartBytes { close() }
            part.chunks.append(chunk)
            bytes += chunk.bytes.count
            count += 1
        }
        close()
        var end = SnapshotEnd()
        end.generation = generation
        end.chunks = count
        packer.add(ControlFrame(FrameKind.snapshotEnd, end).encoded(), handOn)
        packer.finish(handOn)
    }

    /// Neighbouring small frames in one run of bytes: fewer writes, and the first picture of a small cluster in one.
    private struct Packer {
        private var run: [UInt8] = []

        mutating func add(_ frame: [UInt8], _ handOn: ([UInt8]) -> Void) {
            if !run.isEmpty, run.count + frame.count > ControlLimits.snapshotPartBytes { finish(handOn) }
            run += frame
        }

        mutating func finish(_ handOn: ([UInt8]) -> Void) {
            if !run.isEmpty { handOn(run) }
            run = []
        }
    }
}
