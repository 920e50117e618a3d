import ClusterModel

/// What a provider tells.
public enum ProviderReport: Sendable, Hashable {
    /// A step of one machine.
    case instance(InstanceSeen)
    /// How the provider of a pool stands.
    case pool(PoolSeen)
    /// All machines that it sees.
    case found(MachinesFound)
}
