import ClusterModel
import Foundation
import SchedulerWire
import SwiftProtobuf

/// The state in the wire's words: agents, frameworks, tasks, executors, operations, for answers and for events.
struct StateReading: Sendable {
    let state: ClusterState
    let place: MasterPlace
    let resources: ResourceMapping

    init(_ state: ClusterState, _ place: MasterPlace) {
        self.state = state
        self.place = place
        resources = ResourceMapping(configuration: state.configuration)
    }

    // MARK: Agents

    /// Nodes that have an agent, ascending by the agent's number.
    var agents: [NodeID] {
        state.presentNodes.filter { node in
            let row = state.nodes[node.index]
            return row.agent > 0 && row.state != .joining && row.state != .unreachable && row.state != .lost
        }
    }

    func agent(_ node: NodeID) -> WireOperatorResponse.GetAgents.Agent { agent(AgentFacts(node, in: state)) }

    /// An agent, of nothing but its facts, the place and the configuration.
    func agent(_ facts: AgentFacts) -> WireOperatorResponse.GetAgents.Agent {
        var agent = WireOperatorResponse.GetAgents.Agent()
        agent.agentInfo = agentInfo(facts)
        agent.active = facts.isActive
        agent.deactivated = facts.isDeactivated
        agent.version = facts.version.isEmpty ? place.version : facts.version
        agent.pid = "slave(1)@\(place.host):\(place.port)"
        agent.registeredTime.nanoseconds = EventMapping.nanoseconds(facts.joinedAt)
        agent.totalResources = resources.wire(facts.total, .both)
        agent.allocatedResources = wire(facts.allocated)
        agent.offeredResources = wire(facts.offered)
        agent.capabilities = AgentCapabilities.all.subtracting(facts.lacks).words.compactMap { word in
            guard let bit = AgentCapabilities.words.firstIndex(of: word),
                let type = WireAgentInfo.Capability.TypeEnum(rawValue: bit + 1)
            else { return nil }
            return .with { $0.type = type }
        }
        if let drain = facts.drain {
            agent.drainInfo = Self.drain(drain)
            agent.estimatedDrainStartTime.nanoseconds =
                EventMapping.nanoseconds(drain.since) / 1_000_000_000 * 1_000_000_000
        }
        return agent
    }

    /// Whether no offers are made of the node although it is there.
    static func isDeactivated(_ row: NodeRow) -> Bool {
        row.state == .draining || row.state == .drained || row.state == .held
    }

    static func drain(_ drain: AgentFacts.Drain) -> WireDrainInfo {
        .with {
            $0.state = drain.isDone ? .drained : .draining
            if drain.grace.microseconds >= 0 {
                $0.config.maxGracePeriod.nanoseconds = drain.grace.microseconds * 1_000
            }
            $0.config.markGone = drain.isGoneAfter
        }
    }

    func agentInfo(_ node: NodeID) -> WireAgentInfo { agentInfo(AgentFacts(node, in: state)) }

    private func agentInfo(_ facts: AgentFacts) -> WireAgentInfo {
        var info = WireAgentInfo()
        info.hostname = facts.hostname
        info.port = Int32(place.port)
        info.resources = resources.wire(facts.declared)
        info.attributes = EventMapping.attributes(facts.attributes)
        info.id.value = state.agentID(number: facts.agent)
        if let domain = EventMapping.domain(facts.domain) { info.domain = domain }
        return info
    }

    func wire(_ shares: [AgentFacts.Share]) -> [WireResource] {
        shares.flatMap { resources.wire($0.items, role: $0.role) }
    }

    // MARK: Frameworks

    func info(of framework: FrameworkID) -> WireFrameworkInfo {
        let details = state.details(of: framework)
        var info = WireFrameworkInfo()
        if let bytes = details?.info.wire, let said = try? WireFrameworkInfo(serializedBytes: bytes, partial: true) {
            info = said
        } else {
            info.user = details?.info.user ?? ""
            info.name = details?.info.name ?? state.name(of: framework)
        }
        info.id.value = state.frameworkID(of: framework)
        return info
    }

