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
        index.offersOnNode[e.node, default: []].append(e.offer)
        nodes.update(e.node.index) { $0.offered += e.resources }
        noteRoom(of: e.node)
        if !e.extras.isEmpty {
            offerExtras[e.offer] = e.extras
            nodeDetails.update(e.node.index) { $0.freeExtras = $0.freeExtras - e.extras }
        }
        if !e.special.isEmpty {
            offerSpecial[e.offer] = e.special
            hold(e.special, of: e.node)
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
        noteRoom(of: row.node)
        if let lent = offerExtras.removeValue(forKey: e.offer), !lent.isEmpty {
            nodeDetails.update(row.node.index) { $0.freeExtras = $0.freeExtras + lent }
        }
        if let lent = offerSpecial.removeValue(forKey: e.offer) { release(lent, of: row.node) }
        charge(row.role, .zero - rest)
        frameworks[row.framework.index].allocated -= rest
        frameworks[row.framework.index].offers -= 1
        removeOpen(e.offer)
        closedOffers.append(e.offer)
        if closedOffers.count >= 2 * Self.closedOfferLimit { forgetClosedOffers() }
    }

    /// Takes an offer out of the list of open ones, which is ascending. By halving.
    private mutating func removeOpen(_ offer: OfferID) {
        let node = offers[offer.index].node
        index.offersOnNode[node]?.removeAll { $0 == offer }
        if index.offersOnNode[node]?.isEmpty ?? false { index.offersOnNode[node] = nil }
        var (low, high) = (0, openOffers.count)
        while low < high {
            let middle = (low + high) / 2
            if openOffers[middle] < offer { low = middle + 1 } else { high = middle }
        }
        if low < openOffers.count, openOffers[low] == offer { openOffers.remove(at: low) }
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
                && (e.node.isNone || $0.node == e.node) && $0.until <= e.expiredBy
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
