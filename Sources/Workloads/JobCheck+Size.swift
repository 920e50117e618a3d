import ClusterModel

/// Whether any machine that there is, or that a pool could have, is large enough.
extension JobCheck {
    /// A place that could hold a task when it is empty.
    private struct Host {
        var name: String
        var resources: ResourceVector
        var extras: Extras
    }

    /// The problem with a request that nothing can hold. A cluster without nodes and machine types refuses nothing.
    static func sizeProblem(_ spec: JobSpec, _ state: ClusterState) -> String? {
        var hosts: [Host] = []
        var possible = 0
        var demand = Demand()
        demand.need = spec.need
        demand.ports = spec.ports
        demand.words = spec.words
        for pool in state.configuration.pools where pool.maximum > 0 {
            var fits = false
            for type in pool.types {
                hosts.append(Host(name: "\(pool.name)/\(type.name)", resources: type.resources, extras: type.extras))
                if demand.need.fits(in: type.resources), demand.fits(in: type.extras) { fits = true }
            }
            if fits { possible += Int(pool.maximum) }
        }
        for slot in 0..<state.nodes.count where state.nodes[slot].isPresent {
            let row = state.nodes[slot]
            let extras = state.nodeDetails[slot].extras
            hosts.append(Host(name: state.text(row.name), resources: row.total, extras: extras))
            // Nodes of a pool that can grow have been counted with it.
            let counted = !row.pool.isNone && (state.spec(of: row.pool)?.maximum ?? 0) > 0
            if !counted, demand.need.fits(in: row.total), demand.fits(in: extras) { possible += 1 }
        }
        guard !hosts.isEmpty else { return nil }
        guard hosts.contains(where: { demand.need.fits(in: $0.resources) && demand.fits(in: $0.extras) }) else {
            return tooLarge(demand, hosts, state)
        }
        if spec.nodes > 1, possible < Int(spec.nodes) {
            return "nodes: \(spec.nodes) are asked for, but at most \(possible) could hold a member; ask for fewer"
        }
        return nil
    }

    private static func tooLarge(_ demand: Demand, _ hosts: [Host], _ state: ClusterState) -> String {
        let names = state.configuration.laneNames
        for lane in 0..<min(8, names.count) where demand.need.lanes[lane] > 0 {
            guard let largest = hosts.max(by: { $0.resources.lanes[lane] < $1.resources.lanes[lane] }),
                demand.need.lanes[lane] > largest.resources.lanes[lane]
            else { continue }
            func amount(_ value: Int64) -> String {
                lane == 1 || lane == 2 ? Quantity.format(bytes: value) : Quantity.format(thousandths: value)
            }
            return "\(names[lane]): \(amount(demand.need.lanes[lane])) is more than any machine has; "
                + "the largest, \(largest.name), has \(amount(largest.resources.lanes[lane]))"
        }
        if hosts.contains(where: { demand.need.fits(in: $0.resources) }) {
            return "ports and words: no machine declares them all; ask for fewer, or add them to a machine type"
        }
        func said(_ amounts: ResourceVector) -> String {
            ResourceText.format(amounts, scalars: state.configuration.scalars)
        }
        let largest = hosts.max { $0.resources.cpus < $1.resources.cpus }
        return "resources: no machine has all of \(said(demand.need)) at once"
            + (largest.map { "; \($0.name) has \(said($0.resources))" } ?? "")
    }
}
