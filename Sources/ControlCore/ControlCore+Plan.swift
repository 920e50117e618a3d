import ClusterModel

/// What an action would do, said before it is done. A plan's fingerprint is given back with the action: when it is no
/// longer true, the action is refused as stale.
extension ControlCore {
    /// The plan of `action` on `state` at `now`. Pure; costs what the action touches.
    public static func plan(_ action: Action, in state: ClusterState, at now: Instant) -> ActionPlan {
        var plan: ActionPlan
        switch action {
        case .scaleOut(let wish): plan = planScaleOut(wish, state, now)
        case .scaleIn(let selection): plan = planScaleIn(selection, state)
        case .drain(let selection): plan = planDrain(selection, state)
        case .kill(let selection): plan = planKill(selection, state)
        case .apply(let change): plan = planApply(change, state)
        case .shutdown(let wish): plan = planShutdown(wish, state)
        case .addNodes(let request): plan = planAddNodes(request, state)
        case .removeNodes(let request): plan = planRemoveNodes(request, state)
        case .followScaling(let wish): plan = planFollow(wish, state, now)
        default: plan = planByTrying(action, state, now)
        }
        if plan.possible, plan.fingerprint.isEmpty {
            plan.fingerprint = "\(plan.size) \(plan.ratePerHourDelta) " + plan.lines.joined(separator: "\n")
        }
        return plan
    }

    /// Tries the action on a copy of the core and says what the answer would be.
    private static func planByTrying(_ action: Action, _ state: ClusterState, _ now: Instant) -> ActionPlan {
        var copy = ControlCore(state: state)
        let outcome = copy.handle(.action(ActionRequest(request: 0, user: "", action: action)), at: now)
        var plan = ActionPlan()
        for case .answer(_, let answer) in outcome.directives {
            plan.possible = answer.accepted
            plan.lines = [answer.message]
        }
        let launches = outcome.events.count { if case .taskLaunched = $0.event { true } else { false } }
        if launches > 0 { plan.lines.append("\(launches) tasks would start at once") }
        plan.ratePerHourDelta = copy.state.burnPerHour - state.burnPerHour
        return plan
    }

    /// Why these nodes cannot be scaled in, or nil.
    static func obstacle(toScaleIn nodes: [NodeID], in state: ClusterState) -> String? {
        if let declared = nodes.first(where: { state.declaration(of: $0).transport != .pool }) {
            let name = state.name(of: declared)
            return "refused: \(name) was added by name, not bought; remove it with `bellows node remove \(name)`"
        }
        var leaving: [PoolID: Int] = [:]
        for node in nodes where !state.nodes[node.index].removeWhenDrained {
            leaving[state.nodes[node.index].pool, default: 0] += 1
        }
        for (pool, count) in leaving.sorted(by: { $0.key < $1.key }) {
            guard let spec = state.spec(of: pool) else { continue }
            let rest = state.stayingInstances(of: pool) - count
            if rest < Int(spec.minimum) {
                return
                    "refused: pool \(spec.name) keeps at least \(spec.minimum) machines, \(max(0, rest)) would stay; "
                    + "lower `min` in the cluster file first"
            }
        }
        return nil
    }

    private static func planScaleIn(_ selection: NodeSelection, _ state: ClusterState) -> ActionPlan {
        let (nodes, problem) = resolve(selection, in: state)
        if let problem = problem ?? obstacle(toScaleIn: nodes, in: state) { return ActionPlan(refusal: problem) }
        var plan = planEmptying(nodes, state, verb: "drain and end")
        plan.ratePerHourDelta = -nodes.reduce(0) { $0 + state.nodes[$1.index].pricePerHour }
        plan.lines.append("saves \(MoneyText.rate(-plan.ratePerHourDelta, state.configuration.currency))")
        return plan
    }

    private static func planDrain(_ selection: NodeSelection, _ state: ClusterState) -> ActionPlan {
        let (nodes, problem) = resolve(selection, in: state)
        if let problem { return ActionPlan(refusal: problem) }
        return planEmptying(nodes, state, verb: "drain")
    }

    static func planEmptying(_ nodes: [NodeID], _ state: ClusterState, verb: String) -> ActionPlan {
        var plan = ActionPlan()
        plan.possible = true
        plan.size = UInt32(nodes.count)
        let names = nodes.prefix(8).map { state.name(of: $0) }.joined(separator: ", ")
        plan.lines = ["\(verb) \(nodes.count): \(names)\(nodes.count > 8 ? ", ..." : "")"]
        plan.tasksTouched = nodes.reduce(0) { $0 + state.nodes[$1.index].tasks }
        plan.lines.append(
            plan.tasksTouched == 0 ? "nothing runs there" : "waits for \(plan.tasksTouched) tasks to end; none is ended"
        )
        return plan
    }

