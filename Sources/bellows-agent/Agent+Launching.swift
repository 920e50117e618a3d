import CSys

/// A launch on its way: checked, written, synced, handed to the starter. Each step happens for all launches of a turn
/// together, so that a thousand of them cost few writes and few syncs.
extension Agent {
    /// Tasks known at once, finished ones included.
    static let mostTasks = 100_000

    /// Takes a launch of the session; `body` is the frame's, kept in the journal as it came.
    func launch(_ launch: AgentLaunch, body: [UInt8], on connection: Connection) {
        if let entry = tasks[launch.key] { return connection.send(.status(entry.status)) }
        if let fault = launch.fault { return refuse(launch.key, .request, fault, on: connection) }
        if isEnding { return refuse(launch.key, .limit, "the agent is ending", on: connection) }
        // Not an end of the task: a core that is there renews the lease first, and sends again what was not started.
        if leaseIsStale {
            let why = "the lease of this machine has run out: nothing is started"
            return connection.send(.refusal(AgentRefusal(code: .limit, message: why, isFatal: false)))
        }
        if tasks.count >= Self.mostTasks {
            return refuse(launch.key, .limit, "\(Self.mostTasks) tasks are known already", on: connection)
        }
        if launch.isExecutor && !openExecutorPort() {
            return refuse(launch.key, .limit, "no loopback port can be opened for executors", on: connection)
        }
        guard let home = journal.current?.number else { return }
        let entry = TaskEntry(key: launch.key, home: home)
        if !launch.image.utf8.isEmpty { hasContainers = true }
        entry.remember(launch, heldByKernel: groups.version != .none)
        entry.acceptedNanoseconds = System.wallNanoseconds
        entry.writerSegment = home
        let record = LaunchRecord.encoded(wallNanoseconds: entry.acceptedNanoseconds, launchBody: body)
        entry.bodyLength = UInt32(record.count - JournalSegment.headBytes)
        batchLaunches.append((entry, batch.count + JournalSegment.headBytes))
        batch += record
        add(entry)
    }

    /// A launch that leaves no trace: it is answered, and may come again.
    private func refuse(_ key: AgentTaskKey, _ step: AgentLaunchStep, _ why: String, on connection: Connection) {
        var status = AgentTaskStatus()
        status.key = key
        status.state = .ended
        status.reason = .launchFailed
        status.step = step
        status.endedNanoseconds = System.wallNanoseconds
        status.message = why
        connection.send(.status(status))
    }

    /// Asks the sync thread, unless it is at work: then the next sync takes all that gathers meanwhile.
    func startSync() {
        if written.isEmpty || syncRunning { return }
        guard options.syncs else {
            handing += written
            written = []
            return
        }
        guard let segment = journal.current else { return }
        var fd = segment.fd
        syncing = written
        written = []
        syncRunning = write(syncRequests, &fd, 4) == 4
        if !syncRunning { finishSync(cs_errno()) }
    }

    /// The sync thread has answered.
    func readSyncReply() {
        var error: Int32 = 0
        if read(syncReplies, &error, 4) == 4 { finishSync(error) }
    }

    private func finishSync(_ error: Int32) {
        syncRunning = false
        let entries = syncing
        syncing = []
        if error == 0 {
            handing += entries
        } else {
            log.line("cannot sync the journal: \(System.describe(error))")
            for entry in entries { refuseStart(entry, error) }
        }
        startSync()
    }

    /// Hands launches to the starter, as many as its socket takes.
    func handOver() {
        if handing.isEmpty || startRequests < 0 { return }
        var done = 0
        while done < handing.count {
            let upTo = min(done + Starter.entriesPerMessage, handing.count)
            var message = ByteWriter(capacity: Starter.entriesPerMessage * Starter.entryBytes)
            for entry in handing[done..<upTo] where entry.phase == .queued {
                message.fixed32(entry.home)
                message.fixed32(entry.bodyLength)
                message.fixed64(entry.bodyOffset)
                let spare = spares.popLast()
                message.fixed32(spare == nil ? 0 : 1)
                message.fixed32(spare?.attempt ?? 0)
                message.fixed64(spare?.id ?? 0)
            }
            let bytes = message.bytes
            if !bytes.isEmpty {
                let sent = bytes.withUnsafeBytes { send(startRequests, $0.baseAddress, $0.count, noWait) }
                if sent < 0 { break }
            }
            for entry in handing[done..<upTo] where entry.phase == .queued {
                entry.phase = .handed
                entry.starter = starterNumber
            }
            done = upTo
        }
        handing.removeFirst(done)
    }

    private var noWait: Int32 { Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT) }

    /// The task will not be started by this agent.
    func refuseStart(_ entry: TaskEntry, _ error: Int32, step: AgentLaunchStep = .limit, message: String = "") {
        var status = entry.status
        status.state = .ended
        status.reason = .launchFailed
        status.step = step
        status.errno = UInt64(error)
        status.message = message
        status.endedNanoseconds = System.wallNanoseconds
        witness(entry, status)
    }

    /// Writes a final status that the agent itself knows best.
    func witness(_ entry: TaskEntry, _ status: AgentTaskStatus) {
        batch += StatusRecord(status: status).encoded()
        conclude(entry, status)
    }
}
