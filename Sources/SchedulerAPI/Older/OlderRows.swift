import ClusterModel
import SchedulerWire
import SwiftProtobuf

/// Rows of the endpoints before v1.
extension OlderState {
    // MARK: Agents

    func slave(_ node: NodeID, _ row: inout JSONWriter) {
        let (line, details) = (cluster.nodes[node.index], cluster.nodeDetails[node.index])
        row.text("id", cluster.agentID(of: node))
        row.text("hostname", cluster.hostname(of: node))
        row.integer("port", reading.place.port)
        row.object("attributes") { list in
            for attribute in details.attributes {
                switch attribute.kind {
                case .text: list.text(attribute.name, attribute.text)
                case .scalar: list.number(attribute.name, Double(attribute.thousandths) / 1_000)
                case .ranges: list.text(attribute.name, Self.ranges(attribute.bounds))
                }
            }
        }
        if let domain = EventMapping.domain(details.domain) {
            row.raw("domain", WireCoding.encode(domain, .json))
        }
        row.text("pid", "slave(1)@\(reading.place.host):\(reading.place.port)")
        row.number("registered_time", Double(line.joinedAt.microseconds) / 1e6)
        let total = cluster.totalHolding(of: node)
        summary("resources", cluster.items(total), &row)
        summary("used_resources", used(on: node), &row)
        summary("offered_resources", cluster.offers(on: node).flatMap { cluster.items(cluster.holding(of: $0)) }, &row)
        let items = cluster.items(total)
        row.object("reserved_resources") { list in
            for role in ids(items.compactMap { $0.identity.role }) {
                summary(role, items.filter { $0.identity.role == role }, &list)
            }
        }
        summary("unreserved_resources", items.filter { $0.identity.role == nil }, &row)
        let isDeactivated = StateReading.isDeactivated(line)
        row.flag("active", line.connected && !isDeactivated)
        row.flag("deactivated", isDeactivated)
        row.text("version", details.agentVersion.isEmpty ? reading.place.version : details.agentVersion)
        row.texts("capabilities", AgentCapabilities.all.subtracting(line.lacks).words)
        if let drain = AgentFacts.Drain(line).map(StateReading.drain) {
            row.raw("drain_info", WireCoding.encode(drain, .json))
            row.number("estimated_drain_start_time_seconds", Double(line.stateSince.microseconds / 1_000_000))
        }
    }

    /// Every resource in full, as `/slaves` has them.
    func full(_ node: NodeID, _ row: inout JSONWriter) {
        let items = cluster.items(cluster.totalHolding(of: node))
        row.object("reserved_resources_full") { list in
            for role in ids(items.compactMap { $0.identity.role }) {
                resources(role, reading.resources.wire(items.filter { $0.identity.role == role }, .both), &list)
            }
        }
        resources(
            "unreserved_resources_full",
            reading.resources.wire(items.filter { $0.identity.role == nil }, .both), &row)
        resources("used_resources_full", reading.wire(cluster.allocatedShares(on: node)), &row)
        resources("offered_resources_full", reading.wire(cluster.offeredShares(on: node)), &row)
    }

    private func resources(_ name: String, _ list: [WireResource], _ row: inout JSONWriter) {
        row.array(name) { all in for each in list { all.raw(nil, WireCoding.encode(each, .json)) } }
    }

    private func used(on node: NodeID) -> [ResourceItem] {
        guard node.index < cluster.index.tasksOnNode.count else { return [] }
        return cluster.index.tasksOnNode[node.index].flatMap { task -> [ResourceItem] in
            guard let row = cluster.row(of: task), row.state.isPlaced else { return [] }
            return cluster.items(cluster.holding(of: task, row))
        }
    }

    /// Scalars by name, always the four usual ones; ranges and sets as text; what may be taken back apart.
    func summary(_ name: String, _ items: [ResourceItem], _ row: inout JSONWriter) {
        let (lasting, revocable) = (
            items.filter { !$0.identity.isRevocable }, items.filter { $0.identity.isRevocable }
        )
        row.object(name) { list in
            let sum = lasting.reduce(ResourceVector.zero) { $0 + $1.amount }
            for (lane, name) in cluster.configuration.laneNames.enumerated() where lane < 4 || sum.lanes[lane] != 0 {
                list.number(name, ResourceMapping.number(sum.lanes[lane], lane: lane))
            }
            let extras = lasting.reduce(Extras()) { $0 + $1.extras }
            for each in extras.ranges { list.text(each.name, Self.ranges(each.bounds)) }
            for each in extras.words { list.text(each.name, "{\(each.items.joined(separator: ", "))}") }
            let lent = revocable.reduce(ResourceVector.zero) { $0 + $1.amount }
            for (name, value) in reading.resources.numbers(lent) { list.number("\(name)_revocable", value) }
        }
    }

    static func ranges(_ bounds: [UInt64]) -> String {
        let parts = stride(from: 0, to: bounds.count - 1, by: 2).map { "\(bounds[$0])-\(bounds[$0 + 1])" }
        return "[\(parts.joined(separator: ", "))]"
    }

    // MARK: Frameworks

