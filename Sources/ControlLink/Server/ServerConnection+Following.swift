/// Telling a client of the cluster: one snapshot, then events as they come, as fast as the client takes them.
import ByteCoding
import ClusterModel
import NIOCore

/// What a client is being told.
struct Following {
    /// The client's number for it.
    let generation: UInt64
    let subscription: UInt64
    /// Events that wait for the client.
    let queue: BoundedQueue<FeedItem>
    /// Frames of the snapshot that wait to be written, the next one first.
    var snapshot: [[UInt8]] = []
    /// Whether all of the snapshot has been encoded: events follow it.
    var isEncoded = false
}

extension ServerConnection {
    /// Bytes of events that are put into one write.
    private static var writeBytes: Int { 128 << 10 }
    /// What an item weighs besides its bytes.
    private static var itemBytes: Int { 64 }

    /// Starts to tell, or starts anew.
    func follow(_ generation: UInt64) {
        stopFollowing()
        let queue = BoundedQueue<FeedItem>(limitBytes: core.options.queueBytes) { $0.batch.count + Self.itemBytes }
        let loop = house.loop
        let me = NIOLoopBound(self, eventLoop: loop)
        let answers = core.answers
        let start = core.feed.subscribe { item in
            if queue.add(item) { answers.execute { me.value.wake(queue) } }
        }
        following = Following(generation: generation, subscription: start.subscription, queue: queue)
        house.followingChanged()
        let status = StatusMessage(core.feed.status())
        core.encoding.runIfActive(eventLoop: loop) {
            SnapshotFrames.encode(start.state, generation: generation, status: status) { run in
                answers.execute { me.value.takeEncoded(run, generation) }
            }
        }.whenSuccess { me.value.takeEncoded(nil, generation) }
    }

    /// The next run of the snapshot's frames; nil behind the last.
    private func takeEncoded(_ run: [UInt8]?, _ generation: UInt64) {
        guard following?.generation == generation else { return }
        if let run { following?.snapshot.append(run) } else { following?.isEncoded = true }
        pump()
    }

    /// Ends it; what waited is thrown away.
    func stopFollowing() {
        guard let old = following else { return }
        following = nil
        core.feed.unsubscribe(old.subscription)
        old.queue.discard()
        house.followingChanged()
    }

    private func wake(_ queue: BoundedQueue<FeedItem>) {
        queue.awake()
        if following?.queue === queue { pump() }
    }

    /// Writes what waits until the client's buffer is full or nothing is left.
    func pump() {
        // Seen even when nothing can be written: a client that stands still must not be counted a follower for ever.
        if let now = following, now.queue.overflowed { drop(now) }
        while phase == .open, let context, context.channel.isWritable, let now = following {
            if let next = now.snapshot.first {
                following?.snapshot.removeFirst()
                write(next)
            } else if now.isEncoded {
                let items = now.queue.take(upTo: Self.writeBytes)
                if items.isEmpty { break }
                write(items, now)
            } else {
                break  // The snapshot is still being encoded.
            }
        }
        for output in outputs.values { output.pump() }
    }

    private func write(_ items: [FeedItem], _ now: Following) {
        var writer = ByteWriter(capacity: items.reduce(0) { $0 + $1.batch.count + ControlFrame.headerBytes })
        for item in items {
            guard item.batch.count < ControlLimits.replyFrameBytes else { return drop(now) }
            ControlFrame.writeHeader(kind: FrameKind.events, bodyBytes: item.batch.count, to: &writer)
            writer.raw(item.batch)
        }
        write(writer.bytes)
    }

    /// The client was too slow, or a batch too large: it loses its place and is told so.
    private func drop(_ now: Following) {
        var word = Dropped()
        word.generation = now.generation
        word.message = "too slow: over \(now.queue.limitBytes >> 10) KiB of events waited"
        stopFollowing()
        send(ControlFrame(FrameKind.dropped, word))
    }
}
