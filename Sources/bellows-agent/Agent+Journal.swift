import CSys

/// The journal as the agent's memory: reading it, keeping it small, adding to it.
extension Agent {
    /// Rebuilds everything from the segments. What is wrong, or nil.
    func readJournal() -> String? {
        var tooNew: UInt64?
        var lastBoot = ""
        journal.scanAll { segment, record in
            if record.kind == RecordKind.header {
                let header = HeaderRecord.read(record.body)
                if header.version > JournalSegment.version { tooNew = header.version }
                agentID = header.agentID
                startNumber = max(startNumber, header.startNumber)
                if !System.same(lastBoot, header.bootID) && !lastBoot.utf8.isEmpty { loseActive() }
                lastBoot = header.bootID
            } else {
                take(segment, record, isFirstRead: true)
            }
        }
        if let tooNew {
            return "the journal in \(directory) has version \(tooNew), this agent reads up to "
                + "\(JournalSegment.version): start the newer agent"
        }
        if !lastBoot.utf8.isEmpty && !System.same(lastBoot, bootID) { loseActive() }
        if options.anyOwner { owner = nil }
        return nil
    }

    /// The machine was restarted after these ran: nobody can know how they ended.
    private func loseActive() {
        for entry in ordered(active) {
            var status = entry.status
            status.state = .ended
            status.reason = .lost
            status.message = "the machine was restarted"
            conclude(entry, status)
        }
    }

    /// Entries by key, so that nothing depends on the order of a dictionary.
    func ordered(_ entries: [AgentTaskKey: TaskEntry]) -> [TaskEntry] {
        entries.values.sorted { $0.key < $1.key }
    }

    /// What a record says.
    func take(_ segment: JournalSegment, _ record: JournalRecord, isFirstRead: Bool) {
        switch record.kind {
        case RecordKind.status:
            if let found = StatusRecord.read(record.body) { takeStatus(found, isFirstRead: isFirstRead) }
        case _ where !isFirstRead: break  // the agent's own words, known already
        case RecordKind.owner: owner = OwnerRecord.read(record.body)
        case RecordKind.launch: takeLaunch(segment, record)
        case RecordKind.acknowledged:
            if let entry = tasks[KeyRecord.read(record.body)], entry.phase == .ended { settle(entry) }
        case RecordKind.forgotten:
            if let entry = tasks[KeyRecord.read(record.body)] { drop(entry) }
        case RecordKind.carried: takeCarried(segment, record)
        default: break
        }
    }

    private func takeLaunch(_ segment: JournalSegment, _ record: JournalRecord) {
        guard let found = LaunchRecord.read(record.body), tasks[found.launch.key] == nil else { return }
        let entry = TaskEntry(key: found.launch.key, home: segment.number)
        entry.remember(found.launch, heldByKernel: groups.version != .none)
        entry.acceptedNanoseconds = found.wallNanoseconds
        entry.bodyOffset = record.bodyOffset
        entry.bodyLength = UInt32(record.body.count)
        entry.phase = .handed
        entry.writerSegment = segment.number
        add(entry)
    }

    private func takeCarried(_ segment: JournalSegment, _ record: JournalRecord) {
        guard let entry = TaskEntry.read(carried: record.body, home: segment.number) else { return }
        if let older = tasks[entry.key] { drop(older) }
        if entry.runningSequence != 0 { entry.runningSequence = nextSequence() }
        add(entry)
        if let end = early.removeValue(forKey: entry.key), entry.phase != .ended { takeStatus(end, isFirstRead: true) }
    }

    /// Enters a task into the tables.
    func add(_ entry: TaskEntry) {
        tasks[entry.key] = entry
        journal.segment(entry.home)?.homes += 1
        if entry.phase != .ended {
            active[entry.key] = entry
            journal.segment(entry.writerSegment)?.writers += 1
        } else if !entry.endIsOpen {
            settled.append(entry)
        }
    }

    /// Takes a task out of all tables but `settled`, where it is passed over.
    func drop(_ entry: TaskEntry) {
        tasks.removeValue(forKey: entry.key)
        if active.removeValue(forKey: entry.key) != nil { journal.segment(entry.writerSegment)?.writers -= 1 }
        journal.segment(entry.home)?.homes -= 1
    }

    /// Appends the records of this turn with one write, and asks for the sync of launches.
    func flushBatch() {
        if batch.isEmpty { return }
        guard let segment = journal.current else { return }
        let place = segment.append(batch)
        let error = cs_errno()
        let launches = batchLaunches
        batch = []
        batchLaunches = []
        if place == nil { log.line("cannot write the journal: \(System.describe(error))") }
        for (entry, bodyAt) in launches {
            if let place {
                entry.bodyOffset = place + UInt64(bodyAt)
                written.append(entry)
            } else {
                entry.status.step = .limit
                refuseStart(entry, error)
            }
        }
        startSync()
    }

    /// Begins a new segment when the present one is full, and carries the oldest over when there are many.
    func rotate() {
        guard let segment = journal.current, cs_file_size(segment.fd) > JournalFolder.segmentBytes else { return }
        readReports()
        if !beginSegment() { return log.line("cannot begin a journal segment: \(System.describe(cs_errno()))") }
        journal.removeUnused()
        while let old = journal.segmentToCarry {
            if !carry(old) { break }
            journal.removeUnused()
        }
    }

    /// Moves what is known of the tasks at home in `old` to the present segment.
    private func carry(_ old: JournalSegment) -> Bool {
        let entries = tasks.values.filter { $0.home == old.number }.sorted { $0.key < $1.key }
        if entries.contains(where: { $0.phase == .queued || $0.phase == .handed }) { return false }
        guard let current = journal.current else { return false }
        var records: [UInt8] = []
        for entry in entries { records += entry.carried() }
        guard current.append(records) != nil, cs_fdatasync(current.fd) == 0 else { return false }
        for entry in entries {
            entry.home = current.number
            old.homes -= 1
            current.homes += 1
        }
        old.empty()
        return true
    }
}
