import Autoscaler
import ClusterModel

/// Machines: wished for, seen, dismissed. Nothing is assumed of a provider; each step is one it reported.
extension ControlCore {
    /// Wishes for what every pool lacks to what is wanted of it.
    mutating func fillPools() {
        guard poolsChanged else { return }
        poolsChanged = false
        for (pool, missing) in Autoscaler.poolMinimums(state) where state.pools[pool.index].backOffUntil <= now {
            guard let spec = state.spec(of: pool), let type = preferredType(of: pool, spec) else { continue }
            for _ in 0..<missing { wish(pool, spec, type, Reason(.poolMinimum)) }
        }
    }

    /// Writes a wish down and asks the provider.
    mutating func wish(
        _ pool: PoolID, _ spec: PoolSpec, _ type: MachineType, _ reason: Reason, role: RoleID = .none,
        named given: String? = nil
    ) {
        let price = spec.scaling.paid(type.pricePerHour)
        let id = InstanceID(max(1, state.instances.count))
        let name = given ?? "\(spec.name)-\(state.pools[pool.index].lastNumber + 1)"
        emit(
            .instanceWished(
                InstanceWished(
                    instance: id, name: name, pool: pool, type: type.name, reason: reason,
                    pricePerHour: price, deadline: stepDeadline(.queued, wishedAt: now, spec),
                    listPrice: type.pricePerHour,
                    billing: spec.scaling.billing, role: role)))
        let node = state.index.freeSlots.first ?? NodeID(state.nodes.count)
        emit(
            .nodeAdded(
                NodeAdded(
                    node: node, name: name, pool: pool, instance: id, total: type.resources, extras: type.extras,
                    attributes: type.attributes, pricePerHour: price)))
        if let order = order(for: id) { direct(.createInstance(order)) }
    }

    mutating func instanceSeen(_ seen: InstanceSeen) {
        guard !seen.instance.isNone, state.instances.contains(seen.instance.index) else { return }
        let row = state.instances[seen.instance.index]
        guard !row.pool.isNone, row.state != .gone else { return }
        if seen.failed { return instanceFailed(seen, row) }
        if seen.state == .gone { return instanceIsGone(seen.instance, row, Reason(row.reason.code), seen.message) }
        // A machine that runs, or is on its way out, is not set back by an older sighting.
        let advances =
            seen.state.rawValue > row.state.rawValue && row.state.rawValue < InstanceRow.State.stopping.rawValue
        let knownAddress = state.nodes.contains(row.node.index) ? state.nodeDetails[row.node.index].address : ""
        let moved = !seen.address.isEmpty && seen.address != knownAddress
        guard advances || moved else { return }
        emit(
            .instanceChanged(
                InstanceChanged(
                    instance: seen.instance, state: advances ? seen.state : row.state, address: seen.address,
                    message: seen.message, deadline: advances ? deadline(of: seen.state, row) : .never)))
        if moved { connect(row.node) }
    }

    private mutating func instanceFailed(_ seen: InstanceSeen, _ row: InstanceRow) {
        let failures = state.pools[row.pool.index].failuresInRow + 1
        if row.state.rawValue < InstanceRow.State.running.rawValue { refuse(row, seen.message) }
        let wait = Interval.seconds(min(300, 5 << Int64(min(failures - 1, 6))))
        if seen.state == .gone {
            instanceIsGone(seen.instance, row, Reason(.providerError), seen.message)
        } else if row.state.rawValue < InstanceRow.State.running.rawValue {
            // A failure is no proof that nothing was made: the machine is ended, and gone only when that was seen.
            direct(.disconnect(node: state.name(of: row.node)))
            stop(seen.instance, Reason(.providerError), order(for: seen.instance), seen.message)
        } else {
            emit(.instanceChanged(InstanceChanged(instance: seen.instance, state: row.state, message: seen.message)))
            if row.state == .stopping { deadlines.add(.boot, seen.instance.raw, at: now + wait) }
        }
        emit(
            .poolChanged(
                PoolChanged(
                    pool: row.pool, wanted: state.pools[row.pool.index].wanted, backOffUntil: now + wait,
                    failuresInRow: failures, fault: seen.message, reason: Reason(.providerError))))
    }

    /// The type that a pool is filled with: the first that its provider did not refuse lately, else the first.
    private func preferredType(of pool: PoolID, _ spec: PoolSpec) -> MachineType? {
        spec.types.first { state.refusal(of: $0.name, in: pool, at: now) == nil } ?? spec.types.first
    }

