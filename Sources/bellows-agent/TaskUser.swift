import CSys

/// A user of this machine, as `id` knows him: a static libc cannot ask the machine's name services, which that command
/// does.
struct TaskUser {
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    var groups: [UInt32] = []
    var home = "/"

    /// The user of that name; nil when there is none.
    static func named(_ name: String) -> TaskUser? {
        let script = #"id -u -- "$1" && id -g -- "$1" && id -G -- "$1" && (getent passwd "$1" | cut -d: -f6)"#
        guard let text = output(of: ["sh", "-c", script, "sh", name]) else { return nil }
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 3, let uid = number(lines[0]), let gid = number(lines[1]) else { return nil }
        var user = TaskUser(uid: uid, gid: gid)
        for part in lines[2].split(separator: UInt8(ascii: " ")) {
            guard let group = number(part), user.groups.count < 65_536 else { return nil }
            user.groups.append(group)
        }
        if lines.count > 3, lines[3].first == UInt8(ascii: "/") {
            user.home = String(decoding: lines[3], as: UTF8.self)
        }
        return user
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt64 = 0
        guard !digits.isEmpty, digits.count <= 10 else { return nil }
        for digit in digits {
            guard digit >= 48, digit <= 57 else { return nil }
            value = value * 10 + UInt64(digit - 48)
        }
        return value < UInt64(UInt32.max) ? UInt32(value) : nil
    }

    /// What a program writes, at most 64 KiB; nil when it fails.
    private static func output(of words: [String]) -> [UInt8]? {
        var ends: [Int32] = [-1, -1]
        guard cs_pipe(&ends) == 0 else { return nil }
        let null = cs_open("/dev/null", O_RDWR, 0)
        var pid: Int32 = 0
        let arguments = Supervisor.pointers(words)
        let environment = Supervisor.pointers(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
        let fault = cs_start_child("/bin/sh", arguments, environment, [null, ends[1], null], &pid)
        close(ends[1])
        close(null)
        defer { close(ends[0]) }
        guard fault == 0 else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 65_536 {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0 && cs_errno() == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && cs_errno() == EINTR {}
        return status == 0 ? bytes : nil
    }
}
