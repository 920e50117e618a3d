import ClusterModel

/// What a round came to. A value: whoever has one has done nothing yet.
public struct ScaleVerdict: Sendable {
    /// Machines to be bought, in this order.
    public internal(set) var buys: [ScaleBuy] = []
    /// Nodes to be emptied and returned.
    public internal(set) var returns: [ScaleReturn] = []
    /// Nodes on their way out that are to stay.
    public internal(set) var keeps: [NodeID] = []
    /// All of it for people.
    public internal(set) var record = ScaleRecord()
    /// Since when there has been demand that nothing serves; never = there is none.
    public internal(set) var unmetSince = Instant.never
    /// When to look again if nothing changes; never = not at all.
    public internal(set) var nextLook = Instant.never

    init() {}
    /// Whether there is nothing to be done.
    public var isEmpty: Bool { buys.isEmpty && returns.isEmpty && keeps.isEmpty }
}

extension Autoscaler {
    /// One round: the queue, less what the live allocator would lend of machines that are coming, over all pools and
    /// types at least cost, within limits and budgets; then what may go. Pure; same state, same answer.
    /// `only`: the pool that may be grown or shrunk; nil = all. `patient`: whether a need must have lasted.
    /// Cost: shapes x types, plus nodes.
    public static func decide(
        _ state: ClusterState, now: Instant, only: PoolID? = nil, patient: Bool = true
    ) -> ScaleVerdict {
        guard !state.isEnding else { return ScaleVerdict() }
        var round = ScaleRound(state, now: now, only: only, patient: patient)
        round.serveQueue()
        round.buyForGangs()
        round.buyForPieces()
        round.fillReserves()
        round.returnNodes()
        return round.conclude()
    }
}
