import ClusterModel

/// Nodes that somebody named, over ssh, on this machine or simulated: taken in, taken up by a new core, let go.
extension ControlCore {
    /// How long an agent of this machine may take until it registers.
    static let localBootDeadline = Interval.minutes(5)

    /// Whether a node has no machine that a provider would have to end.
    func isReachedWithoutProvider(_ node: NodeID) -> Bool {
        let transport = state.declaration(of: node).transport
        return transport == .ssh || transport == .simulated
    }

    mutating func addNodes(_ request: AddNodes, _ user: String) -> ActionAnswer {
        if let problem = Self.obstacle(toAdd: request, in: state) { return refusal(problem) }
        let specs = Self.expanded(request)
        for spec in specs { add(spec, user) }
        queueChanged = true
        return done(specs.count == 1 ? "node \(specs[0].name) added" : "\(specs.count) nodes added")
    }

    /// The specs of a request, one a node.
    static func expanded(_ request: AddNodes) -> [NodeSpec] {
        guard request.count > 0, let pattern = request.specs.first else { return request.specs }
        return (1...request.count).map { number in
            var spec = pattern
            spec.name = "\(pattern.name)-\(number)"
            if spec.transport == .simulated { spec.address = "simulated:\(spec.name)" }
            if !spec.hostname.isEmpty { spec.hostname = "\(pattern.hostname)-\(number)" }
            return spec
        }
    }

    /// Why these nodes cannot be added, or nil.
    static func obstacle(toAdd request: AddNodes, in state: ClusterState) -> String? {
        guard !request.specs.isEmpty else { return "refused: no node is named" }
        guard request.count == 0 || request.specs.count == 1 else {
            return "refused: a count goes with one name; \(request.specs.count) are given"
        }
        let wanted = max(request.specs.count, Int(request.count))
        guard wanted <= AddNodes.limit else {
            return "refused: \(wanted) nodes at once; at most \(AddNodes.limit) are taken, add them in several goes"
        }
        if state.isEnding { return "refused: the core is ending" }
        var seen: Set<String> = []
        for spec in expanded(request) {
            if let fault = spec.fault { return "refused: \(fault)" }
            guard spec.transport != .ssh || SSHAddress(spec.address) != nil else {
                return "refused: \(spec.name): \"\(spec.address)\" is no address; write [user@]host[:port]"
            }
            guard state.node(named: spec.name) == nil else {
                return "refused: there is a node \(spec.name) already; remove it first, or use another name"
            }
            guard seen.insert(spec.name).inserted else { return "refused: \(spec.name) is named twice" }
        }
        return nil
    }

    /// Takes a node in: written down first, then its agent is reached, or made.
    mutating func add(_ spec: NodeSpec, _ user: String) {
        let pool = state.pool(named: NodeSpec.poolName) ?? PoolID(state.pools.count)
        let node = state.index.freeSlots.first ?? NodeID(state.nodes.count)
        var instance = InstanceID.none
        if spec.transport == .local {
            instance = InstanceID(max(1, state.instances.count))
            emit(
                .instanceWished(
                    InstanceWished(
                        instance: instance, name: spec.name, pool: pool, reason: Reason(.askedFor),
                        deadline: now + Self.localBootDeadline)))
        }
        let special = intern(spec.special)?.special ?? Portions()
        emit(
            .nodeAdded(
                NodeAdded(
                    node: node, name: spec.name, pool: pool, instance: instance, total: spec.total(of: .zero),
                    extras: spec.extras, attributes: spec.attributes, address: spec.address, spec: spec,
                    special: special)))
        if instance.isNone {
            connect(node)
        } else if let order = order(for: instance) {
            direct(.createInstance(order))
        }
    }

    mutating func removeNodes(_ request: RemoveNodes) -> ActionAnswer {
        let (nodes, problem) = Self.resolve(toRemove: request, in: state)
        if let problem { return refusal(problem) }
        for node in nodes { remove(node, patience: request.patience, purges: request.purges) }
        return done("draining \(nodes.count) node\(nodes.count == 1 ? "" : "s"), then removing")
    }

    /// Drains a node and lets it go; at once when nothing runs there.
    mutating func remove(_ node: NodeID, patience: Interval, purges: Bool) {
        startDrain(
            node, reason: Reason(.removedByOperator), removes: true, patience: patience, purges: purges)
    }

