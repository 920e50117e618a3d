import ClusterModel
import Foundation
import SchedulerWire
import SwiftProtobuf

/// A framework's calls from the wire: what the core is told, with what is wrong in words where the core answers on the
/// stream rather than by a status.
struct CallMapping {
    let resources: ResourceMapping
    let rights: Rights?

    private var frameworks: FrameworkMapping { FrameworkMapping(resources: resources, rights: rights) }

    /// The call, of a body that was validated; nil = a type that nobody serves.
    func call(_ call: WireSchedulerCall) -> SchedulerCall? {
        switch call.type {
        case .unknown: return nil
        case .subscribe:
            return .subscribe(
                frameworks.subscription(
                    call.subscribe.frameworkInfo, suppressed: call.subscribe.suppressedRoles,
                    constraints: call.subscribe.offerConstraints))
        case .updateFramework:
            return .updateFramework(
                frameworks.subscription(
                    call.updateFramework.frameworkInfo, suppressed: call.updateFramework.suppressedRoles,
                    constraints: call.updateFramework.offerConstraints))
        case .teardown: return .teardown
        case .accept:
            var acceptance = Acceptance()
            acceptance.offers = call.accept.offerIds.map(\.value)
            acceptance.operations = call.accept.operations.map { operation($0) }
            acceptance.refuse = Self.refuse(call.accept.filters)
            return .accept(acceptance)
        case .decline:
            return .decline(
                OfferAnswer(offers: call.decline.offerIds.map(\.value), refuse: Self.refuse(call.decline.filters)))
        case .acceptInverseOffers:
            return .acceptInverse(
                OfferAnswer(
                    offers: call.acceptInverseOffers.inverseOfferIds.map(\.value),
                    refuse: Self.refuse(call.acceptInverseOffers.filters)))
        case .declineInverseOffers:
            return .declineInverse(
                OfferAnswer(
                    offers: call.declineInverseOffers.inverseOfferIds.map(\.value),
                    refuse: Self.refuse(call.declineInverseOffers.filters)))
        case .revive: return .revive(call.revive.roles)
        case .suppress: return .suppress(call.suppress.roles)
        case .kill:
            var kill = TaskKill(task: call.kill.taskID.value, agent: call.kill.agentID.value)
            if call.kill.killPolicy.hasGracePeriod {
                kill.grace = Self.interval(nanoseconds: call.kill.killPolicy.gracePeriod.nanoseconds)
            }
            return .kill(kill)
        case .shutdown:
            return .shutdown(
                ExecutorName(executor: call.shutdown.executorID.value, agent: call.shutdown.agentID.value))
        case .acknowledge:
            return .acknowledge(
                StatusAcknowledgement(
                    task: call.acknowledge.taskID.value, agent: call.acknowledge.agentID.value,
                    uuid: [UInt8](call.acknowledge.uuid)))
        case .acknowledgeOperationStatus:
            var acknowledgement = OperationAcknowledgement()
            acknowledgement.operation = call.acknowledgeOperationStatus.operationID.value
            acknowledgement.agent = call.acknowledgeOperationStatus.agentID.value
            acknowledgement.uuid = [UInt8](call.acknowledgeOperationStatus.uuid)
            return .acknowledgeOperation(acknowledgement)
        case .reconcile:
            return .reconcile(
                call.reconcile.tasks.map { TaskQuestion($0.taskID.value, agent: $0.agentID.value) })
        case .reconcileOperations:
            return .reconcileOperations(
                call.reconcileOperations.operations.map {
                    TaskQuestion($0.operationID.value, agent: $0.agentID.value)
                })
        case .message:
            return .message(
                ExecutorMessage(
                    to: ExecutorName(executor: call.message.executorID.value, agent: call.message.agentID.value),
                    data: [UInt8](call.message.data)))
        case .request: return demand(call.request.requests)
        // Goes by the core for its checks, and is answered with what is seen then.
        case .view: return .request
        case .commit: return .commit(commitment(call.commit))
        }
    }

