import ClusterModel

/// The beginning of a core's leadership: what was kept is taken up, and everything is looked for again.
extension ControlCore {
    mutating func begin(_ start: CoreStart) {
        emit(
            .coreStarted(
                CoreStarted(cluster: start.cluster, epoch: start.epoch, version: start.version, user: start.user)),
            after: Self.sequenceBase(kept: state.sequence))
        // What keystrokes changed persists for as long as the file says what it said before.
        if let file = start.configuration, file != state.fileConfiguration {
            emit(.configured(Configured(configuration: file, file: file, user: start.user)))
        }
        if now.day > state.day { emit(.dayTurned(DayTurned(day: now.day))) }
        for slot in state.frameworkDetails.indices where state.frameworks[slot].isExternal {
            guard state.frameworks[slot].state != .removed else { continue }
            awaitReturn(of: FrameworkID(slot))
        }
        for id in state.index.liveInstances { takeUp(id) }
        takeUpDeclaredNodes()
        followFile(start.user)
        queueChanged = true
    }

    /// A framework whose stream ended with the core before this one is waited for as long as it said, and no less than
    /// an agent would be.
    private mutating func awaitReturn(of id: FrameworkID) {
        let patience = max(state.frameworkDetails[id.index].info.failoverTimeout, state.configuration.limits.lostAfter)
        emit(.frameworkLeft(FrameworkLeft(framework: id, isRemoved: false, removeAt: now + patience)))
    }

    /// Events are numbered once for the life of a cluster. The kept number may lag behind the last that was given (it
    /// is kept with submissions and once a day), by less than a stride; so a new core begins beyond the next one.
    static func sequenceBase(kept: UInt64) -> UInt64 {
        kept == 0 ? 0 : (kept / sequenceStride + 2) * sequenceStride
    }
    private static let sequenceStride: UInt64 = 1_000_000_000

    /// Repeats the last request for an instance: providers and links answer a repeated request as the first.
    private mutating func takeUp(_ id: InstanceID) {
        let row = state.instances[id.index]
        guard let order = order(for: id) else { return }
        switch row.state {
        case .queued, .requested, .allocated, .booting, .registering, .running, .draining:
            direct(.createInstance(order))
            connect(row.node)
        case .stopping: direct(.destroyInstance(order))
        case .gone: break
        }
    }

    /// Opens the link to a node, if it is known where its agent is.
    mutating func connect(_ node: NodeID) {
        guard state.nodes.contains(node.index), state.nodes[node.index].isPresent else { return }
        let address = state.nodeDetails[node.index].address
        if !address.isEmpty { direct(.connect(node: state.name(of: node), address: address)) }
    }

    /// What a provider is told of an instance; nil when its pool or type left the cluster file.
    func order(for id: InstanceID) -> InstanceOrder? {
        let row = state.instances[id.index]
        if let order = localOrder(for: id, row) { return order }
        guard let spec = state.spec(of: row.pool) else { return nil }
        let name = state.text(row.type)
        var type = spec.types.first { $0.name == name } ?? MachineType()
        type.name = name
        var order = InstanceOrder(
            instance: id, name: state.text(row.name), pool: spec.name, provider: spec.provider, type: type)
        (order.making, order.generation) = (spec.making, state.epoch)
        order.wasThere = row.state.rawValue >= InstanceRow.State.allocated.rawValue
        return order
    }
}
