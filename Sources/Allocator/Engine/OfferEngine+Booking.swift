import ClusterModel

/// What is taken and given back outside of cycles.
extension OfferEngine {
    /// Books that a framework holds something of a node for a role: a task that was found running, an offer made
    /// elsewhere. `counts` = 1 when it counts as having been offered.
    public mutating func take(_ framework: Int, role: Int, agent: Int, _ holding: Holding, counts: UInt64 = 0) {
        let seeker = ensureSeeker(framework, role)
        book(agent, seeker, holding, 1)
        chargeShared(agent, seeker, holding, 1)
        tree.charge(seeker, unshared(holding), counts: counts)
        isQuotaLoosened = true
    }

    /// Gives back what a framework held. The node is looked at again.
    public mutating func giveBack(_ framework: Int, role: Int, agent: Int, _ holding: Holding) {
        let seeker = ensureSeeker(framework, role)
        book(agent, seeker, holding, -1)
        chargeShared(agent, seeker, holding, -1)
        tree.charge(seeker, .zero - unshared(holding), counts: 0)
        isQuotaLoosened = true
        markAgent(agent)
    }

    /// Moves an amount between a node, the ledger and the holder; shares are booked by the caller.
    mutating func book(_ agent: Int, _ seeker: Int, _ holding: Holding, _ sign: Int64, isLate: Bool = false) {
        free[agent] -= holding.plain * sign
        if !holding.extras.isEmpty {
            if sign < 0 {
                freeExtras[agent] = freeExtras[agent] + holding.extras
            } else if freeExtras[agent] == holding.extras {
                freeExtras[agent] = Extras()
            } else {
                freeExtras[agent] = freeExtras[agent] - holding.extras
            }
        }
        var charged = holding.plain
        if !holding.special.isEmpty {
            held[agent] = sign > 0 ? held[agent] + holding.special : held[agent] - holding.special
            isSpecialFree[agent] = hasFreeSpecial(agent)
            for portion in holding.special.all where isUnreserved(portion.identity) { charged += portion.amount }
        }
        if isLate {
            walk.late.append((tree.seekerRole[seeker], charged * sign))
        } else {
            ledger.use(tree.seekerRole[seeker], charged * sign)
        }
        if countsAsFree(agent) { ledger.addFree(.zero - charged * sign) }
    }

    /// The scalars that count each time they are held.
    func unshared(_ holding: Holding) -> ResourceVector {
        if holding.special.isEmpty { return holding.plain }
        return holding.special.all.reduce(holding.plain) { $1.copies == 0 ? $0 + $1.amount : $0 }
    }

    /// Books copies of shared volumes: each counts once for everybody up the tree.
    mutating func chargeShared(_ agent: Int, _ seeker: Int, _ holding: Holding, _ sign: Int) {
        for portion in holding.special.all where portion.copies > 0 {
            let delta = Int(portion.copies) * sign
            let own = sharedHolds.book(agent, portion.identity, -1 - seeker, delta)
            if own != 0 { tree.charge(seekerOnly: seeker, portion.amount * own) }
            var branch = tree.ownOfRole[tree.seekerRole[seeker]]
            while branch >= 0 {
                let change = sharedHolds.book(agent, portion.identity, branch, delta)
                if change != 0 { tree.charge(branchOnly: branch, portion.amount * change) }
                branch = tree.parent[branch]
            }
        }
    }
}
