import AgentProtocol
import ClusterModel
import ClusterSource
import NIOCore

/// One node's link through all of its connections: connect, hello, inventory, then the conversation, and after a fault
/// the back-off and all over again. Lives on the event loop.
final class NodeLink {
    /// Where it stands.
    enum Phase {
        /// Not connected; the next try is scheduled.
        case resting
        /// Being connected.
        case opening
        /// Connected; hello and inventory are awaited.
        case greeting(AgentProtocol.AgentHello?)
        /// Hellos were exchanged.
        case open
        /// Not wanted any more.
        case closed
    }

    let node: String
    let address: String
    let hub: LinkHub
    var phase = Phase.resting
    /// Number of the present try; what comes from an older one is ignored.
    private(set) var attempt: UInt64 = 0
    /// The session's number while `phase` is open.
    private(set) var session: UInt64 = 0
    var inventory: [AgentTaskStatus] = []
    var meter = UsageMeter()
    /// Followed outputs by stream number.
    var logs: [UInt64: FollowedLog] = [:]
    var lastStream: UInt64 = 0
    /// Connections of executors on the node, by the agent's number.
    var relays: [UInt64: ExecutorRelay] = [:]
    private var channel: (any Channel)?
    private var failures = 0
    private var lastMessage = ""
    private var heardAt = NIODeadline.now()
    private var openedAt = NIODeadline.now()
    private var isPinged = false
    private var outgoing = ByteBuffer()
    private(set) var unsentBytes = 0
    private var acknowledgements: [AgentAcknowledgement] = []
    var reports: [LinkReport] = []

    init(node: String, address: String, hub: LinkHub) {
        self.node = node
        self.address = address
        self.hub = hub
    }

    var isOpen: Bool {
        if case .open = phase { return true }
        return false
    }
    /// Whether another machine has to be reached.
    private var isRemote: Bool { !address.hasPrefix("/") }
    private var isClosed: Bool {
        if case .closed = phase { return true }
        return false
    }

    // MARK: Connecting

