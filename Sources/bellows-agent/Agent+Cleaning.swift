import CSys

/// Forgetting finished tasks, so that neither disk nor memory fills with the past.
extension Agent {
    /// Time between looks at age and disk, in nanoseconds.
    static let cleaningNanoseconds: UInt64 = 5_000_000_000
    /// Sandboxes removed in one look because the disk is short; then it is looked at again.
    static let removedWhenShort = 100

    func setRetention(_ rule: AgentRetention) {
        if rule.keepMilliseconds > 0 { retention.keepMilliseconds = rule.keepMilliseconds }
        if rule.keepTasks > 0 { retention.keepTasks = rule.keepTasks }
        if rule.freeDiskBytes > 0 { retention.freeDiskBytes = rule.freeDiskBytes }
        clean()
    }

    /// Forgets what is too old, too much, or in the way of a full disk. Unacknowledged tasks always stay.
    func clean() {
        let now = System.wallNanoseconds
        let age = retention.keepMilliseconds &* 1_000_000
        while let oldest = oldestSettled() {
            let over = settled.count - settledHead > Int(clamping: retention.keepTasks)
            if !over && now &- oldest.status.endedNanoseconds < age { break }
            forget(oldest)
        }
        var free: UInt64 = 0
        var total: UInt64 = 0
        if cs_disk(".", &free, &total) == 0 && free < retention.freeDiskBytes, oldestSettled() != nil {
            log.line("\(free) bytes free, less than \(retention.freeDiskBytes): removing finished tasks early")
            for _ in 0..<Self.removedWhenShort { if let oldest = oldestSettled() { forget(oldest) } }
        }
        if settledHead > 1000 && settledHead * 2 > settled.count {
            settled.removeFirst(settledHead)
            settledHead = 0
        }
    }

    private func oldestSettled() -> TaskEntry? { settledHead < settled.count ? settled[settledHead] : nil }

    private func forget(_ entry: TaskEntry) {
        settledHead += 1
        guard tasks[entry.key] === entry else { return }
        batch += KeyRecord.encoded(RecordKind.forgotten, entry.key)
        drop(entry)
        streams.removeAll { $0.entry === entry }
        removalQueue.append(entry.sandbox)
    }

    /// Hands paths to the removing thread, as many as its pipe takes.
    func sendRemovals() {
        var done = 0
        while done < removalQueue.count {
            var record = Array(removalQueue[done].utf8.prefix(63))
            while record.count < 64 { record.append(0) }
            let count = record.withUnsafeBytes { write(removals, $0.baseAddress, 64) }
            if count != 64 { break }
            done += 1
        }
        removalQueue.removeFirst(done)
    }
}
