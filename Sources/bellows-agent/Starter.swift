import CSys

/// What the processes that start and watch tasks share with the agent by being its forks.
struct StarterContext {
    /// Where launches come in; ends when the agent is gone.
    var control: Int32
    /// A FIFO that makes the agent look at its journal; outlives agents.
    var wake: Int32
    /// Locked as long as somebody may still start a task that this starter was told of.
    var lock: Int32
    /// The agent's folder, absolute.
    var directory: String
    var groups: ControlGroups
    var logLimitBytes: UInt64
    /// Soft limit of open files that tasks are to have.
    var openFiles: UInt64
    /// Gpus of the node; 0 = none, or not known.
    var gpus: UInt64
}

/// The small process that forks a supervisor for each launch. It is forked from the agent while that is young, so that
/// supervisors stay small however much the agent knows; it is the nearest subreaper above them, so that the exit status
/// of a task whose supervisor was killed still has a reader; and it lives on without an agent while tasks run.
final class Starter {
    /// Launches in one message.
    static let entriesPerMessage = 64
    /// Bytes of one entry: segment (4), body length (4), body offset (8); spare: there (4), attempt (4), id (8).
    static let entryBytes = 32
    /// How often finished supervisors are collected, in milliseconds.
    private static let collectMilliseconds: Int32 = 200

    /// A launch, and the segment in which the agent looks for what becomes of it.
    private struct Charge {
        var key: AgentTaskKey
        var segment: UInt32
        var supervisor: Int32
    }

    private let context: StarterContext
    private var segment: JournalSegment?
    /// Launches by supervisor, to know whose task lost its supervisor.
    private var supervisors: [Int32: Charge] = [:]
    /// Tasks whose supervisor was killed, by process.
    private var orphans: [Int32: (status: AgentTaskStatus, charge: Charge)] = [:]
    /// Processes that ended before their supervisor's end was seen.
    private var strays: [(child: cs_child, ended: UInt64)] = []

    init(_ context: StarterContext) { self.context = context }

    /// Runs until the agent has gone and no child is left; never returns.
    func run() -> Never {
        cs_block_all_signals()
        _ = cs_set_name("bellows-starter")
        _ = cs_subreaper(true)
        var connected = true
        while connected || !supervisors.isEmpty || !orphans.isEmpty {
            if connected {
                connected = receive()
                if !connected { close(context.lock) }
            } else {
                cs_sleep_ns(UInt64(Self.collectMilliseconds) * 1_000_000)
            }
            collect()
        }
        _exit(0)
    }

    /// Takes one message; false when the agent is gone.
    private func receive() -> Bool {
        var waiting = pollfd(fd: context.control, events: Int16(POLLIN), revents: 0)
        let idle = supervisors.isEmpty && orphans.isEmpty
        let ready = poll(&waiting, 1, idle ? -1 : Self.collectMilliseconds)
        if ready <= 0 { return true }
        guard let bytes = System.readSome(context.control, Self.entriesPerMessage * Self.entryBytes) else {
            return cs_errno() == EINTR
        }
        if bytes.isEmpty { return false }
        var reader = ByteReader(bytes)
        while reader.remaining >= Self.entryBytes {
            let number = reader.fixed32()
            let length = reader.fixed32()
            let offset = reader.fixed64()
            let hasSpare = reader.fixed32() != 0
            let attempt = reader.fixed32()
            let spare = AgentTaskKey(id: reader.fixed64(), attempt: attempt)
            start(number, offset: offset, length: length, spare: hasSpare ? spare : nil)
        }
        return true
    }

    private func start(_ number: UInt32, offset: UInt64, length: UInt32, spare: AgentTaskKey?) {
        if segment?.number != number { segment = JournalSegment(number: number, create: false) }
        guard let segment, let body = System.readAt(segment.fd, offset: offset, limit: Int(length)),
            let record = LaunchRecord.read(body[...])
        else {
            // Nobody could be told. The agent sees this end, starts another starter, and decides again.
            _exit(1)
        }
        let pid = cs_fork()
        if pid == 0 {
            Supervisor(record.launch, spare: spare, context, segment).run()
        } else if pid > 0 {
            supervisors[pid] = Charge(key: record.launch.key, segment: number, supervisor: pid)
        } else {
            var status = AgentTaskStatus()
            status.key = record.launch.key
            status.state = .ended
            status.reason = .launchFailed
            status.step = .fork
            status.errno = UInt64(cs_errno())
            report(status, in: number)
        }
    }

