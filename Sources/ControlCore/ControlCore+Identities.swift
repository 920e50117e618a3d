import ClusterModel

/// Resources as they are spoken of outside, made into what the state holds.
extension ControlCore {
    /// Resources as the state holds them; identities that are new get their numbers. Nil when the table of identities
    /// is full.
    mutating func intern(_ items: [ResourceItem]) -> Holding? {
        for item in items where !item.isEmpty {
            guard state.identities.find(item.identity) == nil else { continue }
            guard state.identities.count < IdentityTable.limit else { return nil }
            emit(.identityAdded(IdentityAdded(id: IdentityID(state.identities.count), identity: item.identity)))
        }
        return state.holding(items)
    }

    /// What `pool` holds without `part`; shared volumes stay, since any number of tasks may have them. Nil when not all
    /// of `part` is there.
    static func take(_ part: Holding, from pool: Holding) -> Holding? {
        guard part.plain.fits(in: pool.plain), part.extras.isEmpty || pool.extras.contains(part.extras) else {
            return nil
        }
        var rest = Holding(pool.plain - part.plain, pool.extras - part.extras, pool.special)
        for portion in part.special.all {
            guard var own = rest.special[portion.identity] else { return nil }
            if portion.copies > 0 {
                guard own.amount == portion.amount else { return nil }
                continue
            }
            own.copies = 0
            guard portion.amount.fits(in: own.amount),
                portion.extras.isEmpty || own.extras.contains(portion.extras)
            else { return nil }
            rest.special.subtract(portion)
        }
        return rest
    }
}
