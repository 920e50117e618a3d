import CSys

/// The starter: forked here, watched here, replaced when it dies. Whoever may still start a task holds the lock of its
/// starter; when a lock is free, each launch given to that starter either has a record of its process or has none and
/// never will.
extension Agent {
    /// How long a launch may wait for an agent that was away, in nanoseconds.
    static let stalestStartNanoseconds: UInt64 = 60_000_000_000

    /// Forks a starter; false with errno set when that fails.
    func startStarter() -> Bool {
        var pair: [Int32] = [-1, -1]
        guard cs_message_pair(&pair) == 0 else { return false }
        starterNumber += 1
        let path = "start.\(starterNumber)"
        let lock = cs_open(path, O_RDWR | O_CREAT, 0o600)
        guard lock >= 0, cs_flock(lock, false) == 0 else { return false }
        let context = StarterContext(
            control: pair[1], wake: wake, lock: lock, directory: directory, groups: groups,
            logLimitBytes: options.logLimitBytes, openFiles: openFilesBefore,
            gpus: gpuCount)
        let pid = cs_fork()
        if pid < 0 { return false }
        if pid == 0 {
            closeOthers([0, pair[1], wake, lock, log.descriptor])
            Starter(context).run()
        }
        close(pair[1])
        close(lock)
        startRequests = pair[0]
        return true
    }

    /// Leaves only these descriptors open; 1 and 2 stay reserved, so that a task's output lands there at once.
    func closeOthers(_ wanted: [Int32]) {
        let null = cs_open("/dev/null", O_RDWR, 0)
        for target in [Int32(1), 2] { dup2(null >= 0 ? null : 0, target) }
        var next: UInt32 = 3
        for fd in wanted.sorted() where fd > 2 {
            if UInt32(fd) > next { _ = cs_close_range(next, UInt32(fd) - 1) }
            next = UInt32(fd) + 1
        }
        _ = cs_close_range(next, .max)
    }

    /// Locks of starters of earlier agents.
    func findOldLocks() {
        guard let directory = opendir(".") else { return }
        defer { closedir(directory) }
        while let name = cs_next_name(directory) {
            let bytes = Array(String(cString: name).utf8)
            guard bytes.starts(with: "start.".utf8), let number = System.number(bytes.dropFirst(6)) else { continue }
            starterNumber = max(starterNumber, number)
            openLock("start.\(number)")
        }
    }

    private func openLock(_ path: String) {
        let fd = cs_open(path, O_RDWR, 0)
        if fd >= 0 { openLocks.append((fd, path)) }
    }

    /// The starter's socket has ended: another one takes over.
    func replaceStarter() {
        log.line("the starter has died; starting another")
        close(startRequests)
        startRequests = -1
        openLock("start.\(starterNumber)")
        if !startStarter() { log.line("cannot fork the starter: \(System.describe(cs_errno()))") }
    }

    /// Looks whether old starters are done, and then decides about launches that have no process.
    func checkOldLocks() {
        if openLocks.isEmpty { return }
        openLocks.removeAll { lock in
            if cs_flock(lock.fd, false) != 0 { return false }
            close(lock.fd)
            unlink(lock.path)
            return true
        }
        if !openLocks.isEmpty { return }
        readReports()
        for entry in ordered(active) where entry.phase == .handed && entry.starter != starterNumber { decide(entry) }
    }

    /// A launch that nobody started: start it now, unless it waited for so long that the core may have given it up.
    private func decide(_ entry: TaskEntry) {
        let age = System.wallNanoseconds &- entry.acceptedNanoseconds
        let sandbox = "\(directory)/\(entry.sandbox)"
        if let process = ProcessTable.leader(withEnvironment: "BELLOWS_SANDBOX=\(sandbox)") {
            // Its supervisor and its starter were killed before either could write that it runs.
            var status = entry.status
            status.state = .running
            status.pid = UInt64(process.pid)
            status.startedNanoseconds = entry.acceptedNanoseconds
            let record = StatusRecord(status: status, bootNanoseconds: System.bootNanoseconds)
            batch += record.encoded()
            takeStatus(record, isFirstRead: false)
        } else if entry.wantedGrace != nil {
            concludeUnstarted(entry)
        } else if age < Self.stalestStartNanoseconds {
            entry.phase = .queued
            handing.append(entry)
        } else {
            refuseStart(
                entry, 0, step: .agentRestart,
                message: "the agent was away for \(age / 1_000_000_000) s before the start")
        }
    }

    /// A kill came before the start.
    func concludeUnstarted(_ entry: TaskEntry) {
        var status = entry.status
        status.state = .ended
        status.reason = leaseIsOver ? .lease : .killed
        status.endedNanoseconds = System.wallNanoseconds
        status.message = leaseIsOver ? "the lease ran out before it was started" : "killed before it was started"
        witness(entry, status)
    }
}
