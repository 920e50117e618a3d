/// One output that one client follows. The client gives credit, the source knows none: when more waits than the client
/// takes, the source is stopped, and asked again from where the client is once it has caught up. So an output of any
/// size costs a fixed amount of memory.
import ClusterModel
import ClusterSource
import NIOCore

/// A followed output. Lives on the event loop.
final class ServedOutput {
    /// Most bytes that wait here for the client's credit.
    private static let waitingBytes = 512 << 10

    private let number: UInt64
    private var wanted: OutputRequest
    private unowned let connection: ServerConnection
    private var credit: Int
    private var follower: (any OutputFollower)?
    private var queue: BoundedQueue<OutputPiece>?

    init(_ opening: OutputOpening, connection: ServerConnection) {
        number = opening.request
        wanted = OutputRequest(
            task: opening.task, stream: opening.stream, offset: opening.offset, follow: opening.follow)
        credit = Int(clamping: opening.credit)
        self.connection = connection
    }

    /// Asks the source, from the offset at which the client is.
    func start() {
        let queue = BoundedQueue<OutputPiece>(limitBytes: Self.waitingBytes) { $0.bytes.count + 64 }
        self.queue = queue
        let answers = connection.core.answers
        let me = NIOLoopBound(self, eventLoop: connection.house.loop)
        follower = connection.core.source.output(wanted) { piece in
            if queue.add(piece) { answers.execute { me.value.wake(queue) } }
        }
    }

    /// Ends it; nothing is sent any more.
    func stop() {
        follower?.cancel()
        follower = nil
        queue?.discard()
        queue = nil
    }

    /// The client has taken `bytes`.
    func give(_ bytes: Int) {
        credit = min(credit + min(bytes, 1 << 30), 1 << 30)
        pump()
    }

    private func wake(_ queue: BoundedQueue<OutputPiece>) {
        queue.awake()
        if self.queue === queue { pump() }
    }

    /// Sends pieces while there is credit and the client's buffer takes them.
    func pump() {
        while credit > 0, connection.context?.channel.isWritable == true, let queue {
            guard let piece = queue.take(upTo: 1).first else {
                if queue.overflowed { restart() }
                return
            }
            credit -= piece.bytes.count
            wanted.offset = piece.offset + Int64(piece.bytes.count)
            var message = PieceMessage()
            message.request = number
            message.offset = piece.offset
            message.bytes = piece.bytes
            message.isLast = piece.isLast
            message.fault = piece.fault
            connection.send(ControlFrame(FrameKind.piece, message))
            if piece.isLast {
                stop()
                connection.outputs[number] = nil
            }
        }
    }

    private func restart() {
        follower?.cancel()
        start()
    }
}
