import CSys

/// Whether, where and how this agent can make control groups; found out once at its start by trying.
struct ControlGroups {
    var version = AgentIsolation.none
    /// Folders in which task groups are made, empty for a controller that is not to be had: with version 2 the same one
    /// for all.
    var memory = ""
    var cpu = ""
    var pids = ""
    /// Why there are none, for people.
    var fault = ""

    /// No control groups.
    init() {}

    private init(fault: String) { self.fault = fault }

    /// Each folder once.
    var folders: [String] {
        version == .version2 ? [memory] : [memory, cpu, pids].filter { !$0.utf8.isEmpty }
    }

    /// What the agent's log says of them.
    var description: String {
        if version == .none { return "no control groups, limits are held by looking: \(fault)" }
        var text = "control groups v\(version == .version2 ? 2 : 1) in \(memory)"
        if cpu.utf8.isEmpty { text += ", without cpu" }
        if pids.utf8.isEmpty { text += ", without pids" }
        return text
    }

    /// Looks where this process is, and tries to make a group there.
    static func find() -> ControlGroups {
        guard let bytes = System.readFile("/proc/self/cgroup") else { return ControlGroups(fault: "there is no /proc") }
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
        return ControlGroups(fault: "the memory controller's group cannot be written")
    }

    /// The path of a group of that name as a container's tool takes it: from where the controllers are mounted.
    func path(of name: String) -> String {
        let mount = version == .version2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
        return String(decoding: "\(memory)/\(name)".utf8.dropFirst(mount.utf8.count), as: UTF8.self)
    }

    /// The folder for task groups below a version 1 controller, made if it can be, or empty.
    private static func made(_ controller: String, _ path: String) -> String {
        let base = "/sys/fs/cgroup/\(controller)\(System.same(path, "/") ? "" : path)/bellows"
        if mkdir(base, 0o755) != 0 && cs_errno() != EEXIST { return "" }
        return access("\(base)/cgroup.procs", W_OK) == 0 ? base : ""
    }

    /// Version 2 needs a folder that was delegated: controllers go to children only from a group without processes
    /// (the root apart), so the agent moves into a leaf first, who else is there with it: the login that started it.
    private static func findVersion2(_ path: String) -> ControlGroups {
        var base = "/sys/fs/cgroup\(System.same(path, "/") ? "" : path)"
        let leafName = "/bellows-agent"
        // Who was moved by an agent before this one is in its leaf.
        if base.utf8.suffix(leafName.utf8.count).elementsEqual(leafName.utf8) {
            base = String(decoding: base.utf8.dropLast(leafName.utf8.count), as: UTF8.self)
        }
        guard let offered = System.readFile("\(base)/cgroup.controllers") else {
            return ControlGroups(fault: "\(base) is no group of version 2")
        }
        let there = offered.split { $0 == 32 || $0 == 10 }
        func has(_ name: String) -> Bool { there.contains { $0.elementsEqual(name.utf8) } }
        guard has("memory") else { return ControlGroups(fault: "\(base) has no memory controller") }
        let names = ["memory", "cpu", "pids"].filter(has)
        let leaf = "\(base)\(leafName)"
        let tasks = "\(base)/bellows"
        func give(_ folder: String) -> Bool {
            let file = "\(folder)/cgroup.subtree_control"
            return names.allSatisfy { System.writeFile(file, Array("+\($0)".utf8), flags: O_WRONLY) }
        }
        func trouble(_ folder: String) -> ControlGroups {
            ControlGroups(fault: "\(folder) is not delegated to this user: \(System.describe(cs_errno()))")
        }
        if mkdir(leaf, 0o755) != 0 && cs_errno() != EEXIST { return trouble(base) }
        var given = System.writeFile("\(leaf)/cgroup.procs", [48], flags: O_WRONLY)
        if given { given = give(base) }
        // Others may be starting more of them meanwhile.
        for _ in 0..<10 where !given && cs_errno() == EBUSY {
            move(from: base, to: leaf)
            given = give(base)
        }
        guard given, mkdir(tasks, 0o755) == 0 || cs_errno() == EEXIST, give(tasks) else {
            let fault = trouble(base)
            move(from: leaf, to: base)
            rmdir(tasks)
            rmdir(leaf)
            return fault
        }
        var found = ControlGroups()
        found.version = .version2
        found.memory = tasks
        found.cpu = has("cpu") ? tasks : ""
        found.pids = has("pids") ? tasks : ""
        return found
    }

    private static func move(from group: String, to other: String) {
        for line in (System.readFile("\(group)/cgroup.procs", limit: 64 << 10) ?? []).split(separator: 10) {
            _ = System.writeFile("\(other)/cgroup.procs", Array(line), flags: O_WRONLY)
        }
    }
}
