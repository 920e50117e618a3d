import ClusterModel
import Workloads

/// What may go: nodes that idle, then nodes whose few tasks fit elsewhere. Never below what a pool is to have, never
/// while it cools down, never what a person drains.
extension ScaleRound {
    mutating func returnNodes() {
        let isWanted = queue.isUnmet
        for slot in state.pools.indices where only == nil || only == PoolID(slot) {
            let pool = PoolID(slot)
            guard let spec = state.spec(of: pool) else { continue }
            let floor = max(
                spec.minimum, state.pools[slot].wanted, spec.scaling.scheduled(at: now).count, 0)
            var spare = state.stayingInstances(of: pool) - Int(min(floor, spec.maximum))
            guard spare > 0, bought[pool, default: 0] == 0 else { continue }
            spare = min(spare, Int(spec.scaling.surge))
            let sent = returnIdle(of: pool, spec, spare)
            if sent == 0, !isWanted, queue.groups.isEmpty { returnUnderused(of: pool, spec) }
        }
    }

    /// Sends idle nodes away; answers how many.
    private mutating func returnIdle(of pool: PoolID, _ spec: PoolSpec, _ spare: Int) -> Int {
        let scaling = spec.scaling
        let staying = state.stayingInstances(of: pool)
        var idle: [NodeID] = []
        for slot in 0..<state.nodes.count where state.nodes[slot].pool == pool {
            let node = NodeID(slot)
            let row = state.nodes[slot]
            guard row.state == .ready, row.tasks == 0, !row.idleSince.isNever, !row.instance.isNone else { continue }
            guard row.offered.isZero else {
                count(Reason(.inUse))
                continue
            }
            if supply.claimed.contains(node) {
                count(Reason(.keptForDemand))
            } else {
                idle.append(node)
            }
        }
        guard !idle.isEmpty else { return 0 }
        let coolUntil = max(state.pools[pool.index].lastOutAt, state.pools[pool.index].lastInAt) + scaling.coolDown
        let keep = Int(scaling.headroom) + Int(Int64(staying) * scaling.deadBand / 1_000)
        idle.sort {
            let (a, b) = (state.nodes[$0.index], state.nodes[$1.index])
            return (-a.pricePerHour, a.idleSince, $0) < (-b.pricePerHour, b.idleSince, $1)
        }
        var sent = 0
        for (place, node) in idle.enumerated() {
            let row = state.nodes[node.index]
            // The last of the list are the reserve: the headroom stays, the dead band may go after twice the time.
            let left = idle.count - place
            if left <= Int(scaling.headroom) {
                count(Reason(.spareWanted))
                continue
            }
            let patience = left <= keep ? scaling.idleFor * 2 : scaling.idleFor
            guard let moment = moment(of: node, row.idleSince + patience, scaling) else { continue }
            if moment > now {
                look(at: moment)
                count(left <= keep && row.idleSince + scaling.idleFor <= now ? Reason(.deadBand) : Reason(.idle))
            } else if coolUntil > now {
                look(at: coolUntil)
                count(Reason(.coolDown))
            } else if sent < spare {
                give(node, Reason(.idle, (now - row.idleSince).seconds))
                sent += 1
            }
        }
        return sent
    }

    /// When a node that may go from `ready` on should go: at once, or at the end of the period that is paid.
    private mutating func moment(of node: NodeID, _ ready: Instant, _ scaling: PoolScaling) -> Instant? {
        let row = state.instances[state.nodes[node.index].instance.index]
        guard row.state == .running else { return nil }
        let margin = PoolScaling.returnMargin
        guard scaling.billing.quantum > margin * 2, !row.billedSince.isNever else { return ready }
        let at = max(ready, now)
        let paid = row.paidUntil(at: at)
        if paid - at <= margin { return ready }
        if ready <= now { count(Reason(.paidPeriod)) }
        return paid - margin
    }

    /// Empties one node that is hardly used, when its tasks fit elsewhere and it saves enough for what it disturbs.
    private mutating func returnUnderused(of pool: PoolID, _ spec: PoolSpec) {
        let scaling = spec.scaling
        let coolUntil = max(state.pools[pool.index].lastOutAt, state.pools[pool.index].lastInAt) + scaling.coolDown
        guard scaling.consolidateBelow > 0 else { return }
        let burn = state.burnPerHour
        let disruption = state.presentNodes.reduce(Int64(0)) { $0 + 1 + Int64(state.nodes[$1.index].tasks) }
        for slot in 0..<state.nodes.count where state.nodes[slot].pool == pool {
            let row = state.nodes[slot]
            guard row.state == .ready, row.tasks > 0, row.offered.isZero, !row.quietSince.isNever,
                !row.instance.isNone
            else { continue }
            guard let moment = moment(of: NodeID(slot), row.quietSince + scaling.idleFor, scaling) else { continue }
            guard moment <= now else {
                look(at: moment)
                continue
            }
            // Saving share / disruption share >= 1/k.
            let saving = Int128(row.pricePerHour) * Int128(disruption) * Int128(scaling.consolidationRatio)
            guard saving >= Int128(max(1, burn)) * Int128(1 + row.tasks) else {
                count(Reason(.savesTooLittle))
                continue
            }
            guard fitsElsewhere(NodeID(slot)) else {
                count(Reason(.neededElsewhere))
                continue
            }
            guard coolUntil <= now else {
                look(at: coolUntil)
                return count(Reason(.coolDown))
            }
            return give(NodeID(slot), Reason(.underused, (now - row.quietSince).seconds))
        }
    }

    /// Whether work like a node's would find room on other nodes: what runs there is waited for, what comes after it
    /// must not miss the machine.
    private mutating func fitsElsewhere(_ node: NodeID) -> Bool {
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard state.contains(task.job), state.jobs[task.job.index].framework == .batch else { return false }
            let spec = state.specs[task.job.index]
            var demand = Demand(
                role: state.jobs[task.job.index].role, need: state.jobs[task.job.index].need, ports: spec.ports,
                words: spec.words)
            demand.requirement = try? Requirement.compile(spec.requirement)
            demand.avoid = (supply.leaving + [node]).sorted()
            let room = supply.room(for: demand, limit: 1)
            guard !room.isEmpty else { return false }
            supply.claim(room, for: demand)
        }
        return true
    }

    private mutating func give(_ node: NodeID, _ reason: Reason) {
        let row = state.nodes[node.index]
        var one = ScaleReturn()
        (one.node, one.name, one.reason, one.pricePerHour) = (node, state.name(of: node), reason, row.pricePerHour)
        verdict.returns.append(one)
        count(reason)
    }
}