    /// A provider that delivers is trusted again.
    mutating func forgivePool(_ pool: PoolID) {
        let row = state.pools[pool.index]
        guard row.failuresInRow > 0 else { return }
        emit(
            .poolChanged(
                PoolChanged(pool: pool, wanted: row.wanted, reason: Reason(.registered))))
    }

    private mutating func instanceIsGone(_ id: InstanceID, _ row: InstanceRow, _ reason: Reason, _ message: String) {
        emit(.instanceChanged(InstanceChanged(instance: id, state: .gone, reason: reason, message: message)))
        guard state.nodes.contains(row.node.index), state.nodes[row.node.index].isPresent else { return }
        direct(.disconnect(node: state.name(of: row.node)))
        rescindOffers(of: row.node)
        loseTasks(of: row.node)
        let wasWanted = !state.nodes[row.node.index].removeWhenDrained
        let why = leaseRanOut(on: row.node) ? Reason(.lease) : reason
        change(row.node, .removed, wasWanted ? why : Reason(.scaledIn))
    }

    /// The agent of a machine was reached.
    mutating func linkOpened(_ opened: LinkOpened) {
        guard let node = state.node(named: opened.node) else { return }
        let id = state.nodes[node.index].instance
        guard !id.isNone, state.instances.contains(id.index) else { return }
        let row = state.instances[id.index]
        guard row.state.rawValue < InstanceRow.State.registering.rawValue else { return }
        emit(
            .instanceChanged(
                InstanceChanged(instance: id, state: .registering, deadline: deadline(of: .registering, row))))
    }

    /// Tells a provider to end a machine, and writes that down first. It is told again until the machine is gone.
    mutating func stop(_ id: InstanceID, _ reason: Reason, _ order: InstanceOrder?, _ message: String = "") {
        emit(
            .instanceChanged(
                InstanceChanged(
                    instance: id, state: .stopping, reason: reason, message: message,
                    deadline: deadline(of: .stopping, state.instances[id.index]))))
        if let order { direct(.destroyInstance(order)) }
        deadlines.add(.boot, id.raw, at: now + Self.stopAgain)
    }

    /// How often a provider is told again to end a machine.
    static let stopAgain = Interval.seconds(60)

    /// When an instance that enters a step now must have left it.
    private func deadline(of step: InstanceRow.State, _ row: InstanceRow) -> Instant {
        state.spec(of: row.pool).map { stepDeadline(step, wishedAt: row.wishedAt, $0) } ?? .never
    }

    private func stepDeadline(_ step: InstanceRow.State, wishedAt: Instant, _ spec: PoolSpec) -> Instant {
        let limit = spec.steps.limit(of: step)
        let own = limit > .zero ? now + limit : Instant.distantFuture
        guard step.rawValue < InstanceRow.State.running.rawValue else { return limit > .zero ? own : .never }
        return min(own, wishedAt + spec.bootDeadline)
    }

    /// An instance that did not take its step in time. On the way to its node it is ended, and its pool asked again;
    /// one that does not stop is asked again to.
    mutating func checkStep(_ id: InstanceID) {
        guard state.instances.contains(id.index) else { return }
        let row = state.instances[id.index]
        guard let order = order(for: id) else { return }
        switch row.state {
        case .gone, .running: return
        case .draining:
            guard !row.deadline.isNever, row.deadline <= now, state.nodes.contains(row.node.index) else { return }
            endCollecting(row.node)
        case .stopping:
            direct(.destroyInstance(order))
            deadlines.add(.boot, id.raw, at: now + Self.stopAgain)
            guard !row.deadline.isNever, row.deadline <= now, let limit = state.spec(of: row.pool)?.steps.stopping
            else { return }
            let message = "\(order.name) is not gone \(limit.seconds) s after it was told to end, and may cost money"
            emit(
                .instanceChanged(
                    InstanceChanged(instance: id, state: .stopping, message: message, deadline: now + limit)))
        default:
            guard row.deadline <= now else { return deadlines.add(.boot, id.raw, at: row.deadline) }
            let waited = (now - row.stateSince).seconds
            refuse(row, "did not register in time")
            direct(.disconnect(node: state.name(of: row.node)))
            stop(id, Reason(.bootTimeout), order)
            var seen = InstanceSeen(instance: id, state: .stopping, failed: true)
            seen.message = "\(order.name) stayed \(row.state) for \(waited) s, longer than its deadline; look at the "
                + (row.state.rawValue < InstanceRow.State.booting.rawValue ? "provider" : "machine and its agent's log")
            instanceFailed(seen, state.instances[id.index])
        }
    }
}
