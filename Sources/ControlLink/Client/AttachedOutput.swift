/// A task's output that comes over the socket: pieces in order, and credit back for each that was taken.
import ClusterModel
import ClusterSource
import NIOCore
import Synchronization

/// A followed output, on the client's side.
final class AttachedOutput: OutputFollower {
    let number = Mutex<UInt64?>(nil)
    private let receive: @Sendable (OutputPiece) -> Void
    private let onCancel: @Sendable (AttachedOutput) -> Void
    private let progress = Mutex(Progress())

    private struct Progress {
        var cancelled = false
        /// Where the next piece begins, as far as is known.
        var offset: Int64
        /// Bytes taken for which no credit has been given back.
        var owed = 0
        init() { offset = 0 }
    }

    init(
        offset: Int64, receive: @escaping @Sendable (OutputPiece) -> Void,
        onCancel: @escaping @Sendable (AttachedOutput) -> Void
    ) {
        self.receive = receive
        self.onCancel = onCancel
        progress.withLock { $0.offset = max(0, offset) }
    }

    func cancel() {
        let first = progress.withLock { own in
            defer { own.cancelled = true }
            return !own.cancelled
        }
        if first { onCancel(self) }
    }

    var isCancelled: Bool { progress.withLock { $0.cancelled } }

    /// A piece came. On the event loop.
    func deliver(_ message: PieceMessage, link: ClientLink) {
        guard !isCancelled else { return }
        receive(
            OutputPiece(offset: message.offset, bytes: message.bytes, isLast: message.isLast, fault: message.fault))
        let due: Int = progress.withLock { own in
            own.offset = message.offset &+ Int64(message.bytes.count)
            own.owed += message.bytes.count
            // A quarter at a time: the stream never stands still for want of credit, and is not chatty either.
            guard own.owed >= ControlLimits.outputCreditBytes / 4 else { return 0 }
            defer { own.owed = 0 }
            return own.owed
        }
        guard due > 0, !message.isLast else { return }
        var credit = OutputCredit()
        credit.request = message.request
        credit.bytes = UInt64(due)
        link.send(ControlFrame(FrameKind.outputCredit, credit))
    }

    /// No more comes, for this reason.
    func end(_ fault: String) {
        guard !isCancelled else { return }
        let offset = progress.withLock { $0.offset }
        receive(OutputPiece(offset: offset, bytes: [], isLast: true, fault: fault))
    }
}
