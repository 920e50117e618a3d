import CSys

/// One connection of an executor to the agent's loopback port: bytes that the agent passes on and does not read.
final class ExecutorStream {
    /// Time in which one that is being closed may take what waits for it, in nanoseconds.
    private static let patienceNanoseconds: UInt64 = 5_000_000_000

    let fd: Int32
    /// Its number in the session; 0 = there is no session, it is only being answered.
    private(set) var number: UInt64
    /// Something was said to the executor.
    private var hasAnswer = false
    private var output = OutputQueue()
    /// The executor has said its last byte.
    var inputEnded = false
    private var closingSince: UInt64 = 0
    /// To be dropped at once.
    var isDead = false

    init(_ fd: Int32, number: UInt64) {
        self.fd = fd
        self.number = number
    }

    /// Bytes that wait for the executor.
    var waitingBytes: Int { output.count }
    /// Nothing more comes from the core.
    var isClosing: Bool { closingSince != 0 }

    /// Takes bytes for the executor; one that reads too slowly is dropped.
    func add(_ bytes: [UInt8]) {
        if isDead || isClosing { return }
        if waitingBytes + bytes.count > AgentLimits.executorWaitingBytes {
            isDead = true
            return
        }
        if !bytes.isEmpty { hasAnswer = true }
        output.add(bytes)
    }

    /// The session is gone: who waits for the beginning of an answer gets this one, who has had some is cut off.
    func leave(_ answer: [UInt8]) {
        if hasAnswer || isClosing {
            isDead = true
        } else {
            number = 0
            add(answer)
            end()
        }
    }

    /// Closes it once what waits is out.
    func end() { if !isClosing { closingSince = System.steadyNanoseconds } }

    /// Sends what the socket takes now.
    func flush() {
        if !isDead && output.send(to: fd) == nil { isDead = true }
        guard isClosing else { return }
        let isLate = System.steadyNanoseconds - closingSince > Self.patienceNanoseconds
        // With something of the peer's unread it would be told of a reset instead: its own end is awaited.
        if waitingBytes == 0 && number == 0 && !inputEnded { shutdown(fd, Int32(SHUT_WR)) }
        if isLate || waitingBytes == 0 && (number != 0 || inputEnded) { isDead = true }
    }

    /// Reads once.
    func receive() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: AgentLimits.executorChunkBytes) { buffer, count in
            let got = read(fd, buffer.baseAddress, AgentLimits.executorChunkBytes)
            count = max(0, got)
            if got == 0 { inputEnded = true }
            if got < 0 && cs_errno() != EAGAIN && cs_errno() != EINTR { isDead = true }
        }
    }

    deinit { close(fd) }
}
