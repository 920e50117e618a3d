import AgentProtocol
import ClusterModel

/// The agent's words in the cluster's words, and back.
extension ClusterModel.AgentHello {
    /// What the core is told when a session opens.
    init(node: String, hello: AgentProtocol.AgentHello, inventory: [AgentTaskStatus]) {
        self.init()
        self.node = node
        let offered = hello.slice ?? hello.machine
        total = ResourceVector(
            cpus: Int64(clamping: offered.cpuThousandths), mem: Int64(clamping: offered.memoryBytes),
            disk: Int64(clamping: offered.diskBytes), gpus: Int64(clamping: offered.gpus) * 1_000)
        boot = hello.bootID
        agentStart = Self.startMark(agent: hello.agentID, number: hello.startNumber)
        kernel = "Linux \(hello.kernel)"
        arch = hello.architecture
        host = hello.hostname
        agentVersion = hello.agentVersion
        isolation =
            switch hello.isolation {
            case .none: "rlimits"
            case .version1: "cgroup v1"
            case .version2: "cgroup v2"
            }
        tasks = inventory.map { TaskStatus($0) }
    }

    /// A number that no other process of any agent has: the agent's id (FNV-1a, 64 bits) plus the number of its start.
    static func startMark(agent: String, number: UInt64) -> UInt64 {
        let hash = agent.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return hash &+ number
    }
}

extension TaskStatus {
    /// What an agent says of a task.
    init(_ status: AgentTaskStatus) {
        self.init()
        task = TaskID(packed: status.key.id)
        attempt = status.key.attempt
        sequence = status.sequence
        pid = Int32(truncatingIfNeeded: status.pid)
        startedAt = Instant(microseconds: Int64(clamping: status.startedNanoseconds / 1_000))
        message = status.message
        switch status.state {
        case .staging: phase = .known
        case .running: phase = .running
        case .unknown:
            phase = .ended
            reason = Reason(.agentForgot)
        case .ended:
            phase = .ended
            exitCode = Int32(truncatingIfNeeded: status.exitCode)
            signal = Int32(truncatingIfNeeded: status.signal)
            reason = Self.reason(of: status)
            runTime = Interval(microseconds: Int64(clamping: status.runNanoseconds / 1_000))
            let usage = status.usage
            cpuTime = Interval(
                microseconds: Int64(clamping: (usage.userNanoseconds &+ usage.systemNanoseconds) / 1_000))
            memPeak = Int64(clamping: usage.maxResidentBytes)
        }
    }

    private static func reason(of status: AgentTaskStatus) -> Reason {
        switch status.reason {
        case .exited: Reason(.exited, Int64(clamping: status.exitCode))
        case .signaled: Reason(.signaled, Int64(clamping: status.signal))
        case .timeLimit: Reason(.timeLimit)
        case .outOfMemory: Reason(.outOfMemory)
        case .launchFailed: Reason(.launchFailed, Int64(clamping: status.errno))
        case .killed: Reason(.killed)
        case .lost: Reason(.lostAtReboot)
        case .lease: Reason(.lease)
        case .unknown:
            status.signal != 0
                ? Reason(.signaled, Int64(clamping: status.signal)) : Reason(.exited, Int64(clamping: status.exitCode))
        }
    }
}

extension AgentLaunch {
    /// The core's launch as the agent takes it.
    init(_ launch: TaskLaunch, settings: LinkSettings) {
        let spec = launch.spec
        self.init(key: AgentTaskKey(id: launch.task.packed, attempt: launch.attempt), arguments: spec.argv)
        environment = launch.environment
        directory = spec.directory
        inputPath = spec.input
        outputPath = launch.output
        errorPath = launch.error
        cpuThousandths = UInt64(clamping: spec.need.cpus)
        memoryBytes = UInt64(clamping: spec.need.mem)
        gpuThousandths = UInt64(clamping: spec.need.gpus)
        timeLimitMilliseconds = UInt64(clamping: (spec.timeLimit.microseconds + 999) / 1_000)
        logLimitBytes = spec.logLimit > 0 ? UInt64(spec.logLimit) : settings.logLimitBytes
        graceMilliseconds = min(UInt64(clamping: spec.grace.milliseconds), AgentLimits.graceMilliseconds)
        isolate = settings.isolate
        maxProcesses = settings.processesPerTask
        runAs = spec.runAs
        mayKeepUser = spec.mayKeepUser
        privateTmp = spec.privateTmp
        readOnly = spec.readOnly
        image = spec.image
        isExecutor = launch.external.map { $0.task.isEmpty } ?? false
        files = launch.files.map { File(name: $0.name, content: Array($0.content.utf8)) }
    }
}
