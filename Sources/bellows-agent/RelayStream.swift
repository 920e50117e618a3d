import CSys

/// One ssh that a relay runs, and the bytes between it and the core.
final class RelayStream {
    /// Time after the end of its output in which it may end by itself, and time for the polite signal, in nanoseconds.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    /// Its number in the conversation.
    let number: UInt64
    /// Its standard input and output.
    let fd: Int32
    private let pid: Int32
    private let errors: Int32
    private var kept: [UInt8] = []
    private var output = OutputQueue()
    /// Bytes that it took since the core was told of some.
    private var taken = 0
    /// Bytes that the core takes now.
    private(set) var window = AgentLimits.relayWindowBytes
    private var endedSince: UInt64 = 0

    /// Starts `ssh` with these arguments, in the relay's environment; nil and the error's number when that does not go.
    init?(number: UInt64, arguments: [String], fault: inout Int32) {
        var words = ["ssh"]
        if let file = getenv("BELLOWS_SSH_CONFIG"), file.pointee != 0 { words += ["-F", String(cString: file)] }
        words += arguments
        var (pair, pipe): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard cs_stream_pair(&pair) == 0 else {
            fault = cs_errno()
            return nil
        }
        guard cs_pipe(&pipe) == 0 else {
            fault = cs_errno()
            for fd in pair { close(fd) }
            return nil
        }
        var pointers: [UnsafeMutablePointer<CChar>?] = []
        for word in words { pointers.append(word.withCString { strdup($0) }) }
        pointers.append(nil)
        var child: Int32 = 0
        let code = cs_start_child("ssh", pointers, cs_environ(), [pair[1], pair[1], pipe[1]], &child)
        for pointer in pointers { free(pointer) }
        close(pair[1])
        close(pipe[1])
        if code != 0 {
            close(pair[0])
            close(pipe[0])
            fault = code
            return nil
        }
        _ = cs_set_nonblocking(pipe[0], true)
        (self.number, fd, pid, errors) = (number, pair[0], child, pipe[0])
    }

    deinit {
        close(fd)
        close(errors)
    }

    /// Its output ended, or nobody wants it any more: its end is awaited.
    var isEnding: Bool { endedSince != 0 }
    /// Whether something waits for it.
    var hasOutput: Bool { output.count > 0 }

    /// Takes bytes for it; one who sends more than the window is cut off.
    func add(_ bytes: [UInt8]) {
        if isEnding { return }
        if output.count + bytes.count > AgentLimits.relayWindowBytes { return hangUp() }
        output.add(bytes)
    }

    /// The core takes so many more.
    func widen(_ bytes: UInt64) { window = Int(min(UInt64(window) + min(bytes, 1 << 30), 1 << 30)) }

    /// Sends what its socket takes; how many bytes the core is to be told of, 0 = not yet.
    func flush() -> Int {
        guard let sent = output.send(to: fd) else {
            end()
            return 0
        }
        taken += sent
        if taken < AgentLimits.relayWindowBytes / 4 { return 0 }
        defer { taken = 0 }
        return taken
    }

    /// Reads once, at most a chunk and what the core takes.
    func receive() -> [UInt8] {
        let limit = min(window, AgentLimits.relayChunkBytes)
        var isOver = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = recv(fd, buffer.baseAddress, limit, Int32(MSG_DONTWAIT))
            isOver = got == 0 || got < 0 && cs_errno() != EAGAIN && cs_errno() != EINTR
            count = max(0, got)
        }
        window -= bytes.count
        drain()
        if isOver { end() }
        return bytes
    }

    /// Takes what stands on standard error, so that ssh never waits for us; keeps the last of it.
    private func drain() {
        while let piece = System.readSome(errors, 4096), !piece.isEmpty {
            kept += piece
            if kept.count > AgentLimits.relayErrorBytes {
                kept.removeFirst(kept.count - AgentLimits.relayErrorBytes)
            }
        }
    }

    private func end() { if !isEnding { endedSince = System.steadyNanoseconds } }

    /// Asks it to end.
    func hangUp() {
        end()
        kill(pid, SIGTERM)
    }

    /// How it ended, once it has; one that takes too long is asked, then ended.
    func ending() -> (code: UInt32, errors: String)? {
        var status: Int32 = 0
        let found = waitpid(pid, &status, WNOHANG)
        if found == 0 {
            let late = System.steadyNanoseconds - endedSince
            if late > 2 * Self.patienceNanoseconds {
                kill(pid, SIGKILL)
            } else if late > Self.patienceNanoseconds {
                kill(pid, SIGTERM)
            }
            return nil
        }
        drain()
        let code = found < 0 ? 255 : status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return (UInt32(code), String(decoding: kept, as: UTF8.self))
    }
}