    /// What a framework would take. Requests that count nothing are the reference's own, which passes them over.
    private func demand(_ requests: [WireRequest]) -> SchedulerCall {
        guard requests.contains(where: { $0.hasCount }) else { return .request }
        return .demand(
            requests.map { one in
                var piece = DemandPiece(role: one.role, need: .zero, count: one.hasCount ? one.count : 1)
                piece.isGang = one.together
                // What cannot be read needs less than nothing, and is refused with the call.
                guard let items = try? resources.items(one.resources) else {
                    piece.need.lanes[0] = -1
                    return piece
                }
                for item in items where piece.need.isNonNegative {
                    piece.need += item.amount
                    let ports = item.extras.ranges.first { $0.name == Demand.portsName }?.count ?? 0
                    piece.ports = UInt32(clamping: UInt64(piece.ports) + min(ports, 1 << 32))
                }
                return piece
            })
    }

    /// A placement that a framework has chosen by itself. A part that names no resources takes what its tasks need.
    private func commitment(_ said: WireSchedulerCall.Commit) -> Commitment {
        var result = Commitment()
        (result.role, result.isWhole) = (said.role, said.together)
        result.parts = said.parts.map { one in
            var part = Commitment.Part()
            part.agent = one.agentID.value
            part.seen = UInt64(one.version, radix: 16) ?? 0
            part.resources = resources.items(one.resources, problem: &part.problem)
            part.operations = one.operations.map { operation($0) }
            if one.hasVersion, part.seen == 0 { part.problem = "'\(one.version)' is no version that was ever told" }
            if one.resources.isEmpty { part.resources = part.operations.flatMap(\.resourcesNeeded) }
            return part
        }
        return result
    }

    /// How long a refusal holds: five seconds when nothing is said or what is said is no time, a year at most.
    static func refuse(_ filters: WireFilters) -> Interval {
        let seconds = filters.refuseSeconds
        guard seconds.isFinite, seconds >= 0 else { return .seconds(5) }
        return min(OfferAnswer.longest, Interval(microseconds: Int64(min(seconds, 1e9) * 1e6)))
    }

    static func interval(nanoseconds: Int64) -> Interval { Interval(microseconds: max(0, nanoseconds) / 1_000) }

    // MARK: Operations

    func operation(_ said: WireOffer.Operation) -> OfferOperation {
        var problem = ""
        var result = OfferOperation()
        result.id = said.id.value
        switch said.type {
        case .launch: result.kind = .launch(said.launch.taskInfos.map { task($0) })
        case .launchGroup:
            var executor = executor(said.launchGroup.executor, &problem)
            executor.isDefault = said.launchGroup.executor.type == .default
            result.kind = .launchGroup(executor, said.launchGroup.taskGroup.tasks.map { task($0) })
        case .reserve:
            result.kind = .reserve(
                from: resources.items(said.reserve.source, problem: &problem),
                to: resources.items(said.reserve.resources, problem: &problem))
        case .unreserve: result.kind = .unreserve(resources.items(said.unreserve.resources, problem: &problem))
        case .create: result.kind = .create(resources.items(said.create.volumes, problem: &problem))
        case .destroy: result.kind = .destroy(resources.items(said.destroy.volumes, problem: &problem))
        case .growVolume:
            result.kind = .grow(
                resources.items([said.growVolume.volume], problem: &problem).first ?? ResourceItem(),
                by: resources.items([said.growVolume.addition], problem: &problem).first ?? ResourceItem())
        case .shrinkVolume:
            let amount = ResourceMapping.amount(said.shrinkVolume.subtract.value, lane: 2)
            if amount == nil { problem = "The value of 'subtract' must be zero or more" }
            result.kind = .shrink(
                resources.items([said.shrinkVolume.volume], problem: &problem).first ?? ResourceItem(),
                by: amount ?? 0)
        case .createDisk: result.kind = .unsupported("CREATE_DISK")
        case .destroyDisk: result.kind = .unsupported("DESTROY_DISK")
        case .unknown: result.kind = .unsupported("UNKNOWN")
        }
        result.problem = problem
        switch said.type {
        case .launch, .launchGroup: break
        default:
            if let rights, !rights.reserve { result.unauthorized = "Not authorized to change reservations or volumes" }
            result.wire = WireCoding.encode(said, .protobuf)
        }
        return result
    }

