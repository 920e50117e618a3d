/// How events about providers change the state.
extension ClusterState {
    mutating func apply(_ e: PoolObserved) {
        guard e.pool.index < pools.count else { return }
        let before = text(pools[e.pool.index].drift)
        if e.drift != before {
            pools[e.pool.index].drift = e.drift.isEmpty ? .none : texts.intern(e.drift)
            if before.isEmpty || e.drift.isEmpty { pools[e.pool.index].driftSince = e.drift.isEmpty ? .never : now }
        }
        pools[e.pool.index].note = e.note.isEmpty ? .none : texts.intern(e.note)
        pools[e.pool.index].leaseEnforced = e.leaseEnforced
    }

    mutating func apply(_ e: OrphanChanged) {
        if e.state == .ending, !e.user.isEmpty { endsOrphans = true }
        guard let at = orphans.firstIndex(where: { $0.pool == e.pool && $0.id == e.id }) else {
            guard e.state == .seen, orphans.count < OrphanRow.limit else { return }
            var row = OrphanRow()
            (row.pool, row.id, row.name, row.firstSeen, row.sightings) = (e.pool, e.id, e.name, now, 1)
            orphans.append(row)
            return
        }
        if e.state == .gone || e.state == .adopted {
            orphans.remove(at: at)
            return
        }
        if e.state == .seen { orphans[at].sightings = max(orphans[at].sightings, orphans[at].sightings &+ 1) }
        if e.state != .seen { orphans[at].state = e.state }
    }
}