    func framework(_ id: FrameworkID, _ row: inout JSONWriter) {
        let details = cluster.details(of: id) ?? FrameworkDetails()
        let info = reading.info(of: id)
        row.text("id", cluster.frameworkID(of: id))
        row.text("name", details.info.name)
        summary("used_resources", held(id), &row)
        let offers = cluster.openOffers.filter { cluster.offers[$0.index].framework == id }
        summary("offered_resources", offers.flatMap { cluster.items(cluster.holding(of: $0)) }, &row)
        row.texts("capabilities", info.capabilities.compactMap { FrameworkMapping.word($0.type) })
        row.text("hostname", details.info.hostname)
        row.text("webui_url", info.webuiURL)
        row.flag("active", details.isConnected && cluster.frameworks[id.index].state == .active)
        row.flag("connected", details.isConnected)
        row.flag("recovered", StateReading.isRecovered(cluster.frameworks[id.index], details))
    }

    private func held(_ id: FrameworkID) -> [ResourceItem] {
        cluster.externalJobs(of: id).flatMap { job -> [ResourceItem] in
            let task = TaskID(job: job, index: 0)
            guard let row = cluster.row(of: task), row.state.isPlaced else { return [] }
            return cluster.items(cluster.holding(of: task, row))
        }
    }

    func frameworkRest(_ id: FrameworkID, _ row: inout JSONWriter) {
        let details = cluster.details(of: id) ?? FrameworkDetails()
        let info = reading.info(of: id)
        row.text("user", details.info.user)
        row.number("failover_timeout", Double(details.info.failoverTimeout.microseconds) / 1e6)
        row.flag("checkpoint", details.info.checkpoint)
        row.number("registered_time", Double(details.registeredAt.microseconds) / 1e6)
        let isRemoved = cluster.frameworks[id.index].state == .removed
        row.number("unregistered_time", isRemoved ? Double(details.leftAt.microseconds) / 1e6 : 0)
        if !details.info.principal.isEmpty { row.text("principal", details.info.principal) }
        let offers = cluster.openOffers.filter { cluster.offers[$0.index].framework == id }
        summary("resources", held(id) + offers.flatMap { cluster.items(cluster.holding(of: $0)) }, &row)
        if details.info.capabilities.contains(.multiRole) {
            row.texts("roles", details.info.roles)
        } else {
            row.text("role", details.info.roles.first ?? "*")
        }
        let tasks = reading.tasks { $1.framework == id }
        for (name, kind) in [
            ("tasks", StateReading.TaskList.live), ("unreachable_tasks", .unreachable), ("completed_tasks", .completed),
        ] {
            row.array(name) { list in
                for (job, line) in tasks where StateReading.list(of: line) == kind {
                    list.object { task(job, line, &$0) }
                }
            }
        }
        row.array("offers") { list in
            for offer in offers {
                let wire = EventMapping(resources: reading.resources, place: reading.place).offer(reading.told(offer))
                list.raw(nil, WireCoding.encode(wire, .json))
            }
        }
        row.array("executors") { list in
            for each in reading.executors(where: { cluster.jobs[$0.index].framework == id }) {
                list.object { line in
                    line.text("executor_id", each.executorInfo.executorID.value)
                    line.text("name", each.executorInfo.name)
                    line.text("framework_id", cluster.frameworkID(of: id))
                    line.text("slave_id", each.agentID.value)
                }
            }
        }
        if info.hasLabels { row.raw("labels", labels(info.labels)) }
        if !details.constraints.roles.isEmpty {
            row.raw("offer_constraints", WireCoding.encode(StateReading.constraints(details.constraints), .json))
        }
    }

    private func labels(_ labels: WireLabels) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { list in for each in labels.labels { list.raw(nil, WireCoding.encode(each, .json)) } }
        return writer.bytes
    }

    // MARK: Tasks

    func task(_ job: JobID, _ line: ExternalTask, _ row: inout JSONWriter) {
        let wire = reading.task(job, line)
        row.text("id", line.name)
        row.text("name", wire.name)
        row.text("framework_id", wire.frameworkID.value)
        row.text("executor_id", line.executor)
        row.text("slave_id", wire.agentID.value)
        row.text("state", line.state.word)
        let task = TaskID(job: job, index: 0)
        if let held = cluster.row(of: task) {
            summary("resources", cluster.items(cluster.holding(of: task, held)), &row)
        }
        if cluster.contains(job) { row.text("role", cluster.path(of: cluster.jobs[job.index].role)) }
        row.array("statuses") { list in
            for update in line.history {
                let status = reading.status(update, of: line)
                list.object { each in
                    each.text("state", update.state.word)
                    each.number("timestamp", status.timestamp)
                    if status.hasLabels { each.raw("labels", labels(status.labels)) }
                    if status.hasContainerStatus {
                        each.raw(
                            "container_status",
                            WireCoding.transcode([UInt8](status.containerStatus), "ContainerStatus", .json))
                    }
                    if status.hasHealthy { each.flag("healthy", status.healthy) }
                }
            }
        }
        if wire.hasUser { row.text("user", wire.user) }
        if wire.hasLabels { row.raw("labels", labels(wire.labels)) }
        for (name, isThere, bytes, kind) in [
            ("discovery", wire.hasDiscovery, wire.discovery, "DiscoveryInfo"),
            ("container", wire.hasContainer, wire.container, "ContainerInfo"),
            ("health_check", wire.hasHealthCheck, wire.healthCheck, "HealthCheck"),
        ] where isThere {
            row.raw(name, WireCoding.transcode([UInt8](bytes), kind, .json))
        }
    }

    /// How many tasks are in each state.
    func counts(_ tasks: [ExternalTask], _ row: inout JSONWriter) {
        let states: [FrameworkTaskState] = [
            .staging, .starting, .running, .killing, .finished, .killed, .failed, .lost, .error, .unreachable,
        ]
        for state in states { row.integer(state.word, tasks.count { $0.state == state }) }
    }
}
