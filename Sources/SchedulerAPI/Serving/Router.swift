import ClusterModel
import ControlRuntime
import MetricsPage
import SchedulerWire

/// Which endpoint a path belongs to. As in the reference the longest known beginning counts: `/api/v1/operator` is
/// `/api/v1`, `/state/x` is `/state`; each may stand under `/master`.
struct APIRouter: Sendable {
    let core: LiveCore
    let options: APIOptions
    let streams: FrameworkStreams
    let operators: OperatorStreams
    let executors: ExecutorStreams
    let counters: APICounters
    let place: @Sendable () -> MasterPlace
    let records = AgentRecords()
    private let rate: RateLimit

    init(
        core: LiveCore, options: APIOptions, streams: FrameworkStreams, operators: OperatorStreams,
        executors: ExecutorStreams, counters: APICounters, place: @escaping @Sendable () -> MasterPlace
    ) {
        self.core = core
        self.options = options
        self.streams = streams
        self.operators = operators
        self.executors = executors
        self.counters = counters
        self.place = place
        rate = RateLimit(perSecond: options.limits.requestsPerSecond)
    }

    /// Where a path leads.
    enum Route: Sendable, Equatable {
        case scheduler, operate, executor, older(String), metrics, health, ready, none
    }

    /// The usual ways to write the path of calls.
    static let schedulerPaths: Set<String> = ["/api/v1/scheduler", "/master/api/v1/scheduler"]

    static func route(_ path: String) -> Route {
        var parts = path.split(separator: "/").map(String.init)
        if parts.first == "master", parts.count > 1 { parts.removeFirst() }
        guard let first = parts.first else { return .none }
        switch first {
        case "api":
            guard parts.count > 1, parts[1] == "v1" else { return .none }
            switch parts.dropFirst(2).first {
            case "scheduler": return .scheduler
            case "executor": return .executor
            default: return .operate
            }
        case "metrics": return parts.count > 1 && parts[1] == "snapshot" ? .older("metrics/snapshot") : .metrics
        case "health", "healthz": return .health
        case "ready", "readyz": return .ready
        case "maintenance", "machine", "files": return .older(parts.prefix(2).joined(separator: "/"))
        case "quota": return .older(parts.joined(separator: "/"))
        case "slave(1)" where parts.dropFirst() == ["api", "v1", "executor"]: return .executor
        case "slave(1)": return .older("agent/" + parts.dropFirst().joined(separator: "/"))
        default: return .older(first)
        }
    }

    /// Answers a request. `authorization` is what the request said of itself.
    func answer(_ request: APIRequest) async -> APIAnswer {
        var request = request
        let route = Self.route(request.path)
        switch route {
        case .none: return .empty(404)
        case .health: return .empty(200)
        case .ready: return core.state.isEnding ? .text(503, "the core is ending") : .empty(200)
        default: break
        }
        if let refusal = admit(&request, route) { return refusal }
        switch route {
        case .scheduler: return await scheduler.answer(request)
        case .executor:
            return await ExecutorEndpoint(
                core: core, streams: executors, limits: options.limits, place: place,
                needsToken: options.credentials?.guardsFrameworks ?? false
            ).answer(request)
        case .operate: return await OperatorEndpoint(router: self).answer(request)
        case .older(let name): return await OlderEndpoints(router: self).answer(name, request)
        case .metrics:
            guard request.rights?.view != false else { return .empty(403) }
            return APIAnswer(
                status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                body: Array((MetricsText.render(core.state, at: core.now) + counters.text(streams)).utf8))
        case .none, .health, .ready: return .empty(404)
        }
    }

    private var scheduler: SchedulerEndpoint {
        SchedulerEndpoint(core: core, streams: streams, limits: options.limits, place: place)
    }

    /// A framework's call that was read already: its answer, or nil when that comes through `later`, on a thread of the
    /// core's.
    func answer(
        _ call: WireSchedulerCall, of request: APIRequest, later: @escaping @Sendable (APIAnswer) -> Void
    ) -> APIAnswer? {
        var request = request
        if let refusal = admit(&request, .scheduler) { return refusal }
        switch scheduler.step(call, request) {
        case .answer(let answer): return answer
        case .call(let call, let answer):
            core.call(call) { later(answer($0)) }
            return nil
        }
    }

    /// Whether a request may be looked at; the answer when it may not.
    private func admit(_ request: inout APIRequest, _ route: Route) -> APIAnswer? {
        // An executor is known by its token.
        if route != .executor, let refusal = identify(&request, route) { return refusal }
        guard rate.take(request.principal) else {
            return .text(
                429, "more than \(options.limits.requestsPerSecond) requests a second", headers: [("Retry-After", "1")])
        }
        counters.count(route)
        return nil
    }

    /// Finds out who speaks; the answer when nobody may.
    private func identify(_ request: inout APIRequest, _ route: Route) -> APIAnswer? {
        guard let credentials = options.credentials else { return nil }
        let principal = request.headers["authorization"].flatMap { credentials.principal(authorization: $0) }
        if let principal {
            request.principal = principal.name
            request.rights = principal.rights
        }
        let isGuarded = route == .scheduler ? credentials.guardsFrameworks : credentials.guardsOperators
        guard isGuarded, principal == nil else { return nil }
        let realm =
            route == .scheduler
            ? "mesos-master-scheduler"
            : request.method == "GET" || request.method == "HEAD" ? "mesos-master-readonly" : "mesos-master-readwrite"
        return APIAnswer(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"\(realm)\"")])
    }
}
