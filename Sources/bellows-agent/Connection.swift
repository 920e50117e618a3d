import CSys

/// One connection to the agent's socket: bytes in, frames out, and what the other side may do.
final class Connection {
    /// Output that waits for the socket, above which nothing more is read from this side, in bytes.
    static let holdInputBytes = 512 << 10
    /// Output that waits, above which statuses and inventory stay in the agent for now, in bytes.
    static let holdStatusBytes = 256 << 10
    /// Output that waits, above which no log is read, in bytes: how much can be before a status.
    static let holdLogBytes = 64 << 10
    /// Time a connection may take to say hello, and a refused one to take its refusal, in nanoseconds.
    static let patienceNanoseconds: UInt64 = 30_000_000_000
    /// Connections at once.
    static let most = 16

    let fd: Int32
    let openedSteady = System.steadyNanoseconds
    var decoder = FrameDecoder()
    private var output = OutputQueue()
    /// The core's hello was accepted and no newer session has come.
    var isSession = false
    /// Nothing is read any more; closes when the output is out.
    private(set) var isClosing = false
    private var closingSince: UInt64 = 0
    /// To be dropped at once.
    var isDead = false
    /// Frames may be left in the decoder, because the output was full.
    var hasHeldFrames = false
    /// The peer has sent its last byte.
    var inputEnded = false

    init(_ fd: Int32) { self.fd = fd }

    /// Bytes that wait for the socket.
    var waitingBytes: Int { output.count }

    /// Should the loop read from it.
    var wantsInput: Bool { !isClosing && !inputEnded && waitingBytes < Self.holdInputBytes }

    /// Queues a message and sends what goes at once.
    func send(_ message: AgentMessage) {
        if isDead || isClosing { return }
        output.add(message.encoded())
    }

    /// Sends what the socket takes now.
    func flush() {
        if !isDead && output.send(to: fd) == nil { isDead = true }
        if isClosing && (waitingBytes == 0 || System.steadyNanoseconds - closingSince > Self.patienceNanoseconds) {
            isDead = true
        }
    }

    /// Says why, and ends the connection once that is out.
    func refuse(_ refusal: AgentRefusal) {
        send(.refusal(refusal))
        end()
    }

    /// Ends the connection once the output is out.
    func end() {
        if isClosing { return }
        isClosing = true
        isSession = false
        closingSince = System.steadyNanoseconds
    }

    /// Reads once, at most 64 KiB.
    func receive() {
        let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            let got = read(fd, buffer.baseAddress, 64 << 10)
            count = max(0, got)
            if got == 0 { inputEnded = true }
            if got < 0 && cs_errno() != EAGAIN && cs_errno() != EINTR { isDead = true }
        }
        decoder.feed(piece)
    }

    deinit { close(fd) }
}
