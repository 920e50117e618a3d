import ClusterModel

/// Whether any machine that there is, or that a pool could have, is large enough and as required.
extension JobCheck {
    /// A place that could hold a task when it is empty.
    private struct Host {
        var name: String
        var resources: ResourceVector
        var extras: Extras
    }

    /// The problem with a request that nothing can hold. A cluster without nodes and machine types refuses nothing.
    /// O(machine types) when one of them will do, O(nodes) at worst.
    static func sizeProblem(_ spec: JobSpec, _ state: ClusterState) -> String? {
        var demand = Demand()
        demand.need = spec.need
        demand.ports = spec.ports
        demand.words = spec.words
        let asked = Asked(demand: demand, requirement: (try? Requirement.compile(spec.requirement)) ?? nil)
        var (possible, isAny) = (0, false)
        for pool in state.configuration.pools where pool.maximum > 0 {
            isAny = isAny || !pool.types.isEmpty
            guard pool.types.contains(where: { asked.mayGo(on: $0, of: pool, state) }) else { continue }
            possible += Int(pool.maximum)
        }
        if possible >= Int(spec.nodes) { return nil }
        for slot in 0..<state.nodes.count where state.nodes[slot].isPresent {
            isAny = true
            // Nodes of a pool that can grow have been counted with it, but may be more than their type says.
            let pool = state.nodes[slot].pool
            let counted = spec.nodes > 1 && !pool.isNone && (state.spec(of: pool)?.maximum ?? 0) > 0
            if !counted, asked.goes(on: NodeID(slot), state) { possible += 1 }
            if possible >= Int(spec.nodes) { return nil }
        }
        guard isAny else { return nil }
        if possible > 0 {
            return "nodes: \(spec.nodes) are asked for, but at most \(possible) could hold a member; ask for fewer"
        }
        let hosts = hosts(state)
        guard hosts.contains(where: { demand.need.fits(in: $0.resources) && demand.fits(in: $0.extras) }) else {
            return tooLarge(demand, hosts, state)
        }
        return asked.requirement.map { nothingMatches($0, state) }
    }

    /// What is asked of one machine.
    private struct Asked {
        var demand: Demand
        var requirement: Requirement?

        /// Whether a machine of the type could hold it. What is not known before the machine is there stands in no
        /// one's way.
        func mayGo(on type: MachineType, of pool: PoolSpec, _ state: ClusterState) -> Bool {
            guard demand.need.fits(in: type.resources), demand.fits(in: type.extras) else { return false }
            guard let requirement else { return true }
            if requirement.expression.fields.contains(where: Requirement.lateFields.contains) { return true }
            return requirement.mayHold(on: type, pool: pool.name, scalars: state.configuration.scalars)
        }

        func goes(on node: NodeID, _ state: ClusterState) -> Bool {
            demand.need.fits(in: state.nodes[node.index].total)
                && demand.fits(in: state.nodeDetails[node.index].extras)
                && requirement?.holds(on: node, in: state) ?? true
        }
    }

    private static func nothingMatches(_ requirement: Requirement, _ state: ClusterState) -> String {
        var known = Set(Requirement.builtInFields + state.configuration.laneNames)
        for pool in state.configuration.pools {
            for type in pool.types { known.formUnion(type.attributes.map(\.name)) }
        }
        for slot in 0..<state.nodes.count where state.nodes[slot].isPresent {
            known.formUnion(state.nodeDetails[slot].attributes.map(\.name))
        }
        if let stranger = requirement.expression.fields.first(where: { !known.contains($0) }) {
            return "where: no machine has the attribute \"\(stranger)\"; "
                + Spelling.hint(for: stranger, in: known.sorted()) + "; or give it to a node or machine type first"
        }
        return "where: no machine that is large enough is, or could be made, as \"\(requirement.text)\" asks; "
            + "ask for less, or add such a node or machine type first"
    }

    /// All machines that there are or could be.
    private static func hosts(_ state: ClusterState) -> [Host] {
        var hosts: [Host] = []
        for pool in state.configuration.pools where pool.maximum > 0 {
            for type in pool.types {
                hosts.append(Host(name: "\(pool.name)/\(type.name)", resources: type.resources, extras: type.extras))
            }
        }
        for slot in 0..<state.nodes.count where state.nodes[slot].isPresent {
            hosts.append(
                Host(
                    name: state.text(state.nodes[slot].name), resources: state.nodes[slot].total,
                    extras: state.nodeDetails[slot].extras))
        }
        return hosts
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
