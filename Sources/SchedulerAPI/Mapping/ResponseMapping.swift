import ClusterModel
import SchedulerWire

/// What frameworks that choose by themselves are answered, on the wire.
struct ResponseMapping {
    let state: ClusterState
    let resources: ResourceMapping

    /// What may be taken, agent by agent.
    func view(_ parts: [FreeView], isRefined: Bool) -> WireSchedulerResponse {
        var response = WireSchedulerResponse()
        response.type = .view
        response.view.agents = parts.map { part in
            let details = state.nodeDetails[part.node.index]
            var agent = WireSchedulerResponse.View.Agent()
            agent.agentID.value = state.agentID(of: part.node)
            agent.hostname = state.hostname(of: part.node)
            agent.version = String(part.version, radix: 16)
            agent.resources = resources.wire(state.items(part.holding), isRefined ? .refined : .plain)
            agent.attributes = EventMapping.attributes(details.attributes)
            if let domain = EventMapping.domain(details.domain) { agent.domain = domain }
            if let when = details.unavailability { agent.unavailability = EventMapping.unavailability(when) }
            return agent
        }
        return response
    }

    /// What was taken, and what not and why.
    func commit(_ outcome: CommitOutcome) -> WireSchedulerResponse {
        var response = WireSchedulerResponse()
        response.type = .commit
        response.commit.taken = UInt32(clamping: outcome.taken)
        response.commit.conflicts = outcome.conflicts.map { one in
            var conflict = WireSchedulerResponse.Commit.Conflict()
            conflict.part = UInt32(clamping: one.part)
            conflict.message = one.message
            conflict.missing = resources.wire([ResourceItem(ResourceIdentity(), one.missing)])
            if let isNewer = one.isNewer { conflict.changed = isNewer }
            conflict.reason =
                switch one.kind {
                case .taken: .taken
                case .notOffered: .notOffered
                case .invalid: .invalid
                }
            return conflict
        }
        return response
    }
}
