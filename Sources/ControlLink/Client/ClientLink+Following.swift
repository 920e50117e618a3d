/// Following a cluster from the client's side: a snapshot is gathered, events are added to it in step, and whatever
/// breaks the step leads to a new snapshot.
import ClusterModel
import NIOCore

/// A snapshot on its way: decoded as it comes.
struct Incoming {
    var begin: SnapshotBegin
    var decoder = SnapshotDecoder()
    var chunks: UInt64 = 0
    var bytes = 0
}

/// How far the picture of the present is.
struct FollowingStep {
    /// A picture is not asked for anew more often than this.
    static let renewalPause = TimeAmount.seconds(1)
    /// Most bytes of one snapshot.
    static let snapshotBytes = 4 << 30

    /// Number of the last `follow`.
    var generation: UInt64 = 0
    /// When it was sent.
    var askedAt = NIODeadline.now() - .hours(1)
    /// The snapshot that is coming.
    var incoming: Incoming?
    /// The snapshot is there, and no event since is missing.
    var isCurrent = false
    /// Those who wait for that, until they lose patience.
    var waiters: [UInt64: Awaited<ControlLinkError?>] = [:]
    /// Number of the last one who waited.
    var lastWaiter: UInt64 = 0
}

extension ClientLink {
    func takeSnapshot(_ frame: ControlFrame) throws(FrameFault) {
        switch frame.kind {
        case FrameKind.snapshotBegin:
            let begin: SnapshotBegin = try frame.decoded()
            // One that was asked for before the last `follow` is of no use any more.
            step.incoming = begin.generation == step.generation ? Incoming(begin: begin) : nil
        case FrameKind.snapshotPart:
            guard step.incoming != nil else { return }
            let part: SnapshotPart = try frame.decoded()
            for piece in part.chunks { step.incoming?.decoder.take(piece) }
            step.incoming?.chunks += UInt64(part.chunks.count)
            step.incoming?.bytes += frame.body.count
            if let now = step.incoming, now.bytes > FollowingStep.snapshotBytes {
                throw .tooLong(bytes: now.bytes, limit: FollowingStep.snapshotBytes)
            }
        default:
            let end: SnapshotEnd = try frame.decoded()
            guard var whole = step.incoming, end.generation == whole.begin.generation else { return }
            step.incoming = nil
            guard end.chunks == whole.chunks, let state = whole.decoder.finish(),
                state.sequence == whole.begin.sequence
            else { throw .malformed(kind: frame.kind) }
            step.isCurrent = true
            resetRetries()
            picture.replace(state)
            let waiters = step.waiters.values
            step.waiters = [:]
            for waiter in waiters { waiter.bring(nil) }
        }
    }

    func takeEvents(_ frame: ControlFrame) throws(FrameFault) {
        switch picture.apply(frame.body) {
        case .done: break
        case .notABatch: throw .malformed(kind: frame.kind)
        case .mustRenew(let reason): renew(reason)
        }
    }

    func follow() {
        step.generation += 1
        step.isCurrent = false
        step.incoming = nil
        step.askedAt = .now()
        var word = Follow()
        word.generation = step.generation
        send(ControlFrame(FrameKind.follow, word))
    }

    /// Asks for a new picture, at once or after a pause when the last one is young.
    func renew(_ reason: String) {
        step.isCurrent = false
        picture.renewing(reason)
        picture.announce()
        let due = step.askedAt + FollowingStep.renewalPause
        let asked = step.generation
        let me = NIOLoopBound(self, eventLoop: loop)
        guard due > .now() else { return follow() }
        _ = loop.scheduleTask(deadline: due) {
            if me.value.step.generation == asked, me.value.isReachable { me.value.follow() }
        }
    }

    /// Brings nil once there is a picture of the present, or why there is none.
    func whenPicture(_ waiter: Awaited<ControlLinkError?>, within patience: TimeAmount) {
        if isClosed { return waiter.bring(.disconnected(path: path, message: "it was closed here")) }
        if step.isCurrent { return waiter.bring(nil) }
        step.lastWaiter += 1
        let number = step.lastWaiter
        step.waiters[number] = waiter
        let me = NIOLoopBound(self, eventLoop: loop)
        _ = loop.scheduleTask(in: patience) {
            let milliseconds = Int(patience.nanoseconds / 1_000_000)
            me.value.step.waiters.removeValue(forKey: number)?
                .bring(.timeout(path: me.value.path, milliseconds: milliseconds))
        }
    }
}
