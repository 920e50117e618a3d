import CSys
import Glibc
import TestFolders
import Testing

/// The thin C target beside Glibc, in an ordinary target: both can be imported, and the wrappers do what they say.
@Suite struct SystemCallTests {
    @Test func checksumIsCRC32C() {
        let bytes = Array("123456789".utf8)
        #expect(cs_crc32c(bytes, bytes.count) == 0xe306_9283)
    }

    @Test func peersKnowEachOther() {
        var pair: [Int32] = [-1, -1]
        #expect(cs_message_pair(&pair) == 0)
        var (pid, uid, gid) = (Int32(0), UInt32(9), UInt32(9))
        #expect(cs_peer(pair[0], &pid, &uid, &gid) == 0)
        #expect(pid == getpid() && uid == geteuid() && gid == getegid())
        for fd in pair { close(fd) }
    }

    @Test func holesKeepSizeAndOffsets() {
        let folder = makeTestFolder()
        let fd = open(folder + "/holes", O_RDWR | O_CREAT, 0o600)
        defer {
            close(fd)
            unlink(folder + "/holes")
            rmdir(folder)
        }
        let bytes = [UInt8](repeating: 7, count: 64 << 10)
        #expect(write(fd, bytes, bytes.count) == bytes.count)
        guard cs_punch_hole(fd, 0, 32 << 10) == 0 else { return print("SKIPPED: no holes on this file system") }
        #expect(cs_file_size(fd) == 64 << 10)
        #expect(cs_seek_data(fd, 0) == 32 << 10)
        #expect(cs_seek_data(fd, 40 << 10) == 40 << 10)
        #expect(cs_seek_data(fd, 64 << 10) == -1 && cs_errno() == ENXIO)
    }

    @Test func errorsHaveWords() {
        #expect(String(cString: cs_error_text(ENOENT)) == "No such file or directory")
        #expect(String(cString: cs_error_text(99_999)) == "unknown error")
    }

    @Test func facts() {
        #expect(cs_cpu_count() >= 1 && cs_page_bytes() >= 4096 && cs_clock_ticks() >= 1)
        #expect(cs_clock_ns(2) >= cs_clock_ns(1) - 1_000_000_000 && cs_clock_ns(0) > 1_600_000_000_000_000_000)
    }
}
