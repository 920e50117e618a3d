import CSys

/// Whether, where and how this agent can make control groups; found out once at its start by trying.
struct ControlGroups {
    var version = AgentIsolation.none
    /// Folders in which task groups are made: one with version 2; memory, cpu and pids with version 1.
    var memory = ""
    var cpu = ""
    var pids = ""

    /// No control groups.
    init() {}

    /// Looks where this process is, and tries to make a group there.
    static func find() -> ControlGroups {
        guard let bytes = System.readFile("/proc/self/cgroup") else { return ControlGroups() }
        var found = ControlGroups()
        var unified: String?
        for line in bytes.split(separator: 10) {
            let parts = line.split(separator: 58, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let path = String(decoding: parts[2], as: UTF8.self)
            if parts[1].isEmpty { unified = path }
            for controller in parts[1].split(separator: 44) {
                if controller.elementsEqual("memory".utf8) { found.memory = made("memory", path) }
                if controller.elementsEqual("cpu".utf8) { found.cpu = made("cpu", path) }
                if controller.elementsEqual("pids".utf8) { found.pids = made("pids", path) }
            }
        }
        if !found.memory.utf8.isEmpty {
            found.version = .version1
            return found
        }
        if let unified { return findVersion2(unified) }
        return ControlGroups()
    }

    /// The folder for task groups below a version 1 controller, made if it can be, or empty.
    private static func made(_ controller: String, _ path: String) -> String {
        let base = "/sys/fs/cgroup/\(controller)\(System.same(path, "/") ? "" : path)/bellows"
        if mkdir(base, 0o755) != 0 && cs_errno() != EEXIST { return "" }
        return access("\(base)/cgroup.procs", W_OK) == 0 ? base : ""
    }

    /// Version 2 needs a folder that was delegated: controllers go to children only from a group without processes,
    /// so the agent moves itself into a leaf first.
    private static func findVersion2(_ path: String) -> ControlGroups {
        let base = "/sys/fs/cgroup\(System.same(path, "/") ? "" : path)"
        let leaf = "\(base)/bellows-agent"
        let tasks = "\(base)/bellows"
        if mkdir(leaf, 0o755) != 0 && cs_errno() != EEXIST { return ControlGroups() }
        let moved = System.writeFile("\(leaf)/cgroup.procs", Array("0".utf8), flags: O_WRONLY)
        let wanted = Array("+memory +cpu +pids".utf8)
        guard moved, System.writeFile("\(base)/cgroup.subtree_control", wanted, flags: O_WRONLY),
            mkdir(tasks, 0o755) == 0 || cs_errno() == EEXIST,
            System.writeFile("\(tasks)/cgroup.subtree_control", wanted, flags: O_WRONLY)
        else {
            _ = System.writeFile("\(base)/cgroup.procs", Array("0".utf8), flags: O_WRONLY)
            rmdir(tasks)
            rmdir(leaf)
            return ControlGroups()
        }
        var found = ControlGroups()
        found.version = .version2
        found.memory = tasks
        return found
    }
}

/// The control group of one task.
struct TaskGroup {
    /// Processor time is handed out in periods of this length, in microseconds.
    static let periodMicroseconds: UInt64 = 100_000

    private let version: AgentIsolation
    private var folders: [String] = []

    /// Makes the group and sets its limits; nil with errno set when that fails.
    init?(_ groups: ControlGroups, _ launch: AgentLaunch) {
        version = groups.version
        // The supervisor's number keeps the names of several agents apart.
        let name = "\(launch.key.text).\(getpid())"
        for base in [groups.memory, groups.cpu, groups.pids] where !base.utf8.isEmpty {
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
        }
        if launch.cpuThousandths > 0 {
            let done =
                two
                ? put(groups.memory, "cpu.max", "\(quota) \(Self.periodMicroseconds)")
                : put(groups.cpu, "cpu.cfs_quota_us", "\(quota)")
            if !done { return false }
        }
        if launch.maxProcesses > 0 {
            return put(two ? groups.memory : groups.pids, "pids.max", "\(launch.maxProcesses)")
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

    /// Kills every process in it.
    func killAll() {
        guard let folder = folders.first else { return }
        if version == .version2 && System.writeFile("\(folder)/cgroup.kill", [49], flags: O_WRONLY) { return }
        guard let bytes = System.readFile("\(folder)/cgroup.procs", limit: 64 << 10) else { return }
        for line in bytes.split(separator: 10) {
            if let pid = System.number(line), pid > 1 { kill(pid_t(pid), SIGKILL) }
        }
    }

    /// Removes the group; it is empty by then.
    func remove() {
        for folder in folders {
            var tries = 0
            while rmdir(folder) != 0 && cs_errno() == EBUSY && tries < 20 {
                tries += 1
                cs_sleep_ns(5_000_000)
            }
        }
    }
}
