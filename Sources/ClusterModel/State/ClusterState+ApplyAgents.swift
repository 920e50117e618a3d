/// How events about what nodes are to frameworks change the state.
extension ClusterState {
    mutating func apply(_ e: NodeConverted) {
        guard nodes.contains(e.node.index), nodes[e.node.index].state != .absent else { return }
        nodes.update(e.node.index) { $0.total += e.added.plain - e.removed.plain }
        noteRoom(of: e.node)
        if nodes[e.node.index].isPresent { total += e.added.plain - e.removed.plain }
        nodeDetails.update(e.node.index) {
            $0.extras = $0.extras - e.removed.extras + e.added.extras
            $0.freeExtras = $0.freeExtras - e.removed.extras + e.added.extras
            $0.special = $0.special - e.removed.special + e.added.special
        }
    }

    mutating func apply(_ e: NodeRedeclared) {
        guard nodes.contains(e.node.index) else { return }
        nodeDetails.update(e.node.index) { $0.attributes = e.attributes }
    }

    mutating func apply(_ e: AgentMarked) {
        if nodes.contains(e.node.index) {
            nodes.update(e.node.index) {
                $0.goneWhenDrained = e.goneWhenDrained
                $0.drainGrace = e.drainGrace
                $0.awaitsAcknowledgement = e.awaits
            }
        }
        guard e.isGone, !goneAgents.contains(e.agent) else { return }
        goneAgents.append(e.agent)
        if goneAgents.count > Self.goneLimit { goneAgents.removeFirst() }
    }

    /// Declares what a node that was added is to frameworks. Agents are numbered once for the life of a cluster.
    mutating func applyToFrameworks(_ e: NodeAdded) {
        agentsEver += 1
        let number = agentsEver
        nodes.update(e.node.index) {
            $0.agent = number
            $0.isSimulated = e.spec.transport == .simulated
            for word in e.spec.missing { if let one = AgentCapabilities(word: word) { $0.lacks.insert(one) } }
        }
        nodeDetails.update(e.node.index) {
            $0.special = e.special
            $0.hostname = e.spec.hostname
            $0.domain = FaultDomain(json: e.spec.domain)
        }
        index.nodeByAgent[number] = e.node
        noteUnavailability(e.node)
    }

    /// Finds a node's machine in the maintenance schedule.
    mutating func noteUnavailability(_ node: NodeID) {
        let machine = machine(of: node)
        let window = maintenance.first { $0.machines.contains { $0.isSame(as: machine) } }
        guard nodeDetails[node.index].unavailability != window?.unavailability else { return }
        nodeDetails.update(node.index) { $0.unavailability = window?.unavailability }
    }

    /// Books what an offer or a task holds of a node that is not plain.
    mutating func hold(_ special: Portions, of node: NodeID) {
        guard !special.isEmpty else { return }
        nodeDetails.update(node.index) { $0.specialHeld += special }
    }

    /// Gives it back.
    mutating func release(_ special: Portions, of node: NodeID) {
        guard !special.isEmpty else { return }
        nodeDetails.update(node.index) { $0.specialHeld -= special }
    }
}
