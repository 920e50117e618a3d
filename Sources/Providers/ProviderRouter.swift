import ClusterModel

/// All providers as one: each order goes to the one that its pool names.
public final class ProviderRouter: Provider {
    private let providers: [PoolSpec.Provider: any Provider]
    private let observe: @Sendable (ProviderReport) -> Void

    /// The providers there are; an order for another kind is answered with a failure.
    public init(
        _ providers: [PoolSpec.Provider: any Provider], observe: @escaping @Sendable (ProviderReport) -> Void
    ) {
        (self.providers, self.observe) = (providers, observe)
    }

    private var all: [any Provider] {
        providers.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
    }

    private func provide(_ order: InstanceOrder, _ ask: (any Provider) -> Void) {
        if let provider = providers[order.provider] { return ask(provider) }
        let message = "this version has no provider for \(order.provider) pools"
        observe(
            .instance(
                InstanceSeen(
                    instance: order.instance, state: .gone, failed: true, message: message, cause: .invalid)))
    }

    public func create(_ order: InstanceOrder) { provide(order) { $0.create(order) } }

    public func destroy(_ order: InstanceOrder, endsTasks: Bool) {
        provide(order) { $0.destroy(order, endsTasks: endsTasks) }
    }

    public func lookAfter(_ name: String) { for provider in all { provider.lookAfter(name) } }

    public func strays(known: Set<InstanceID>) -> [StrayMachine] { all.flatMap { $0.strays(known: known) } }

    public func use(_ pools: [PoolSpec]) { for provider in all { provider.use(pools) } }

    public func endStray(_ machine: FoundMachine, of pool: PoolSpec) {
        providers[pool.provider]?.endStray(machine, of: pool)
    }

    public func close() { for provider in all { provider.close() } }
}
