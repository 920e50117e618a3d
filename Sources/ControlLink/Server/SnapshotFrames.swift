/// A snapshot as frames: pieces packed together, so that a small cluster is one write and a large one is many that
/// other clients' frames can pass between.
import ClusterModel

enum SnapshotFrames {
    /// The frames of `state`, in order: begin, status, parts, end. Costs what the state weighs; for a thread that
    /// nobody waits for.
    static func encode(_ state: ClusterState, generation: UInt64, status: StatusMessage) -> [[UInt8]] {
        var begin = SnapshotBegin()
        begin.generation = generation
        begin.sequence = state.sequence
        var frames = [
            ControlFrame(FrameKind.snapshotBegin, begin).encoded(),
            ControlFrame(FrameKind.status, status).encoded(),
        ]
        let chunks = state.snapshot().chunks
        var part = SnapshotPart()
        var bytes = 0
        func close() {
            guard !part.chunks.isEmpty else { return }
            frames.append(ControlFrame(FrameKind.snapshotPart, part).encoded())
            part.chunks = []
            bytes = 0
        }
        for chunk in chunks {
            if bytes + chunk.bytes.count > ControlLimits.snapshotPartBytes { close() }
            part.chunks.append(chunk)
            bytes += chunk.bytes.count
        }
        close()
        var end = SnapshotEnd()
        end.generation = generation
        end.chunks = UInt64(chunks.count)
        frames.append(ControlFrame(FrameKind.snapshotEnd, end).encoded())
        return joined(frames)
    }

    /// Neighbouring small frames in one run of bytes: fewer writes, and the first picture of a small cluster in one.
    private static func joined(_ frames: [[UInt8]]) -> [[UInt8]] {
        var runs: [[UInt8]] = []
        for frame in frames {
            if let last = runs.indices.last, runs[last].count + frame.count <= ControlLimits.snapshotPartBytes {
                runs[last] += frame
            } else {
                runs.append(frame)
            }
        }
        return runs
    }
}
