import ClusterModel

/// The next thing that a seeker can be given.
extension Seekers {
    /// What seeker `at` takes next, or nil when nothing that is left suits it. `room` is the number of proposals that
    /// may still be made.
    mutating func next(_ at: Int, nodes: inout FreeNodes, in state: ClusterState, room: Int) -> Take? {
        var number = all[at].firstWant
        while number < all[at].wants.count {
            if all[at].wants[number].remaining > 0 {
                let place = all[at].wants[number].number
                let take =
                    demands[place].isGang
                    ? Self.gang(demands[place], &all[at].wants[number], nodes: &nodes, in: state, room: room)
                    : Self.piece(demands[place], &all[at].wants[number], nodes: &nodes, in: state)
                if let take { return take }
                all[at].wants[number].remaining = 0
            }
            if number == all[at].firstWant { all[at].firstWant += 1 }
            number += 1
        }
        return nil
    }

    /// The same where roles have quotas, or frameworks take whatever there is: within what the role may have, and by
    /// the engine's rules for those who take all.
    mutating func next(
        _ at: Int, nodes: inout FreeNodes, in state: ClusterState, room: Int, book: inout OfferBook
    ) -> Take? {
        if all[at].takesAll { return nextNode(at, nodes: &nodes, in: state, book: &book) }
        let allowance = book.engine.allowance(ofRole: book.role(all[at].role))
        for number in all[at].firstWant..<max(all[at].firstWant, all[at].wants.count) {
            let demand = demands[all[at].wants[number].number]
            if !(demand.need * Int64(demand.isGang ? demand.count : 1)).fits(in: allowance) {
                all[at].wants[number].remaining = 0
            }
        }
        return next(at, nodes: &nodes, in: state, room: room)
    }

    /// All that may be offered of the next node for which nothing speaks against it.
    private mutating func nextNode(
        _ at: Int, nodes: inout FreeNodes, in state: ClusterState, book: inout OfferBook
    ) -> Take? {
        while nodes.holds(slot: all[at].cursor, in: state) {
            let slot = all[at].cursor
            all[at].cursor += 1
            if let holding = book.judge(all[at].framework, all[at].role, nodes.ids[slot]) {
                return Take(parts: [(slot, holding.plain, holding.extras)], special: holding.special)
            }
        }
        return nil
    }

    /// One piece on the first node that has room for it.
    private static func piece(
        _ demand: Demand, _ want: inout Want, nodes: inout FreeNodes, in state: ClusterState
    ) -> Take? {
        if let only = demand.only {
            while want.cursor < only.count {
                if let slot = nodes.slot(of: only[want.cursor], in: state),
                    let part = part(of: demand, &want, at: slot, nodes: nodes, in: state)
                {
                    return part
                }
                want.cursor += 1
                want.suits = false
            }
            return nil
        }
        let need = demand.need
        if state.configuration.offers.policy == .spread {
            let slot = nodes.emptiest(in: state) { slot, nodes in
                need.fits(in: nodes.free[slot]) && demand.mismatch(with: nodes.ids[slot], in: state) == nil
            }
            want.suits = slot != nil
            return slot.flatMap { part(of: demand, &want, at: $0, nodes: nodes, in: state) }
        }
        while nodes.holds(slot: want.cursor, in: state) {
            if need.fits(in: nodes.free[want.cursor]),
                let part = part(of: demand, &want, at: want.cursor, nodes: nodes, in: state)
            {
                return part
            }
            want.cursor += 1
            want.suits = false
        }
        return nil
    }

    private static func part(
        of demand: Demand, _ want: inout Want, at slot: Int, nodes: FreeNodes, in state: ClusterState
    ) -> Take? {
        guard demand.need.fits(in: nodes.free[slot]) else { return nil }
        if !want.suits {
            guard demand.mismatch(with: nodes.ids[slot], in: state) == nil else { return nil }
            want.suits = true
        }
        guard
            let extras = demand.ports == 0 && demand.words.isEmpty
                ? Extras() : demand.take(from: nodes.extras(at: slot, in: state))
        else { return nil }
        want.remaining -= 1
        return Take(parts: [(slot, demand.need, extras)])
    }

    /// One piece on each of as many nodes as the gang has members, or nothing.
    private static func gang(
        _ demand: Demand, _ want: inout Want, nodes: inout FreeNodes, in state: ClusterState, room: Int
    ) -> Take? {
        let size = demand.count
        guard size <= room else { return nil }
        var parts: [(slot: Int, amount: ResourceVector, extras: Extras)] = []
        func consider(_ slot: Int, _ nodes: FreeNodes) {
            guard demand.need.fits(in: nodes.free[slot]),
                demand.mismatch(with: nodes.ids[slot], in: state) == nil,
                let extras = demand.take(from: nodes.extras(at: slot, in: state))
            else { return }
            parts.append((slot, demand.need, extras))
        }
        if let only = demand.only {
            for node in only where parts.count < size {
                if let slot = nodes.slot(of: node, in: state) { consider(slot, nodes) }
            }
        } else {
            var slot = 0
            while parts.count < size, nodes.holds(slot: slot, in: state) {
                consider(slot, nodes)
                slot += 1
            }
        }
        guard parts.count == size else { return nil }
        want.remaining = 0
        return Take(parts: parts)
    }
}
