import ClusterModel

/// Resources in the v1 JSON form, for what simulated nodes say that they were given.
enum ResourceJSON {
    /// A list of resources.
    static func text(_ items: [ResourceItem], role: String) -> String {
        var parts: [String] = []
        for item in items {
            let tail = identity(item.identity, role)
            for (lane, name) in ["cpus", "mem", "disk", "gpus"].enumerated() where item.amount.lanes[lane] != 0 {
                let unit: Double = lane == 1 || lane == 2 ? Double(1 << 20) : 1_000
                let value = Double(item.amount.lanes[lane]) / unit
                parts.append("{\"name\":\"\(name)\",\"type\":\"SCALAR\",\"scalar\":{\"value\":\(value)}\(tail)}")
            }
            for entry in item.extras.ranges {
                let runs = stride(from: 0, to: entry.bounds.count, by: 2).map {
                    "{\"begin\":\(entry.bounds[$0]),\"end\":\(entry.bounds[$0 + 1])}"
                }
                let name = SimulatedAgents.quoted(entry.name)
                let list = "{\"range\":[\(runs.joined(separator: ","))]}"
                parts.append("{\"name\":\(name),\"type\":\"RANGES\",\"ranges\":\(list)\(tail)}")
            }
            for entry in item.extras.words {
                let words = entry.items.map { SimulatedAgents.quoted($0) }.joined(separator: ",")
                let name = SimulatedAgents.quoted(entry.name)
                parts.append("{\"name\":\(name),\"type\":\"SET\",\"set\":{\"item\":[\(words)]}\(tail)}")
            }
        }
        return "[\(parts.joined(separator: ","))]"
    }

    private static func identity(_ identity: ResourceIdentity, _ role: String) -> String {
        var text = ",\"allocation_info\":{\"role\":\(SimulatedAgents.quoted(role))}"
        if !identity.reservations.isEmpty {
            let layers = identity.reservations.map {
                "{\"type\":\"\($0.kind == .fixed ? "STATIC" : "DYNAMIC")\",\"role\":\(SimulatedAgents.quoted($0.role))}"
            }
            text += ",\"reservations\":[\(layers.joined(separator: ","))]"
        }
        if let volume = identity.volume {
            text += ",\"disk\":{\"persistence\":{\"id\":\(SimulatedAgents.quoted(volume.id))},"
            text += "\"volume\":{\"container_path\":\(SimulatedAgents.quoted(volume.containerPath)),\"mode\":\"RW\"}}"
        } else if identity.disk == .mount {
            let root = SimulatedAgents.quoted(identity.diskRoot)
            text += ",\"disk\":{\"source\":{\"type\":\"MOUNT\",\"mount\":{\"root\":\(root)}}}"
        }
        if identity.isRevocable { text += ",\"revocable\":{}" }
        if identity.isShared { text += ",\"shared\":{}" }
        return text
    }
}
