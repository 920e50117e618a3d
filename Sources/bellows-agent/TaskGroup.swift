import CSys

/// The control group of one task.
struct TaskGroup {
    /// Processor time is handed out in periods of this length, in microseconds.
    static let periodMicroseconds: UInt64 = 100_000

    private let version: AgentIsolation
    private var folders: [String] = []

    /// Makes the group and sets its limits; nil with errno set when that fails.
    init?(_ groups: ControlGroups, _ launch: AgentLaunch) {
        version = groups.version
        let name = Self.name(launch.key, supervisor: getpid())
        for base in groups.folders {
            let folder = "\(base)/\(name)"
            if mkdir(folder, 0o755) != 0 {
                remove()
                return nil
            }
            folders.append(folder)
        }
        if !setLimits(groups, launch, name) {
            let error = cs_errno()
            remove()
            _ = error
            return nil
        }
    }

    /// The group of a task whose supervisor was killed; nil when it had none.
    init?(left groups: ControlGroups, _ key: AgentTaskKey, supervisor: Int32) {
        version = groups.version
        let name = Self.name(key, supervisor: supervisor)
        if version != .none { folders = groups.folders.map { "\($0)/\(name)" } }
        guard let folder = folders.first, access(folder, F_OK) == 0 else { return nil }
    }

    /// The group that a container's tool makes under that name, and takes away; nil where this agent makes none.
    init?(ofContainer name: String, _ groups: ControlGroups) {
        guard groups.version != .none else { return nil }
        version = groups.version
        folders = ["\(groups.memory)/\(name)"]
    }

    /// The supervisor's number keeps the names of several agents apart.
    private static func name(_ key: AgentTaskKey, supervisor: Int32) -> String { "\(key.text).\(supervisor)" }

    private func setLimits(_ groups: ControlGroups, _ launch: AgentLaunch, _ name: String) -> Bool {
        func put(_ base: String, _ file: String, _ value: String) -> Bool {
            base.utf8.isEmpty
                || System.writeFile("\(base)/\(name)/\(file)", Array(value.utf8), flags: O_WRONLY)
        }
        let two = version == .version2
        let quota = max(1000, launch.cpuThousandths * Self.periodMicroseconds / 1000)
        if launch.memoryBytes > 0 {
            guard put(groups.memory, two ? "memory.max" : "memory.limit_in_bytes", "\(launch.memoryBytes)") else {
                return false
            }
            // Swap would only make the end slow; a kernel without swap accounting has no such file.
            _ = put(
                groups.memory, two ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
                two ? "0" : "\(launch.memoryBytes)")
            // All of the task ends then, not one of its processes: a shell would go on without its child.
            if two { _ = put(groups.memory, "memory.oom.group", "1") }
        }
        if launch.cpuThousandths > 0 {
            let done =
                two
                ? put(groups.cpu, "cpu.max", "\(quota) \(Self.periodMicroseconds)")
                : put(groups.cpu, "cpu.cfs_quota_us", "\(quota)")
            if !done { return false }
        }
        if launch.maxProcesses > 0 {
            return put(groups.pids, "pids.max", "\(launch.maxProcesses)")
        }
        return true
    }

    /// Files to write "0" into, to enter.
    var entryFiles: [String] { folders.map { "\($0)/cgroup.procs" } }

    /// Did the kernel kill one of its processes for memory.
    var ranOutOfMemory: Bool {
        guard let folder = folders.first else { return false }
        let file = version == .version2 ? "memory.events" : "memory.oom_control"
        guard let bytes = System.readFile("\(folder)/\(file)") else { return false }
        for line in bytes.split(separator: 10) where line.starts(with: "oom_kill ".utf8) {
            return (System.number(line.dropFirst(9)) ?? 0) > 0
        }
        return false
    }

    /// Most memory it ever held, in bytes, 0 when the kernel does not say.
    var peakBytes: UInt64 {
        guard let folder = folders.first else { return 0 }
        let file = version == .version2 ? "memory.peak" : "memory.max_usage_in_bytes"
        return System.number(System.line("\(folder)/\(file)").utf8) ?? 0
    }

    /// How many processes are in it.
    var processCount: Int {
        guard let folder = folders.first, let bytes = System.readFile("\(folder)/cgroup.procs", limit: 64 << 10)
        else { return 0 }
        return bytes.split(separator: 10).count
    }

    /// Kills every process in it.
    func killAll() {
        guard let folder = folders.first else { return }
        if version == .version2 && System.writeFile("\(folder)/cgroup.kill", [49], flags: O_WRONLY) { return }
        guard let bytes = System.readFile("\(folder)/cgroup.procs", limit: 64 << 10) else { return }
        for line in bytes.split(separator: 10) {
            if let pid = System.number(line), pid > 1 { kill(pid_t(pid), SIGKILL) }
        }
    }

    /// Removes the group, with those that the task made in it; it is empty by then.
    func remove() {
        for folder in folders {
            var tries = 0
            while rmdir(folder) != 0 && cs_errno() == EBUSY && tries < 20 {
                tries += 1
                if tries == 2 { Self.removeInner(folder, depth: 8) }
                cs_sleep_ns(5_000_000)
            }
        }
    }

    /// What is no folder stays: a group's files go with it.
    private static func removeInner(_ folder: String, depth: Int) {
        guard depth > 0, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let name = cs_next_name(directory) {
            if name[0] == 46 { continue }
            let inner = "\(folder)/\(String(cString: name))"
            if rmdir(inner) == 0 || cs_errno() != EBUSY { continue }
            removeInner(inner, depth: depth - 1)
            rmdir(inner)
        }
    }
}
