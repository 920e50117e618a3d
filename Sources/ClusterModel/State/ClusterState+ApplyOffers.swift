/// How events of the lending change the state.
extension ClusterState {
    mutating func apply(_ e: OfferMade) {
        guard nodes.contains(e.node.index), e.framework.index < frameworks.count, e.role.index < roles.count else {
            return
        }
        var row = OfferRow()
        row.id = e.offer
        row.framework = e.framework
        row.role = e.role
        row.node = e.node
        row.resources = e.resources
        row.madeAt = now
        row.expiresAt = e.expiresAt
        offers.grow(to: e.offer.index + 1, with: OfferRow())
        offers.update(e.offer.index) { $0 = row }
        openOffers.append(e.offer)
        nodes.update(e.node.index) { $0.offered += e.resources }
        if !e.extras.isEmpty {
            offerExtras[e.offer] = e.extras
            nodeDetails.update(e.node.index) { $0.freeExtras = $0.freeExtras - e.extras }
        }
        charge(e.role, e.resources)
        roles[e.role.index].allocations += 1
        frameworks[e.framework.index].allocated += e.resources
        frameworks[e.framework.index].allocations += 1
        frameworks[e.framework.index].offers += 1
    }

    mutating func apply(_ e: OfferClosed) {
        guard offers.contains(e.offer.index), offers[e.offer.index].outcome == .open, e.outcome != .open else { return }
        let row = offers[e.offer.index]
        let rest = row.resources - row.accepted
        offers.update(e.offer.index) {
            $0.outcome = e.outcome
            $0.closedAt = now
            $0.refusedUntil = e.refusedUntil
        }
        nodes.update(row.node.index) { $0.offered -= rest }
        if let lent = offerExtras.removeValue(forKey: e.offer), !lent.isEmpty {
            nodeDetails.update(row.node.index) { $0.freeExtras = $0.freeExtras + lent }
        }
        charge(row.role, .zero - rest)
        frameworks[row.framework.index].allocated -= rest
        frameworks[row.framework.index].offers -= 1
        if let at = openOffers.firstIndex(of: e.offer) { openOffers.remove(at: at) }
        closedOffers.append(e.offer)
        if closedOffers.count >= 2 * Self.closedOfferLimit { forgetClosedOffers() }
    }

    /// Keeps the newest closed offers and frees chunks before the oldest offer that is still shown or open.
    private mutating func forgetClosedOffers() {
        closedOffers.removeFirst(closedOffers.count - Self.closedOfferLimit)
        let oldest = min(closedOffers.first ?? .none, openOffers.first ?? .none)
        for chunk in 1..<max(1, oldest.index / Table<OfferRow>.chunkSize) where !offers.chunks[chunk].rows.isEmpty {
            offers.release(chunk: chunk)
        }
    }

    mutating func apply(_ e: RefusalFilter) {
        filters.append(e)
        if filters.count > Self.filterLimit { filters.removeFirst(filters.count - Self.filterLimit) }
    }

    mutating func apply(_ e: FiltersCleared) {
        filters.removeAll {
            (e.framework.isNone || $0.framework == e.framework) && (e.role.isNone || $0.role == e.role)
                && $0.until <= e.expiredBy
        }
    }

    mutating func apply(_ e: FrameworkChanged) {
        while frameworks.count <= e.framework.index { frameworks.append(FrameworkRow()) }
        var roles: [RoleID] = []
        for path in e.roles { roles.append(ensureRole(path)) }
        let name = texts.intern(e.name)
        frameworks[e.framework.index].name = name
        frameworks[e.framework.index].state = e.state
        frameworks[e.framework.index].roles = roles.sorted()
        frameworks[e.framework.index].minimum = e.minimum
    }
}
