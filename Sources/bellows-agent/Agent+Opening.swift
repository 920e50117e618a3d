import CSys

/// From an empty or a used folder to an agent that accepts connections.
extension Agent {
    /// Reads the journal, begins a new segment, starts helpers and the starter, binds the socket. Nil, or what went
    /// wrong and what to do about it.
    func open() -> String? {
        if mkdir("tasks", 0o700) != 0 && cs_errno() != EEXIST { return trouble("cannot make \(directory)/tasks") }
        if let fault = openWake() { return fault }
        if let fault = readJournal() { return fault }
        startNumber += 1
        if agentID.utf8.isEmpty { agentID = Self.newID() }
        if !beginSegment() { return trouble("cannot write the journal in \(directory)") }
        _ = cs_raise_open_files(&openFilesBefore)
        findOldLocks()
        if !startStarter() { return trouble("cannot fork the starter") }
        cs_ignore_sigpipe()
        if let fault = startHelpers() { return fault }
        listener = cs_unix_listen("agent.sock", 16)
        if listener < 0 { return trouble("cannot listen on \(directory)/agent.sock") }
        noteOwner()
        readLease()
        renumberOpen()
        removeStrangers()
        log.line("agent \(Options.version) start \(startNumber) in \(directory), \(tasks.count) tasks known")
        if options.controlGroups { log.line(groups.description) }
        return nil
    }

    private func trouble(_ what: String) -> String { "\(what): \(System.describe(cs_errno()))" }

    private static func newID() -> String {
        var raw: (UInt64, UInt64) = (0, 0)
        _ = withUnsafeMutableBytes(of: &raw) { cs_get_random($0.baseAddress, $0.count) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for word in [raw.0, raw.1] {
            for shift in 0..<16 { text.append(digits[Int(word >> UInt64(60 - 4 * shift) & 15)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func openWake() -> String? {
        if mkfifo("wake", 0o600) != 0 && cs_errno() != EEXIST { return trouble("cannot make \(directory)/wake") }
        wake = cs_open("wake", O_RDWR | O_NONBLOCK, 0)
        return wake < 0 ? trouble("cannot open \(directory)/wake") : nil
    }

    /// Header, owner: what each segment begins with.
    func beginSegment() -> Bool {
        var header = HeaderRecord()
        header.agentID = agentID
        header.bootID = bootID
        header.startNumber = startNumber
        header.wallNanoseconds = System.wallNanoseconds
        var records = header.encoded()
        if let owner { records += owner.encoded() }
        return journal.begin(records)
    }

    private func startHelpers() -> String? {
        var requests: [Int32] = [-1, -1]
        var replies: [Int32] = [-1, -1]
        var paths: [Int32] = [-1, -1]
        guard cs_pipe(&requests) == 0, cs_pipe(&replies) == 0, cs_pipe(&paths) == 0 else {
            return trouble("cannot make a pipe")
        }
        syncRequests = requests[1]
        syncReplies = replies[0]
        removals = paths[1]
        _ = cs_set_nonblocking(removals, true)
        _ = cs_set_nonblocking(syncReplies, true)
        guard cs_start_sync_thread(requests[0], replies[1]) == 0, cs_start_remove_thread(paths[0]) == 0 else {
            return "cannot start a helper thread"
        }
        return nil
    }

    /// Sandboxes that no record names: left by a loss of power, or by a kill between record and removal.
    private func removeStrangers() {
        guard let directory = opendir("tasks") else { return }
        defer { closedir(directory) }
        while let name = cs_next_name(directory) {
            let bytes = Array(String(cString: name).utf8)
            let parts = bytes.split(separator: 46, omittingEmptySubsequences: false)
            guard parts.count == 2, let id = System.number(parts[0]), let attempt = System.number(parts[1]),
                attempt <= UInt64(UInt32.max)
            else { continue }
            if tasks[AgentTaskKey(id: id, attempt: UInt32(attempt))] == nil {
                removalQueue.append("tasks/\(id).\(attempt)")
            }
        }
    }
}
