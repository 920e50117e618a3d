import CSys
import ClusterModel
import Dispatch
import Glibc
import Synchronization

/// Machines that are agents on this machine, each a daemon in a folder of its own with a declared slice. An agent that
/// died is started again as long as its instance is wanted; its tasks ran on meanwhile.
public final class LocalProvider: Provider {
    /// Longest wait between two tries to start an agent again, in milliseconds.
    public static let longestRetryMilliseconds = 30_000
    /// How long a machine that is to be ended waits for its last tasks, in milliseconds.
    public static let taskPatienceMilliseconds = 10_000

    private struct Shared {
        /// What is wanted, by name.
        var wanted: [String: InstanceOrder] = [:]
        /// Failed starts in a row, by name.
        var failures: [String: Int] = [:]
        /// One queue an instance: what is asked of one happens in order, and none waits for another.
        var queues: [String: DispatchQueue] = [:]
        var isClosed = false
    }

    /// Where the agents live.
    public let folders: AgentFolders
    private let cluster: String
    private let program: @Sendable () throws(ProviderFault) -> AgentProgram
    private let observe: @Sendable (InstanceSeen) -> Void
    private let log: @Sendable (String) -> Void
    private let shared = Mutex(Shared())

    /// A provider whose agents live in `folders` and belong to `cluster`. `program` is asked for each time, so that an
    /// agent program that is missing at first may be put in its place later.
    public init(
        cluster: String, folders: AgentFolders,
        program: @escaping @Sendable () throws(ProviderFault) -> AgentProgram = AgentProgram.find,
        log: @escaping @Sendable (String) -> Void = { _ in }, observe: @escaping @Sendable (InstanceSeen) -> Void
    ) {
        self.cluster = cluster
        self.folders = folders
        self.program = program
        self.log = log
        self.observe = observe
    }

    public func create(_ order: InstanceOrder) {
        shared.withLock { shared in
            shared.wanted[order.name] = order
            shared.failures[order.name] = nil
        }
        enqueue(order.name) { $0.make(order) }
    }

    public func destroy(_ order: InstanceOrder, endsTasks: Bool) {
        shared.withLock { $0.wanted[order.name] = nil }
        enqueue(order.name) { $0.end(order, endsTasks: endsTasks) }
    }

    public func lookAfter(_ name: String) {
        guard let order = shared.withLock({ $0.wanted[name] }) else { return }
        enqueue(name) { $0.revive(order) }
    }

    public func strays(known: Set<InstanceID>) -> [StrayMachine] {
        folders.names().compactMap { name in
            guard let marker = folders.marker(in: folders.folder(name)) else { return nil }
            if marker.cluster == cluster, known.contains(marker.instance) { return nil }
            return StrayMachine(
                name: name, cluster: marker.cluster, instance: marker.instance, isAlive: folders.isAlive(name),
                place: folders.folder(name))
        }
    }

    public func close() {
        let queues = shared.withLock { shared in
            shared.isClosed = true
            return Array(shared.queues.values)
        }
        for queue in queues { queue.sync {} }
    }

