import ClusterSource
import ConsoleView
import Synchronization

/// Answers on their way from the sources' threads to the loop's. Pieces of output are bounded: the oldest give way, and
/// the view says that something is missing.
final class Inbox: Sendable {
    /// Most bytes of output that wait.
    static let outputLimit = 4 << 20

    private struct Content {
        var replies: [ConsoleReply] = []
        var outputBytes = 0
    }
    private let content = Mutex(Content())

    /// Adds an answer.
    func put(_ reply: ConsoleReply) {
        content.withLock { content in
            content.replies.append(reply)
            guard case .output(let piece, _) = reply else { return }
            content.outputBytes += piece.bytes.count
            while content.outputBytes > Self.outputLimit, Self.dropOldestPiece(&content) {}
        }
    }

    /// Takes everything that is there, in order.
    func take() -> [ConsoleReply] {
        content.withLock { content in
            defer { content = Content() }
            return content.replies
        }
    }

    private static func dropOldestPiece(_ content: inout Content) -> Bool {
        for (index, reply) in content.replies.enumerated() {
            guard case .output(let piece, _) = reply, !piece.isLast else { continue }
            content.outputBytes -= piece.bytes.count
            content.replies.remove(at: index)
            return true
        }
        return false
    }
}
