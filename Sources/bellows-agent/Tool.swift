import CSys

/// Programs of the machine that the agent needs for a task: runc, podman, docker. They get the agent's own environment.
enum Tool {
    /// Where tools are looked for besides the agent's PATH, which is short in a session over ssh.
    static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// How long one that was asked to end may take, in nanoseconds.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000
    /// Time between looks at one that runs, in nanoseconds; its end is seen at once, unless another signal hid it.
    private static let lookNanoseconds: Int64 = 50_000_000

    /// The agent's environment, with tools found in the usual places too.
    static func environment() -> [String] {
        var entries: [String] = []
        var path = usualPath
        var at = cs_environ()
        while let entry = at?.pointee {
            let text = String(cString: entry)
            if System.begins(text, "PATH=") {
                path = String(decoding: text.utf8.dropFirst(5), as: UTF8.self) + ":" + usualPath
            } else {
                entries.append(text)
            }
            at = at?.successor()
        }
        entries.append("PATH=\(path)")
        return entries
    }

    /// The whole path of a program, or nil when this machine has none of that name.
    static func find(_ name: String) -> String? {
        let path = environment().last ?? ""
        for folder in path.utf8.dropFirst(5).split(separator: UInt8(ascii: ":")) {
            let file = String(decoding: Array(folder), as: UTF8.self) + "/" + name
            if access(file, X_OK) == 0 { return file }
        }
        return nil
    }

    /// Runs a program to its end, its output appended to a file. Its exit code; nil when there is none, or when it
    /// took longer than `limit` nanoseconds. `wish` takes what the supervisor is told meanwhile, and ends the program
    /// when `isStoppedByWish`.
    static func run(
        _ words: [String], output: String, limit: UInt64, wish: inout Int32?, isStoppedByWish: Bool = false
    ) -> Int32? {
        let null = cs_open("/dev/null", O_RDWR, 0)
        let log = cs_open(output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer {
            close(null)
            close(log)
        }
        var pid: Int32 = 0
        let arguments = Supervisor.pointers(words)
        guard null >= 0, log >= 0,
            cs_start_child(words[0], arguments, Supervisor.pointers(environment()), [null, log, log], &pid) == 0
        else { return nil }
        return wait(pid, limit: limit, wish: &wish, isStoppedByWish: isStoppedByWish)
    }

    /// Waits for a child that leads its own process group; see `run`.
    static func wait(_ pid: Int32, limit: UInt64, wish: inout Int32?, isStoppedByWish: Bool = false) -> Int32? {
        let end = System.steadyNanoseconds + limit
        var hardEnd = UInt64.max
        while true {
            var state: Int32 = 0
            let found = waitpid(pid, &state, WNOHANG)
            if found == pid { return state & 0x7f == 0 ? state >> 8 & 0xff : nil }
            if found < 0 && cs_errno() != EINTR { return nil }
            let now = System.steadyNanoseconds
            if now >= hardEnd {
                kill(-pid, SIGKILL)
            } else if hardEnd == .max, now >= end || isStoppedByWish && wish != nil {
                kill(-pid, SIGTERM)
                hardEnd = now + patienceNanoseconds
            }
            var number: Int32 = 0
            if cs_wait_signal(lookNanoseconds, &number) == SIGUSR1 { wish = number }
        }
    }

    /// The last line of a tool's output that has anything in it, or empty; at most 500 bytes. With `heads`, the last
    /// one that begins with one of them.
    static func lastLine(_ path: String, beginning heads: [String] = []) -> String {
        guard let bytes = System.readFile(path, limit: 1 << 20) else { return "" }
        let line = bytes.split(separator: 10).last { line in
            heads.isEmpty ? line.contains { $0 > 32 } : heads.contains { line.starts(with: $0.utf8) }
        }
        return line.map { plain($0.prefix(500)) } ?? ""
    }

    /// What runc's log of JSON lines says last, or its last line.
    static func lastMessage(_ path: String) -> String {
        guard let bytes = System.readFile(path, limit: 1 << 20) else { return "" }
        let mark = Array("\"msg\":\"".utf8)
        for line in bytes.split(separator: 10).reversed() {
            guard let start = line.indices.first(where: { line[$0...].starts(with: mark) }) else { continue }
            var text: [UInt8] = []
            var isEscaped = false
            for byte in line[(start + mark.count)...] {
                if !isEscaped && byte == UInt8(ascii: "\"") { break }
                if !isEscaped && byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    text.append(isEscaped && byte == UInt8(ascii: "n") ? 32 : byte)
                    isEscaped = false
                }
            }
            return plain(text.prefix(500))
        }
        return lastLine(path)
    }

    private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.map { $0 < 32 ? 32 : $0 }, as: UTF8.self)
    }
}
