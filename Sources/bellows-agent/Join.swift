import CSys

/// Small files beside the journal that say which program runs the agent and who owns it.
enum Programs {
    /// Path of the program that the living agent was started from.
    static let programFile = "program"
    /// The cluster that the agent belongs to.
    static let ownerFile = "owner"

    /// This program's own path; empty when it cannot be known.
    static var own: String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { raw -> Int in
            guard let base = raw.baseAddress else { return -1 }
            return readlink("/proc/self/exe", base.assumingMemoryBound(to: CChar.self), raw.count)
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }

    /// Writes down which program runs here; the present folder is the agent's.
    static func note() { _ = System.writeFile(programFile, Array("\(own)\n".utf8)) }
}

/// `join`: what a connection over ssh runs. One command finds the agent, starts it where none runs, puts itself in the
/// place of another version (tasks run on), says so in a line that begins with the caller's word, and carries bytes.
extension Commands {
    /// Longest wait for an agent that ends or starts, in steps of `stepNanoseconds`.
    private static let steps = 2000
    private static let stepNanoseconds: UInt64 = 5_000_000

    static func join(_ options: Options) -> Int32 {
        var options = options
        func hail(_ text: String) { _ = System.writeAll(1, Array("\n\(options.hail) \(text)\n".utf8)) }
        if let fault = enter(options.directory, create: true) {
            hail("fault folder \(fault)")
            return failed
        }
        var word = "attached"
        var fd = cs_unix_connect("agent.sock")
        let owner = System.line(Programs.ownerFile)
        let isStranger = !owner.utf8.isEmpty && !options.cluster.utf8.isEmpty && !System.same(owner, options.cluster)
        options.anyOwner = options.anyOwner && isStranger
        if fd >= 0, options.anyOwner || (!isStranger && isOther()) {
            word = "replaced"
            if let fault = replace(&fd) {
                hail("fault agent \(fault)")
                return failed
            }
        }
        if fd < 0 {
            if System.same(word, "attached") { word = "started" }
            let code = start(options)
            if code != 0 && code != alreadyRuns {
                hail("fault agent it did not start, see \(options.directory)/agent.log")
                return failed
            }
            for _ in 0..<steps where fd < 0 {
                fd = cs_unix_connect("agent.sock")
                if fd < 0 { cs_sleep_ns(stepNanoseconds) }
            }
        }
        if fd < 0 {
            hail("fault agent its socket does not answer in \(options.directory)")
            return failed
        }
        hail(word)
        return pump(fd)
    }

    /// Whether the living agent was started from another program than this one.
    private static func isOther() -> Bool {
        let own = Programs.own
        return !own.utf8.isEmpty && !System.same(System.line(Programs.programFile), own)
    }

    /// Has the living agent end, tasks running on. Afterwards `fd` is -1, or a connection to an agent of this version
    /// that somebody else has put there meanwhile. What went wrong, or nil.
    private static func replace(_ fd: inout Int32) -> String? {
        let wish = AgentShutdown(killTasks: false, graceMilliseconds: 0, byOperator: true)
        _ = System.writeAll(fd, CoreMessage.shutdown(wish).encoded())
        while let bytes = System.readSome(fd, 4096), !bytes.isEmpty {}
        close(fd)
        fd = -1
        for _ in 0..<steps {
            let lock = cs_open("agent.lock", O_RDWR, 0)
            let holder = lock < 0 ? 0 : cs_lock_process(lock)
            if lock >= 0 { close(lock) }
            if holder <= 0 { return nil }
            let found = cs_unix_connect("agent.sock")
            if found >= 0 && !isOther() {
                fd = found
                return nil
            }
            if found >= 0 { close(found) }
            cs_sleep_ns(stepNanoseconds)
        }
        return "the agent that runs in this folder does not end"
    }
}
