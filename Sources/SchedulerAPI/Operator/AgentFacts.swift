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

    /// The state is borrowed: a copy of it for each of thousands of nodes would be most of an answer's cost.
    init(_ node: NodeID, in state: borrowing ClusterState) {
        let (row, details) = (state.nodes[node.index], state.nodeDetails[node.index])
        agent = row.agent
        hostname = state.hostname(of: node)
        isDeactivated = StateReading.isDeactivated(row)
        isActive = row.connected && !isDeactivated
        (version, joinedAt, lacks) = (details.agentVersion, row.joinedAt, row.lacks)
        (attributes, domain) = (details.attributes, details.domain)
        total = state.items(state.totalHolding(of: node))
        declared = details.special.isEmpty ? total : state.items(state.declaredHolding(of: node))
        allocated = state.allocatedShares(on: node)
        offered = state.offeredShares(on: node)
        drain = Drain(row)
    }
}

/// What of a node is whose. Of the state itself, which a struct around it would copy for each of thousands of nodes.
extension ClusterState {
    /// What a node declared: what it has, without what was reserved or made since.
    func declaredHolding(of node: NodeID) -> Holding {
        let details = nodeDetails[node.index]
        var holding = Holding(nodes[node.index].total, details.extras)
        for portion in details.special.all {
            let identity = identities[portion.identity]
            guard !identity.isRevocable else { continue }
            let isDeclared = identity.volume == nil && identity.reservations.allSatisfy { $0.kind == .fixed }
            if isDeclared {
                holding.special.add(portion)
            } else if identity.reservations.allSatisfy({ $0.kind == .dynamic }), identity.disk == .root {
                holding.plain += portion.amount
                holding.extras = holding.extras + portion.extras
            }
        }
        return holding
    }

    /// What tasks on a node hold, role by role.
    func allocatedShares(on node: NodeID) -> [AgentFacts.Share] {
        guard node.index < index.tasksOnNode.count, !index.tasksOnNode[node.index].isEmpty else { return [] }
        var byRole: [String: Holding] = [:]
        for task in index.tasksOnNode[node.index] {
            guard let row = row(of: task), row.state.isPlaced else { continue }
            let role = path(of: jobs[task.job.index].role)
            byRole[role, default: Holding()] = byRole[role, default: Holding()] + holding(of: task, row)
        }
        var shares: [AgentFacts.Share] = []
        for (role, holding) in byRole { shares.append(.init(role: role, items: items(holding))) }
        return shares.sorted { $0.role < $1.role }
    }

    /// What open offers of a node lend, one share an offer.
    func offeredShares(on node: NodeID) -> [AgentFacts.Share] {
        var shares: [AgentFacts.Share] = []
        for offer in offers(on: node) {
            shares.append(.init(role: path(of: offers[offer.index].role), items: items(holding(of: offer))))
        }
        return shares
    }

    /// Open offers of a node.
    func offers(on node: NodeID) -> [OfferID] { index.offersOnNode[node] ?? [] }

    /// What a task holds.
    func holding(of task: TaskID, _ row: TaskRow) -> Holding {
        Holding(row.need, taskExtras[task] ?? Extras(), taskSpecial[task] ?? Portions())
    }
}

/// Agents as they were last written, so that of thousands only those are written anew of which something has changed.
/// Half a megabyte for a thousand agents, and another for those that are asked for in JSON.
final class AgentRecords: Sendable {
    private final class Record {
        let facts: AgentFacts
        var forms: [WireForm: [UInt8]] = [:]
        init(_ facts: AgentFacts) { self.facts = facts }
    }
    private struct State {
        var place = MasterPlace()
        var configuration = ClusterConfiguration()
        var records: [NodeID: Record] = [:]
    }
    private let state = Mutex(State())

    /// The reading's agents, each in the form, in their order.
    func elements(_ reading: StateReading, _ form: WireForm) -> [[UInt8]] {
        state.withLock { state in
            if state.place != reading.place || state.configuration != reading.resources.configuration {
                (state.place, state.configuration) = (reading.place, reading.resources.configuration)
                state.records = [:]
            }
            let (agents, cluster) = (reading.agents, reading.state)
            // Agents that are gone are not kept.
            if state.records.count > 2 * agents.count + 64 { state.records = [:] }
            var elements: [[UInt8]] = []
            elements.reserveCapacity(agents.count)
            for node in agents {
                let facts = AgentFacts(node, in: cluster)
                let known = state.records[node]
                if let known, known.facts == facts, let bytes = known.forms[form] {
                    elements.append(bytes)
                    continue
                }
                let record = known.flatMap { $0.facts == facts ? $0 : nil } ?? Record(facts)
                let bytes = WireCoding.encode(reading.agent(facts), form)
                record.forms[form] = bytes
                state.records[node] = record
                elements.append(bytes)
            }
            return elements
        }
    }

    /// The response, with the reading's agents where it has GetAgents.
    func encode(_ response: WireOperatorResponse, _ form: WireForm, _ reading: StateReading) -> [UInt8] {
        guard response.hasGetAgents || response.getState.hasGetAgents else { return WireCoding.encode(response, form) }
        return WireCoding.encode(
            response, form,
            ready: WireCoding.Ready(elements(reading, form), field: 1, of: WireOperatorResponse.GetAgents.self))
    }
}
