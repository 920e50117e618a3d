/// Requests that wait for their answers, and outputs that are being followed. Each ends once: by its answer, by a word
/// of the core's, by a lost connection, or by its deadline.
import ClusterModel
import ClusterSource
import NIOCore

/// What came of a request.
enum RequestResult {
    /// The core's answer, a frame of one of the answering kinds.
    case frame(ControlFrame)
    /// Why there is none.
    case failure(String)
}

/// The requests under way on a link. Lives on the event loop. What is called back may end the link, so nothing is being
/// changed here while it runs.
final class PendingRequests {
    private struct Waiting {
        var timer: Scheduled<Void>
        var finish: (RequestResult) -> Void
    }
    private var waiting: [UInt64: Waiting] = [:]
    private var outputs: [UInt64: AttachedOutput] = [:]
    private var last: UInt64 = 0

    /// Seconds after which a request is given up.
    static let patienceSeconds: Int64 = 60

    /// Whether one more request may be sent.
    var hasRoom: Bool { waiting.count < ControlLimits.requestsInFlight }
    /// Whether one more output may be followed.
    var hasRoomForOutput: Bool { outputs.count < ControlLimits.outputsInFlight }

    /// The number for the next request.
    func nextNumber() -> UInt64 {
        last += 1
        return last
    }

    /// Remembers what is to be done with the answer to request `number`.
    func add(_ number: UInt64, timer: Scheduled<Void>, finish: @escaping (RequestResult) -> Void) {
        waiting[number] = Waiting(timer: timer, finish: finish)
    }

    /// Remembers an output.
    func add(_ number: UInt64, _ output: AttachedOutput) { outputs[number] = output }

    /// Forgets an output; false when it had ended.
    func removeOutput(_ number: UInt64) -> Bool { outputs.removeValue(forKey: number) != nil }

    /// Ends one request for a reason of ours.
    func fail(_ number: UInt64, _ message: String) {
        guard let one = waiting.removeValue(forKey: number) else { return }
        one.timer.cancel()
        one.finish(.failure(message))
    }

    /// Ends everything for a reason of ours.
    func failAll(_ message: String) {
        let requests = waiting.sorted { $0.key < $1.key }
        let followed = outputs.sorted { $0.key < $1.key }
        waiting = [:]
        outputs = [:]
        for (_, one) in requests {
            one.timer.cancel()
            one.finish(.failure(message))
        }
        for (_, output) in followed { output.end(message) }
    }

    /// Hands an answer to who waits for it. One that nobody waits for, after its deadline, is passed over.
    func take(_ frame: ControlFrame, link: ClientLink) throws(FrameFault) {
        let number = try frame.requestNumber()
        if frame.kind == FrameKind.piece {
            let message: PieceMessage = try frame.decoded()
            guard let output = outputs[number] else { return }
            if message.isLast { outputs[number] = nil }
            output.deliver(message, link: link)
            return
        }
        var result = RequestResult.frame(frame)
        if frame.kind == FrameKind.failure {
            let word = try frame.decoded(FailureMessage.self).message
            result = .failure(String(decoding: word.utf8.prefix(ControlLimits.messageBytes), as: UTF8.self))
        }
        guard let one = waiting.removeValue(forKey: number) else { return }
        one.timer.cancel()
        one.finish(result)
    }
}
