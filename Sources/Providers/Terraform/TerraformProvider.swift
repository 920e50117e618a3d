import ClusterModel
import Synchronization

/// Machines that a Terraform module makes: one entry of its input map each. One writer for each working folder; the
/// pools that share a folder share the writer.
public final class TerraformProvider: Provider {
    private struct Shared {
        var folders: [String: TerraformFolder] = [:]
        var isClosed = false
    }

    private let cluster: String
    private let work: String
    private let log: @Sendable (String) -> Void
    private let observe: @Sendable (ProviderReport) -> Void
    private let shared = Mutex(Shared())

    /// A provider of `cluster`'s machines that keeps the files of running commands below `work`.
    public init(
        cluster: String, work: String, log: @escaping @Sendable (String) -> Void = { _ in },
        observe: @escaping @Sendable (ProviderReport) -> Void
    ) {
        (self.cluster, self.work, self.log, self.observe) = (cluster, work, log, observe)
    }

    public func create(_ order: InstanceOrder) {
        observe(.instance(InstanceSeen(instance: order.instance, state: .requested)))
        folder(order.making.terraform)?.create(order)
    }

    public func destroy(_ order: InstanceOrder, endsTasks: Bool) { folder(order.making.terraform)?.destroy(order) }

    public func lookAfter(_ name: String) {}

    public func strays(known: Set<InstanceID>) -> [StrayMachine] { [] }

    public func use(_ pools: [PoolSpec]) {
        let own = pools.filter { $0.provider == .terraform && !$0.making.terraform.folder.isEmpty }
        for (_, sharing) in Dictionary(grouping: own, by: \.making.terraform.folder).sorted(by: { $0.key < $1.key }) {
            if let first = sharing.first { folder(first.making.terraform)?.use(sharing) }
        }
    }

    public func endStray(_ machine: FoundMachine, of pool: PoolSpec) {
        folder(pool.making.terraform)?.endStray(machine, pool: pool.name)
    }

    public func close() {
        let folders = shared.withLock { shared in
            shared.isClosed = true
            return Array(shared.folders.values)
        }
        for folder in folders { folder.close() }
    }

    /// The writer of a working folder. Settings that change take hold with the next start.
    func folder(_ settings: TerraformSettings) -> TerraformFolder? {
        shared.withLock { shared in
            if shared.isClosed { return nil }
            if let known = shared.folders[settings.folder] { return known }
            let hash = settings.folder.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01b3
            }
            let setup = TerraformFolder.Setup(
                cluster: cluster, settings: settings, work: "\(work)/\(String(hash, radix: 36))")
            let fresh = TerraformFolder(setup, log: log, observe: observe)
            shared.folders[settings.folder] = fresh
            return fresh
        }
    }
}