    func framework(_ id: FrameworkID) -> WireOperatorResponse.GetFrameworks.Framework {
        let row = state.frameworks[id.index]
        var framework = WireOperatorResponse.GetFrameworks.Framework()
        framework.frameworkInfo = info(of: id)
        let details = state.details(of: id) ?? FrameworkDetails()
        framework.active = details.isConnected && row.state == .active
        framework.connected = details.isConnected
        framework.recovered = Self.isRecovered(row, details)
        framework.registeredTime.nanoseconds = EventMapping.nanoseconds(details.registeredAt)
        framework.reregisteredTime.nanoseconds = EventMapping.nanoseconds(
            details.reregisteredAt.isNever ? details.registeredAt : details.reregisteredAt)
        if row.state == .removed { framework.unregisteredTime.nanoseconds = EventMapping.nanoseconds(details.leftAt) }
        let mapping = EventMapping(
            resources: resources, place: place,
            isRefined: details.info.capabilities.contains(.reservationRefinement))
        for offer in state.openOffers where state.offers[offer.index].framework == id {
            framework.offers.append(mapping.offer(told(offer)))
            framework.offeredResources += resources.wire(
                state.items(state.holding(of: offer)), role: state.path(of: state.offers[offer.index].role))
        }
        var byRole: [String: Holding] = [:]
        for job in state.externalJobs(of: id) {
            let task = TaskID(job: job, index: 0)
            guard let row = state.row(of: task), row.state.isPlaced else { continue }
            let role = state.path(of: state.jobs[job.index].role)
            byRole[role, default: Holding()] = byRole[role, default: Holding()] + state.holding(of: task, row)
        }
        framework.allocatedResources = byRole.sorted { $0.key < $1.key }
            .flatMap { resources.wire(state.items($0.value), role: $0.key) }
        if !details.constraints.roles.isEmpty {
            framework.offerConstraints = Self.constraints(details.constraints)
        }
        return framework
    }

    static func isRecovered(_ row: FrameworkRow, _ details: FrameworkDetails) -> Bool {
        row.state != .removed && !details.isConnected && details.reregisteredAt.isNever
            && details.registeredAt.isNever
    }

    func told(_ offer: OfferID) -> OfferTold {
        let row = state.offers[offer.index]
        var told = OfferTold()
        told.id = state.offerID(offer)
        told.framework = state.frameworkID(of: row.framework)
        told.role = state.path(of: row.role)
        told.agent = state.agentID(of: row.node)
        told.node = row.node
        told.hostname = state.hostname(of: row.node)
        told.domain = state.nodeDetails[row.node.index].domain
        told.attributes = state.nodeDetails[row.node.index].attributes
        told.resources = state.items(state.holding(of: offer))
        told.unavailability = state.nodeDetails[row.node.index].unavailability
        return told
    }

    static func constraints(_ constraints: OfferConstraints) -> WireOfferConstraints {
        var result = WireOfferConstraints()
        for role in constraints.roles {
            result.roleConstraints[role.role] = .with { wire in
                wire.groups = role.groups.map { group in
                    .with { $0.attributeConstraints = group.map { Self.constraint($0) } }
                }
            }
        }
        return result
    }

    private static func constraint(_ constraint: OfferConstraints.Constraint) -> WireAttributeConstraint {
        .with { wire in
            switch constraint.selector {
            case .attribute: wire.selector.attributeName = constraint.name
            case .hostname: wire.selector.pseudoattributeType = .hostname
            case .region: wire.selector.pseudoattributeType = .region
            case .zone: wire.selector.pseudoattributeType = .zone
            }
            switch constraint.predicate {
            case .exists: wire.predicate.exists = .init()
            case .notExists: wire.predicate.notExists = .init()
            case .textEquals: wire.predicate.textEquals.value = constraint.value
            case .textNotEquals: wire.predicate.textNotEquals.value = constraint.value
            case .textMatches: wire.predicate.textMatches.regex = constraint.value
            case .textNotMatches: wire.predicate.textNotMatches.regex = constraint.value
            }
        }
    }

    // MARK: Executors and operations

    func executors(where isWanted: (JobID) -> Bool = { _ in true }) -> [WireOperatorResponse.GetExecutors.Executor] {
        state.liveJobs.compactMap { job in
            guard isWanted(job), let row = state.external(job), row.kind == .executor,
                let placed = state.row(of: TaskID(job: job, index: 0)), placed.state.isPlaced
            else { return nil }
            return .with {
                let bytes = row.executorWire.isEmpty ? row.wire : row.executorWire
                if let said = try? WireExecutorInfo(serializedBytes: bytes, partial: true) { $0.executorInfo = said }
                $0.executorInfo.executorID.value = row.name
                $0.executorInfo.frameworkID.value = state.frameworkID(of: row.framework)
                $0.agentID.value = state.agentID(number: row.agent)
            }
        }
    }

    var operations: [WireOperation] {
        state.operations.map { row in
            var told = OperationTold()
            told.operation = row.name
            told.agent = state.agentID(number: row.agent)
            told.state = row.state
            told.message = row.message
            told.uuid = row.uuid
            told.converted = row.converted
            let status = EventMapping(resources: resources, place: place).operation(told)
            return .with {
                if !row.framework.isNone { $0.frameworkID.value = state.frameworkID(of: row.framework) }
                if row.agent > 0 { $0.agentID.value = state.agentID(number: row.agent) }
                if let info = try? WireOffer.Operation(serializedBytes: row.wire, partial: true) { $0.info = info }
                $0.latestStatus = status
                $0.statuses = [status]
                $0.uuid.value = Data(row.uuid)
            }
        }
    }
}
