import ClusterModel

/// What providers tell of themselves, and machines that nobody accounts for.
extension ControlCore {
    mutating func poolSeen(_ seen: PoolSeen) {
        guard let pool = state.pool(named: seen.pool) else { return }
        let row = state.pools[pool.index]
        guard
            state.text(row.drift) != seen.drift || state.text(row.note) != seen.note
                || row.leaseEnforced != seen.leaseEnforced
        else { return }
        emit(
            .poolObserved(
                PoolObserved(pool: pool, drift: seen.drift, note: seen.note, leaseEnforced: seen.leaseEnforced)))
    }

    /// Compares what a provider sees with what is wanted. A machine that nobody wants counts as an orphan only after a
    /// grace and when it was seen again: it may have been made, or be ending, while the list was.
    mutating func machinesFound(_ found: MachinesFound) {
        guard let pool = state.pool(named: found.pool) else { return }
        let live = Set(state.index.liveInstances.map { state.text(state.instances[$0.index].name) })
        let strangers = found.machines.filter { !live.contains($0.name) }
        let ids = Set(strangers.map(\.id))
        for row in state.orphans where row.pool == pool && !ids.contains(row.id) {
            emit(.orphanChanged(OrphanChanged(pool: pool, id: row.id, name: row.name, state: .gone)))
        }
        for machine in strangers {
            emit(.orphanChanged(OrphanChanged(pool: pool, id: machine.id, name: machine.name, state: .seen)))
            judge(pool, machine.id)
        }
    }

    private mutating func judge(_ pool: PoolID, _ id: String) {
        guard let row = state.orphan(pool, id) else { return }
        let isRipe = row.sightings >= OrphanRow.sightingsNeeded && row.firstSeen + OrphanRow.grace <= now
        switch row.state {
        case .seen where isRipe:
            // In a cluster that has never ended one, a person says so first.
            if state.endsOrphans { endOrphan(row, user: "") } else { note(row, .waiting, user: "") }
        case .ending: direct(.endStray(pool: found(row), FoundMachine(id: row.id, name: row.name)))
        default: break
        }
    }

    private func found(_ row: OrphanRow) -> String { state.name(of: row.pool) }

    private mutating func note(_ row: OrphanRow, _ next: OrphanRow.State, user: String) {
        emit(.orphanChanged(OrphanChanged(pool: row.pool, id: row.id, name: row.name, state: next, user: user)))
    }

    private mutating func endOrphan(_ row: OrphanRow, user: String) {
        note(row, .ending, user: user)
        direct(.endStray(pool: found(row), FoundMachine(id: row.id, name: row.name)))
    }

    /// Carries out what somebody said is to become of orphans.
    mutating func decide(_ choice: OrphanChoice, _ user: String) -> ActionAnswer {
        let chosen = state.orphans.filter { choice.ids.isEmpty ? $0.state == .waiting : choice.ids.contains($0.id) }
        if let unknown = choice.ids.first(where: { id in !chosen.contains { $0.id == id } }) {
            return refusal("refused: no orphan has the id \(unknown); they are listed by `bellows orphans`")
        }
        guard !chosen.isEmpty else { return refusal("refused: no orphan waits for a word") }
        if choice.choice == .adopt, let problem = obstacle(toAdopt: chosen) { return refusal(problem) }
        for row in chosen {
            switch choice.choice {
            case .end: endOrphan(row, user: user)
            case .keep: note(row, .kept, user: user)
            case .adopt: adopt(row, user)
            }
        }
        let many = "\(chosen.count) machine\(chosen.count == 1 ? "" : "s")"
        switch choice.choice {
        case .end: return done("ending \(many); orphans that are found later are ended without asking")
        case .keep: return done("\(many) stay as they are and are not counted")
        case .adopt: return done("\(many) taken into the cluster")
        }
    }

    private func obstacle(toAdopt rows: [OrphanRow]) -> String? {
        for row in rows {
            guard !row.name.isEmpty else { return "refused: \(row.id) has no name to be known by; end it, or keep it" }
            if state.node(named: row.name) != nil {
                return "refused: there is a node \(row.name) already; end \(row.id)"
            }
            guard let spec = state.spec(of: row.pool), !spec.types.isEmpty else {
                return "refused: pool \(state.name(of: row.pool)) is not in the cluster file"
            }
        }
        return nil
    }

    private mutating func adopt(_ row: OrphanRow, _ user: String) {
        guard let spec = state.spec(of: row.pool), let type = spec.types.first else { return }
        note(row, .adopted, user: user)
        want(row.pool, state.stayingInstances(of: row.pool) + 1, Reason(.askedFor), user)
        wish(row.pool, spec, type, Reason(.askedFor), named: row.name)
    }
}
