import CSys

/// `relay`: one connection from the core on standard input and output, and behind it an ssh for each host that it
/// names. It keeps nothing: when the connection ends, its sshs end, and the agents behind them live on.
final class Relay {
    /// Output for the core above which no stream is read, in bytes.
    private static let holdBytes = 512 << 10
    /// Time between looks at sshs that are to end, in milliseconds.
    private static let lookMilliseconds: Int32 = 10
    /// How long sshs may take to end at the relay's own end, in looks.
    private static let lastLooks = 100

    private let hail: String
    private var decoder = FrameDecoder()
    private var output = OutputQueue()
    private var streams: [RelayStream] = []
    private var isOver = false

    /// A relay that begins with a line of this word.
    init(hail: String) { self.hail = hail }

    /// Runs until the connection ends; 0, or 1 when what came was no conversation.
    func run() -> Int32 {
        cs_ignore_sigpipe()
        var before: UInt64 = 0
        _ = cs_raise_open_files(&before)
        _ = System.writeAll(1, Array("\n\(hail) relaying\n".utf8))
        for fd in [Int32(0), 1] { _ = cs_set_nonblocking(fd, true) }
        var code: Int32 = 0
        while !isOver {
            turn()
            do {
                while let frame = try decoder.next() { take(try RelayMessage.decode(frame)) }
            } catch {
                Commands.complain(error.message)
                code = 1
                isOver = true
            }
            reap()
            if output.send(to: 1) == nil { isOver = true }
        }
        for stream in streams { stream.hangUp() }
        for _ in 0..<Self.lastLooks where !streams.isEmpty {
            reap()
            cs_sleep_ns(UInt64(Self.lookMilliseconds) * 1_000_000)
        }
        return code
    }

    /// Waits for something, and takes it.
    private func turn() {
        let served = streams
        let takesMore = output.count < Self.holdBytes
        var fds = [
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output.count > 0 ? 1 : -1, events: Int16(POLLOUT), revents: 0),
        ]
        for stream in served {
            let input = takesMore && stream.window > 0 ? POLLIN : 0
            let events = Int16(input | (stream.hasOutput ? POLLOUT : 0))
            fds.append(pollfd(fd: events == 0 || stream.isEnding ? -1 : stream.fd, events: events, revents: 0))
        }
        let waits = served.contains { $0.isEnding } ? Self.lookMilliseconds : -1
        if poll(&fds, UInt(fds.count), waits) <= 0 { return }
        if fds[0].revents != 0 { receive() }
        if Int32(fds[1].revents) & (POLLERR | POLLNVAL) != 0 { isOver = true }
        for (index, stream) in served.enumerated() {
            let events = Int32(fds[2 + index].revents)
            if events & (POLLIN | POLLHUP | POLLERR) != 0, takesMore, stream.window > 0 {
                let bytes = stream.receive()
                if !bytes.isEmpty { send(.data(stream: stream.number, bytes: bytes)) }
            }
            if events & POLLOUT != 0 { flush(stream) }
        }
    }

    private func receive() {
        guard let bytes = System.readSome(0, 64 << 10) else {
            if cs_errno() != EAGAIN && cs_errno() != EINTR { isOver = true }
            return
        }
        if bytes.isEmpty { isOver = true }
        decoder.feed(bytes)
    }

    private func send(_ message: RelayMessage) { output.add(message.encoded()) }

    private func flush(_ stream: RelayStream) {
        let taken = stream.flush()
        if taken > 0 { send(.credit(stream: stream.number, bytes: UInt64(taken))) }
    }

    private func take(_ message: RelayMessage) {
        switch message {
        case .open(let number, let arguments): open(number, arguments)
        case .data(let number, let bytes):
            guard let stream = stream(number) else { return }
            stream.add(bytes)
            flush(stream)
        case .credit(let number, let bytes): stream(number)?.widen(bytes)
        case .close(let number): stream(number)?.hangUp()
        case .ended, .unknown: break
        }
    }

    private func open(_ number: UInt64, _ arguments: [String]) {
        if streams.count >= AgentLimits.relayStreams {
            let limit = AgentLimits.relayStreams
            return send(.ended(stream: number, code: 255, errors: "a relay carries \(limit) connections at most"))
        }
        var fault: Int32 = 0
        guard let stream = RelayStream(number: number, arguments: arguments, fault: &fault) else {
            let cause = System.describe(fault)
            return send(.ended(stream: number, code: 127, errors: "ssh cannot be started there: \(cause)"))
        }
        streams.append(stream)
    }

    private func stream(_ number: UInt64) -> RelayStream? {
        streams.first { $0.number == number && !$0.isEnding }
    }

    /// Tells of the streams whose ssh has ended.
    private func reap() {
        if !streams.contains(where: { $0.isEnding }) { return }
        streams.removeAll { stream in
            guard stream.isEnding, let ending = stream.ending() else { return false }
            send(.ended(stream: stream.number, code: ending.code, errors: ending.errors))
            return true
        }
    }
}
