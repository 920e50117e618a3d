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
    private let gateOfLoop = Mutex<NIOLoopBound<ConnectGate>?>(nil)
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
            let gate = gate(on: loop)
            promise.futureResult.whenComplete { _ in gate.value.leave() }
            gate.value.enter { self.start(target, on: loop, prepare: prepare, promise: promise) }
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

    /// Leaves nothing of the agent on a node; what went wrong, or nil.
    public func leaveNothing(address: String, on loop: any EventLoop) -> EventLoopFuture<SSHFault?> {
        guard let target = SSHAddress(address) else { return loop.makeSucceededFuture(nil) }
        let command = SSHCommand(address: target, settings: settings.withLock { $0 })
        return run(command, command.purge(), on: loop).map { ending in
            ending.code == 0
                ? nil
                : .reading(
                    host: target.host, pinned: command.isPinned, code: ending.code, errors: ending.errors, output: "")
        }.flatMapError { loop.makeSucceededFuture($0 as? SSHFault ?? .broken(host: target.host, cause: "\($0)")) }
    }

    /// Runs one command on a node and waits for its end.
    func run(_ command: SSHCommand, _ line: String, on loop: any EventLoop) -> EventLoopFuture<SSHProcess.Ending> {
        let words = words(command, line)
        let limit = command.settings.errorBytes
        let seconds = command.settings.answerSeconds
        return NIOSingletons.posixBlockingThreadPool.runIfActive(eventLoop: loop) {
            try self.pin(command)
            let (process, socket) = try SSHProcess.start(words, errorBytes: limit)
            defer { close(socket) }
            for _ in 0..<seconds * 100 {
                if process.isOver { break }
                process.drain()
                cs_sleep_ns(10_000_000)
            }
            if !process.isOver {
                kill(process.pid, SIGKILL)
                _ = process.ending(waitMilliseconds: 1_000)
                throw SSHFault.slow(host: command.address.host, step: "the command", seconds: seconds)
            }
            return process.ending(waitMilliseconds: 0)
        }
    }

    private func words(_ command: SSHCommand, _ line: String) -> [String] {
        [command.settings.program] + command.call(line)
    }

    private func gate(on loop: any EventLoop) -> NIOLoopBound<ConnectGate> {
        gateOfLoop.withLock { gate in
            if let gate { return gate }
            let settings = settings.withLock { $0 }
            let fresh = NIOLoopBound(
                ConnectGate(loop: loop, parallel: settings.parallelLogins, perSecond: settings.loginsPerSecond),
                eventLoop: loop)
            gate = fresh
            return fresh
        }
    }

    private func start(
        _ target: SSHAddress, on loop: any EventLoop,
        prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>, promise: EventLoopPromise<any Channel>
    ) {
        let settings = settings.withLock { $0 }
        let command = SSHCommand(address: target, settings: settings)
        let token = "bellows-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let takesOver = target.takesOver && !taken.withLock { $0.contains(target.text) }
        let line = command.join(
            token: token, hash: images.likelyHash, name: target.nodeName, takeOver: takesOver)
        let (process, socket): (SSHProcess, Int32)
        do {
            try pin(command)
            (process, socket) = try SSHProcess.start(words(command, line), errorBytes: settings.errorBytes)
        } catch {
            return promise.fail(LinkFault.ssh(error))
        }
        if takesOver {
            promise.futureResult.whenSuccess { _ in self.taken.withLock { _ = $0.insert(target.text) } }
        }
        let images = images
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        HailHandler(
                            host: target.nodeName, isPinned: command.isPinned, token: token, settings: settings,
                            images: images, process: process, prepare: prepare, promise: promise))
                }
            }
            .withConnectedSocket(socket)
            .whenFailure { error in
                process.dismiss(on: loop)
                promise.fail(LinkFault.from(error, address: target.text))
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
