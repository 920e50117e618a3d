import ClusterModel

/// An agent that runs nothing but behaves: it starts what it is told to, once; keeps ends until they are acknowledged;
/// survives its own crash, and forgets running tasks only when its machine reboots.
struct SimulatedAgent: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var task: TaskID
        var attempt: UInt32
        static func < (a: Key, b: Key) -> Bool { (a.task, a.attempt) < (b.task, b.attempt) }
    }
    struct Run: Sendable {
        var startedAt: Instant
        var endsAt: Instant
        var exitCode: Int32
        var pid: Int32
        var end: TaskStatus?
    }

    let name: String
    let type: MachineType
    var boot: UInt64 = 1
    var start: UInt64 = 1
    var alive = true
    /// Frozen: hears and says nothing until then, but its tasks go on.
    var frozenUntil = Instant.never
    /// Whether the core's link to it is open; its number tells messages of old links from those of the present one.
    var link: UInt64?
    var runs: [Key: Run] = [:]
    private var sequence: UInt64 = 0
    private var pids: Int32 = 100

    init(name: String, type: MachineType) {
        self.name = name
        self.type = type
    }

    func hello() -> AgentHello {
        var hello = AgentHello()
        hello.node = name
        hello.total = type.resources
        hello.boot = "boot-\(boot)"
        hello.agentStart = start
        hello.kernel = "Linux 6.1 simulated"
        hello.arch = "x86_64"
        hello.host = name
        hello.agentVersion = "simulated"
        hello.isolation = "none"
        for key in runs.keys.sorted() { if let run = runs[key] { hello.tasks.append(status(key, run)) } }
        return hello
    }

    func status(_ key: Key, _ run: Run) -> TaskStatus {
        if let end = run.end { return end }
        var status = TaskStatus()
        status.task = key.task
        status.attempt = key.attempt
        status.phase = .running
        status.pid = run.pid
        status.startedAt = run.startedAt
        return status
    }

    /// Starts a task unless it is known; answers when it will end by itself, if it was started.
    mutating func launch(_ key: Key, at now: Instant, runs span: Interval, exitCode: Int32) -> Instant? {
        guard runs[key] == nil else { return nil }
        pids += 1
        runs[key] = Run(startedAt: now, endsAt: now + span, exitCode: exitCode, pid: pids)
        return now + span
    }

    /// Ends a task that runs; answers its last status.
    mutating func end(_ key: Key, at now: Instant, _ reason: Reason, exitCode: Int32 = 0, signal: Int32 = 0)
        -> TaskStatus?
    {
        guard var run = runs[key], run.end == nil else { return nil }
        sequence += 1
        var status = status(key, run)
        status.phase = .ended
        status.sequence = sequence
        status.reason = reason
        status.exitCode = exitCode
        status.signal = signal
        status.runTime = now - run.startedAt
        run.end = status
        runs[key] = run
        return status
    }

    /// The machine restarts: what ran is over, and the agent says so.
    mutating func reboot(at now: Instant) {
        boot += 1
        start += 1
        for key in runs.keys.sorted() { _ = end(key, at: now, Reason(.lostAtReboot)) }
    }
}
