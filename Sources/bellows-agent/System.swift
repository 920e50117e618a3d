import CSys

/// Small helpers over libc: whole reads and writes, small files, numbers from text. Nothing here keeps state.
enum System {
    /// Wall time in nanoseconds since 1970.
    static var wallNanoseconds: UInt64 { cs_clock_ns(0) }
    /// Steady time in nanoseconds.
    static var steadyNanoseconds: UInt64 { cs_clock_ns(1) }
    /// Steady time that also counts suspend: the clock in which the kernel keeps process start times.
    static var bootNanoseconds: UInt64 { cs_clock_ns(2) }

    /// `<text>` of an error number, with the number.
    static func describe(_ error: Int32) -> String { "\(String(cString: cs_error_text(error))) (errno \(error))" }

    /// Writes all of it to a blocking descriptor; false with errno set when it does not go.
    static func writeAll(_ fd: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return true }
            var done = 0
            while done < raw.count {
                let count = write(fd, base + done, raw.count - done)
                if count > 0 { done += count } else if count == 0 || cs_errno() != EINTR { return false }
            }
            return true
        }
    }

    /// Up to `limit` bytes of a file (also of /proc, whose files have no size), or nil.
    static func readFile(_ path: String, limit: Int = 4096) -> [UInt8]? {
        let fd = cs_open(path, O_RDONLY, 0)
        if fd < 0 { return nil }
        defer { close(fd) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let piece = readSome(fd, limit - bytes.count)
            guard let piece, !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// One read of at most `limit` bytes; nil on error, empty at the end.
    static func readSome(_ fd: Int32, _ limit: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = read(fd, buffer.baseAddress, limit)
            failed = got < 0
            count = max(0, got)
        }
        return failed ? nil : bytes
    }

    /// One read of at most `limit` bytes from a place; nil on error, empty at the end.
    static func readAt(_ fd: Int32, offset: UInt64, limit: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let got = pread(fd, buffer.baseAddress, limit, off_t(offset))
            failed = got < 0
            count = max(0, got)
        }
        return failed ? nil : bytes
    }

    /// Replaces a small file's content; false when it does not go.
    static func writeFile(_ path: String, _ content: [UInt8], flags: Int32 = O_WRONLY | O_CREAT | O_TRUNC) -> Bool {
        let fd = cs_open(path, flags, 0o600)
        if fd < 0 { return false }
        let done = writeAll(fd, content)
        return close(fd) == 0 && done
    }

    /// First line of a file without surrounding space, or empty.
    static func line(_ path: String) -> String {
        guard let bytes = readFile(path) else { return "" }
        let end = bytes.firstIndex(of: 10) ?? bytes.count
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// Are the texts the same, byte for byte (String's own comparison needs Unicode tables).
    static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// Does the text begin with these bytes.
    static func begins(_ text: String, _ head: String) -> Bool { text.utf8.starts(with: head.utf8) }

    /// A decimal number that is the whole text, or nil.
    static func number(_ bytes: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var any = false
        for byte in bytes {
            guard byte >= 48, byte <= 57 else { return nil }
            let (times, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = times.addingReportingOverflow(UInt64(byte - 48))
            if over || carry { return nil }
            value = sum
            any = true
        }
        return any ? value : nil
    }

    /// A number with leading zeros.
    static func padded(_ value: UInt64, _ width: Int) -> String {
        var digits: [UInt8] = []
        var rest = value
        repeat {
            digits.append(48 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        while digits.count < width { digits.append(48) }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
