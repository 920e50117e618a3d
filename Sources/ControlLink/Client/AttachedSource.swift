/// A core behind its socket as a `ClusterSource`: the console and the commands use it as they would a core of their
/// own.
import ClusterModel
import ClusterSource
import NIOCore
import NIOPosix
import Synchronization

/// A cluster whose core runs in another process on this machine. Has one thread, on which events are applied and
/// closures are called; these return soon.
public final class AttachedSource: ClusterSource {
    /// Where the core listens.
    public let path: String
    /// The core that answered first; after a restart of the core another one may be there.
    public let core: AttachedCore
    /// Nothing that would change the cluster is sent.
    public let isReadOnly: Bool
    public let abilities: SourceAbilities

    private let group: MultiThreadedEventLoopGroup
    let loop: any EventLoop
    let picture: AttachedPicture
    private let link: NIOLoopBound<ClientLink>
    private let closed = Mutex(false)

    private init(
        path: String, core: AttachedCore, readOnly: Bool, group: MultiThreadedEventLoopGroup, picture: AttachedPicture,
        link: NIOLoopBound<ClientLink>
    ) {
        self.path = path
        self.core = core
        isReadOnly = readOnly
        self.group = group
        loop = group.next()
        self.picture = picture
        self.link = link
        abilities = SourceAbilities(
            kind: .attached, actionsDisabled: readOnly ? "this console is read-only (--read-only)" : nil)
    }

    /// Attaches to the core at `path`; blocks until it has greeted, for `timeout` at most.
    ///
    /// With `following`, the cluster is followed from then on, and again when the core comes back after a restart.
    /// Without it only requests work, which is right for a command that submits into a large cluster; `frame()` then
    /// stays empty. `version` is this program's, for messages.
    public static func connect(
        path: String, readOnly: Bool = false, following: Bool = true, timeout: Duration = .seconds(5),
        version: String = ""
    ) throws(ControlLinkError) -> AttachedSource {
        let milliseconds = max(1, timeout.milliseconds)
        let descriptor = try Dialer.dial(path, milliseconds: milliseconds).descriptor
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let picture = AttachedPicture()
        let promise = loop.makePromise(of: AttachedCore.self)
        let timer = loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            promise.fail(ControlLinkError.timeout(path: path, milliseconds: milliseconds))
        }
        do {
            let link = try loop.submit {
                let link = ClientLink(
                    path: path, readOnly: readOnly, following: following, version: version, loop: loop,
                    picture: picture)
                link.begin(descriptor, promise)
                return NIOLoopBound(link, eventLoop: loop)
            }.wait()
            do {
                let core = try promise.futureResult.wait()
                timer.cancel()
                return AttachedSource(
                    path: path, core: core, readOnly: readOnly, group: group, picture: picture, link: link)
            } catch {
                loop.execute { link.value.close() }
                throw error
            }
        } catch {
            group.shutdownGracefully { _ in }
            throw error as? ControlLinkError ?? .system(path: path, call: "connect", message: "\(error)")
        }
    }

    /// Blocks until there is a picture of the present, for `timeout` at most, and answers it. Only when following; not
    /// from the source's own thread.
    @discardableResult
    public func waitForFrame(timeout: Duration = .seconds(30)) throws(ControlLinkError) -> SourceFrame {
        let waiter = Awaited<ControlLinkError?>()
        let patience = TimeAmount.milliseconds(Int64(max(1, timeout.milliseconds)))
        if !onLoop({ $0.whenPicture(waiter, within: patience) }) {
            throw .disconnected(path: path, message: "it was closed here")
        }
        if let error = waiter.wait() { throw error }
        return frame()
    }

    public func frame() -> SourceFrame { picture.frame() }

    public func onChange(_ wake: @escaping @Sendable () -> Void) { picture.onChange(wake) }

    public func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(
            ActionAnswer(
                accepted: false, message: "a running core shows the present; open its recording with 'bellows replay'"))
    }

    deinit { close() }

    public func close() {
        let first = closed.withLock { own in
            defer { own = true }
            if !own {
                let link = link
                loop.execute { link.value.close() }
            }
            return !own
        }
        if first { group.shutdownGracefully { _ in } }
    }

    /// Runs `body` on the link's thread; false when the source has been closed.
    @discardableResult func onLoop(_ body: @escaping @Sendable (ClientLink) -> Void) -> Bool {
        let link = link
        return closed.withLock { own in
            if own { return false }
            loop.execute { body(link.value) }
            return true
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down, at most about 24 days.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(max(seconds, 0), 2_000_000)) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