    /// Collects supervisors that are done, and tasks whose supervisor was killed.
    private func collect() {
        var child = cs_child()
        while cs_wait_child(false, &child) > 0 {
            if let charge = supervisors.removeValue(forKey: child.pid) {
                if child.exit_code != 0 { adopt(charge) }
            } else {
                strays.append((child, System.wallNanoseconds))
            }
        }
        if strays.isEmpty { return }
        var others: [(child: cs_child, ended: UInt64)] = []
        for stray in strays {
            if let orphan = orphans.removeValue(forKey: stray.child.pid) {
                conclude(orphan.status, orphan.charge, stray.child, stray.ended)
            } else if supervisors.count > 0 {
                others.append(stray)
            }
        }
        strays = others.count > 10_000 ? [] : others
    }

    /// A supervisor was killed: its task, if it had one, is this process's child now.
    private func adopt(_ charge: Charge) {
        let key = charge.key
        var running: AgentTaskStatus?
        var ended = false
        for number in JournalFolder.numbers() {
            guard let segment = JournalSegment(number: number, create: false) else { continue }
            segment.scan { record in
                guard record.kind == RecordKind.status, let found = StatusRecord.read(record.body),
                    found.status.key == key
                else { return }
                if found.status.state == .ended { ended = true }
                if found.status.state == .running { running = found.status }
            }
        }
        if ended { return }
        if running == nil { running = findUnrecorded(charge) }
        if let running, isOwn(Int32(truncatingIfNeeded: running.pid)) {
            orphans[Int32(truncatingIfNeeded: running.pid)] = (running, charge)
        } else {
            lose(running, charge)
        }
    }

    private func isOwn(_ pid: Int32) -> Bool { cs_is_child(pid) || strays.contains { $0.child.pid == pid } }

    /// A task whose supervisor died between its start and the record of it, found by its environment.
    private func findUnrecorded(_ charge: Charge) -> AgentTaskStatus? {
        let mark = "BELLOWS_SANDBOX=\(context.directory)/tasks/\(charge.key.text)"
        guard let process = ProcessTable.leader(withEnvironment: mark) else { return nil }
        var status = AgentTaskStatus()
        status.key = charge.key
        status.state = .running
        status.pid = UInt64(process.pid)
        status.startedNanoseconds = System.wallNanoseconds
        report(status, in: charge.segment)
        return status
    }

    private func lose(_ running: AgentTaskStatus?, _ charge: Charge) {
        var status = running ?? AgentTaskStatus()
        status.key = charge.key
        status.state = .ended
        status.reason = .lost
        status.endedNanoseconds = System.wallNanoseconds
        status.message = "its supervisor was killed before it could write the exit status down"
        clear(charge)
        report(status, in: charge.segment)
    }

    /// The exit of a task without supervisor.
    private func conclude(
        _ running: AgentTaskStatus, _ charge: Charge, _ child: cs_child, _ ended: UInt64
    ) {
        var status = running
        status.state = .ended
        status.endedNanoseconds = ended
        status.runNanoseconds = ended > status.startedNanoseconds ? ended - status.startedNanoseconds : 0
        status.reason = child.signal == 0 ? .exited : .signaled
        status.exitCode = child.signal == 0 ? UInt64(child.exit_code) : 0
        status.signal = UInt64(child.signal)
        status.usage.userNanoseconds = child.user_ns
        status.usage.systemNanoseconds = child.system_ns
        status.usage.maxResidentBytes = child.max_resident_bytes
        status.message = "its supervisor was killed; time and log limits did not hold after that"
        clear(charge)
        report(status, in: charge.segment)
    }

    /// Ends what the task left in its control group, and removes that.
    private func clear(_ charge: Charge) {
        guard let group = TaskGroup(left: context.groups, charge.key, supervisor: charge.supervisor) else { return }
        group.killAll()
        group.remove()
    }

    /// Writes a status where the agent looks for it: into the segment that the task's supervisor would have used.
    private func report(_ status: AgentTaskStatus, in number: UInt32) {
        let open = segment?.number == number ? segment : JournalSegment(number: number, create: false)
        let record = StatusRecord(status: status, bootNanoseconds: System.bootNanoseconds)
        if let open { Witness.write(record, open, context.wake) }
    }
}

/// Writing down what was seen of a task.
enum Witness {
    /// Appends the record, for as long as it takes (a full disk is waited for), then wakes the agent.
    static func write(_ record: StatusRecord, _ segment: JournalSegment, _ wake: Int32) {
        let bytes = record.encoded()
        while segment.append(bytes) == nil { cs_sleep_ns(500_000_000) }
        var one: UInt8 = 1
        _ = CSys.write(wake, &one, 1)
    }
}
