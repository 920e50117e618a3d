import CSys

/// What supervisors report, on its way through the agent to the core and back as an acknowledgement.
extension Agent {
    /// Empty sandboxes kept for the next tasks.
    static let mostSpares = 256

    /// Somebody has appended to the journal.
    func readReports() {
        var drain: [UInt8] = []
        repeat { drain = System.readSome(wake, 4096) ?? [] } while drain.count == 4096
        journal.scan { segment, record in take(segment, record, isFirstRead: false) }
    }

    /// A status from the journal.
    func takeStatus(_ record: StatusRecord, isFirstRead: Bool) {
        guard let entry = tasks[record.status.key] else {
            if isFirstRead { early[record.status.key] = record }
            return
        }
        if entry.phase == .ended { return }
        if record.status.state == .ended {
            entry.leftNothing = record.leftNothing
            return conclude(entry, record.status)
        }
        if entry.phase == .running { return }
        if record.status.state == .staging { return takeStage(entry, record, isFirstRead: isFirstRead) }
        entry.phase = .running
        entry.status = record.status
        entry.supervisor = record.supervisor
        entry.bootNanoseconds = record.bootNanoseconds
        entry.runningSequence = nextSequence()
        entry.status.sequence = entry.runningSequence
        unsent.append((entry, false))
        if let grace = entry.wantedGrace { signal(entry, number: grace) }
    }

    /// What is done before the task starts: told once, not kept, and in the inventory of the next session.
    private func takeStage(_ entry: TaskEntry, _ record: StatusRecord, isFirstRead: Bool) {
        entry.status = record.status
        entry.supervisor = record.supervisor
        entry.bootNanoseconds = record.bootNanoseconds
        if let grace = entry.wantedGrace { return signal(entry, number: grace) }
        if let session, !isFirstRead, inventory == nil { session.send(.status(entry.status)) }
    }

    /// The task has ended.
    func conclude(_ entry: TaskEntry, _ status: AgentTaskStatus) {
        if active.removeValue(forKey: entry.key) != nil { journal.segment(entry.writerSegment)?.writers -= 1 }
        entry.phase = .ended
        entry.writerSegment = 0
        entry.supervisor = 0
        entry.status = status
        entry.status.sequence = nextSequence()
        entry.endIsOpen = true
        unsent.append((entry, true))
    }

    /// The core has a status on its disk.
    func acknowledge(_ item: AgentAcknowledgement) {
        guard let entry = tasks[item.key] else { return }
        if item.sequence >= entry.runningSequence { entry.runningSequence = 0 }
        if entry.endIsOpen && item.sequence >= entry.status.sequence {
            batch += KeyRecord.encoded(RecordKind.acknowledged, entry.key)
            settle(entry)
            if settled.count - settledHead > Int(clamping: retention.keepTasks) { clean() }
        }
    }

    /// The final status is acknowledged: from now on the task may be forgotten.
    func settle(_ entry: TaskEntry) {
        if !entry.endIsOpen { return }
        entry.endIsOpen = false
        entry.runningSequence = 0
        settled.append(entry)
        if entry.leftNothing && spares.count < Self.mostSpares && !streams.contains(where: { $0.entry === entry }) {
            spares.append(entry.key)
        }
    }

    /// The tables were rebuilt: what is open gets new sequences, above all that earlier starts have given out.
    func renumberOpen() {
        early = [:]
        resendOpen()
        for (entry, isEnd) in unsent {
            if isEnd {
                entry.status.sequence = nextSequence()
            } else {
                entry.runningSequence = nextSequence()
                if entry.phase == .running { entry.status.sequence = entry.runningSequence }
            }
        }
    }

    /// Gives statuses to the session while its output is short.
    func sendStatuses() {
        guard let session, inventory == nil else { return }
        while unsentHead < unsent.count && session.waitingBytes < Connection.holdStatusBytes {
            let (entry, isEnd) = unsent[unsentHead]
            unsentHead += 1
            if isEnd {
                if entry.endIsOpen { session.send(.status(entry.status)) }
            } else if entry.runningSequence != 0 {
                session.send(.status(running(entry)))
            }
        }
        if unsentHead > 1000 && unsentHead * 2 > unsent.count || unsentHead == unsent.count {
            unsent.removeFirst(unsentHead)
            unsentHead = 0
        }
    }

    /// The `running` update of a task, also when it has ended since.
    private func running(_ entry: TaskEntry) -> AgentTaskStatus {
        if entry.phase != .ended { return entry.status }
        var status = AgentTaskStatus()
        status.key = entry.key
        status.sequence = entry.runningSequence
        status.state = .running
        status.pid = entry.status.pid
        status.startedNanoseconds = entry.status.startedNanoseconds
        return status
    }

    /// Everything that is open, in the order of its sequence.
    func resendOpen() {
        var open: [(sequence: UInt64, entry: TaskEntry, isEnd: Bool)] = []
        for entry in tasks.values {
            if entry.runningSequence != 0 { open.append((entry.runningSequence, entry, false)) }
            if entry.endIsOpen { open.append((entry.status.sequence, entry, true)) }
        }
        open.sort { $0.sequence < $1.sequence }
        unsent = open.map { ($0.entry, $0.isEnd) }
        unsentHead = 0
    }
}
