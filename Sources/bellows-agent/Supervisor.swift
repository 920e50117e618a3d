import CSys

/// The parent of one task: starts it, holds its limits, passes kills on, and writes down its exit status before anyone
/// can ask for it. It is a process of its own, a small fork, and needs no agent. Kills come as SIGUSR1 with a number:
/// the grace in milliseconds, or one of the numbers below.
final class Supervisor {
    /// The number that says that the task went over its memory.
    static let outOfMemoryNumber: Int32 = -1
    /// The number that says that the machine's lease has run out.
    static let leaseNumber: Int32 = -2
    /// How often a group that is being ended is looked at, in nanoseconds.
    static let endingNanoseconds: UInt64 = 20_000_000
    /// How long leftovers are hunted after the hard signal, in nanoseconds.
    static let huntNanoseconds: UInt64 = 5_000_000_000

    let launch: AgentLaunch
    let context: StarterContext
    let segment: JournalSegment
    /// A finished task whose empty sandbox may be taken over.
    let spare: AgentTaskKey?
    var group: TaskGroup?
    var gpus: TaskGPUs?
    var user: TaskUser?
    var container: TaskContainer?
    /// A kill that came while the task was being made ready, by the agent's number.
    var wish: Int32?
    /// When to look again whether the container's first process is all that is left, steady time.
    var nextLookAtUncaring = UInt64.max
    var status = AgentTaskStatus()
    var logs: LogKeeper
    var startedSteady: UInt64 = 0
    /// When the polite signal turns into the hard one, steady time; 0 while the task is not being ended.
    var hardDeadline: UInt64 = 0
    var sentHard = false
    /// When to give up on what the task left behind, steady time; 0 before the main process is gone.
    var huntEnd: UInt64 = 0
    var endReason = AgentEndReason.unknown

    init(_ launch: AgentLaunch, spare: AgentTaskKey?, _ context: StarterContext, _ segment: JournalSegment) {
        self.spare = spare
        self.launch = launch
        self.context = context
        self.segment = segment
        logs = LogKeeper(launch, limitBytes: context.logLimitBytes)
        status.key = launch.key
    }

    /// The sandbox, relative to the agent's folder.
    var sandbox: String { "tasks/\(launch.key.text)" }

    /// From start to exit status; never returns.
    func run() -> Never {
        close(1)
        close(2)
        close(context.control)
        _ = cs_subreaper(true)
        if start() {
            watch()
        } else {
            status.state = .ended
            status.reason = endReason == .unknown ? .launchFailed : endReason
            status.endedNanoseconds = System.wallNanoseconds
            Witness.write(StatusRecord(status: status), segment, context.wake)
        }
        _exit(0)
    }

    /// Starts the task and writes that it runs; false, with step and error in `status`, when it does not.
    private func start() -> Bool {
        guard findUser(), prepareSandbox(), takeGPUs() else { return false }
        if isContained ? !prepareContainer() : launch.isolate && !makeGroup() { return false }
        var result = cs_spawn_result()
        startedSteady = System.steadyNanoseconds
        status.startedNanoseconds = System.wallNanoseconds
        spawn(&result)
        if result.step != 0 {
            status.step = AgentLaunchStep(rawValue: UInt8(truncatingIfNeeded: result.step)) ?? .fork
            status.errno = UInt64(result.error)
            let why = System.describe(result.error)
            if status.step == .view { status.message = "this node gives it no view of its own (namespaces): \(why)" }
            if status.step == .user { status.message = "it cannot become user \(launch.runAs): \(why)" }
            if status.step == .image { status.message = "cannot make a root of \(launch.image): \(why)" }
            return notStarted()
        }
        if container?.isFolder ?? false {
            guard let process = startContainer(result.pid) else { return notStarted() }
            result.pid = process
        }
        status.state = .running
        status.pid = UInt64(result.pid)
        status.message = ""
        let record = StatusRecord(
            status: status, supervisor: getpid(), bootNanoseconds: System.bootNanoseconds)
        Witness.write(record, segment, context.wake)
        close(context.lock)
        return true
    }

    /// Takes back what was made for the task; always false.
    private func notStarted() -> Bool {
        status.startedNanoseconds = 0
        _ = container?.folder.remove()
        group?.remove()
        return false
    }

    private func prepareSandbox() -> Bool {
        let reused = spare.map { cs_reuse_sandbox("tasks/\($0.text)", sandbox) == 0 } ?? false
        if !reused && mkdir(sandbox, 0o700) != 0 {
            // A folder of that name is what a supervisor left that was killed before its task existed.
            guard cs_errno() == EEXIST, cs_remove_tree(sandbox) == 0, mkdir(sandbox, 0o700) == 0 else {
                return fail(.sandbox)
            }
        }
        for file in launch.files where !System.writeFile("\(sandbox)/\(file.name)", file.content) {
            return fail(.file)
        }
        if hasView && !makeTmp() { return fail(.view) }
        // What the agent keeps there stays its own; the folder is the task's.
        if let user {
            for file in launch.files where chown("\(sandbox)/\(file.name)", user.uid, user.gid) != 0 {
                return fail(.user)
            }
            if chown(sandbox, user.uid, user.gid) != 0 { return fail(.user) }
        }
        return true
    }

    /// Whether the task sees the file systems in a way of its own.
    var hasView: Bool { launch.privateTmp || launch.readOnly || isContained }
    /// Whether it runs in a container.
    var isContained: Bool { !launch.image.utf8.isEmpty }

