import AgentProtocol
import ClusterModel
import ClusterSource

/// An output that somebody follows, over all connections of its link.
struct FollowedLog {
    /// Whose output.
    var key: AgentTaskKey
    /// What was asked for.
    var request: OutputRequest
    /// Who follows.
    var follower: LogFollower
    /// The next byte, once one has come.
    var next: Int64?
    /// Bytes taken and not yet granted again.
    var owed: UInt64 = 0
}

/// Log streams: opened with a window of credit, which is granted again as pieces are taken, and opened again where they
/// stood when the link comes back.
extension NodeLink {
    func follow(attempt number: UInt32, _ request: OutputRequest, follower: LogFollower) {
        guard isOpen else { return follower.fail("node \(node) is not connected: its outputs cannot be read now") }
        guard logs.count < hub.limits.logStreams else {
            return follower.fail("\(hub.limits.logStreams) outputs of node \(node) are followed: end one of them")
        }
        guard !follower.isCancelled else { return }
        lastStream += 1
        let key = AgentTaskKey(id: request.task.packed, attempt: number)
        logs[lastStream] = FollowedLog(key: key, request: request, follower: follower)
        reopenLog(lastStream)
        flush()
    }

    func unfollow(_ follower: LogFollower) {
        guard let stream = logs.first(where: { $0.value.follower === follower })?.key else { return }
        logs[stream] = nil
        guard isOpen else { return }
        write(.closeLog(stream: stream))
        flush()
    }

    /// Asks for a stream from where it stands.
    func reopenLog(_ stream: UInt64) {
        guard var log = logs[stream] else { return }
        log.owed = 0
        logs[stream] = log
        write(
            .openLog(
                AgentLogRequest(
                    stream: stream, key: log.key, file: log.request.stream == .stdout ? .output : .error,
                    offset: log.next ?? log.request.offset, creditBytes: hub.limits.logWindowBytes,
                    follow: log.request.follow)))
    }

    func received(_ data: AgentLogData) {
        guard var log = logs[data.stream] else { return }
        let count = UInt64(data.bytes.count)
        let isLast = data.isEnd || !data.fault.isEmpty
        log.next = Int64(clamping: data.offset) + Int64(data.bytes.count)
        log.owed += count
        if isLast {
            logs[data.stream] = nil
        } else if log.owed >= hub.limits.logWindowBytes / 2 {
            write(.creditLog(stream: data.stream, bytes: log.owed))
            log.owed = 0
            flush()
        }
        if !isLast { logs[data.stream] = log }
        log.follower.give(
            OutputPiece(offset: Int64(clamping: data.offset), bytes: data.bytes, isLast: isLast, fault: data.fault))
    }

    /// The connection is gone: those that follow wait for the next one, the others are told.
    func endLogs(keepFollowing: Bool, fault: String) {
        for (stream, log) in logs.sorted(by: { $0.key < $1.key }) where !(keepFollowing && log.request.follow) {
            logs[stream] = nil
            log.follower.fail(fault, at: log.next ?? 0)
        }
    }
}
