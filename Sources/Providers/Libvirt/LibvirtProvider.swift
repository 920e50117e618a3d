import ClusterModel
import Synchronization

/// Machines that are domains of libvirt hosts, one connection for each URI.
public final class LibvirtProvider: Provider {
    private struct Shared {
        var hosts: [String: LibvirtHost] = [:]
        var isClosed = false
    }

    private let cluster: String
    private let keys: LoginKeys
    private let log: @Sendable (String) -> Void
    private let observe: @Sendable (ProviderReport) -> Void
    private let shared = Mutex(Shared())

    /// A provider of `cluster`'s machines that keeps keys in the private folder `keys`.
    public init(
        cluster: String, keys: String, log: @escaping @Sendable (String) -> Void = { _ in },
        observe: @escaping @Sendable (ProviderReport) -> Void
    ) {
        (self.cluster, self.log, self.observe) = (cluster, log, observe)
        self.keys = LoginKeys(folder: keys)
    }

    public func create(_ order: InstanceOrder) {
        observe(.instance(InstanceSeen(instance: order.instance, state: .requested)))
        host(order.making.libvirt.uri)?.create(order)
    }

    public func destroy(_ order: InstanceOrder, endsTasks: Bool) { host(order.making.libvirt.uri)?.destroy(order) }

    public func lookAfter(_ name: String) {}

    public func strays(known: Set<InstanceID>) -> [StrayMachine] { [] }

    public func use(_ pools: [PoolSpec]) {
        let own = pools.filter { $0.provider == .libvirt && !$0.making.libvirt.uri.isEmpty }
        for (uri, sharing) in Dictionary(grouping: own, by: \.making.libvirt.uri).sorted(by: { $0.key < $1.key }) {
            host(uri)?.use(sharing)
        }
    }

    public func endStray(_ machine: FoundMachine, of pool: PoolSpec) {
        host(pool.making.libvirt.uri)?.endStray(machine, pool)
    }

    public func close() {
        let hosts = shared.withLock { shared in
            shared.isClosed = true
            return Array(shared.hosts.values)
        }
        for host in hosts { host.close() }
    }

    private func host(_ uri: String) -> LibvirtHost? {
        shared.withLock { shared in
            if shared.isClosed { return nil }
            if let known = shared.hosts[uri] { return known }
            let fresh = LibvirtHost(cluster: cluster, uri: uri, keys: keys, log: log, observe: observe)
            shared.hosts[uri] = fresh
            return fresh
        }
    }
}
