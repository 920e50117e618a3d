import ClusterModel
import ControlRuntime
import Dispatch
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import SchedulerWire
import Synchronization

/// The interface over HTTP. One for each core; starting it answers where it listens.
public final class APIServer: Sendable {
    /// Why it could not be started.
    public struct Fault: Error, CustomStringConvertible, Sendable {
        /// What happened and what to do.
        public var description: String
    }

    private struct State {
        var task: Task<Void, Never>?
        var place = MasterPlace()
        var failure: String?
        var channel: (any Channel)?
    }
    private let state = Mutex(State())
    private let core: LiveCore
    private let options: APIOptions
    private let streams = FrameworkStreams()
    private let operators: OperatorStreams
    private let executors = ExecutorStreams()
    private let counters = APICounters()

    /// A server that does not listen yet.
    public init(core: LiveCore, options: APIOptions) {
        self.core = core
        self.options = options
        operators = OperatorStreams(core: core, limits: options.limits)
    }

    /// Starts to listen, and waits until it does. Answers `HOST:PORT`, or the socket's path.
    public func start() throws(Fault) -> String {
        if let refusal = options.refusal { throw Fault(description: refusal) }
        let ready = DispatchSemaphore(value: 0)
        let router = APIRouter(
            core: core, options: options, streams: streams, operators: operators, executors: executors,
            counters: counters, place: { [weak self] in self?.place ?? MasterPlace() })
        let address: BindAddress =
            switch options.address {
            case .host(let host, let port): .hostname(host, port: port)
            case .unix(let path): .unixDomainSocket(path: path)
            }
        var logger = Logger(label: "bellows.api")
        logger.logLevel = .critical
        let share = LaneShare(most: options.limits.waitingCalls)
        let app = Application(
            responder: APIResponder(router: router, limits: options.limits, counters: counters),
            server: HTTPServerBuilder { [options] responder in
                APIChannel(responder: responder, router: router, share: share, limits: options.limits)
            },
            configuration: .init(
                address: address, serverName: nil, backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(options.limits.connections)),
            onServerRunning: { [weak self] channel in
                self?.isListening(channel)
                ready.signal()
            }, logger: logger)
        let task = Task { [weak self] in
            do { try await app.run() } catch {
                self?.state.withLock { $0.failure = "\(error)" }
            }
            ready.signal()
        }
        state.withLock { $0.task = task }
        ready.wait()
        if let failure = state.withLock({ $0.failure }) {
            throw Fault(description: "cannot listen on \(options.address): \(failure)")
        }
        startHeartbeats()
        core.serveExecutors(at: ownPlace) { [executors] node, notice in executors.tell(node, notice) }
        switch options.address {
        case .unix(let path): return path
        case .host(let host, _): return "\(host.contains(":") ? "[\(host)]" : host):\(place.port)"
        }
    }

    private func isListening(_ channel: any Channel) {
        state.withLock { state in
            state.channel = channel
            state.place.port = channel.localAddress?.port ?? 0
            if case .host(let host, _) = options.address { state.place.host = host == "localhost" ? "127.0.0.1" : host }
        }
    }

    /// Where this process itself reaches it.
    private var ownPlace: String? {
        if case .unix(let path) = options.address { return path }
        guard let address = state.withLock({ $0.channel?.localAddress }), let port = address.port else { return nil }
        let host = address.ipAddress ?? "127.0.0.1"
        return "\(host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host):\(port)"
    }

    /// Where it is reached, for answers.
    private var place: MasterPlace {
        var place = state.withLock { $0.place }
        place.cluster = core.cluster
        place.version = options.version
        place.domain = core.configuration.offers.domain
        return place
    }

    private func startHeartbeats() {
        let interval = options.limits.heartbeatSeconds
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: .seconds(interval))
                guard let self, self.state.withLock({ $0.task != nil }) else { return }
                for stream in self.streams.all { stream.heartbeat() }
                for stream in self.executors.all { stream.heartbeat() }
                self.operators.heartbeat()
            }
        }
    }

    /// Ends every stream and stops listening.
    public func stop() {
        core.serveExecutors(at: nil, receive: nil)
        for stream in streams.all { stream.end() }
        for stream in executors.all { stream.end() }
        operators.endAll()
        let (task, channel) = state.withLock { state in
            defer { state.task = nil }
            return (state.task, state.channel)
        }
        task?.cancel()
        channel?.close(promise: nil)
    }
}
