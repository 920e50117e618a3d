import ClusterModel

/// What makes and ends machines. All calls return at once; what was seen is told to the observer that the provider was
/// made with, on a thread of the provider's.
public protocol Provider: AnyObject, Sendable {
    /// Makes the machine, or finds it when it is there already, and tells how far it is until its agent can be reached.
    func create(_ order: InstanceOrder)

    /// Ends the machine and removes what it kept; tells `.gone` once nothing of it is left, at once when there was
    /// nothing. While tasks run there it is not ended, unless `endsTasks` says so.
    func destroy(_ order: InstanceOrder, endsTasks: Bool)

    /// The agent of the machine with this name cannot be reached: see to it, if that is the provider's to do.
    func lookAfter(_ name: String)

    /// Machines that exist and belong to none of `known`: asked after a start, for reports.
    func strays(known: Set<InstanceID>) -> [StrayMachine]

    /// The pools that are configured now, of every provider: told at the start and whenever the cluster file changes.
    func use(_ pools: [PoolSpec])

    /// Ends a machine that the provider found and nobody knows.
    func endStray(_ machine: FoundMachine, of pool: PoolSpec)

    /// Ends the provider's own work; machines stay as they are.
    func close()
}

extension Provider {
    public func use(_ pools: [PoolSpec]) {}
    public func endStray(_ machine: FoundMachine, of pool: PoolSpec) {}
}

/// A machine that exists and that no living instance accounts for.
public struct StrayMachine: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// The cluster that made it.
    public var cluster: String
    /// The number that cluster gave it.
    public var instance: InstanceID
    /// Whether its agent runs.
    public var isAlive: Bool
    /// Where it is: a folder.
    public var place: String

    /// One line for the operator, with the way out.
    public var description: String {
        let owner = "instance \(instance.raw) of cluster \(cluster)"
        return isAlive
            ? "unknown agent \(name) (\(owner)) runs in \(place): end it with `bellows-agent stop --dir \(place)`"
            : "left-over folder of agent \(name) (\(owner)) at \(place): remove it when nobody needs its outputs"
    }
}
