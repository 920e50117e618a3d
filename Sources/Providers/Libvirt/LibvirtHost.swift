import CSys
import ClusterModel
import Dispatch
import Glibc
import Synchronization

/// The machines of one libvirt host. All that is asked of them happens in order on one queue; each call takes
/// milliseconds, booting is waited for by nobody.
final class LibvirtHost: Sendable {
    /// How often a machine on a named network is asked for its address, in milliseconds, and how often at most.
    static let addressMilliseconds = 1_000
    static let addressTries = 300
    /// Time between two looks at what is there, in milliseconds.
    static let lookMilliseconds = 60_000
    /// Ports that are tried for a forward.
    static let portCount: UInt32 = 2_000
    /// Waits between tries to reach the host for an end, in milliseconds.
    static let retryMilliseconds = 10_000

    struct Shared {
        var orders: [String: InstanceOrder] = [:]
        var pools: [PoolSpec] = []
        var connection: LibvirtConnection?
        var isClosed = false
        var isLookPlanned = false
    }

    let cluster: String
    let uri: String
    let keys: LoginKeys
    let observe: @Sendable (ProviderReport) -> Void
    let log: @Sendable (String) -> Void
    let shared = Mutex(Shared())
    private let queue: DispatchQueue

    init(
        cluster: String, uri: String, keys: LoginKeys, log: @escaping @Sendable (String) -> Void,
        observe: @escaping @Sendable (ProviderReport) -> Void
    ) {
        (self.cluster, self.uri, self.keys, self.log, self.observe) = (cluster, uri, keys, log, observe)
        queue = DispatchQueue(label: "bellows.libvirt")
    }

    // MARK: Asked from outside

    func create(_ order: InstanceOrder) {
        shared.withLock { $0.orders[order.name] = order }
        enqueue { $0.make(order) }
    }

    func destroy(_ order: InstanceOrder) {
        shared.withLock { $0.orders[order.name] = nil }
        enqueue { $0.end(order) }
    }

    func endStray(_ machine: FoundMachine, _ pool: PoolSpec) {
        enqueue { host in
            do throws(LibvirtConnection.Fault) {
                try host.clear(host.open(), machine.id, machine.name, pool.making.libvirt)
                host.look()
            } catch {
                host.log("libvirt \(host.uri): \(machine.id) cannot be ended: \(error.message)")
            }
        }
    }

    func use(_ pools: [PoolSpec]) {
        shared.withLock { $0.pools = pools }
        enqueue { $0.look() }
    }

    func close() {
        let connection = shared.withLock { shared in
            shared.isClosed = true
            return shared.connection
        }
        queue.sync {}
        connection?.close()
    }

    func enqueue(after milliseconds: Int = 0, _ work: @escaping @Sendable (LibvirtHost) -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self, !self.shared.withLock({ $0.isClosed }) else { return }
            work(self)
        }
    }

    // MARK: On the host's queue

    /// The open connection, or a new one.
    func open() throws(LibvirtConnection.Fault) -> LibvirtConnection {
        if let known = shared.withLock({ $0.connection }) {
            if known.isAlive { return known }
            shared.withLock { $0.connection = nil }
            known.close()
        }
        let fresh = try LibvirtConnection(uri) { [weak self] domain, event in self?.heard(domain, event) }
        shared.withLock { $0.connection = fresh }
        return fresh
    }

    /// A change in a domain's life; on the library's thread.
    private func heard(_ domain: String, _ event: Int32) {
        guard event == LibvirtConnection.stopped || event == LibvirtConnection.crashed else { return }
        guard let name = LibvirtDomain.instanceName(domain, cluster: cluster) else { return }
        enqueue { $0.stopped(name, hasCrashed: event == LibvirtConnection.crashed) }
    }

    /// A machine ended that nobody ended from here: nothing of it stays.
    func stopped(_ name: String, hasCrashed: Bool) {
        guard let order = shared.withLock({ $0.orders[name] }) else { return }
        let domain = LibvirtDomain.name(name, cluster: cluster)
        do throws(LibvirtConnection.Fault) {
            let connection = try open()
            if let state = try connection.state(domain), state != LibvirtConnection.shutOff { return }
            try clear(connection, domain, name, order.making.libvirt)
            shared.withLock { $0.orders[name] = nil }
            let how = hasCrashed ? "the machine crashed" : "the machine powered off; it was not ended from here"
            tell(InstanceSeen(instance: order.instance, state: .gone, message: how))
        } catch {
            log("libvirt \(uri): \(name): \(error.message)")
        }
    }

    private func end(_ order: InstanceOrder) {
        let domain = LibvirtDomain.name(order.name, cluster: cluster)
        do throws(LibvirtConnection.Fault) {
            let connection = try open()
            if try connection.state(domain) != nil {
                tell(InstanceSeen(instance: order.instance, state: .stopping))
            }
            try clear(connection, domain, order.name, order.making.libvirt)
            tell(InstanceSeen(instance: order.instance, state: .gone))
        } catch {
            tell(
                InstanceSeen(
                    instance: order.instance, state: .stopping, failed: true,
                    message: "\(order.name): libvirt \(uri): \(error.message)", cause: .other))
            enqueue(after: Self.retryMilliseconds) { host in
                if host.shared.withLock({ $0.orders[order.name] }) == nil { host.end(order) }
            }
        }
    }

    /// Ends a domain and removes all that was made for it.
    func clear(
        _ connection: LibvirtConnection, _ domain: String, _ name: String, _ settings: LibvirtSettings
    ) throws(LibvirtConnection.Fault) {
        try connection.end(domain)
        if Self.hasVolumes(settings) {
            for volume in [Self.overlayName(domain), Self.seedName(domain)] {
                try connection.endVolume(Self.storagePool(settings), volume)
            }
        }
        keys.forget(name)
    }

    /// Tells all machines of this cluster that the host has.
    func look() {
        let pools = shared.withLock { $0.pools }
        planLook()
        guard let pool = pools.map(\.name).min() else { return }
        do throws(LibvirtConnection.Fault) {
            let connection = try open()
            let own = try connection.names().compactMap { domain in
                LibvirtDomain.instanceName(domain, cluster: cluster).map { FoundMachine(id: domain, name: $0) }
            }
            for pool in pools { observe(.pool(PoolSeen(pool: pool.name, leaseEnforced: true))) }
            observe(.found(MachinesFound(pool: pool, machines: own)))
            for (name, _) in shared.withLock({ $0.orders }).sorted(by: { $0.key < $1.key })
            where !own.contains(where: { $0.name == name }) {
                stopped(name, hasCrashed: false)
            }
        } catch {
            for pool in pools {
                observe(.pool(PoolSeen(pool: pool.name, note: "libvirt \(uri): \(error.message)")))
            }
        }
    }

    private func planLook() {
        let isFirst = shared.withLock { shared in
            defer { shared.isLookPlanned = true }
            return !shared.isLookPlanned
        }
        guard isFirst else { return }
        enqueue(after: Self.lookMilliseconds) { host in
            host.shared.withLock { $0.isLookPlanned = false }
            host.look()
        }
    }

    func tell(_ seen: InstanceSeen) { observe(.instance(seen)) }
}
