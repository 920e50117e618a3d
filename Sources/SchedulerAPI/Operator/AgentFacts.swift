import ClusterModel
import SchedulerWire
import Synchronization

/// Everything that an answer tells of an agent, besides what is the same for all of them. Answers are made of it and of
/// nothing else: equal facts are equal answers.
struct AgentFacts: Hashable, Sendable {
    /// What tasks or offers of a role have.
    struct Share: Hashable, Sendable {
        var role: String
        var items: [ResourceItem]
    }
    /// How it is drained.
    struct Drain: Hashable, Sendable {
        var isDone: Bool
        var since: Instant
        var grace: Interval
        var isGoneAfter: Bool

        /// Nil when it is not drained.
        init?(_ row: NodeRow) {
            guard row.state == .draining || row.state == .drained else { return nil }
            (isDone, since) = (row.state == .drained, row.stateSince)
            (grace, isGoneAfter) = (row.drainGrace, row.goneWhenDrained)
        }
    }

    var agent: UInt32
    var hostname: String
    var isActive: Bool
    var isDeactivated: Bool
    var version: String
    var joinedAt: Instant
    var lacks: AgentCapabilities
    var attributes: [Attribute]
    var domain: FaultDomain
    var declared: [ResourceItem]
    var total: [ResourceItem]
    var allocated: [Share]
    var offered: [Share]
    var drain: Drain?

    init(_ node: NodeID, in reading: StateReading) {
        let state = reading.state
        let (row, details) = (state.nodes[node.index], state.nodeDetails[node.index])
        agent = row.agent
        hostname = state.hostname(of: node)
        isDeactivated = StateReading.isDeactivated(row)
        isActive = row.connected && !isDeactivated
        (version, joinedAt, lacks) = (details.agentVersion, row.joinedAt, row.lacks)
        (attributes, domain) = (details.attributes, details.domain)
        declared = state.items(reading.declared(node))
        total = state.items(state.totalHolding(of: node))
        allocated = reading.allocated(on: node)
        offered = reading.offered(on: node)
        drain = Drain(row)
    }
}

/// Agents as they were last written, so that of thousands only those are written anew of which something has changed.
/// A megabyte or less for a thousand agents.
final class AgentRecords: Sendable {
    private struct State {
        var place = MasterPlace()
        var configuration = ClusterConfiguration()
        var records: [NodeID: (facts: AgentFacts, bytes: [UInt8])] = [:]
    }
    private let state = Mutex(State())

    /// The reading's agents, in the binary form and in their order.
    func bytes(_ reading: StateReading) -> [[UInt8]] {
        state.withLock { state in
            if state.place != reading.place || state.configuration != reading.resources.configuration {
                (state.place, state.configuration) = (reading.place, reading.resources.configuration)
                state.records = [:]
            }
            let agents = reading.agents
            // Agents that are gone are not kept.
            if state.records.count > 2 * agents.count + 64 { state.records = [:] }
            return agents.map { node in
                let facts = AgentFacts(node, in: reading)
                if let known = state.records[node], known.facts == facts { return known.bytes }
                let bytes = WireCoding.encode(reading.agent(facts), .protobuf)
                state.records[node] = (facts, bytes)
                return bytes
            }
        }
    }

    /// The response, with the reading's agents where it has GetAgents.
    func encode(_ response: WireOperatorResponse, _ form: WireForm, _ reading: StateReading) -> [UInt8] {
        guard response.hasGetAgents || response.getState.hasGetAgents else { return WireCoding.encode(response, form) }
        return WireCoding.encode(
            response, form,
            ready: WireCoding.Ready(bytes(reading), field: 1, of: WireOperatorResponse.GetAgents.self))
    }
}
