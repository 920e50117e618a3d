// The file in memory that ncurses draws into, and the one write that carries a frame to the terminal.

import CNcurses
import Glibc

/// Collects what ncurses writes, so that a frame leaves in one piece whatever its size.
struct FrameFile: ~Copyable {
    let descriptor: Int32

    init() throws(TerminalError) {
        descriptor = cn_memory_file("frame")
        guard descriptor >= 0 else { throw .system(call: "memfd_create", code: errno) }
    }

    deinit { close(descriptor) }

    /// What was written since the last call; the file is empty afterwards.
    func take() -> [UInt8] {
        let length = lseek(descriptor, 0, SEEK_END)
        guard length > 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, Int(length), 0))
        }
        ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
        return bytes
    }
}

/// Sends bytes to a terminal, with one write unless the terminal takes less.
enum TerminalOutput {
    /// Sends all bytes and answers the number of writes. A terminal that stands still is waited for, until a signal
    /// says that it is time to leave; with `patience` (milliseconds) no longer than that for each write.
    static func send(
        _ bytes: [UInt8], to descriptor: Int32, patience: Int32? = nil
    ) throws(TerminalError) -> Int {
        var sent = 0
        var writes = 0
        while sent < bytes.count {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if let patience, poll(&room, 1, patience) == 0 { return writes }
            let count = bytes.withUnsafeBytes { buffer -> Int in
                guard let start = buffer.baseAddress else { return 0 }
                return write(descriptor, start + sent, bytes.count - sent)
            }
            writes += 1
            if count >= 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: if cn_guard_ending() { return writes }
            case EAGAIN:
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&wait, 1, -1) < 0 && cn_guard_ending() { return writes }
            case EIO, EPIPE, ENXIO: throw .hungUp
            case let code: throw .system(call: "write to the terminal", code: code)
            }
        }
        return writes
    }
}
