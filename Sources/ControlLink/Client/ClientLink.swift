/// The client's side of the conversation: greeting, following, requests under way, and coming back when the core does.
import ClusterModel
import ClusterSource
import NIOCore
import NIOPosix

/// Who answered the greeting.
public struct AttachedCore: Sendable, Hashable {
    /// The core's process.
    public var pid: Int32
    /// The core program's version.
    public var version: String
    /// In whose name actions stand.
    public var user: String
}

/// A client's link to the core at a path, over however many connections. Lives on the event loop.
final class ClientLink {
    /// Why a connection ended.
    enum Loss {
        /// The other side closed it without a word.
        case closed
        /// The core said why.
        case refused(Refusal)
        /// What came was not the protocol.
        case fault(String)
    }

    let path: String
    let readOnly: Bool
    let following: Bool
    let version: String
    let loop: any EventLoop
    let picture: AttachedPicture

    private var connection: ClientConnection?
    /// Fulfilled by the first greeting; nil afterwards.
    private var greeting: EventLoopPromise<AttachedCore>?
    private var isOpen = false
    private(set) var isClosed = false

    /// How far the picture is.
    var step = FollowingStep()
    private var retry: Scheduled<Void>?
    private var retryDelay = ClientLink.firstRetry

    /// Requests and outputs under way.
    let requests = PendingRequests()

    private static let firstRetry = TimeAmount.milliseconds(100)
    private static let longestRetry = TimeAmount.seconds(2)
    /// A core that was reached again must greet within this.
    private static let greetingPatience = TimeAmount.seconds(10)

    init(path: String, readOnly: Bool, following: Bool, version: String, loop: any EventLoop, picture: AttachedPicture)
    {
        self.path = path
        self.readOnly = readOnly
        self.following = following
        self.version = version
        self.loop = loop
        self.picture = picture
    }

    // MARK: - Connections

    /// Takes over a connected socket; `promise` hears of the greeting.
    func begin(_ descriptor: Int32, _ promise: EventLoopPromise<AttachedCore>?) {
        greeting = promise
        let me = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ClientConnection(link: me.value))
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { me.value.lost(nil, .fault("\($0)")) }
    }

    func opened(_ new: ClientConnection) {
        guard !isClosed else { return new.close() }
        connection = new
        new.send(ControlFrame(FrameKind.hello, Hello(readOnly: readOnly, version: version)))
        // The core is asked at once, without waiting for its welcome: the first picture comes one trip earlier.
        if following { follow() }
        let me = NIOLoopBound(self, eventLoop: loop)
        let bound = NIOLoopBound(new, eventLoop: loop)
        _ = loop.scheduleTask(in: Self.greetingPatience) {
            if !me.value.isOpen, me.value.connection === bound.value { bound.value.end(.fault("no greeting came")) }
        }
    }

    /// A connection ended. Whatever was under way on it has failed; a follower tries to come back.
    func lost(_ old: ClientConnection?, _ loss: Loss) {
        guard old === connection || old == nil else { return }
        connection = nil
        let wasOpen = isOpen
        isOpen = false
        step.isCurrent = false
        step.incoming = nil
        let error = error(of: loss)
        requests.failAll(
            "\(error)" + (wasOpen ? "; what was asked may or may not have been done: look before asking again" : ""))
        if let greeting {
            self.greeting = nil
            greeting.fail(error)
            return
        }
        guard !isClosed else { return }
        picture.goStale(error.brief)
        picture.announce()
        if following { retryLater() }
    }

    private func error(of loss: Loss) -> ControlLinkError {
        switch loss {
        case .closed: .disconnected(path: path, message: "the core is gone without a word")
        case .fault(let message): .protocolFault(path: path, message: message)
        case .refused(let word) where word.code == .version:
            .versionMismatch(path: path, lowest: word.lowest, highest: word.highest, coreVersion: word.coreVersion)
        case .refused(let word) where word.code == .ending: .disconnected(path: path, message: word.message)
        case .refused(let word): .refused(path: path, message: word.message)
        }
    }

    private func retryLater() {
        retry?.cancel()
        let me = NIOLoopBound(self, eventLoop: loop)
        retry = loop.scheduleTask(in: retryDelay) { me.value.tryAgain() }
        retryDelay = min(retryDelay * 2, Self.longestRetry)
    }

    /// The core is there and well: should it go, it is tried again soon.
    func resetRetries() { retryDelay = Self.firstRetry }

    private func tryAgain() {
        guard !isClosed, connection == nil else { return }
        do throws(ControlLinkError) {
            begin(try Dialer.dial(path, milliseconds: 0).descriptor, nil)
        } catch {
            picture.goStale(error.brief)
            picture.announce()
            retryLater()
        }
    }

    /// Ends everything, in silence.
    func close() {
        isClosed = true
        retry?.cancel()
        connection?.close()
        connection = nil
        isOpen = false
        requests.failAll("the connection to the core was closed here")
        let closed = ControlLinkError.disconnected(path: path, message: "it was closed here")
        greeting?.fail(closed)
        greeting = nil
        let waiters = step.waiters.values
        step.waiters = [:]
        for waiter in waiters { waiter.bring(closed) }
    }

    // MARK: - Frames

    /// Whether requests can be sent; they wait for the greeting in the kernel's buffer if need be.
    var isReachable: Bool { connection != nil }

    /// Sends a frame on the present connection.
    func send(_ frame: ControlFrame) { connection?.send(frame) }

    /// Takes a frame of the core's.
    func take(_ frame: ControlFrame) throws(FrameFault) {
        switch frame.kind {
        case FrameKind.refusal:
            var word: Refusal = try frame.decoded()
            word.message = String(decoding: word.message.utf8.prefix(ControlLimits.messageBytes), as: UTF8.self)
            connection?.end(.refused(word))
        case FrameKind.welcome:
            let welcome: Welcome = try frame.decoded()
            guard !isOpen else { throw .outOfPlace(kind: frame.kind) }
            isOpen = true
            connection?.raiseLimit()
            greeting?.succeed(AttachedCore(pid: welcome.pid, version: welcome.coreVersion, user: welcome.user))
            greeting = nil
        case _ where !isOpen: throw .outOfPlace(kind: frame.kind)
        case FrameKind.snapshotBegin, FrameKind.snapshotPart, FrameKind.snapshotEnd: try takeSnapshot(frame)
        case FrameKind.events: if step.isCurrent { try takeEvents(frame) }
        case FrameKind.status: picture.note(try frame.decoded())
        case FrameKind.dropped:
            let word: Dropped = try frame.decoded()
            if word.generation == step.generation { renew(word.message) }
        case FrameKind.answer...FrameKind.failure: try requests.take(frame, link: self)
        default: break  // A newer core's word.
        }
    }
}
