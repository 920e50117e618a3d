import CSys
import ClusterModel
import NIOCore
import NIOPosix
import Synchronization

/// Agents reached through the system's OpenSSH: a process a connection, whose standard input and output carry frames.
/// The user's configuration, keys, agent, known hosts, jumps and shared connections count, for ssh itself reads them.
public final class SSHTransport: AgentTransport {
    private let settings: Mutex<SSHSettings>
    private let images: AgentImages
    private let waysOfLoop = Mutex<NIOLoopBound<SSHWays>?>(nil)
    /// Addresses at which an agent was taken over: that is done once.
    private let taken = Mutex<Set<String>>([])

    /// A transport that copies agents from `images`.
    public init(_ settings: SSHSettings, images: AgentImages) {
        self.settings = Mutex(settings)
        self.images = images
    }

    public func use(_ settings: LinkSettings) {
        self.settings.withLock { $0.acceptsNewHostKeys = settings.acceptsNewHostKeys }
    }

    public func open(
        address: String, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        guard let target = SSHAddress(address) else {
            return loop.makeFailedFuture(LinkFault.noTransport(address: address))
        }
        let promise = loop.makePromise(of: (any Channel).self)
        let work: @Sendable () -> Void = { [self] in
            self.join(target, on: loop, prepare: prepare).cascade(to: promise)
        }
        // The first time, the agent's file is read and hashed: not on the loop.
        if images.isReady {
            loop.execute(work)
        } else {
            NIOSingletons.posixBlockingThreadPool.submit { [images] _ in
                images.makeReady()
                loop.execute(work)
            }
        }
        return promise.futureResult
    }

    /// Leaves nothing of the agent on a node, nor of relays that nobody uses any more; what went wrong, or nil.
    public func leaveNothing(address: String, on loop: any EventLoop) -> EventLoopFuture<SSHFault?> {
        guard let target = SSHAddress(address) else { return loop.makeSucceededFuture(nil) }
        let command = SSHCommand(address: target, settings: settings.withLock { $0 })
        return loop.flatSubmit { self.run(command, command.purge(), on: loop) }.flatMap { ending in
            guard ending.code == 0 else {
                let found = SSHFault.reading(
                    host: target.host, pinned: command.isPinned, code: ending.code, errors: ending.errors, output: "")
                return loop.makeSucceededFuture(ending.fault ?? found)
            }
            return self.leaveRelay(of: target, on: loop)
        }.flatMapError { error in
            if case LinkFault.ssh(let fault) = error { return loop.makeSucceededFuture(fault) }
            return loop.makeSucceededFuture(.broken(host: target.host, cause: "\(error)"))
        }
    }

    /// Removes the program from a relay that nobody uses; a node that is also a relay keeps it.
    private func leaveRelay(of target: SSHAddress, on loop: any EventLoop) -> EventLoopFuture<SSHFault?> {
        guard let relay = target.lastRelay else { return loop.makeSucceededFuture(nil) }
        guard ways(on: loop).value.closeIfUnused(relay) else { return loop.makeSucceededFuture(nil) }
        let command = SSHCommand(address: relay, settings: settings.withLock { $0 }, forwardsAgent: relay.forwardsAgent)
        return run(command, command.purgeRelay(), on: loop).flatMap { _ in self.leaveRelay(of: relay, on: loop) }
    }

