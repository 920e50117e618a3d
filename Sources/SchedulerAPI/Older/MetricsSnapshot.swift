import ClusterModel

/// Figures under the reference's own names, as far as the state has them: `/metrics/snapshot` and GET_METRICS.
struct MetricsSnapshot {
    /// Names and values, names ascending.
    let values: [(name: String, value: Double)]

    init(_ state: ClusterState, at now: Instant, _ subscribers: Int) {
        var all: [String: Double] = [:]
        Self.machines(state, &all)
        Self.work(state, &all)
        Self.roles(state, &all)
        all["master/elected"] = 1
        all["master/uptime_secs"] = Double((now - state.startedAt).microseconds) / 1e6
        all["master/operator_event_stream_subscribers"] = Double(subscribers)
        all["master/outstanding_offers"] = Double(state.openOffers.count)
        all["registrar/log/recovered"] = 1
        values = all.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    /// All of it as one flat object.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { page in for (name, value) in values { page.number(name, value) } }
        return writer.bytes
    }

    private static func machines(_ state: ClusterState, _ all: inout [String: Double]) {
        var (total, revocable, used, offered) = (
            ResourceVector.zero, ResourceVector.zero, ResourceVector.zero, ResourceVector.zero
        )
        var (active, inactive, connected, disconnected, unreachable) = (0, 0, 0, 0, 0)
        for node in state.presentNodes {
            let row = state.nodes[node.index]
            guard row.state != .joining else { continue }
            if row.state == .unreachable || row.state == .lost {
                unreachable += 1
                continue
            }
            if row.connected { connected += 1 } else { disconnected += 1 }
            if row.connected, !StateReading.isDeactivated(row) { active += 1 } else { inactive += 1 }
            total += row.total
            used += row.used
            offered += row.offered
            let details = state.nodeDetails[node.index]
            for portion in details.special.all {
                if state.identities[portion.identity].isRevocable {
                    revocable += portion.amount
                } else {
                    total += portion.amount
                }
            }
            for portion in details.specialHeld.all where !state.identities[portion.identity].isRevocable {
                used += portion.amount
            }
        }
        for (lane, name) in ["cpus", "mem", "disk", "gpus"].enumerated() {
            let whole = ResourceMapping.number(total.lanes[lane], lane: lane)
            let busy = ResourceMapping.number(used.lanes[lane], lane: lane)
            all["master/\(name)_total"] = whole
            all["master/\(name)_used"] = busy
            all["master/\(name)_percent"] = whole > 0 ? busy / whole : 0
            all["master/\(name)_revocable_total"] = ResourceMapping.number(revocable.lanes[lane], lane: lane)
            all["master/\(name)_revocable_used"] = 0
            all["master/\(name)_revocable_percent"] = 0
            guard name != "gpus" || whole > 0 else { continue }
            all["allocator/mesos/resources/\(name)/total"] = whole
            all["allocator/mesos/resources/\(name)/offered_or_allocated"] =
                busy + ResourceMapping.number(offered.lanes[lane], lane: lane)
        }
        for (name, count) in [
            ("active", active), ("inactive", inactive), ("connected", connected), ("disconnected", disconnected),
            ("unreachable", unreachable),
        ] { all["master/slaves_\(name)"] = Double(count) }
        all["master/slave_registrations"] = Double(state.agentsEver)
    }

    private static func work(_ state: ClusterState, _ all: inout [String: Double]) {
        for each in FrameworkTaskState.allCases where each != .unknown {
            all["master/tasks_\(each.word.dropFirst(5).lowercased())"] = 0
        }
        for slot in 0..<state.externalTasks.count where state.externalTasks.contains(slot) {
            let row = state.externalTasks[slot]
            if row.kind == .task { all["master/tasks_\(row.state.word.dropFirst(5).lowercased())", default: 0] += 1 }
        }
        var (active, inactive, connected, disconnected) = (0, 0, 0, 0)
        for slot in state.frameworks.indices where state.frameworks[slot].isExternal {
            let row = state.frameworks[slot]
            let id = FrameworkID(slot)
            let isConnected = state.details(of: id)?.isConnected ?? false
            let base = "master/frameworks/\(state.name(of: id))/\(state.frameworkID(of: id))"
            guard row.state != .removed else { continue }
            if isConnected { connected += 1 } else { disconnected += 1 }
            if isConnected, row.state == .active { active += 1 } else { inactive += 1 }
            all["\(base)/subscribed"] = isConnected ? 1 : 0
            for role in row.roles {
                all["\(base)/roles/\(state.path(of: role))/suppressed"] = row.suppressed.contains(role) ? 1 : 0
            }
        }
        for (name, count) in [
            ("active", active), ("inactive", inactive), ("connected", connected), ("disconnected", disconnected),
        ] { all["master/frameworks_\(name)"] = Double(count) }
    }

    private static func roles(_ state: ClusterState, _ all: inout [String: Double]) {
        var total = state.presentNodes.reduce(ResourceVector.zero) { sum, node in
            let row = state.nodes[node.index]
            guard row.state != .joining, row.state != .unreachable, row.state != .lost else { return sum }
            return sum + row.total + state.nodeDetails[node.index].special.quantities
        }
        for name in state.configuration.offers.unshared {
            if let lane = state.configuration.lane(of: name) { total.lanes[lane] = 0 }
        }
        var members: Set<RoleID> = []
        for row in state.frameworks where row.isExternal && row.state != .removed { members.formUnion(row.roles) }
        for slot in state.roles.indices {
            let row = state.roles[slot]
            let path = state.text(row.path)
            if members.contains(RoleID(slot)) {
                var share = 0.0
                for lane in 0..<8 where total.lanes[lane] > 0 {
                    share = max(share, Double(row.allocated.lanes[lane]) / Double(total.lanes[lane]))
                }
                all["allocator/mesos/roles/\(path)/shares/dominant"] = share
                all["allocator/mesos/offer_filters/roles/\(path)/active"] = Double(
                    state.filters.count { $0.role == RoleID(slot) })
            }
            guard !row.quota.isDefault else { continue }
            for (lane, name) in state.configuration.laneNames.enumerated() {
                let base = "allocator/mesos/quota/roles/\(path)/resources/\(name)"
                if row.quota.guarantees.lanes[lane] > 0 {
                    all["\(base)/guarantee"] = ResourceMapping.number(row.quota.guarantees.lanes[lane], lane: lane)
                }
                if row.quota.isLimited(lane) {
                    all["\(base)/limit"] = ResourceMapping.number(row.quota.limits.lanes[lane], lane: lane)
                }
                all["\(base)/offered_or_allocated"] = 0
                all["\(base)/consumed"] = 0
            }
        }
        guard state.roles.contains(where: { !$0.quota.isDefault }) else { return }
        let mapping = ResourceMapping(configuration: state.configuration)
        for role in RoleReading(state).rows where role.role?.quota.isDefault == false {
            let base = "allocator/mesos/quota/roles/\(role.path)/resources"
            for (name, value) in (role.allocated + role.offered).numbers(mapping) {
                all["\(base)/\(name)/offered_or_allocated"] = value
            }
            for (name, value) in role.consumedOrOffered.numbers(mapping) { all["\(base)/\(name)/consumed"] = value }
        }
    }
}