    private static func planKill(_ selection: TaskSelection, _ state: ClusterState) -> ActionPlan {
        var plan = ActionPlan()
        var (placed, waiting) = (0, 0)
        for task in selection.tasks {
            guard state.contains(task.job) else {
                return ActionPlan(refusal: "refused: there is no job \(task.job.raw)")
            }
            let row = state.jobs[task.job.index]
            if task.index == TaskSelection.all {
                placed += Int(row.placed)
                waiting += Int(row.queued)
            } else if let one = state.row(of: task), !one.state.isTerminal {
                if one.state.isPlaced { placed += 1 } else { waiting += 1 }
            }
        }
        guard placed + waiting > 0 else { return ActionPlan(refusal: "refused: all of it has ended already") }
        plan.possible = true
        plan.size = UInt32(placed + waiting)
        plan.tasksTouched = UInt32(placed)
        plan.lines = ["end \(placed) running and \(waiting) waiting tasks", "SIGTERM first, SIGKILL after their grace"]
        return plan
    }

    /// Why a cluster file cannot be applied as things stand, or nil.
    static func obstacle(toApply next: ClusterConfiguration, in state: ClusterState) -> String? {
        for id in state.index.liveInstances {
            let row = state.instances[id.index]
            let pool = state.name(of: row.pool)
            if pool == NodeSpec.poolName { continue }
            guard let spec = next.pools.first(where: { $0.name == pool }) else {
                return "refused: pool \(pool) still has machines; scale it in before it leaves the cluster file"
            }
            guard spec.types.contains(where: { $0.name == state.text(row.type) }) else {
                return "refused: machine type \(state.text(row.type)) of pool \(pool) is in use; scale it in first"
            }
        }
        if let problem = nodeObstacle(toApply: next, in: state) { return problem }
        for slot in state.pools.indices {
            let name = state.name(of: PoolID(slot))
            guard let spec = next.pools.first(where: { $0.name == name }) else { continue }
            let staying = state.stayingInstances(of: PoolID(slot))
            if staying > Int(spec.maximum) {
                return
                    "refused: pool \(name) has \(staying) machines, the file allows \(spec.maximum); scale it in first"
            }
        }
        return nextScalars(next, state)
    }

    private static func nextScalars(_ next: ClusterConfiguration, _ state: ClusterState) -> String? {
        // A lane's meaning is fixed while anything is counted in it.
        for (at, name) in state.configuration.scalars.enumerated()
        where at >= next.scalars.count || next.scalars[at] != name {
            if state.total.lanes[ResourceVector.firstCustomLane + at] != 0 {
                return "refused: scalar \(name) is in use and must keep its place in `scalars`"
            }
        }
        return nil
    }

    private static func planApply(_ change: ApplyConfiguration, _ state: ClusterState) -> ActionPlan {
        if let problem = obstacle(toApply: change.configuration, in: state) { return ActionPlan(refusal: problem) }
        var plan = ActionPlan()
        plan.possible = true
        plan.size = 1
        plan.lines = [change.configuration == state.configuration ? "nothing changes" : "the cluster file changes"]
        for spec in change.configuration.pools {
            guard let pool = state.pool(named: spec.name) else {
                plan.lines.append(
                    "new pool \(spec.name)\(spec.minimum > 0 ? ", \(spec.minimum) machines are asked for" : "")")
                plan.ratePerHourDelta += Int64(spec.minimum) * (spec.types.first?.pricePerHour ?? 0)
                continue
            }
            let lacking = Int(spec.minimum) - state.stayingInstances(of: pool)
            if lacking > 0 {
                plan.lines.append("\(spec.name): \(lacking) more machines are asked for")
                plan.ratePerHourDelta += Int64(lacking) * (spec.types.first?.pricePerHour ?? 0)
            }
        }
        plan.lines += planNodes(change.configuration, state)
        return plan
    }

    static func planShutdown(_ wish: Shutdown, _ state: ClusterState) -> ActionPlan {
        var plan = ActionPlan()
        plan.possible = true
        plan.tasksTouched = state.roles.reduce(0) { $0 + $1.placed }
        plan.size = UInt32(state.index.liveInstances.count)
        let queued = state.roles.reduce(0) { $0 + $1.queued }
        if wish.drain {
            plan.lines = ["drain all nodes, end \(plan.size) machines, then stop the core"]
            plan.lines.append(
                "waits for \(plan.tasksTouched) running tasks; \(queued) queued tasks stay in the state store")
            plan.ratePerHourDelta = -state.burnPerHour
        } else {
            plan.lines = ["stop the core; \(plan.tasksTouched) tasks and \(plan.size) machines go on without it"]
        }
        return plan
    }
}
