import ClusterModel

/// The figures of the panes in the Prometheus text exposition format 0.0.4. Names end in their unit; labels are names
/// that people gave, escaped.
public enum MetricsText {
    /// All metrics of `state` at `now`. O(nodes + roles + pools).
    public static func render(_ state: ClusterState, at now: Instant) -> String {
        var page = Page()
        page.nodes(state)
        page.tasks(state)
        page.cost(state, now)
        page.metric("bellows_offers_open", "gauge", "Offers that nobody has answered yet.")
        page.sample("bellows_offers_open", [], "\(state.openOffers.count)")
        page.metric("bellows_tasks_ended_total", "counter", "Tasks that have ended since the cluster began.")
        page.sample("bellows_tasks_ended_total", [], "\(state.tasksEnded)")
        page.metric("bellows_events_total", "counter", "Events since the cluster began.")
        page.sample("bellows_events_total", [], "\(state.sequence)")
        return page.text
    }

    private struct Page {
        var text = ""

        mutating func metric(_ name: String, _ kind: String, _ help: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        }

        mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
            let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
        }

        mutating func nodes(_ state: ClusterState) {
            var counts: [NodeRow.State: Int] = [:]
            var (used, offered) = (ResourceVector.zero, ResourceVector.zero)
            for node in state.presentNodes {
                let row = state.nodes[node.index]
                counts[row.state, default: 0] += 1
                used += row.used
                offered += row.offered
            }
            metric("bellows_nodes", "gauge", "Nodes by state.")
            for kind in NodeRow.State.allCases where kind != .absent && kind != .removed {
                sample("bellows_nodes", [("state", "\(kind)")], "\(counts[kind] ?? 0)")
            }
            for (what, vector) in [("total", state.total), ("used", used), ("offered", offered)] {
                metric("bellows_resources_\(what)", "gauge", "Resources; cpus and gpus as such, mem and disk in bytes.")
                for (lane, name) in state.configuration.laneNames.enumerated() {
                    let amount = vector.lanes[lane]
                    let value = lane == 1 || lane == 2 ? "\(amount)" : MetricsText.decimal(amount, places: 3)
                    sample("bellows_resources_\(what)", [("resource", name)], value)
                }
            }
        }

        mutating func tasks(_ state: ClusterState) {
            metric("bellows_tasks", "gauge", "Tasks by role: waiting or placed on a node.")
            for row in state.roles {
                let role = state.text(row.path)
                sample("bellows_tasks", [("role", role), ("state", "waiting")], "\(row.queued)")
                sample("bellows_tasks", [("role", role), ("state", "placed")], "\(row.placed)")
            }
        }

        mutating func cost(_ state: ClusterState, _ now: Instant) {
            metric("bellows_burn_per_hour", "gauge", "Present cost per hour by pool, in the cluster's currency.")
            for row in state.pools {
                let rate = MetricsText.decimal(row.meter.ratePerHour, places: 6)
                sample("bellows_burn_per_hour", [("pool", state.text(row.name))], rate)
            }
            metric("bellows_spent_total", "counter", "Money spent by pool, in the cluster's currency.")
            for row in state.pools {
                let spent = MetricsText.decimal(row.meter.total(at: now).micros, places: 6)
                sample("bellows_spent_total", [("pool", state.text(row.name))], spent)
            }
        }

        static func escaped(_ label: String) -> String {
            label.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
        }
    }

    /// `value` divided by ten to the power of `places`, exactly.
    static func decimal(_ value: Int64, places: Int) -> String {
        var digits = String(value.magnitude)
        if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
        let cut = digits.index(digits.endIndex, offsetBy: -places)
        return (value < 0 ? "-" : "") + digits[..<cut] + "." + digits[cut...]
    }
}
