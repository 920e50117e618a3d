import ClusterModel

/// Which nodes are offered when one input has been handled.
enum OfferCycle: Sendable, Equatable {
    /// None: nothing happened that begins a cycle.
    case none
    /// These.
    case nodes([NodeID])
    /// All of them.
    case all

    /// The nodes; nil = all of them.
    var nodes: [NodeID]? { if case .nodes(let nodes) = self { nodes } else { nil } }
}

/// When offers are made: at once after what frees something, or, where the cluster file asks for it, in cycles: at
/// fixed times, and when nodes or frameworks come.
extension ControlCore {
    /// The next fixed time of a cycle; nil where there are none. Multiples of the interval, so that nothing has to be
    /// remembered.
    var nextTick: Instant? {
        let interval = state.configuration.offers.interval.microseconds
        guard interval > 0, state.frameworks.count > 1 else { return nil }
        return Instant(microseconds: (now.microseconds / interval + 1) * interval)
    }

    /// How often every job that waits is asked about every node, whatever has happened: promises move as time passes,
    /// and leave room that nobody was told of.
    static let lookEvery = Interval.seconds(5)

    /// Sees to it that all is looked at when the first input after a multiple of `lookEvery` comes. `last` is the time
    /// of the last event: what decides stands in the state, so that a recording that begins anywhere decides the same.
    mutating func lookAround(since last: Instant) {
        let every = Self.lookEvery.microseconds
        if last.microseconds / every != now.microseconds / every, state.index.pending.contains(where: { !$0.isEmpty }) {
            queueChanged = true
        }
    }

    /// Something came for whose sake every node is offered now.
    mutating func startCycle() {
        cycle = .all
        queueChanged = true
    }

    /// Something came on a node, which is offered now.
    mutating func startCycle(on node: NodeID) {
        freed.append(node)
        switch cycle {
        case .none: cycle = .nodes([node])
        case .nodes(let others): cycle = .nodes(others + [node])
        case .all: break
        }
    }

    /// Whether offers are made in cycles.
    var isCyclic: Bool { state.configuration.offers.interval > .zero }

    /// What is offered now.
    var dueCycle: OfferCycle {
        func ordered(_ nodes: [NodeID]) -> [NodeID] { Array(Set(nodes)).sorted() }
        if isCyclic {
            if case .nodes(let nodes) = cycle { return .nodes(ordered(nodes)) }
            return cycle
        }
        if queueChanged || !wanting.isEmpty { return .all }
        return freed.isEmpty ? .none : .nodes(ordered(freed))
    }

    /// Tells frameworks outside of their new offers, each of all of its own at once.
    mutating func tellOffers(_ offers: [OfferID]) {
        var byFramework: [FrameworkID: [OfferTold]] = [:]
        for offer in offers where state.offers[offer.index].outcome == .open {
            byFramework[state.offers[offer.index].framework, default: []].append(told(offer))
        }
        for id in byFramework.keys.sorted() { tell(id, .offers(byFramework[id] ?? [])) }
    }

    private func told(_ offer: OfferID) -> OfferTold {
        let row = state.offers[offer.index]
        let details = state.nodeDetails[row.node.index]
        var told = OfferTold()
        told.id = state.offerID(offer)
        told.framework = state.frameworkID(of: row.framework)
        told.role = state.path(of: row.role)
        told.agent = state.agentID(of: row.node)
        told.node = row.node
        told.hostname = state.hostname(of: row.node)
        told.domain = details.domain
        told.attributes = details.attributes
        told.resources = state.items(state.holding(of: offer))
        told.unavailability = details.unavailability
        for task in state.index.tasksOnNode[row.node.index].sorted() {
            guard let other = state.external(task.job), other.framework == row.framework else { continue }
            if other.kind == .executor { told.executors.append(other.name) }
        }
        return told
    }
}
