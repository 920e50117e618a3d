import CSys

/// Ending tasks, and noticing those that nobody watches any more.
extension Agent {
    /// Time between looks at running tasks, in nanoseconds.
    static let watchNanoseconds: UInt64 = 500_000_000
    /// Looks in a row without supervisor and final status before a task counts as lost.
    static let missingRounds = 3

    /// The core wants a task ended.
    func kill(_ key: AgentTaskKey, graceMilliseconds: UInt64, on connection: Connection) {
        guard let entry = tasks[key] else {
            var status = AgentTaskStatus()
            status.key = key
            return connection.send(.status(status))
        }
        if entry.phase == .ended { return connection.send(.status(entry.status)) }
        end(entry, grace: Int32(min(graceMilliseconds, AgentLimits.graceMilliseconds)))
    }

    /// Ends a task wherever it is on its way.
    func end(_ entry: TaskEntry, grace: Int32) {
        entry.wantedGrace = min(entry.wantedGrace ?? grace, grace)
        // One whose image is pulled has a supervisor already.
        if entry.phase == .running || entry.supervisor > 0 {
            signal(entry, number: grace)
        }
    }

    /// Launches that were killed before they were handed over never start; that is in the journal before it is told.
    func dropKilledLaunches() {
        handing.removeAll { entry in
            if entry.wantedGrace == nil { return false }
            concludeUnstarted(entry)
            return true
        }
    }

    /// Tells the supervisor, after making sure that it is the one that wrote the record; without a supervisor the agent
    /// ends the group itself.
    func signal(_ entry: TaskEntry, number: Int32) {
        let handle = cs_pidfd_open(entry.supervisor)
        defer { if handle >= 0 { close(handle) } }
        if entry.supervisor > 0, ProcessTable.isSame(entry.supervisor, asOf: entry.bootNanoseconds),
            cs_send_number(handle, entry.supervisor, number) == 0
        {
            return
        }
        let pid = Int32(truncatingIfNeeded: entry.status.pid)
        if ProcessTable.isSame(pid, asOf: entry.bootNanoseconds) {
            log.line("task \(entry.key.text) has no supervisor; killing its group")
            TaskGroup(left: groups, entry.key, supervisor: entry.supervisor)?.killAll()
            CSys.kill(-pid, SIGKILL)
        }
    }

    /// Looks after running tasks: supervisors that are gone, memory that is over its limit.
    func watch() {
        watchRounds += 1
        let thorough = watchRounds % 60 == 0
        for entry in ordered(active) where entry.phase == .running {
            let alive =
                entry.supervisor > 0
                && (thorough
                    ? ProcessTable.isSame(entry.supervisor, asOf: entry.bootNanoseconds)
                    : CSys.kill(entry.supervisor, 0) == 0)
            entry.missing = alive ? 0 : entry.missing + 1
            if entry.missing >= Self.missingRounds { lookForMissing(entry) }
        }
        if watchRounds % 2 == 0 { watchMemory() }
    }

    private func lookForMissing(_ entry: TaskEntry) {
        readReports()
        if entry.phase == .ended { return }
        if ProcessTable.isSame(Int32(truncatingIfNeeded: entry.status.pid), asOf: entry.bootNanoseconds) {
            // A kill that its supervisor took to the grave is done here.
            if entry.wantedGrace != nil { signal(entry, number: 0) }
            return
        }
        var status = entry.status
        status.state = .ended
        status.reason = .lost
        status.endedNanoseconds = System.wallNanoseconds
        status.message = "its supervisor was killed; how it ended is not known"
        witness(entry, status)
    }

    /// Without a control group, memory is watched: all resident memory of the task's session, once a second.
    private func watchMemory() {
        var watched: [Int32: TaskEntry] = [:]
        for entry in active.values where entry.phase == .running && entry.watchedMemoryBytes > 0 {
            watched[Int32(truncatingIfNeeded: entry.status.pid)] = entry
        }
        if watched.isEmpty { return }
        var used: [Int32: UInt64] = [:]
        ProcessTable.walk { process in
            if watched[process.session] != nil {
                used[process.session, default: 0] += process.residentPages * UInt64(cs_page_bytes())
            }
        }
        for entry in ordered(active) {
            let bytes = used[Int32(truncatingIfNeeded: entry.status.pid)] ?? 0
            if entry.phase == .running && entry.watchedMemoryBytes > 0 && bytes > entry.watchedMemoryBytes {
                log.line("task \(entry.key.text) uses \(bytes) of \(entry.watchedMemoryBytes) bytes; ending it")
                signal(entry, number: Supervisor.outOfMemoryNumber)
            }
        }
    }
}
