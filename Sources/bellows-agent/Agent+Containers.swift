import CSys

/// Containers of tasks that have ended: their supervisors take them away, unless they were killed.
extension Agent {
    /// Tries to take one away before it is left alone until the next start of the agent.
    private static let removalTries = 3

    /// Looks for folders of containers whose tasks are over, and takes those containers away in a process of its own:
    /// a tool can hang.
    func cleanContainers() {
        if cleaner > 0 {
            var state: Int32 = 0
            if waitpid(cleaner, &state, WNOHANG) == 0 { return }
            cleaner = 0
        }
        let left = leftContainers()
        let due = left.filter { containerTries[$0, default: 0] < Self.removalTries }
        if due.isEmpty { return }
        for key in due { containerTries[key, default: 0] += 1 }
        log.line("taking away \(due.count) containers whose supervisors were killed")
        let pid = cs_fork()
        if pid == 0 {
            closeOthers([log.descriptor])
            for key in due { _ = ContainerFolder(key: key.text, directory: directory).remove() }
            _exit(0)
        }
        cleaner = max(0, pid)
    }

    private func leftContainers() -> [AgentTaskKey] {
        hasContainers = false
        guard let folder = opendir("containers") else { return [] }
        defer { closedir(folder) }
        var left: [AgentTaskKey] = []
        while let name = cs_next_name(folder) {
            let parts = Array(String(cString: name).utf8).split(separator: 46, omittingEmptySubsequences: false)
            guard parts.count == 2, let id = System.number(parts[0]), let attempt = System.number(parts[1]),
                attempt <= UInt64(UInt32.max)
            else { continue }
            let key = AgentTaskKey(id: id, attempt: UInt32(attempt))
            hasContainers = hasContainers || containerTries[key, default: 0] < Self.removalTries
            if tasks[key].map({ $0.phase == .ended }) ?? true { left.append(key) }
        }
        return left.sorted { $0 < $1 }
    }
}
