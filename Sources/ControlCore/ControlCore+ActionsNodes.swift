import ClusterModel

/// Requests about nodes, pools, roles and the cluster file.
extension ControlCore {
    /// The nodes a selection means; a refusal when one is not there.
    static func resolve(_ selection: NodeSelection, in state: ClusterState) -> (nodes: [NodeID], refusal: String?) {
        guard !selection.nodes.isEmpty else { return ([], "refused: no node is named") }
        var nodes: [NodeID] = []
        for name in selection.nodes {
            guard let node = state.node(named: name) else {
                return ([], "refused: there is no node \(name); nodes are listed by `bellows nodes`")
            }
            if !nodes.contains(node) { nodes.append(node) }
        }
        return (nodes, nil)
    }

    mutating func drain(_ selection: NodeSelection) -> ActionAnswer {
        let (nodes, problem) = Self.resolve(selection, in: state)
        if let problem { return refusal(problem) }
        for node in nodes {
            let row = state.nodes[node.index]
            guard row.state != .draining, row.state != .drained else { continue }
            startDrain(node, reason: Reason(.drained), removes: false, patience: selection.patience)
        }
        return done("draining \(nodes.count) node\(nodes.count == 1 ? "" : "s")")
    }

    mutating func undrain(_ selection: NodeSelection) -> ActionAnswer {
        let (nodes, problem) = Self.resolve(selection, in: state)
        if let problem { return refusal(problem) }
        for node in nodes {
            let row = state.nodes[node.index]
            guard row.state == .draining || row.state == .drained || row.state == .held else {
                return refusal("refused: \(state.name(of: node)) is \(row.state); only drained or held nodes come back")
            }
            let leaves = !row.instance.isNone && state.instances[row.instance.index].state == .stopping
            guard !leaves else { return refusal("refused: the machine of \(state.name(of: node)) is being ended") }
        }
        for node in nodes {
            let row = state.nodes[node.index]
            if row.removeWhenDrained, state.declaration(of: node).transport == .pool {
                want(row.pool, floor(of: row.pool) + 1, Reason(.returned), "")
            }
            emit(
                .nodeChanged(
                    NodeChanged(node: node, state: .ready, reason: Reason(.returned), name: state.name(of: node))))
            freed.append(node)
        }
        return done("\(nodes.count) node\(nodes.count == 1 ? "" : "s") back in work")
    }

    mutating func scaleOut(_ wish: ScaleOut, _ user: String) -> ActionAnswer {
        let choice = Self.choose(wish, in: state, at: now)
        guard let (pool, spec, type) = choice.found else { return refusal(choice.refusal) }
        want(pool, floor(of: pool) + Int(wish.count), Reason(.askedFor), user)
        for _ in 0..<wish.count { self.wish(pool, spec, type, Reason(.askedFor)) }
        emit(
            .decided(
                Decision(
                    about: .scaleOut,
                    summary: "scale-out \(spec.name) +\(wish.count) (\(type.name) "
                        + "\(MoneyText.rate(type.pricePerHour, state.configuration.currency))): asked for by \(user)",
                    pool: pool, winner: type.name)))
        return done("asked \(spec.name) for \(wish.count) more \(type.name)")
    }

    mutating func scaleIn(_ selection: NodeSelection, _ user: String) -> ActionAnswer {
        let (nodes, problem) = Self.resolve(selection, in: state)
        if let problem { return refusal(problem) }
        if let problem = Self.obstacle(toScaleIn: nodes, in: state) { return refusal(problem) }
        for node in nodes where !state.nodes[node.index].removeWhenDrained {
            let pool = state.nodes[node.index].pool
            let wanted = Int(state.pools[pool.index].wanted)
            want(pool, min(wanted, state.stayingInstances(of: pool) - 1), Reason(.scaledIn), user)
            startDrain(node, reason: Reason(.scaledIn), removes: true, patience: selection.patience)
        }
        return done("draining \(nodes.count) node\(nodes.count == 1 ? "" : "s"), then ending the machines")
    }

    mutating func setWeight(_ change: RoleWeight, _ user: String) -> ActionAnswer {
        guard (1...1_000_000).contains(change.weight) else {
            return refusal("refused: weight \(change.weight) thousandths; it goes from 0.001 to 1000")
        }
        guard let role = state.role(at: change.path) else {
            return refusal("refused: there is no role \(change.path); roles are listed by `bellows cost`")
        }
        var configuration = state.configuration
        if let at = configuration.roles.firstIndex(where: { $0.path == change.path }) {
            configuration.roles[at].weight = change.weight
            emit(.configured(Configured(configuration: configuration, file: state.fileConfiguration, user: user)))
        } else {
            emit(.roleChanged(RoleChanged(role: role, path: change.path, weight: change.weight)))
        }
        queueChanged = true
        return done("weight of \(change.path) is now \(MoneyText.thousandths(change.weight))")
    }

    mutating func apply(_ change: ApplyConfiguration, _ user: String) -> ActionAnswer {
        let next = change.configuration
        if let problem = Self.obstacle(toApply: next, in: state) { return refusal(problem) }
        emit(.configured(Configured(configuration: next, file: next, user: user)))
        followFile(user)
        queueChanged = true
        return done("cluster file applied")
    }
}
