import ClusterModel

/// Keeping watch and openings up to date: once for each state, and only for the shapes that are asked about.
extension BatchMemory {
    /// Brings the watch up to date; needed once for each state that is asked about.
    mutating func refresh(_ state: ClusterState) {
        tidy(state)
        if watch.refresh(state) { openings = [] }
    }

    /// The place of the openings of a shape, up to date. O(nodes changed since the last use); O(nodes) at first.
    mutating func openings(of shape: Int, in state: ClusterState) -> Int {
        clock += 1
        guard let at = openings.firstIndex(where: { $0.shape == shape }) else {
            return addOpenings(of: shape, in: state)
        }
        openings[at].usedAt = clock
        let end = watch.logEnd
        guard openings[at].logPosition != end else { return at }
        if let changed = watch.changes(since: openings[at].logPosition) {
            openings[at].update(changed, shapes[shape], watch, in: state)
        } else {
            openings[at].computeAll(shapes[shape], watch, in: state)
        }
        openings[at].logPosition = end
        return at
    }

    private mutating func addOpenings(of shape: Int, in state: ClusterState) -> Int {
        var fresh = Openings(shape: shape)
        fresh.computeAll(shapes[shape], watch, in: state)
        fresh.logPosition = watch.logEnd
        fresh.usedAt = clock
        if openings.count < Self.openingsLimit {
            openings.append(fresh)
            return openings.count - 1
        }
        var oldest = 0
        for at in openings.indices where openings[at].usedAt < openings[oldest].usedAt { oldest = at }
        openings[oldest] = fresh
        return oldest
    }
}
