import ClusterModel
import ClusterSource
import NIOCore

/// The links by node, and what they share. Lives on the event loop; nobody else touches it.
final class LinkHub {
    let loop: any EventLoop
    let identity: AgentLinks.Identity
    let limits: LinkLimits
    let transport: any AgentTransport
    let log: @Sendable (String) -> Void
    private(set) var settings: LinkSettings
    /// Who speaks with executors on this side; nil = nobody.
    var executorAddress: SocketAddress?
    let executorPlaces: ExecutorPlaces
    private let deliver: @Sendable ([LinkReport]) -> Bool
    private var links: [String: NodeLink] = [:]
    private var lastSession: UInt64 = 0
    private var watch: RepeatedTask?
    /// The core has enough for now: no link reads.
    private(set) var isPaused = false
    private var isClosed = false

    init(
        loop: any EventLoop, identity: AgentLinks.Identity, limits: LinkLimits, settings: LinkSettings,
        transport: any AgentTransport, deliver: @escaping @Sendable ([LinkReport]) -> Bool,
        log: @escaping @Sendable (String) -> Void,
        executorPlaces: ExecutorPlaces
    ) {
        self.loop = loop
        self.identity = identity
        self.limits = limits
        self.settings = settings
        self.transport = transport
        self.deliver = deliver
        self.log = log
        self.executorPlaces = executorPlaces
    }

    func start() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let every = TimeAmount.milliseconds(limits.watchMilliseconds)
        watch = loop.scheduleRepeatedTask(initialDelay: every, delay: every) { _ in bound.value.look() }
    }

    func nextSession() -> UInt64 {
        lastSession += 1
        return lastSession
    }

    /// Hands reports to the core; when it has enough, all links stop reading.
    func report(_ reports: [LinkReport]) {
        guard !reports.isEmpty, !isClosed else { return }
        if !deliver(reports), !isPaused {
            isPaused = true
            for link in links.values { link.reading(false) }
        }
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        for link in links.values { link.reading(true) }
    }

    func connect(node: String, address: String) {
        guard !isClosed else { return }
        if let known = links[node] {
            if known.address == address { return }
            known.close(reason: "the agent's address has changed")
        }
        let link = NodeLink(node: node, address: address, hub: self)
        links[node] = link
        link.open()
    }

    func disconnect(node: String) {
        links.removeValue(forKey: node)?.close(reason: "the node was removed")
    }

    func purge(node: String, address: String) {
        guard !isClosed else { return }
        let log = log
        transport.purge(address: address, on: loop).whenSuccess { fault in
            log("node \(node): " + (fault.map { "something of the agent is left: \($0)" } ?? "the agent is removed"))
        }
    }

    func send(_ orders: [AgentOrder]) {
        var touched: [NodeLink] = []
        for order in orders {
            guard let link = links[order.node] else { continue }
            if link.take(order.wish) { touched.append(link) }
        }
        for link in touched { link.flush() }
        // A launch that no agent could take was answered on the spot.
        for link in touched { link.readCompleted(attempt: link.attempt) }
    }

    func use(_ settings: LinkSettings) {
        guard settings != self.settings else { return }
        self.settings = settings
        transport.use(settings)
        for link in links.values { link.sendSettings() }
    }

    func follow(node: String, attempt: UInt32, _ request: OutputRequest, follower: LogFollower) {
        guard let link = links[node] else {
            return follower.fail("node \(node) is not there any more: its outputs went with it")
        }
        link.follow(attempt: attempt, request, follower: follower)
    }

    func unfollow(node: String, follower: LogFollower) {
        links[node]?.unfollow(follower)
    }

    func close() {
        isClosed = true
        watch?.cancel()
        for link in links.values { link.close(reason: "the core ends") }
        links = [:]
    }

    private func look() {
        guard !isPaused else { return }
        for link in links.values { link.look() }
    }
}
