import CSys

/// One open log stream of the session.
final class LogStream {
    let number: UInt64
    let entry: TaskEntry
    let file: AgentLogFile
    let follow: Bool
    var credit: UInt64
    /// Where the next byte comes from; negative until the file is open and its size known.
    var offset: Int64
    var fd: Int32 = -1

    init(_ request: AgentLogRequest, _ entry: TaskEntry) {
        number = request.stream
        file = request.file
        follow = request.follow
        credit = min(request.creditBytes, AgentLimits.logCreditBytes)
        offset = request.offset
        self.entry = entry
    }

    /// Opens the file when it is there; false when it is not there yet.
    func openFile() -> Bool {
        if fd >= 0 { return true }
        let named = file == .output ? entry.outputPath : entry.errorPath
        let name = file == .output ? "stdout" : "stderr"
        let isWhole = named.utf8.first == UInt8(ascii: "/")
        let path = isWhole ? named : "\(entry.sandbox)/\(named.utf8.isEmpty ? name : named)"
        // In its sandbox a task of another user might have left a link to what only the agent may read.
        fd = cs_open(path, O_RDONLY | O_NONBLOCK | (isWhole ? 0 : O_NOFOLLOW), 0)
        if fd < 0 { return false }
        if offset < 0 { offset = max(0, cs_file_size(fd) + offset) }
        return true
    }

    /// The next bytes within credit, empty at the present end.
    func read() -> [UInt8] {
        // What was removed from the front is a hole; the next data after it is the oldest that is kept.
        let data = cs_seek_data(fd, UInt64(offset))
        if data > offset { offset = data }
        let limit = Int(min(credit, UInt64(AgentLimits.logChunkBytes)))
        let bytes = System.readAt(fd, offset: UInt64(offset), limit: limit) ?? []
        return bytes
    }

    deinit { if fd >= 0 { close(fd) } }
}

extension Agent {
    /// Time between looks at a followed file, in nanoseconds.
    static let followNanoseconds: UInt64 = 50_000_000

    func openStream(_ request: AgentLogRequest, on connection: Connection) {
        func fail(_ why: String) {
            let data = AgentLogData(stream: request.stream, offset: 0, bytes: [], isEnd: true, fault: why)
            connection.send(.logData(data))
        }
        guard let entry = tasks[request.key] else { return fail("task \(request.key.text) is not known here") }
        if streams.contains(where: { $0.number == request.stream }) { return fail("stream number is in use") }
        if streams.count >= AgentLimits.logStreams { return fail("\(AgentLimits.logStreams) streams are open") }
        if entry.phase == .ended && entry.leftNothing {
            let end = AgentLogData(stream: request.stream, offset: 0, bytes: [], isEnd: true)
            return connection.send(.logData(end))
        }
        streams.append(LogStream(request, entry))
    }

    func credit(_ number: UInt64, _ bytes: UInt64) {
        guard let stream = streams.first(where: { $0.number == number }) else { return }
        stream.credit = min(stream.credit &+ min(bytes, AgentLimits.logCreditBytes), AgentLimits.logCreditBytes)
    }

    /// Sends log bytes while the output is short; statuses have gone before. True if there is more to send at once.
    func sendLogs() -> Bool {
        guard let session, inventory == nil, !streams.isEmpty else { return false }
        var progressed = true
        while progressed {
            progressed = false
            for stream in streams {
                if session.waitingBytes >= Connection.holdLogBytes { return true }
                if sendPiece(stream, session) { progressed = true }
            }
        }
        return false
    }

    /// One piece of one stream; false when there is nothing to send now.
    private func sendPiece(_ stream: LogStream, _ session: Connection) -> Bool {
        // Looked at before reading: what a task wrote is in the file when its end is known.
        let ended = stream.entry.phase == .ended
        if !stream.openFile() {
            if stream.follow && !ended { return false }
            return finish(stream, session, fault: ended || cs_errno() != ENOENT ? "no such log" : "")
        }
        if stream.credit == 0 { return false }
        let bytes = stream.read()
        if bytes.isEmpty {
            return !stream.follow || ended ? finish(stream, session, fault: "") : false
        }
        session.send(.logData(AgentLogData(stream: stream.number, offset: UInt64(stream.offset), bytes: bytes)))
        stream.offset += Int64(bytes.count)
        stream.credit -= UInt64(bytes.count)
        return true
    }

    private func finish(_ stream: LogStream, _ session: Connection, fault: String) -> Bool {
        let offset = UInt64(max(0, stream.offset))
        session.send(
            .logData(AgentLogData(stream: stream.number, offset: offset, bytes: [], isEnd: true, fault: fault)))
        streams.removeAll { $0 === stream }
        return true
    }
}
