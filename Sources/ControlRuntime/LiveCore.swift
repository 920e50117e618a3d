import AgentLink
import ClusterModel
import ClusterSource
import ControlCore
import Dispatch
import Providers
import Synchronization

/// A control core that lives: one thread owns it, time passes for it, what it decides is carried out.
///
/// Everything may be called from any thread. Reading the state waits for at most one turn of the core.
public final class LiveCore: Sendable {
    /// What the core thread owns; others look at it between two turns.
    struct Owned: ~Copyable {
        var core: ControlCoreBox
        /// Present session of each node's link, as far as the core has been told.
        var sessions: [String: UInt64] = [:]
        var followers: [(id: UInt64, receive: @Sendable (EventRun) -> Void)] = []
        var lastFollower: UInt64 = 0
        /// What agents were last told.
        var settings = LinkSettings()

        init(core: ControlCoreBox) { self.core = core }
    }

    let owned: Mutex<Owned>
    let clock: RuntimeClock
    let queue: InputQueue
    let requests: RequestTable
    let desk: FrameworkDesk
    let simulated: SimulatedAgents
    let links: AgentLinks
    let outputs: KeptOutputs
    /// By which executors are known.
    public let executorTokens: ExecutorTokens
    let providers: [PoolSpec.Provider: any Provider]
    let pipeline: CommitPipeline
    let store: any RegistryKeeping
    let film: (any FilmKeeping)?
    let limits: RuntimeLimits
    let user: String
    let log: CoreLog
    let listeners = ChangeListeners()
    /// What viewers must know of besides the state, one line each.
    let warnings = Mutex<[String]>([])
    let viewer = Mutex(FreeViewer())
    /// What seldom changes, so that whoever needs only it waits for no turn.
    let known: Mutex<(cluster: String, configuration: ClusterConfiguration)>
    private let thread = Mutex<PlainThread?>(nil)
    private let isStopped = Mutex(false)

    init(parts: CoreParts) {
        owned = Mutex(Owned(core: ControlCoreBox(parts.state)))
        known = Mutex((parts.state.cluster, parts.state.configuration))
        clock = parts.clock
        queue = parts.queue
        requests = parts.requests
        desk = parts.desk
        simulated = parts.simulated
        links = parts.links
        outputs = parts.outputs
        executorTokens = parts.tokens
        providers = parts.providers
        pipeline = parts.pipeline
        store = parts.store
        film = parts.film
        limits = parts.options.limits
        user = parts.options.user
        log = parts.log
    }

    /// Starts the core thread, once the start itself is on disk.
    func begin() throws {
        guard let started = PlainThread(name: "core", { [self] in run() }) else { throw RuntimeError.noThread }
        thread.withLock { $0 = started }
    }

    /// The core's time.
    public var now: Instant { clock.now() }

    /// The state now: costs references only, and a wait for the present turn.
    public var state: ClusterState { owned.withLock { $0.core.value.state } }

    /// The configuration now; waits for nothing.
    public var configuration: ClusterConfiguration { known.withLock { $0.configuration } }

    /// The cluster's identity; waits for nothing.
    public var cluster: String { known.withLock { $0.cluster } }

    /// How the recording stands.
    public var recording: RecordingStatus { film?.status ?? RecordingStatus() }

    /// Asks for an action in the name of `user`. The answer comes once, on a queue of the core's.
    public func perform(
        _ action: Action, user: String, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void
    ) {
        guard !isStopped.withLock({ $0 }) else {
            return answer(ActionAnswer(accepted: false, message: "the core has ended"))
        }
        if case .simulate(let wish) = action { return simulated.carryOut(wish, answer: answer) }
        guard let request = requests.add(answer) else {
            return answer(
                ActionAnswer(
                    accepted: false, message: "\(limits.requests) requests wait for their answers: try again later"))
        }
        queue.put(
            .action(ActionRequest(request: request, user: user, action: action, confirmed: confirmed)))
    }

    /// Feeds an input that comes from none of the core's own parts, such as a framework's call.
    public func feed(_ input: Input) { queue.put(input) }

    /// Whether the core keeps up with what it is told; what may be lost is turned away when it does not.
    public var hasRoom: Bool { queue.hasRoom }

    /// Ends the core in good order: what waits is handled and kept, then links, providers, film and store are closed.
    /// Agents and tasks go on. May be called more than once; not from a closure that the core calls.
    public func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        let started = thread.withLock { $0 }
        guard isFirst else {
            started?.join()
            return
        }
        queue.end()
        started?.join()
        if !pipeline.drain(milliseconds: limits.stopMilliseconds) {
            log.write("the core ends although the state store has not taken everything")
        }
        pipeline.close()
        requests.answerAll(ActionAnswer(accepted: false, message: "the core ends"))
        desk.answerAll(CallVerdict(.unavailable, "the core ends"))
        links.close()
        for provider in providers.values { provider.close() }
        film?.end()
        store.close()
        log.write("the core has ended")
    }
}

extension LiveCore {
    /// Leaves everything as a kill -9 would: nothing is flushed, told or closed but the process's own threads and
    /// sockets. For tests of what comes after.
    func abandon() {
        pipeline.close()
        links.close()
        queue.end()
        isStopped.withLock { $0 = true }
        thread.withLock { $0 }?.join()
    }
}
