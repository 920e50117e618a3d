import CSys

/// Bytes that wait for a descriptor that does not block.
struct OutputQueue {
    private var bytes: [UInt8] = []
    private var head = 0

    /// How many wait.
    var count: Int { bytes.count - head }

    /// Puts bytes behind those that wait.
    mutating func add(_ more: [UInt8]) { bytes += more }

    /// Sends what the descriptor takes now. How many bytes that were, or nil when the other side is gone.
    mutating func send(to fd: Int32) -> Int? {
        let before = count
        while count > 0 {
            var sent = bytes.withUnsafeBytes { raw in
                CSys.send(fd, raw.baseAddress! + head, raw.count - head, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            // Standard output may be a pipe.
            if sent < 0 && cs_errno() == ENOTSOCK {
                sent = bytes.withUnsafeBytes { write(fd, $0.baseAddress! + head, $0.count - head) }
            }
            if sent > 0 {
                head += sent
            } else if cs_errno() == EAGAIN {
                break
            } else if cs_errno() != EINTR {
                return nil
            }
        }
        let sent = before - count
        if count == 0 {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 64 << 10)
            head = 0
        } else if head > 128 << 10 {
            bytes.removeSubrange(0..<head)
            head = 0
        }
        return sent
    }
}
