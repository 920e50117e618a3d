import ClusterModel

/// How many machines of which type, when, and when not. `decide` is a round; `poolMinimums` is what the operator and
/// the cluster file ask for whatever the autoscaler does.
public enum Autoscaler {
    /// Most gangs of one shape for which machines are bought in a round.
    static let gangsPerRound = 32
    /// Most choices of a type in one round.
    static let choicesPerRound = 1_000
    /// Most machines bought in a round whose rest is kept in view.
    static let freshLimit = 1_000

    /// How many instances each pool lacks to what is wanted of it, in the pools' order; pools that lack none are left
    /// out. Wanted is the larger of the file's minimum and what was asked for by keystroke, at most the maximum.
    /// A pool that has left the file lacks nothing; machines on their way out do not count. O(pools x instances).
    public static func poolMinimums(_ state: ClusterState) -> [(pool: PoolID, missing: UInt32)] {
        var missing: [(pool: PoolID, missing: UInt32)] = []
        if state.isEnding { return missing }
        for slot in state.pools.indices {
            let row = state.pools[slot]
            guard row.configured, let spec = state.spec(of: PoolID(slot)) else { continue }
            let target = min(max(spec.minimum, row.wanted), spec.maximum)
            let staying = UInt32(state.stayingInstances(of: PoolID(slot)))
            if target > staying { missing.append((PoolID(slot), target - staying)) }
        }
        return missing
    }
}