    func open() {
        guard !isClosed else { return }
        attempt += 1
        phase = .opening
        openedAt = .now()
        let (bound, number) = (NIOLoopBound(self, eventLoop: hub.loop), attempt)
        hub.transport.open(address: address, on: hub.loop) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FrameHandler(link: bound.value, attempt: number))
            }
        }.hop(to: hub.loop).whenComplete { result in
            switch result {
            case .success(let channel): bound.value.opened(channel, attempt: number)
            case .failure(let error):
                bound.value.fail(LinkFault.from(error, address: bound.value.address), attempt: number)
            }
        }
    }

    private func opened(_ channel: any Channel, attempt number: UInt64) {
        guard number == attempt, case .opening = phase else { return channel.close(promise: nil) }
        self.channel = channel
        openedAt = .now()
        heardAt = .now()
        isPinged = false
        (inventory, unsentBytes) = ([], 0)
        outgoing.clear()
        acknowledgements = []
        phase = .greeting(nil)
        let identity = hub.identity
        write(.hello(CoreHello(cluster: identity.cluster, epoch: identity.epoch, coreVersion: identity.version)))
        flush()
        tell(.linkOpened(LinkOpened(node: node)))
        readCompleted(attempt: number)
        if hub.isPaused { reading(false) }
    }

    /// The session stands: the core is told all the agent knows, in one input.
    func greeted(_ hello: AgentProtocol.AgentHello) {
        phase = .open
        session = hub.nextSession()
        failures = 0
        lastMessage = ""
        meter = UsageMeter(isSlice: hello.slice != nil)
        tell(.agentHello(ClusterModel.AgentHello(node: node, hello: hello, inventory: inventory)))
        inventory = []
        sendSettings()
        for stream in logs.keys.sorted() { reopenLog(stream) }
        flush()
    }

    func sendSettings() {
        guard isOpen else { return }
        write(.sampleEvery(milliseconds: hub.settings.sampleMilliseconds))
        write(.retention(AgentRetention(keepMilliseconds: hub.settings.keepMilliseconds)))
        flush()
    }

    // MARK: Ending

    /// Ends the present try with a fault, tells the core once, and schedules the next.
    func fail(_ fault: LinkFault, attempt number: UInt64) {
        guard number == attempt, !isClosed else { return }
        if case .resting = phase { return }
        readCompleted(attempt: number)
        let wasOpen = isOpen
        // Before the close, which comes back here as the end of the connection.
        phase = .resting
        drop()
        failures += 1
        let message = fault.description
        if wasOpen || message != lastMessage {
            lastMessage = message
            hub.log("node \(node): \(message)")
            tell(.agentGone(AgentGone(node: node, message: message)))
            hub.report(reports)
            reports = []
        }
        endLogs(keepFollowing: true, fault: "node \(node): \(message)")
        let chance = Int64.random(in: 0..<100)
        let wait =
            isRemote
            ? hub.limits.remoteBackOff(
                failures: fault.isLasting ? hub.limits.remotePatienceFailures + 1 : failures, chance: chance)
            : hub.limits.backOff(failures: fault.isLasting ? 20 : failures, chance: chance)
        let bound = NIOLoopBound(self, eventLoop: hub.loop)
        hub.loop.scheduleTask(in: .milliseconds(wait)) {
            guard bound.value.attempt == number else { return }
            bound.value.open()
        }
    }

    /// Ends the link for good, without a word to the core, who wants it so.
    func close(reason: String) {
        endLogs(keepFollowing: false, fault: "node \(node): \(reason)")
        phase = .closed
        drop()
    }

    private func drop() {
        attempt += isClosed ? 1 : 0
        endExecutors()
        channel?.close(promise: nil)
        channel = nil
        session = 0
    }

    /// Looks at silences; once a second.
    func look() {
        let now = NIODeadline.now()
        switch phase {
        case .resting, .closed: return
        // Ways through ssh have limits of their own for each of their steps.
        case .opening where isRemote: return
        case .opening, .greeting:
            let limit = hub.limits.helloMilliseconds
            if now - openedAt > .milliseconds(limit) { fail(.helloTimeout(milliseconds: limit), attempt: attempt) }
        case .open:
            let silence = now - heardAt
            if silence > .milliseconds(hub.limits.silenceMilliseconds) {
                fail(.silent(milliseconds: silence.nanoseconds / 1_000_000), attempt: attempt)
            } else if silence > .milliseconds(hub.limits.pingAfterMilliseconds), !isPinged {
                isPinged = true
                write(.ping(nonce: attempt))
                flush()
            }
        }
    }

    // MARK: Bytes

    /// Notes that the agent lives.
    func heard() {
        heardAt = .now()
        isPinged = false
    }

    func reading(_ wanted: Bool) {
        if wanted { heardAt = .now() }
        channel?.setOption(.autoRead, value: wanted).whenFailure { _ in }
    }

    /// Hands what was read in one go to the core.
    func readCompleted(attempt number: UInt64) {
        guard number == attempt, !reports.isEmpty else { return }
        let batch = reports
        reports = []
        hub.report(batch)
    }

    func tell(_ input: Input) { reports.append(LinkReport(input: input, session: session)) }

    func acknowledge(_ item: AgentAcknowledgement) {
        acknowledgements.append(item)
        if acknowledgements.count == AgentLimits.acknowledgementsPerFrame { writeAcknowledgements() }
    }

    private func writeAcknowledgements() {
        guard !acknowledgements.isEmpty else { return }
        let list = acknowledgements
        acknowledgements = []
        write(.acknowledge(list))
    }

    func write(_ message: CoreMessage) { write(bytes: message.encoded()) }
    func write(bytes: [UInt8]) { outgoing.writeBytes(bytes) }

    /// Sends what was written; closes the link when the agent leaves too much unread.
    func flush() {
        writeAcknowledgements()
        guard let channel, outgoing.readableBytes > 0 else { return }
        let count = outgoing.readableBytes
        guard unsentBytes + count <= hub.limits.outgoingBytes else {
            return fail(.tooSlow(bytes: unsentBytes + count), attempt: attempt)
        }
        unsentBytes += count
        let (bound, number) = (NIOLoopBound(self, eventLoop: hub.loop), attempt)
        let buffer = outgoing
        outgoing = ByteBuffer()
        channel.writeAndFlush(buffer).whenComplete { _ in
            guard bound.value.attempt == number else { return }
            bound.value.unsentBytes -= count
            if !bound.value.relays.isEmpty { bound.value.resumeExecutors() }
        }
    }
}
