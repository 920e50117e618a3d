import AgentLink
import CSys
import ClusterModel
import ControlCore
import Dispatch
import Providers
import Synchronization

/// All that a core is made of, put together before the core itself exists.
struct CoreParts {
    var options: LiveOptions
    var state: ClusterState
    var clock: RuntimeClock
    var queue: InputQueue
    var requests: RequestTable
    var desk: FrameworkDesk
    var simulated: SimulatedAgents
    var links: AgentLinks
    var outputs: KeptOutputs
    var tokens: ExecutorTokens
    var providers: [PoolSpec.Provider: any Provider]
    var pipeline: CommitPipeline
    var store: any RegistryKeeping
    var film: (any FilmKeeping)?
    var log: CoreLog
}

extension LiveCore {
    /// Starts a core on what `store` holds: the leadership's new number is on disk before anything else happens, then
    /// agents and providers are asked for what is there.
    ///
    /// - Parameter film: makes the recording, once the cluster's identity is known; nil = nothing is recorded. When it
    ///   throws, the core runs without one, with a warning.
    /// - Throws: what the store throws, `RegistryError` for facts that cannot be read, `RuntimeError`.
    public static func start(
        _ options: LiveOptions, store: any RegistryKeeping,
        film: (_ state: ClusterState, _ start: CoreStart, _ now: Instant) throws -> (any FilmKeeping)? = { _, _, _ in
            nil
        }
    ) throws -> LiveCore {
        try AgentFolders.makePrivate(options.stateFolder)
        let log = CoreLog(path: "\(options.stateFolder)/core.log", limitBytes: options.limits.logBytes)
        let facts = try store.load()
        let state = try ClusterState(facts: facts)
        try renew(facts, in: store)
        let clock = RuntimeClock(notBefore: state.now)
        var start = CoreStart()
        start.cluster = state.cluster.isEmpty ? newClusterID() : state.cluster
        start.epoch = state.epoch + 1
        start.version = options.version
        start.user = options.user
        start.configuration = options.configuration
        // A cluster runs on without a recording, with a word for whoever looks.
        var (recording, word): ((any FilmKeeping)?, String) = (nil, "")
        do {
            recording = try film(state, start, clock.now())
        } catch {
            word = "nothing is recorded: \(error)"
        }
        do {
            let parts = try assemble(
                options, state: state, start: start, clock: clock, store: store, film: recording, log: log)
            let core = LiveCore(parts: parts)
            if !word.isEmpty { core.warn(word) }
            try core.lead(start)
            return core
        } catch {
            recording?.end()
            store.close()
            throw error
        }
    }

    /// Writes facts that an older version kept under other keys under those of this one.
    private static func renew(_ facts: [(key: [UInt8], value: [UInt8])], in store: any RegistryKeeping) throws {
        let moves = facts.compactMap { fact -> [FactChange]? in
            guard let key = RegistryKey(bytes: fact.key)?.bytes, key != fact.key else { return nil }
            return [FactChange(key: fact.key, value: nil), FactChange(key: key, value: fact.value)]
        }
        for start in stride(from: 0, to: moves.count, by: 10_000) {
            let done = DispatchSemaphore(value: 0)
            let fault = Mutex<(any Error)?>(nil)
            store.commit(moves[start..<min(start + 10_000, moves.count)].flatMap { $0 }) { error in
                fault.withLock { $0 = error }
                done.signal()
            }
            done.wait()
            if let fault = fault.withLock({ $0 }) { throw RuntimeError.notKept(cause: "\(fault)") }
        }
    }

