import CSys

/// The watch over a running task: one wait for a child's end, a kill, or the next time something is due.
extension Supervisor {
    /// Waits until the task and everything it left behind is gone, and writes its final status.
    func watch() {
        var main: cs_child?
        var usage = AgentTaskUsage()
        // What came while the task was made ready has been taken off the queue of signals.
        if let wish { end(wish) }
        var isFirst = true
        while true {
            var number: Int32 = 0
            let timeout = isFirst ? 0 : main == nil ? timeToWait() : endingTimeToWait()
            isFirst = false
            let signal = cs_wait_signal(timeout, &number)
            var child = cs_child()
            var left: Int32 = 0
            repeat {
                left = cs_wait_child(false, &child)
                if left > 0 {
                    usage.userNanoseconds += child.user_ns
                    usage.systemNanoseconds += child.system_ns
                    usage.maxResidentBytes = max(usage.maxResidentBytes, child.max_resident_bytes)
                    if UInt64(child.pid) == status.pid { main = child }
                }
            } while left > 0
            if let main {
                if left < 0 { return finish(main, usage) }
                if !endLeftovers() { return finish(main, usage) }
            } else {
                if signal == SIGUSR1 { end(number) }
                checkTimes()
            }
        }
    }

    /// Time until something is due while the main process runs; negative for ever.
    private func timeToWait() -> Int64 {
        let now = System.steadyNanoseconds
        var next = logs.nextCheck
        if hardDeadline != 0 {
            next = min(next, sentHard ? now + Self.endingNanoseconds : min(hardDeadline, nextLookAtUncaring))
        } else if launch.timeLimitMilliseconds != 0 {
            next = min(next, timeLimitAt)
        }
        if next == .max { return -1 }
        return next > now ? Int64(next - now) : 0
    }

    private func endingTimeToWait() -> Int64 { Int64(Self.endingNanoseconds) }

    private var timeLimitAt: UInt64 {
        startedSteady &+ min(launch.timeLimitMilliseconds, 1 << 40) * 1_000_000
    }

    private func checkTimes() {
        let now = System.steadyNanoseconds
        if hardDeadline == 0 && launch.timeLimitMilliseconds != 0 && now >= timeLimitAt {
            end(.timeLimit, graceMilliseconds: Int32(truncatingIfNeeded: launch.graceMilliseconds))
        }
        if hardDeadline != 0 && now >= hardDeadline { endHard() }
        if now >= nextLookAtUncaring && !sentHard { endUncaring() }
        if now >= logs.nextCheck { logs.check(sandbox, now: now) }
    }

    /// What the agent's number asks for.
    private func end(_ number: Int32) {
        switch number {
        case Self.outOfMemoryNumber: end(.outOfMemory, graceMilliseconds: 0)
        case Self.leaseNumber: end(.lease, graceMilliseconds: Int32(Agent.leaseGrace))
        default: end(.killed, graceMilliseconds: number)
        }
    }

    /// The polite signal to the whole group; a second call can only shorten the grace.
    private func end(_ reason: AgentEndReason, graceMilliseconds: Int32) {
        let grace = UInt64(max(0, graceMilliseconds)) * 1_000_000
        let deadline = System.steadyNanoseconds + grace
        if hardDeadline == 0 {
            endReason = reason
            hardDeadline = deadline
            // An executor is told through its connection.
            if grace > 0 && !launch.isExecutor {
                kill(-pid_t(status.pid), SIGTERM)
                kill(-pid_t(status.pid), SIGCONT)
                endUncaring()
            }
        }
        hardDeadline = min(hardDeadline, deadline)
        if grace == 0 { endHard() }
    }

    private func endHard() {
        sentHard = true
        kill(-pid_t(status.pid), SIGKILL)
        group?.killAll()
        killChildren()
    }

    /// The main process is gone and others are left: within a grace they may finish, otherwise they are killed. False
    /// when they cannot be found and waiting is over.
    private func endLeftovers() -> Bool {
        let now = System.steadyNanoseconds
        if hardDeadline > now && !sentHard { return true }
        if huntEnd == 0 {
            huntEnd = now + Self.huntNanoseconds
            // Once only: the group's number can be given to others as soon as the group is empty.
            kill(-pid_t(status.pid), SIGKILL)
            sentHard = true
        }
        if now > huntEnd { return false }
        group?.killAll()
        killChildren()
        return true
    }

    /// Kills every process whose parent this is: orphans of the task end up here, because this is their subreaper.
    private func killChildren() {
        let own = getpid()
        ProcessTable.walk { process in
            if process.parent == own { kill(process.pid, SIGKILL) }
        }
    }

    private func finish(_ main: cs_child, _ usage: AgentTaskUsage) {
        status.state = .ended
        status.runNanoseconds = System.steadyNanoseconds - startedSteady
        status.endedNanoseconds = status.startedNanoseconds + status.runNanoseconds
        status.exitCode = main.signal == 0 ? UInt64(main.exit_code) : 0
        status.signal = UInt64(main.signal)
        status.usage = usage
        status.reason = main.signal == 0 ? .exited : .signaled
        if endReason != .unknown { status.reason = endReason }
        if let group {
            // A shell tells its child's end as its own.
            let isKilled = main.signal == SIGKILL || main.signal == 0 && main.exit_code == 128 + SIGKILL
            if isKilled && endReason == .unknown && group.ranOutOfMemory { status.reason = .outOfMemory }
            status.usage.maxResidentBytes = max(group.peakBytes, status.usage.maxResidentBytes)
        }
        noteToolFailure()
        _ = container?.folder.remove()
        group?.remove()
        if status.reason == .outOfMemory {
            let (used, most) = (status.usage.maxResidentBytes >> 20, launch.memoryBytes >> 20)
            status.message = "it used \(used) MiB of memory, its limit is \(most) MiB"
        }
        logs.finish(sandbox)
        var record = StatusRecord(status: status)
        // A sandbox that was another user's, or has a /tmp in it, is not for the next task.
        record.leftNothing = logs.areEmpty && launch.runAs.utf8.isEmpty && !hasView
        Witness.write(record, segment, context.wake)
    }
}
