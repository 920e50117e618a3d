import ClusterModel

/// What a module's outputs say is there: the contract's output map, and what the cloud itself lists.
struct TerraformView: Equatable, Sendable {
    /// A machine that Terraform's state holds.
    struct Node: Equatable, Sendable {
        var id = ""
        /// Where its agent is reached; "" = not known yet.
        var address = ""
        var state = ""
        var isAlive: Bool { !Self.endings.contains(state) }
        /// Whether it can be expected to answer.
        var isRunning: Bool { !address.isEmpty && (state == "running" || state == "ready" || state.isEmpty) }
        /// Words of clouds for a machine that does not come back.
        static let endings: Set<String> = [
            "gone", "terminated", "shutting-down", "deleted", "deleting", "TERMINATED", "DELETED", "destroyed",
        ]
    }
    /// A machine of this cluster that the cloud lists.
    struct Found: Equatable, Sendable {
        var name = ""
        /// Address of the resource that it would be, without key: `aws_instance.node`.
        var resource = ""
    }

    /// Machines in the state, by name.
    var nodes: [String: Node] = [:]
    /// Machines in the cloud, by id; nil = the module does not list them.
    var found: [String: Found]?
    /// Whether a machine that powers itself off stops costing money.
    var leaseEnforced = false

    /// Name of the output that lists the cloud.
    static let foundOutput = "found"
    /// Name of the output that says whether powering off ends the bill.
    static let shutdownOutput = "shutdown_ends_billing"
    /// Most machines that are read.
    static let machineLimit = 100_000

    init() {}

    /// What the outputs say; `output` is the name of the contract's map.
    init(outputs: JSONValue, output: String) throws(TerraformFault) {
        guard let map = outputs[output] else {
            throw .contract("the module has no output `\(output)`")
        }
        guard let members = map["value"]?.members else {
            throw .contract(
                map["sensitive"]?.flag == true
                    ? "output `\(output)` is sensitive and cannot be read" : "output `\(output)` is no map of machines")
        }
        guard members.count <= Self.machineLimit else {
            throw .contract("output `\(output)` has \(members.count) machines, at most \(Self.machineLimit) are read")
        }
        for member in members {
            guard member.value.members != nil, let id = member.value["id"]?.text else {
                throw .contract("`\(member.name)` in output `\(output)` has no `id`")
            }
            nodes[member.name] = Node(
                id: id, address: member.value["address"]?.text ?? "", state: member.value["state"]?.text ?? "")
        }
        if let listed = outputs[Self.foundOutput]?["value"]?.members {
            var all: [String: Found] = [:]
            for member in listed.prefix(Self.machineLimit) {
                all[member.name] = Found(
                    name: member.value["name"]?.text ?? "", resource: member.value["resource"]?.text ?? "")
            }
            found = all
        }
        leaseEnforced = outputs[Self.shutdownOutput]?["value"]?.flag ?? false
    }

    /// Machines that the cloud lists and the state does not hold, by id, ascending.
    var lost: [(id: String, found: Found)] {
        let held = Set(nodes.values.map(\.id))
        return (found ?? [:]).filter { !held.contains($0.key) }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// The machine of this name that the state does not hold: what a command that was killed may have left behind.
    func lost(named name: String) -> (id: String, found: Found)? { lost.first { $0.found.name == name } }
}