    private static func assemble(
        _ options: LiveOptions, state: ClusterState, start: CoreStart, clock: RuntimeClock,
        store: any RegistryKeeping, film: (any FilmKeeping)?, log: CoreLog
    ) throws -> CoreParts {
        let queue = InputQueue(limits: options.limits)
        let requests = RequestTable(limit: options.limits.requests)
        let desk = FrameworkDesk(limit: options.limits.requests)
        let simulated = SimulatedAgents(state: state, limits: options.limits, tell: { queue.put($0) })
        let links = try AgentLinks(
            identity: .init(cluster: start.cluster, epoch: start.epoch, version: start.version),
            limits: options.linkLimits, transport: transports(options, cluster: start.cluster),
            deliver: { queue.put($0) }, log: { log.write($0) })
        let found = options.agentProgram
        let onThisMachine = LocalProvider(
            cluster: start.cluster, folders: AgentFolders(preferred: "\(options.stateFolder)/agents"),
            program: { () throws(ProviderFault) in if let found { found } else { try AgentProgram.find() } },
            log: { log.write($0) }, observe: { queue.put(.instanceSeen($0)) })
        let local = ProviderRouter([
            .local: onThisMachine,
            .terraform: TerraformProvider(
                cluster: start.cluster, work: "\(options.stateFolder)/terraform", log: { log.write($0) },
                observe: { queue.put($0.input) }),
            .libvirt: LibvirtProvider(
                cluster: start.cluster, keys: "\(options.stateFolder)/keys", log: { log.write($0) },
                observe: { queue.put($0.input) }),
        ]) { queue.put($0.input) }
        let outputs = KeptOutputs(
            folder: "\(options.stateFolder)/outputs", links: links, limits: options.limits, log: { log.write($0) })
        let tokens = ExecutorTokens(path: "\(options.stateFolder)/executor.secret")
        let stop = StopSignal(options.onStop)
        let dispatcher = Dispatcher(
            links: links, providers: [.local: local], requests: requests, queue: queue, desk: desk,
            simulated: simulated, outputs: outputs, tokens: tokens, onStop: { stop.raise() })
        let pipeline = CommitPipeline(
            store: store, limits: options.limits, release: { dispatcher.carryOut($0) },
            report: { change in
                log.write(change.writable ? "the state store works again" : "the state store fails: \(change.message)")
                queue.put(.store(change))
            })
        return CoreParts(
            options: options, state: state, clock: clock, queue: queue, requests: requests, desk: desk,
            simulated: simulated, links: links, outputs: outputs, tokens: tokens,
            providers: [.local: local], pipeline: pipeline, store: store, film: film, log: log)
    }

    /// The ways to agents: sockets of this machine, and ssh.
    private static func transports(_ options: LiveOptions, cluster: String) -> Transports {
        var settings = SSHSettings()
        settings.configuration = options.sshConfiguration
        settings.keyFolder = "\(options.stateFolder)/hostkeys"
        settings.cluster = cluster
        settings.acceptsNewHostKeys = false
        let found = options.agentProgram
        let own: @Sendable () -> String? = { found?.path ?? (try? AgentProgram.find())?.path }
        let path = own() ?? ""
        let folder = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return Transports(ssh: SSHTransport(settings, images: AgentImages(own: own, folder: folder)))
    }

    /// Takes the lead: the first turn, waited for until it is on disk.
    private func lead(_ start: CoreStart) throws {
        log.write("core \(start.version) starts: cluster \(start.cluster), epoch \(start.epoch)")
        turn([LinkReport(input: .start(start), session: 0)])
        guard pipeline.drain(milliseconds: limits.stopMilliseconds) else {
            let fault = pipeline.fault
            pipeline.close()
            links.close()
            throw RuntimeError.notKept(cause: fault.isEmpty ? "it did not answer in time" : fault)
        }
        lookForStrays()
        try begin()
    }

    /// Agents that nobody accounts for are shown; nobody ends them by guess.
    private func lookForStrays() {
        let known = owned.withLock { Set($0.core.value.state.index.liveInstances) }
        let lines = providers.values.flatMap { $0.strays(known: known) }.map(\.description).sorted()
        warnings.withLock { $0 += lines }
        for line in lines { log.write(line) }
    }

    private static func newClusterID() -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        if cs_get_random(&bytes, bytes.count) != 0 {
            var generator = SystemRandomNumberGenerator()
            for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
        }
        return bytes.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    }
}

extension ProviderReport {
    /// The report as the core is told it.
    var input: Input {
        switch self {
        case .instance(let seen): .instanceSeen(seen)
        case .pool(let seen): .poolSeen(seen)
        case .found(let found): .machinesFound(found)
        }
    }
}

/// The wish to end that the core itself gave, handed to the program once.
final class StopSignal: Sendable {
    private let action: @Sendable () -> Void
    init(_ action: @escaping @Sendable () -> Void) { self.action = action }
    func raise() { DispatchQueue.global().async { [action] in action() } }
}
