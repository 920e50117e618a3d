import CSys

/// A container of runc's while it runs: its first process is a child of the supervisor like any other task's.
extension Supervisor {
    /// Time between looks at a first process that does not care for SIGTERM, in nanoseconds.
    private static let uncaringNanoseconds: UInt64 = 100_000_000

    /// Waits until `runc create`, which is `tool`, has made the container, and starts it. The process, or nil with the
    /// reason in `status`.
    func startContainer(_ tool: Int32) -> Int32? {
        guard let container else { return nil }
        let folder = container.folder
        let log = "\(folder.path)/log"
        let created = Tool.wait(tool, limit: Self.containerNanoseconds, wish: &wish)
        let process = System.number(System.line("\(folder.path)/pid").utf8)
        if created == 0, let process, process > 1 {
            let words = folder.runc(container.runtime) + ["start", folder.key]
            if Tool.run(words, output: log, limit: Self.containerNanoseconds, wish: &wish) == 0 {
                return Int32(truncatingIfNeeded: process)
            }
        }
        let said = Tool.lastMessage(log)
        _ = refuse("cannot start it in \(launch.image): \(said.utf8.isEmpty ? "runc does not say why" : said)", 0)
        return nil
    }

    /// The first process of a container has no default for signals: SIGTERM to one that does not care is lost in the
    /// kernel. Elsewhere it would end, so it is ended here, as soon as it is alone: all others go with it.
    func endUncaring() {
        nextLookAtUncaring = .max
        guard container?.isFolder ?? false,
            let bytes = System.readFile("/proc/\(status.pid)/status", limit: 8192)
        else { return }
        for line in bytes.split(separator: 10) {
            for head in ["SigBlk:", "SigIgn:", "SigCgt:"] where line.starts(with: head.utf8) {
                // Sixteen hexadecimal digits; SIGTERM is the fifteenth bit.
                guard line.count >= 16 else { return }
                let digit = line[line.endIndex - 4]
                let value = digit < 58 ? digit - 48 : (digit | 32) - 87
                if value & 4 != 0 { return }
            }
        }
        if isAlone {
            kill(pid_t(status.pid), SIGKILL)
        } else {
            nextLookAtUncaring = System.steadyNanoseconds + Self.uncaringNanoseconds
        }
    }

    private var isAlone: Bool {
        if let group { return group.processCount < 2 }
        var count = 0
        ProcessTable.walk { if UInt64($0.session) == status.pid && !$0.isZombie { count += 1 } }
        return count < 2
    }

    /// podman and docker say by these exit codes that they, or the program, could not start; the reason stands in the
    /// task's error output.
    func noteToolFailure() {
        guard let container, !container.isFolder, status.reason == .exited, (125...127).contains(status.exitCode),
            launch.errorPath.utf8.isEmpty
        else { return }
        let said = Tool.lastLine("\(sandbox)/stderr", beginning: ["Error", "docker:"])
        guard !said.utf8.isEmpty else { return }
        status.reason = .launchFailed
        status.step = .image
        status.message = said
    }
}