    static func resolve(
        toRemove request: RemoveNodes, in state: ClusterState
    ) -> (nodes: [NodeID], refusal: String?) {
        let (nodes, problem) = resolve(NodeSelection(request.nodes), in: state)
        if let problem { return ([], problem) }
        for node in nodes where state.declaration(of: node).transport == .pool {
            let (name, pool) = (state.name(of: node), state.name(of: state.nodes[node.index].pool))
            return ([], "refused: \(name) belongs to pool \(pool); end its machine with `bellows scale in \(name)`")
        }
        return (nodes, nil)
    }

    /// A new core reaches for what was declared; a shutdown's drain ends with the core that did it.
    mutating func takeUpDeclaredNodes() {
        for node in state.presentNodes where isReachedWithoutProvider(node) {
            let row = state.nodes[node.index]
            let isIdle = row.state == .draining || row.state == .drained
            if isIdle, !row.removeWhenDrained, row.reason.code == .scaledIn { change(node, .ready, Reason(.returned)) }
            connect(node)
        }
    }

    /// What the local provider is told of a declared node; nil for a pool's machine.
    func localOrder(for id: InstanceID, _ row: InstanceRow) -> InstanceOrder? {
        let spec = state.declaration(of: row.node)
        guard spec.transport == .local else { return nil }
        var type = MachineType()
        (type.resources, type.extras, type.attributes) = (spec.resources, spec.extras, spec.attributes)
        return InstanceOrder(
            instance: id, name: state.text(row.name), pool: NodeSpec.poolName, provider: .local, type: type)
    }

    // MARK: The cluster file

    /// Machines that the file names are there, those that it named and names no more go, changed ones are told anew.
    mutating func followFile(_ user: String) {
        let wanted = state.configuration.nodes
        let names = Set(wanted.map(\.name))
        for node in state.presentNodes {
            let spec = state.declaration(of: node)
            let isLeaving = state.nodes[node.index].removeWhenDrained
            guard spec.isFromFile, !names.contains(spec.name), !isLeaving else { continue }
            remove(node, patience: .zero, purges: false)
        }
        for spec in wanted {
            guard let node = state.node(named: spec.name) else {
                add(spec, user)
                continue
            }
            var known = state.declaration(of: node)
            (known.isFromFile, known.purges) = (true, spec.purges)
            if known.transport == spec.transport, known != spec { declare(node, spec) }
        }
    }

    private mutating func declare(_ node: NodeID, _ spec: NodeSpec) {
        emit(.nodeDeclared(NodeDeclared(node: node, spec: spec)))
        guard isReachedWithoutProvider(node) else { return }
        // A new hello brings the new total.
        direct(.disconnect(node: spec.name))
        connect(node)
    }

    static func nodeObstacle(toApply next: ClusterConfiguration, in state: ClusterState) -> String? {
        for spec in next.nodes {
            if let fault = spec.fault { return "refused: \(fault)" }
            guard let node = state.node(named: spec.name) else { continue }
            let known = state.declaration(of: node)
            if known.transport == spec.transport { continue }
            let what = known.transport == .pool ? "a machine of a pool" : "a \(known.transport) node"
            return "refused: \(spec.name) is \(what) already; remove it first, or use another name"
        }
        return nil
    }

    static func planNodes(_ next: ClusterConfiguration, _ state: ClusterState) -> [String] {
        let names = Set(next.nodes.map(\.name))
        let new = next.nodes.count { state.node(named: $0.name) == nil }
        let old = state.presentNodes.count {
            state.declaration(of: $0).isFromFile && !names.contains(state.name(of: $0))
        }
        return (new > 0 ? ["\(new) nodes are added"] : []) + (old > 0 ? ["\(old) nodes are drained and removed"] : [])
    }

    // MARK: Plans

    static func planAddNodes(_ request: AddNodes, _ state: ClusterState) -> ActionPlan {
        if let problem = obstacle(toAdd: request, in: state) { return ActionPlan(refusal: problem) }
        let specs = expanded(request)
        var plan = ActionPlan()
        plan.possible = true
        plan.size = UInt32(specs.count)
        let names = specs.prefix(8).map(\.name).joined(separator: ", ")
        plan.lines = ["add \(specs.count): \(names)\(specs.count > 8 ? ", ..." : "")"]
        return plan
    }

    static func planRemoveNodes(_ request: RemoveNodes, _ state: ClusterState) -> ActionPlan {
        let (nodes, problem) = resolve(toRemove: request, in: state)
        if let problem { return ActionPlan(refusal: problem) }
        var plan = planEmptying(nodes, state, verb: "drain and remove")
        if request.purges { plan.lines.append("the agent, its folder and all task outputs there are removed too") }
        return plan
    }
}
