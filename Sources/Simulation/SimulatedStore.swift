import ClusterModel
import ControlCore

/// A state store that commits late: what a crash of the core finds is what was committed, and directives leave only
/// after the commit of the batch they came from.
struct SimulatedStore: Sendable {
    struct Batch: Sendable {
        var facts: [(key: RegistryKey, value: [UInt8]?)]
        var directives: [Directive]
        var events: [Event]
    }

    private var committed: [[UInt8]: [UInt8]] = [:]
    private var pending: [Batch] = []

    /// Takes what an outcome wrote and wants done.
    mutating func enqueue(_ outcome: ControlCore.Outcome, state: ClusterState) {
        var keys: [RegistryKey] = []
        var seen: Set<RegistryKey> = []
        for stamped in outcome.events {
            for key in state.registryKeys(touchedBy: stamped.event) where seen.insert(key).inserted { keys.append(key) }
        }
        pending.append(
            Batch(
                facts: keys.map { ($0, state.fact(for: $0)) }, directives: outcome.directives,
                events: outcome.events.map(\.event)))
    }

    /// Commits everything that waits; answers what may leave now.
    mutating func commit() -> [Batch] {
        for batch in pending {
            for (key, value) in batch.facts { committed[key.bytes] = value }
        }
        defer { pending = [] }
        return pending
    }

    /// A crash: what was not committed is gone. Answers the state that a new core finds.
    mutating func crash() -> ClusterState? {
        pending = []
        return try? ClusterState(facts: committed.map { (key: $0.key, value: $0.value) })
    }
}