    private func enqueue(
        _ name: String, after milliseconds: Int = 0, _ work: @escaping @Sendable (LocalProvider) -> Void
    ) {
        let queue: DispatchQueue? = shared.withLock { shared in
            guard !shared.isClosed else { return nil }
            if let known = shared.queues[name] { return known }
            let fresh = DispatchQueue(label: "bellows.local.\(name)")
            shared.queues[name] = fresh
            return fresh
        }
        queue?.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self, !self.shared.withLock({ $0.isClosed }) else { return }
            work(self)
        }
    }

    // MARK: Work, on an instance's queue

    private func make(_ order: InstanceOrder) {
        do {
            observe(InstanceSeen(instance: order.instance, state: .requested))
            try start(order)
            let socket = folders.socket(order.name)
            observe(InstanceSeen(instance: order.instance, state: .booting, address: socket))
        } catch {
            observe(
                InstanceSeen(
                    instance: order.instance, state: .gone, failed: true, message: "\(order.name): \(error)"))
        }
    }

    private func start(_ order: InstanceOrder) throws(ProviderFault) {
        try folders.claim(.init(cluster: cluster, instance: order.instance, name: order.name))
        let folder = folders.folder(order.name)
        let ending = try ChildProcess.run(
            try program().path, ["start", "--dir", folder, "--name", order.name] + Self.slice(order.type),
            output: "\(folder)/start.out", seconds: AgentProgram.startSeconds)
        guard ending.code == 0 || ending.code == AgentProgram.runsAlready else {
            throw .agentFailed(action: "start", code: ending.code, word: ending.word)
        }
    }

    /// The declared slice as the agent's options; a type without resources offers the whole machine.
    static func slice(_ type: MachineType) -> [String] {
        let amounts = type.resources
        guard !amounts.isZero else { return [] }
        let cpus = max(0, amounts.cpus)
        let rest = String(cpus % 1_000 + 1_000).dropFirst()
        return [
            "--cpus", "\(cpus / 1_000).\(rest)", "--mem", "\(max(0, amounts.mem))",
            "--disk", "\(max(0, amounts.disk))", "--gpus", "\(max(0, amounts.gpus) / 1_000)",
        ]
    }

    /// Starts an agent again that is wanted and does not answer; tries again later, each time later, until it does.
    private func revive(_ order: InstanceOrder) {
        let isWanted = shared.withLock { $0.wanted[order.name]?.instance == order.instance }
        guard isWanted, !folders.isAlive(order.name) else { return }
        do {
            try start(order)
            shared.withLock { $0.failures[order.name] = nil }
            log("agent \(order.name) had ended and was started again")
        } catch {
            let failures = shared.withLock { shared in
                shared.failures[order.name, default: 0] += 1
                return shared.failures[order.name, default: 0]
            }
            log("agent \(order.name) cannot be started again: \(error)")
            let wait = min(Self.longestRetryMilliseconds, 500 << min(failures, 10))
            enqueue(order.name, after: wait) { $0.revive(order) }
        }
    }

    private func end(_ order: InstanceOrder, endsTasks: Bool) {
        do {
            try stop(order, endsTasks: endsTasks)
            observe(InstanceSeen(instance: order.instance, state: .gone))
        } catch {
            observe(InstanceSeen(instance: order.instance, state: .stopping, failed: true, message: "\(error)"))
        }
    }

    private func stop(_ order: InstanceOrder, endsTasks: Bool) throws(ProviderFault) {
        let folder = folders.folder(order.name)
        guard access(folder, F_OK) == 0 else { return }
        if let found = folders.marker(in: folder), found.cluster != cluster || found.instance != order.instance {
            throw .foreign(path: folder, owner: "instance \(found.instance.raw) of cluster \(found.cluster)")
        }
        if !endsTasks { try waitForTasks(order.name) }
        observe(InstanceSeen(instance: order.instance, state: .stopping))
        let ending = try ChildProcess.run(
            try program().path, ["stop", "--dir", folder] + (endsTasks ? ["--kill-tasks"] : []),
            output: "\(folder)/stop.out", seconds: AgentProgram.stopSeconds)
        guard ending.code == 0 || ending.code == AgentProgram.runsNot else {
            throw .agentFailed(action: "stop", code: ending.code, word: ending.word)
        }
        try folders.remove(order.name)
    }

    /// The core drains before it ends a machine; processes that outlive their task by a moment are waited for.
    private func waitForTasks(_ name: String) throws(ProviderFault) {
        let folder = folders.folder(name)
        let deadline = cs_clock_ns(1) + UInt64(Self.taskPatienceMilliseconds) * 1_000_000
        while true {
            let running = TaskProcesses.count(below: folder)
            if running == 0 { return }
            guard cs_clock_ns(1) < deadline else { throw .tasksRun(name: name, processes: running) }
            cs_sleep_ns(100_000_000)
        }
    }
}
