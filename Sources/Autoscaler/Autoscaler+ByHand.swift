import ClusterModel

/// What a person's own purchase is judged by: the same purse and the same order of types as a round's.
extension Autoscaler {
    /// How many machines of a type may be bought in a pool without crossing a hard budget; `Int.max` = no budget stands
    /// over it. 0 for a type of unknown price under a hard budget.
    public static func affordable(
        _ type: MachineType, of pool: PoolID, _ spec: PoolSpec, in state: ClusterState, now: Instant
    ) -> Int {
        let purse = Purse(state, now: now)
        if type.priceIsUnknown { return purse.isLimited(in: pool, for: .none) ? 0 : .max }
        let price = spec.scaling.paid(type.pricePerHour)
        return purse.affords(
            price, commitment: spec.scaling.commitment(ratePerHour: price), in: pool, for: .none)
    }

    /// The type that a pool would be grown by: what the queue would have bought there, else the first that was not
    /// refused lately.
    public static func preferredType(of pool: PoolID, _ spec: PoolSpec, in state: ClusterState, now: Instant)
        -> MachineType?
    {
        let verdict = decide(state, now: now, only: pool, patient: false)
        if let buy = verdict.buys.first, let type = spec.types.first(where: { $0.name == buy.type }) { return type }
        return spec.types.first { state.refusal(of: $0.name, in: pool, at: now) == nil } ?? spec.types.first
    }

    /// What is left of the cluster's hard budget over a period after what is paid for already; nil = there is none.
    public static func budgetLeft(_ period: BudgetLimits.Period, in state: ClusterState, now: Instant) -> Int64? {
        Purse(state, now: now).left(period)
    }
}
