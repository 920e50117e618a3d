import CSys

/// The one loop: wait, take what came, append to the journal once, send what can be sent.
extension Agent {
    /// Time between tries for locks of earlier starters, in nanoseconds.
    private static let lockNanoseconds: UInt64 = 5_000_000
    /// Time between tries to hand launches to a starter whose socket is full, in nanoseconds.
    private static let handNanoseconds: UInt64 = 1_000_000

    /// Runs until told to end.
    func run() {
        cs_block_all_signals()
        cs_catch_termination()
        nextCleaning = System.steadyNanoseconds
        var hasMore = false
        while !isDone {
            turn(timeout: hasMore || !batch.isEmpty ? 0 : timeToWait())
            checkTimes()
            checkOldLocks()
            dropKilledLaunches()
            flushBatch()
            handOver()
            rotate()
            sendInventory()
            sendStatuses()
            hasMore = sendLogs()
            flushExecutors()
            for connection in connections { connection.flush() }
            for connection in connections where connection.hasHeldFrames && connection.wantsInput {
                serve(connection)
                hasMore = true
            }
            removeDeadConnections()
            sendRemovals()
            // A turn of logs that the socket took at once leaves room for more; a slow socket is waited for instead.
            if let session, session.waitingBytes >= Connection.holdLogBytes { hasMore = false }
        }
        finish()
    }

    /// Waits for something, and takes it.
    private func turn(timeout: Int64) {
        var fds = [
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: syncReplies, events: Int16(POLLIN), revents: 0),
            pollfd(fd: startRequests, events: 0, revents: 0),
            pollfd(fd: executorListener, events: Int16(POLLIN), revents: 0),
        ]
        let served = connections
        for connection in served {
            let input = connection.wantsInput ? POLLIN : 0
            let output = connection.waitingBytes > 0 ? POLLOUT : 0
            fds.append(pollfd(fd: connection.fd, events: Int16(input | output), revents: 0))
        }
        let executors = executorStreams
        for stream in executors {
            let input = wantsInput(stream) ? POLLIN : 0
            let output = stream.waitingBytes > 0 ? POLLOUT : 0
            let isAwaited = input | output != 0
            fds.append(pollfd(fd: isAwaited ? stream.fd : -1, events: Int16(input | output), revents: 0))
        }
        let ready = cs_poll(&fds, UInt32(fds.count), timeout)
        if cs_termination_caught() {
            log.line("told to end by a signal; tasks run on")
            isDone = true
        }
        if ready <= 0 { return }
        if fds[1].revents != 0 { readReports() }
        if fds[2].revents != 0 { readSyncReply() }
        if fds[3].revents != 0 { replaceStarter() }
        for (index, connection) in served.enumerated() {
            let events = Int32(fds[5 + index].revents)
            if events & (POLLERR | POLLNVAL) != 0 { connection.isDead = true }
            if events & (POLLIN | POLLHUP) != 0 {
                if connection.wantsInput {
                    connection.receive()
                    serve(connection)
                } else if events & POLLHUP != 0 {
                    connection.isDead = true
                }
            }
        }
        for (index, stream) in executors.enumerated() {
            let events = Int32(fds[5 + served.count + index].revents)
            if events & (POLLERR | POLLNVAL) != 0 {
                stream.isDead = true
            } else if events & (POLLIN | POLLHUP) != 0 && wantsInput(stream) {
                serve(stream)
            }
        }
        if fds[4].revents != 0 { acceptExecutors() }
        if fds[0].revents != 0 { acceptConnections() }
    }

    /// Nanoseconds until something is due; negative for ever.
    private func timeToWait() -> Int64 {
        let now = System.steadyNanoseconds
        var next = UInt64.max
        if sampleNanoseconds != 0 { next = min(next, nextSample) }
        if !active.isEmpty { next = min(next, max(nextWatch, now)) }
        if settledHead < settled.count || hasContainers { next = min(next, nextCleaning) }
        if !openLocks.isEmpty { next = min(next, now + Self.lockNanoseconds) }
        if !handing.isEmpty { next = min(next, now + Self.handNanoseconds) }
        if streams.contains(where: { $0.follow && $0.credit > 0 }) { next = min(next, now + Self.followNanoseconds) }
        if isEnding || !removalQueue.isEmpty { next = min(next, now + Self.followNanoseconds) }
        if executorStreams.contains(where: { $0.isClosing }) { next = min(next, now + 1_000_000_000) }
        if connections.contains(where: { !$0.isSession }) { next = min(next, now + 1_000_000_000) }
        let untilLease = leaseTimeToWait()
        if untilLease != .max { next = min(next, now + untilLease) }
        if next == .max { return -1 }
        return next > now ? Int64(next - now) : 0
    }

    private func checkTimes() {
        let now = System.steadyNanoseconds
        if sampleNanoseconds != 0 && now >= nextSample {
            sendSample()
            nextSample = now + sampleNanoseconds
        }
        if now >= nextWatch {
            watch()
            watchExecutors()
            nextWatch = now + Self.watchNanoseconds
        }
        if now >= nextCleaning {
            clean()
            if hasContainers { cleanContainers() }
            journal.removeUnused()
            nextCleaning = now + Self.cleaningNanoseconds
        }
        checkLease()
        if isEnding && (active.isEmpty || now > endingSince + endingGrace + Supervisor.huntNanoseconds) {
            isDone = true
        }
        for connection in connections
        where !connection.isSession && !connection.isClosing
            && now - connection.openedSteady > Connection.patienceNanoseconds
        {
            connection.refuse(AgentRefusal(code: .order, message: "no hello came", isFatal: true))
        }
    }

    private func removeDeadConnections() {
        for connection in connections where connection.isDead {
            if connection === session { endSession(because: "") }
        }
        connections.removeAll { $0.isDead }
    }

    /// Last words: the journal is synced, connections are told.
    private func finish() {
        flushBatch()
        if let segment = journal.current { _ = cs_fdatasync(segment.fd) }
        sendStatuses()
        for connection in connections {
            connection.refuse(AgentRefusal(code: .ending, message: "the agent is ending", isFatal: true))
            connection.flush()
        }
        unlink("agent.sock")
        log.line("agent ended, \(active.count) tasks run on")
    }
}