    /// Runs one command on a node and waits for its end.
    private func run(_ command: SSHCommand, _ line: String, on loop: any EventLoop) -> EventLoopFuture<CarrierEnding> {
        start(command, line, on: loop).flatMap { carrier, socket in
            let promise = loop.makePromise(of: CarrierEnding.self)
            ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            CommandHandler(
                                host: command.address.nodeName, seconds: command.settings.answerSeconds,
                                carrier: carrier, promise: promise))
                    }
                }
                .withConnectedSocket(socket)
                .cascadeFailure(to: promise)
            return promise.futureResult
        }
    }

    /// Starts ssh with `line`: here, or on the relay before the host.
    private func start(
        _ command: SSHCommand, _ line: String, on loop: any EventLoop
    ) -> EventLoopFuture<(carrier: any Carrier, socket: Int32)> {
        if let relay = command.address.lastRelay {
            return self.relay(relay, on: loop).flatMapThrowing { connection in
                do throws(SSHFault) {
                    return try connection.value.open(command.call(line), on: loop)
                } catch {
                    throw LinkFault.ssh(error)
                }
            }
        }
        do throws(SSHFault) {
            try pin(command)
            let words = [command.settings.program] + command.call(line)
            let (process, socket) = try SSHProcess.start(words, errorBytes: command.settings.errorBytes)
            return loop.makeSucceededFuture((process, socket))
        } catch {
            return loop.makeFailedFuture(LinkFault.ssh(error))
        }
    }

    /// The connection to a relay, made where there is none.
    private func relay(
        _ address: SSHAddress, on loop: any EventLoop
    ) -> EventLoopFuture<NIOLoopBound<RelayConnection>> {
        ways(on: loop).value.relay(address) { connection in
            let bound = NIOLoopBound(connection, eventLoop: loop)
            return join(address, asRelay: true, on: loop) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        }
    }

    /// Joins the agent at an address, or a relay there, as soon as another login may begin.
    private func join(
        _ target: SSHAddress, asRelay: Bool = false, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let settings = settings.withLock { $0 }
        let command = SSHCommand(
            address: target, settings: settings, forwardsAgent: asRelay && target.forwardsAgent)
        let token = "bellows-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let takesOver = target.takesOver && !taken.withLock { $0.contains(target.text) }
        let line =
            asRelay
            ? command.relay(token: token, hash: images.likelyHash)
            : command.join(token: token, hash: images.likelyHash, name: target.nodeName, takeOver: takesOver)
        let promise = loop.makePromise(of: (any Channel).self)
        if takesOver {
            promise.futureResult.whenSuccess { _ in self.taken.withLock { _ = $0.insert(target.text) } }
        }
        let gate = NIOLoopBound(ways(on: loop).value.gate(at: target.lastRelay), eventLoop: loop)
        promise.futureResult.whenComplete { _ in gate.value.leave() }
        let hail: @Sendable (any Carrier, any Channel) -> EventLoopFuture<Void> = { [images] carrier, channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    HailHandler(
                        host: target.nodeName, isPinned: command.isPinned, token: token, settings: settings,
                        images: images, carrier: carrier, relay: target.lastRelay?.nodeName ?? "", prepare: prepare,
                        promise: promise))
            }
        }
        gate.value.enter {
            self.start(command, line, on: loop).whenComplete { result in
                switch result {
                case .failure(let error): promise.fail(error)
                case .success((let carrier, let socket)):
                    ClientBootstrap(group: loop)
                        .channelInitializer { hail(carrier, $0) }
                        .withConnectedSocket(socket)
                        .whenFailure { error in
                            carrier.dismiss(on: loop)
                            promise.fail(LinkFault.from(error, address: target.text))
                        }
                }
            }
        }
        return promise.futureResult
    }

    private func ways(on loop: any EventLoop) -> NIOLoopBound<SSHWays> {
        waysOfLoop.withLock { ways in
            if let ways { return ways }
            let fresh = NIOLoopBound(SSHWays(loop: loop, settings: settings.withLock { $0 }), eventLoop: loop)
            ways = fresh
            return fresh
        }
    }

    /// Writes the list of pinned keys, if the machine has any.
    private func pin(_ command: SSHCommand) throws(SSHFault) {
        guard command.isPinned else { return }
        let (path, text) = (command.keyFile, Array(command.keyText.utf8))
        if let size = Self.size(path), size == text.count { return }
        mkdir(command.settings.keyFolder, 0o700)
        let fresh = "\(path).\(getpid())"
        let file = cs_open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .configuration(cause: "\(fresh): \(String(cString: cs_error_text(cs_errno())))")
        }
        let written = write(file, text, text.count)
        close(file)
        guard written == text.count, rename(fresh, path) == 0 else {
            throw .configuration(cause: "\(path) cannot be written: \(String(cString: cs_error_text(cs_errno())))")
        }
    }

    private static func size(_ path: String) -> Int? {
        var allocated: UInt64 = 0
        let size = cs_path_size(path, &allocated)
        return size < 0 ? nil : Int(size)
    }
}

/// The way to each agent, by its address: `ssh://...` through ssh, a path through its socket.
public struct Transports: AgentTransport {
    private let socket = SocketTransport()
    private let ssh: SSHTransport

    /// Sockets, and ssh as given.
    public init(ssh: SSHTransport) { self.ssh = ssh }

    public func use(_ settings: LinkSettings) { ssh.use(settings) }

    public func open(
        address: String, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        if address.hasPrefix("/") { return socket.open(address: address, on: loop, prepare: prepare) }
        if address.hasPrefix(SSHAddress.scheme) { return ssh.open(address: address, on: loop, prepare: prepare) }
        return loop.makeFailedFuture(LinkFault.noTransport(address: address))
    }

    public func purge(address: String, on loop: any EventLoop) -> EventLoopFuture<String?> {
        guard address.hasPrefix(SSHAddress.scheme) else { return loop.makeSucceededFuture(nil) }
        return ssh.leaveNothing(address: address, on: loop).map { $0.map { "\($0)" } }
    }
}
