import ClusterModel
import SchedulerWire

/// The state in the shape of the endpoints before v1: numbers by name instead of lists of resources, times in seconds.
struct OlderState: Sendable {
    let reads: OperatorReads

    var reading: StateReading { reads.reading }
    var cluster: ClusterState { reading.state }
    private var place: MasterPlace { reading.place }

    func state() -> [UInt8] {
        var writer = JSONWriter()
        let counts = agentCounts
        writer.object { page in
            versionFields(&page)
            let start = Double(cluster.startedAt.microseconds) / 1e6
            page.number("start_time", start)
            page.number("elected_time", start)
            page.text("id", place.cluster)
            page.text("pid", "master@\(place.host):\(place.port)")
            page.text("hostname", place.hostname)
            page.texts("capabilities", ["AGENT_UPDATE", "AGENT_DRAINING", "QUOTA_V2"])
            page.number("activated_slaves", Double(counts.active))
            page.number("deactivated_slaves", Double(counts.inactive))
            page.number("unreachable_slaves", Double(counts.unreachable))
            page.text("cluster", cluster.configuration.name)
            page.text("leader", "master@\(place.host):\(place.port)")
            page.object("leader_info") {
                $0.text("id", place.cluster)
                $0.text("pid", "master@\(place.host):\(place.port)")
                $0.integer("port", place.port)
                $0.text("hostname", place.hostname)
            }
            flags(&page)
            page.array("slaves") { list in for node in reading.agents { list.object { slave(node, &$0) } } }
            page.array("recovered_slaves") { _ in }
            frameworkLists(&page, only: nil)
            page.array("orphan_tasks") { _ in }
        }
        return writer.bytes
    }

    func summary() -> [UInt8] {
        let tasks = reading.tasks()
        var writer = JSONWriter()
        writer.object { page in
            page.text("hostname", place.hostname)
            page.text("cluster", cluster.configuration.name)
            page.array("slaves") { list in
                for node in reading.agents {
                    let agent = cluster.nodes[node.index].agent
                    let own = tasks.filter { $0.1.agent == agent }
                    list.object { row in
                        slave(node, &row)
                        counts(own.map(\.1), &row)
                        row.texts("framework_ids", ids(own.map { cluster.frameworkID(of: $0.1.framework) }))
                    }
                }
            }
            page.array("frameworks") { list in
                for id in frameworks(removed: false) {
                    let own = tasks.filter { $0.1.framework == id }
                    list.object { row in
                        framework(id, &row)
                        counts(own.map(\.1), &row)
                        row.texts("slave_ids", ids(own.map { cluster.agentID(number: $0.1.agent) }))
                    }
                }
            }
        }
        return writer.bytes
    }

    func slaves(only: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { page in
            page.array("slaves") { list in
                for node in reading.agents where only == nil || cluster.agentID(of: node) == only {
                    list.object { row in
                        slave(node, &row)
                        full(node, &row)
                    }
                }
            }
            page.array("recovered_slaves") { _ in }
        }
        return writer.bytes
    }

    func frameworks(only: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { frameworkLists(&$0, only: only) }
        return writer.bytes
    }

    func tasks(_ request: APIRequest) -> [UInt8] {
        // A negative limit is none: clients of the reference ask with -1 for all.
        let wanted = request.parameter("limit").flatMap { Int($0) } ?? 100
        let limit = wanted < 0 ? Int.max : wanted
        let offset = request.parameter("offset").flatMap { Int($0) } ?? 0
        var rows = reading.tasks { _, row in
            (request.parameter("framework_id").map { cluster.frameworkID(of: row.framework) == $0 } ?? true)
                && (request.parameter("task_id").map { row.name == $0 } ?? true)
        }
        if request.parameter("order") != "asc" { rows.reverse() }
        var writer = JSONWriter()
        writer.object { page in
            page.array("tasks") { list in
                for (job, row) in rows.dropFirst(max(0, offset)).prefix(limit) {
                    list.object { task(job, row, &$0) }
                }
            }
        }
        return writer.bytes
    }

    func roles() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { page in
            page.array("roles") { list in
                for role in RoleReading(cluster).rows {
                    let quota = role.role?.quota ?? Quota()
                    list.object { row in
                        row.text("name", role.path)
                        row.number("weight", Double(role.role?.weight ?? 1_000) / 1_000)
                        row.object("quota") { page in
                            page.text("role", role.path)
                            numbers("guarantee", reading.resources.numbers(quota.guarantees), &page)
                            page.object("limit") { limits in
                                for (lane, name) in cluster.configuration.laneNames.enumerated()
                                where quota.isLimited(lane) {
                                    limits.number(name, ResourceMapping.number(quota.limits.lanes[lane], lane: lane))
                                }
                            }
                            numbers("consumed", role.consumed.numbers(reading.resources), &page)
                        }
                        numbers("resources", (role.allocated + role.offered).numbers(reading.resources), &row)
                        numbers("allocated", role.allocated.numbers(reading.resources), &row)
                        numbers("offered", role.offered.numbers(reading.resources), &row)
                        numbers("reserved", role.reserved.numbers(reading.resources), &row)
                        row.texts("frameworks", role.frameworks.map { cluster.frameworkID(of: $0) })
                    }
                }
            }
        }
        return writer.bytes
    }

    func version() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { versionFields(&$0) }
        return writer.bytes
    }

    func flags(_ page: inout JSONWriter) {
        page.object("flags") { list in
            for (name, value) in OlderEndpoints.flags(cluster) { list.text(name, value) }
        }
    }

    private func versionFields(_ page: inout JSONWriter) { page.text("version", place.version) }

    private func numbers(_ name: String, _ numbers: [(name: String, value: Double)], _ page: inout JSONWriter) {
        page.object(name) { list in for (name, value) in numbers { list.number(name, value) } }
    }

    func ids(_ all: [String]) -> [String] { Array(Set(all)).sorted() }

    func frameworks(removed: Bool) -> [FrameworkID] {
        cluster.frameworks.indices.filter {
            cluster.frameworks[$0].isExternal && (cluster.frameworks[$0].state == .removed) == removed
        }.map { FrameworkID($0) }
    }

    private func frameworkLists(_ page: inout JSONWriter, only: String?) {
        for (name, removed) in [("frameworks", false), ("completed_frameworks", true)] {
            page.array(name) { list in
                for id in frameworks(removed: removed) where only == nil || cluster.frameworkID(of: id) == only {
                    list.object { row in
                        framework(id, &row)
                        frameworkRest(id, &row)
                    }
                }
            }
        }
        page.array("unregistered_frameworks") { _ in }
    }

    var agentCounts: (active: Int, inactive: Int, unreachable: Int, connected: Int) {
        var counts = (active: 0, inactive: 0, unreachable: 0, connected: 0)
        for node in cluster.presentNodes {
            let row = cluster.nodes[node.index]
            guard row.agent > 0 else { continue }
            if row.state == .unreachable || row.state == .lost {
                counts.unreachable += 1
            } else if row.state != .joining {
                let isActive = row.connected && !StateReading.isDeactivated(row)
                if isActive { counts.active += 1 } else { counts.inactive += 1 }
                if row.connected { counts.connected += 1 }
            }
        }
        return counts
    }
}