    func task(_ said: WireTaskInfo) -> LaunchTask {
        var task = LaunchTask()
        task.id = said.taskID.value
        task.agent = said.agentID.value
        task.hasCommand = said.hasCommand
        task.resources = resources.items(said.resources, problem: &task.problem)
        if said.hasExecutor { task.executor = executor(said.executor, &task.problem) }
        if said.hasCommand { task.spec = command(said.command, &task.problem) }
        if said.hasCommand, said.hasContainer {
            let gpus = task.resources.reduce(0) { $0 + $1.amount.gpus }
            task.spec.image = ContainerMapping.image([UInt8](said.container), gpus: gpus, &task.problem)
        }
        task.spec.name = said.name
        if said.hasKillPolicy, said.killPolicy.hasGracePeriod {
            task.spec.grace = Self.interval(nanoseconds: said.killPolicy.gracePeriod.nanoseconds)
            if said.killPolicy.gracePeriod.nanoseconds < 0, task.problem.isEmpty {
                task.problem = "Task's 'kill_policy.grace_period' must be non-negative"
            }
        }
        if said.hasMaxCompletionTime {
            task.spec.timeLimit = Self.interval(nanoseconds: said.maxCompletionTime.nanoseconds)
            if said.maxCompletionTime.nanoseconds < 0, task.problem.isEmpty {
                task.problem = "Task's 'max_completion_time' must be non-negative"
            }
        }
        limits(said, &task.problem)
        if let rights, said.hasCommand, !rights.mayRun(as: said.command.user) {
            task.unauthorized = "Not authorized to launch as user '\(said.command.user)'"
        }
        task.wire = WireCoding.encode(said, .protobuf)
        return task
    }

    private func limits(_ said: WireTaskInfo, _ problem: inout String) {
        guard problem.isEmpty else { return }
        for (name, limit) in said.limits.sorted(by: { $0.key < $1.key }) {
            guard name == "cpus" || name == "mem" else {
                problem = "Limits may be set for 'cpus' and 'mem' only, not for '\(name)'"
                return
            }
            let asked = said.resources.filter { $0.name == name }.reduce(0) { $0 + $1.scalar.value }
            if limit.value < asked {
                problem = "Task's '\(name)' limit \(limit.value) is below its request \(asked)"
                return
            }
        }
    }

    func executor(_ said: WireExecutorInfo, _ problem: inout String) -> LaunchExecutor {
        var executor = LaunchExecutor()
        executor.id = said.executorID.value
        executor.framework = said.frameworkID.value
        executor.isDefault = said.type == .default
        executor.hasCommand = said.hasCommand
        executor.resources = resources.items(said.resources, problem: &problem)
        if said.hasCommand { executor.spec = command(said.command, &problem) }
        if said.hasContainer, !ContainerMapping.image([UInt8](said.container), gpus: 0, &problem).isEmpty,
            problem.isEmpty
        {
            problem = "Executors run outside of containers here: give the image to the tasks"
        }
        executor.spec.name = said.name.isEmpty ? said.executorID.value : said.name
        if said.hasShutdownGracePeriod {
            executor.spec.grace = Self.interval(nanoseconds: said.shutdownGracePeriod.nanoseconds)
            if said.shutdownGracePeriod.nanoseconds < 0, problem.isEmpty {
                problem = "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
            }
        }
        executor.wire = WireCoding.encode(said, .protobuf)
        return executor
    }

    /// What an agent runs: the shell with a line, or a program with its arguments.
    func command(_ said: WireCommandInfo, _ problem: inout String) -> JobSpec {
        var spec = JobSpec()
        (spec.runAs, spec.mayKeepUser) = (said.user, true)
        if said.shell {
            spec.argv = ["/bin/sh", "-c", said.value]
            if !said.hasValue, problem.isEmpty { problem = "Shell command has no 'value'" }
        } else {
            spec.argv = [said.hasValue ? said.value : said.arguments.first ?? ""] + said.arguments.dropFirst()
        }
        for variable in said.environment.variables {
            if variable.name.isEmpty || variable.name.utf8.contains(0x3D) || variable.value.utf8.contains(0) {
                if problem.isEmpty { problem = "Environment variable '\(variable.name)' has no name that can be set" }
                continue
            }
            guard variable.type != .secret else {
                if problem.isEmpty {
                    problem = "Environment variable '\(variable.name)' of type 'SECRET' cannot be resolved here"
                }
                continue
            }
            guard variable.hasValue else {
                if problem.isEmpty {
                    problem = "Environment variable '\(variable.name)' of type 'VALUE' must have a value set"
                }
                continue
            }
            spec.environment.append("\(variable.name)=\(variable.value)")
        }
        if spec.argv.joined().utf8.contains(0), problem.isEmpty { problem = "The command has a zero byte in it" }
        return spec
    }
}
