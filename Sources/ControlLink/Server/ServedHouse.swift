/// All connections of a server together: their number, their end, and the clock that followers are told.
import NIOCore

/// The server's connections. Lives on the event loop.
final class ServedHouse {
    let core: ServedCore
    let loop: any EventLoop
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private var clock: RepeatedTask?
    private var told: StatusMessage?
    private var untold = 0
    private(set) var isEnding = false

    /// Status is told again after so many looks at which nothing but the clock had changed.
    private static let looksBetweenStatus = 5

    init(core: ServedCore, loop: any EventLoop) {
        self.core = core
        self.loop = loop
    }

    /// Takes a connection in; a reason when it cannot stay.
    func admit(_ connection: ServerConnection) -> Refusal? {
        var refusal = Refusal()
        refusal.coreVersion = core.options.coreVersion
        if isEnding {
            refusal.code = .ending
            refusal.message = "the core ends"
        } else if !core.options.admits(connection.peer) {
            refusal.code = .user
            refusal.message = "this core does not serve \(connection.peer.user); it serves who started it, and root"
        } else if connections.count >= core.options.clients {
            refusal.code = .busy
            refusal.message =
                "\(core.options.clients) consoles and commands are attached, which is the limit; close one"
        } else {
            connections[ObjectIdentifier(connection)] = connection
            return nil
        }
        return refusal
    }

    /// A connection has ended.
    func leave(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
        followingChanged()
    }

    /// Starts the clock with the first follower and stops it with the last: an idle core wakes for nobody.
    func followingChanged() {
        let followed = connections.values.contains { $0.isFollowing }
        if followed, clock == nil {
            let seconds = TimeAmount.seconds(core.options.statusSeconds)
            let me = NIOLoopBound(self, eventLoop: loop)
            clock = loop.scheduleRepeatedTask(initialDelay: seconds, delay: seconds) { _ in me.value.look() }
        } else if !followed {
            clock?.cancel()
            clock = nil
        }
    }

    /// Asks for the core's clock and recording, and tells the followers when something is new or it is time.
    private func look() {
        let status = StatusMessage(core.feed.status())
        untold += 1
        if let told, told.recordingSince == status.recordingSince, told.recordingFault == status.recordingFault,
            untold < Self.looksBetweenStatus
        {
            return
        }
        untold = 0
        told = status
        for connection in connections.values where connection.isFollowing {
            connection.send(ControlFrame(FrameKind.status, status))
        }
    }

    /// Says a last word on all connections and closes them.
    func end(_ message: String) -> EventLoopFuture<Void> {
        isEnding = true
        clock?.cancel()
        clock = nil
        let ends = connections.values.map { $0.end(.ending, message) }
        return EventLoopFuture.andAllComplete(ends, on: loop)
    }
}