    /// The folder that becomes the task's /tmp. Where the sandbox lies in /tmp, it is seen there at its old place.
    private func makeTmp() -> Bool {
        guard mkdir("\(sandbox)/.tmp", 0o700) == 0, chmod("\(sandbox)/.tmp", 0o1777) == 0 else { return false }
        guard var path = tmpMirror else { return true }
        path = String(decoding: path.utf8.dropFirst(sandbox.utf8.count + 6), as: UTF8.self)
        var made = "\(sandbox)/.tmp"
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            made += "/" + String(decoding: Array(part), as: UTF8.self)
            guard mkdir(made, 0o755) == 0 || cs_errno() == EEXIST else { return false }
        }
        return true
    }

    private var tmpMirror: String? {
        guard System.begins(context.directory, "/tmp/") else { return nil }
        let rest = String(decoding: context.directory.utf8.dropFirst(5), as: UTF8.self)
        return "\(sandbox)/.tmp/\(rest)/\(sandbox)"
    }

    /// Finds the user that it is to run as; false, with the reason in `status`, when it cannot.
    private func findUser() -> Bool {
        guard !launch.runAs.utf8.isEmpty, !(launch.mayKeepUser && geteuid() != 0) else { return true }
        guard let found = TaskUser.named(launch.runAs) else {
            status.step = .user
            status.errno = UInt64(ENOENT)
            status.message = "there is no user \(launch.runAs) on this node"
            return false
        }
        if found.uid == geteuid() { return true }
        guard geteuid() == 0 else {
            status.step = .user
            status.errno = UInt64(EPERM)
            status.message = "only an agent of root can run it as \(launch.runAs): add the node as root@HOST"
            return false
        }
        user = found
        return true
    }

    private func takeGPUs() -> Bool {
        guard launch.gpuThousandths > 0 else { return true }
        gpus = TaskGPUs(thousandths: launch.gpuThousandths, of: context.gpus)
        if gpus != nil { return true }
        status.step = .limit
        status.errno = UInt64(EBUSY)
        status.message = "the gpus that it asked for are not free on this node"
        return false
    }

    private func makeGroup() -> Bool {
        guard context.groups.version != .none else { return true }
        group = TaskGroup(context.groups, launch)
        return group != nil || fail(.controlGroup)
    }

    private func fail(_ step: AgentLaunchStep) -> Bool {
        status.step = step
        status.errno = UInt64(cs_errno())
        return false
    }

    /// Hands everything to the code between vfork and execve. What is allocated here lives until this process ends.
    private func spawn(_ result: inout cs_spawn_result) {
        let (environment, path) = taskEnvironment()
        let arguments = Self.pointers(container?.words ?? launch.arguments)
        let entries = Self.pointers(container?.toolEnvironment ?? environment)
        var plan = cs_spawn_plan()
        plan.arguments = UnsafePointer(arguments)
        plan.environment = UnsafePointer(entries)
        plan.search_path = UnsafePointer(strdup(path))
        plan.sandbox = UnsafePointer(strdup(sandbox))
        if let container {
            // The working directory is the container's; files that the submitter named are the node's.
            let from = launch.directory
            plan.input = Self.optional(TaskEntry.resolved(launch.inputPath, in: from))
            plan.output = Self.optional(TaskEntry.resolved(launch.outputPath, in: from))
            plan.error = Self.optional(TaskEntry.resolved(launch.errorPath, in: from))
            plan.is_tool = true
            plan.container = UnsafePointer(strdup(container.folder.path))
            plan.image = container.isFolder ? UnsafePointer(strdup(launch.image)) : nil
        } else {
            plan.directory = Self.optional(launch.directory)
            plan.input = Self.optional(launch.inputPath)
            plan.output = Self.optional(launch.outputPath)
            plan.error = Self.optional(launch.errorPath)
            // Counted for all of a user's processes, which is not what was asked for with `isolate`.
            plan.max_processes = launch.isolate ? 0 : launch.maxProcesses
        }
        plan.max_open_files = launch.maxOpenFiles
        plan.open_files_before = context.openFiles
        if hasView && container == nil {
            plan.tmp = UnsafePointer(strdup("\(sandbox)/.tmp"))
            plan.tmp_mirror = tmpMirror.map { UnsafePointer(strdup($0)) }
            plan.read_only = launch.readOnly
            if geteuid() != 0 {
                plan.uid_map = UnsafePointer(strdup("\(geteuid()) \(geteuid()) 1"))
                plan.gid_map = UnsafePointer(strdup("\(getegid()) \(getegid()) 1"))
            }
        }
        if let user {
            let groups = UnsafeMutablePointer<UInt32>.allocate(capacity: user.groups.count + 1)
            for (index, group) in user.groups.enumerated() { (groups + index).initialize(to: group) }
            plan.changes_user = true
            (plan.uid, plan.gid) = (user.uid, user.gid)
            (plan.group_count, plan.groups) = (UInt32(user.groups.count), UnsafePointer(groups))
        }
        let files = container == nil ? group?.entryFiles ?? [] : []
        if files.count > 0 { plan.group_files.0 = UnsafePointer(strdup(files[0])) }
        if files.count > 1 { plan.group_files.1 = UnsafePointer(strdup(files[1])) }
        if files.count > 2 { plan.group_files.2 = UnsafePointer(strdup(files[2])) }
        cs_spawn(&plan, &result)
    }

    private static func optional(_ text: String) -> UnsafePointer<CChar>? {
        text.utf8.isEmpty ? nil : UnsafePointer(strdup(text))
    }

    /// A zero-ended array of zero-ended texts, never freed.
    static func pointers(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { (list + index).initialize(to: strdup(text)) }
        (list + texts.count).initialize(to: nil)
        return list
    }
}
