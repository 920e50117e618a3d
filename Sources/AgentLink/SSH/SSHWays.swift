import ClusterModel
import NIOCore

/// The ways to hosts as they stand: how many logins may begin at each place from which ssh is run, and the connections
/// to relays, each shared by all hosts behind it. Lives on the loop.
final class SSHWays {
    /// Time after which a relay that nobody uses is let go, in seconds.
    private static let idleSeconds: Int64 = 30
    /// Time for which the failure of a relay is the failure of all behind it, the first time and at most, in
    /// milliseconds: without it each of a hundred hosts would try the relay anew.
    private static let firstHoldMilliseconds: Int64 = 500
    private static let lastHoldMilliseconds: Int64 = 5_000

    private struct Relay {
        var connection: RelayConnection?
        var waiting: [EventLoopPromise<NIOLoopBound<RelayConnection>>] = []
        var failures = 0
        var fault: SSHFault?
        var heldUntil = NIODeadline.uptimeNanoseconds(0)
    }

    private let loop: any EventLoop
    private let settings: SSHSettings
    private var gates: [SSHAddress?: ConnectGate] = [:]
    private var relays: [SSHAddress: Relay] = [:]

    init(loop: any EventLoop, settings: SSHSettings) {
        self.loop = loop
        self.settings = settings
    }

    /// The gate of the place from which ssh is run: a relay, or with nil this machine.
    func gate(at relay: SSHAddress?) -> ConnectGate {
        if let gate = gates[relay] { return gate }
        let gate = ConnectGate(loop: loop, parallel: settings.parallelLogins, perSecond: settings.loginsPerSecond)
        gates[relay] = gate
        return gate
    }

    /// The connection to a relay; `join` makes one.
    func relay(
        _ address: SSHAddress,
        join: (RelayConnection) -> EventLoopFuture<any Channel>
    ) -> EventLoopFuture<NIOLoopBound<RelayConnection>> {
        var relay = relays[address] ?? Relay()
        if let connection = relay.connection {
            return loop.makeSucceededFuture(NIOLoopBound(connection, eventLoop: loop))
        }
        if let fault = relay.fault, NIODeadline.now() < relay.heldUntil {
            return loop.makeFailedFuture(LinkFault.ssh(.relay(name: address.nodeName, fault: fault)))
        }
        let promise = loop.makePromise(of: NIOLoopBound<RelayConnection>.self)
        relay.waiting.append(promise)
        relays[address] = relay
        if relay.waiting.count > 1 { return promise.futureResult }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let connection = RelayConnection(name: address.nodeName) { bound.value.relays[address]?.connection = nil }
        let fresh = NIOLoopBound(connection, eventLoop: loop)
        join(connection).whenComplete { result in bound.value.joined(address, fresh, result) }
        return promise.futureResult
    }

    private func joined(
        _ address: SSHAddress, _ fresh: NIOLoopBound<RelayConnection>, _ result: Result<any Channel, any Error>
    ) {
        var relay = relays[address] ?? Relay()
        let waiting = relay.waiting
        relay.waiting = []
        switch result {
        case .success:
            (relay.connection, relay.failures, relay.fault) = (fresh.value, 0, nil)
            relays[address] = relay
            for promise in waiting { promise.succeed(fresh) }
            watch(address, fresh)
        case .failure(let error):
            var fault = SSHFault.broken(host: address.nodeName, cause: "\(error)")
            if case LinkFault.ssh(let known) = error { fault = known }
            let hold = min(Self.firstHoldMilliseconds << Int64(min(relay.failures, 8)), Self.lastHoldMilliseconds)
            (relay.fault, relay.heldUntil) = (fault, .now() + .milliseconds(hold))
            relay.failures += 1
            relays[address] = relay
            for promise in waiting { promise.fail(LinkFault.ssh(.relay(name: address.nodeName, fault: fault))) }
        }
    }

    /// Ends the connection to a relay behind which nothing runs; whether nobody uses it.
    func closeIfUnused(_ address: SSHAddress) -> Bool {
        guard let connection = relays[address]?.connection else { return relays[address]?.waiting.isEmpty ?? true }
        guard connection.count == 0 else { return false }
        connection.close()
        return true
    }

    /// Lets a relay go once nobody has used it for a while.
    private func watch(_ address: SSHAddress, _ connection: NIOLoopBound<RelayConnection>, wasIdle: Bool = false) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .seconds(Self.idleSeconds)) {
            let ways = bound.value
            guard ways.relays[address]?.connection === connection.value else { return }
            let isIdle = connection.value.count == 0
            if isIdle, wasIdle { return connection.value.close() }
            ways.watch(address, connection, wasIdle: isIdle)
        }
    }
}
