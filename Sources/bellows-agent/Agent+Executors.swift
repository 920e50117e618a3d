import CSys

/// The loopback port of executors: open while one runs, the same through the agent's restarts, and nothing but a way to
/// the core, which speaks with them. Without a core they are told to come again.
extension Agent {
    /// Where the port is written, for supervisors and for the agent's next start.
    static let executorPortFile = "executor.port"
    private static let unavailable = Array(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)

    /// Opens the port unless it is open; false = it cannot be.
    func openExecutorPort() -> Bool {
        if executorListener >= 0 { return true }
        var port = UInt16(truncatingIfNeeded: Self.executorPort())
        executorListener = cs_loopback_listen(&port, 64)
        if executorListener < 0 {
            // It is tried again every second while executors run: one line will do.
            defer { executorPortFailed = true }
            if executorPortFailed { return false }
            log.line("cannot listen for executors on 127.0.0.1:\(port): \(System.describe(cs_errno()))")
            return false
        }
        executorPortFailed = false
        return System.writeFile(Self.executorPortFile, Array("\(port)\n".utf8))
    }

    /// The port that is written down; 0 = none.
    static func executorPort() -> UInt64 { System.number(System.line(executorPortFile).utf8) ?? 0 }

    /// Opens the port after a restart while executors run, and closes it when the last one is gone.
    func watchExecutors() {
        let isNeeded = active.values.contains { $0.isExecutor }
        if isNeeded {
            _ = openExecutorPort()
        } else if executorListener >= 0 {
            close(executorListener)
            executorListener = -1
            unlink(Self.executorPortFile)
            endExecutorStreams()
        }
    }

    /// A new connection of an executor waits.
    func acceptExecutors() {
        while true {
            let fd = cs_accept(executorListener)
            if fd < 0 { return }
            // Tasks run as the agent's user: nobody else is one of its executors.
            guard cs_loopback_peer(fd) == Int64(getuid()) else {
                close(fd)
                continue
            }
            let isServed = session != nil && executorStreams.count < AgentLimits.executorStreams
            if isServed { lastExecutorStream += 1 }
            let stream = ExecutorStream(fd, number: isServed ? lastExecutorStream : 0)
            executorStreams.append(stream)
            if isServed { continue }
            stream.add(Self.unavailable)
            stream.end()
            if executorStreams.count > 2 * AgentLimits.executorStreams { stream.isDead = true }
        }
    }

    /// Whether an executor may say something now: the core's link has room for it.
    func wantsInput(_ stream: ExecutorStream) -> Bool {
        if stream.inputEnded || stream.isDead { return false }
        if stream.number == 0 { return true }
        return (session?.waitingBytes ?? .max) < Connection.holdLogBytes
    }

    /// Passes on what an executor has said.
    func serve(_ stream: ExecutorStream) {
        let bytes = stream.receive()
        guard stream.number != 0, let session else { return }
        if bytes.isEmpty && !stream.inputEnded && !stream.isDead { return }
        let isEnd = stream.inputEnded || stream.isDead
        session.send(.executorInput(AgentStreamData(stream: stream.number, bytes: bytes, isEnd: isEnd)))
    }

    /// What the core says to an executor.
    func tellExecutor(_ data: AgentStreamData) {
        guard let stream = executorStreams.first(where: { $0.number == data.stream && $0.number != 0 }) else { return }
        stream.add(data.bytes)
        if data.isEnd { stream.end() }
    }

    /// Sends what waits, and drops connections that are done with; the core is told of those that it does not know of.
    func flushExecutors() {
        if executorStreams.isEmpty { return }
        for stream in executorStreams {
            stream.flush()
            guard stream.isDead, stream.number != 0, !stream.isClosing, !stream.inputEnded else { continue }
            session?.send(.executorInput(AgentStreamData(stream: stream.number, bytes: [], isEnd: true)))
        }
        executorStreams.removeAll { $0.isDead }
    }

    /// The core is gone, or the port: they must come again.
    func endExecutorStreams() {
        for stream in executorStreams where stream.number != 0 { stream.leave(Self.unavailable) }
        executorStreams.removeAll { $0.isDead }
    }
}
