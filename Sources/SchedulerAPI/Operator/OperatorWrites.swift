import ClusterModel
import ControlRuntime
import SchedulerWire

/// The writing calls of `POST /api/v1`: typed for the core, its verdict as a status.
struct OperatorWrites: Sendable {
    let core: LiveCore
    let principal: String

    private var resources: ResourceMapping { ResourceMapping(configuration: core.state.configuration) }

    func answer(_ call: WireOperatorCall) async -> APIAnswer {
        var problem = ""
        switch call.type {
        case .setLoggingLevel: return .empty(200)
        case .updateWeights:
            var weights: [RoleSpec] = []
            for info in call.updateWeights.weightInfos {
                guard info.weight.isFinite, info.weight > 0, info.weight <= 1e6,
                    (info.weight * 1_000).rounded() >= 1
                else {
                    return .text(
                        400,
                        "Failed to validate update weights request JSON for role '\(info.role)': Invalid weight "
                            + "'\(Self.plain(info.weight))': Weights must be positive")
                }
                var spec = RoleSpec()
                spec.path = info.role
                spec.weight = Int64((info.weight * 1_000).rounded())
                weights.append(spec)
            }
            return await carryOut(.weights(weights), 200)
        case .updateQuota:
            let quotas = call.updateQuota.quotaConfigs.map { quota($0) }
            return await carryOut(.quota(quotas, force: call.updateQuota.force, isFirst: false), 200)
        case .setQuota: return await setQuota(call.setQuota.quotaRequest)
        case .removeQuota: return await removeQuota(of: call.removeQuota.role)
        case .reserveResources:
            let kind = OfferOperation.Kind.reserve(
                from: resources.items(call.reserveResources.source, problem: &problem),
                to: resources.items(call.reserveResources.resources, problem: &problem))
            return await operate(kind, call.reserveResources.agentID, problem)
        case .unreserveResources:
            let items = resources.items(call.unreserveResources.resources, problem: &problem)
            return await operate(.unreserve(items), call.unreserveResources.agentID, problem)
        case .createVolumes:
            let items = resources.items(call.createVolumes.volumes, problem: &problem)
            return await operate(.create(items), call.createVolumes.agentID, problem)
        case .destroyVolumes:
            let items = resources.items(call.destroyVolumes.volumes, problem: &problem)
            return await operate(.destroy(items), call.destroyVolumes.agentID, problem)
        case .growVolume:
            let volume = resources.items([call.growVolume.volume], problem: &problem).first ?? ResourceItem()
            let addition = resources.items([call.growVolume.addition], problem: &problem).first ?? ResourceItem()
            return await operate(.grow(volume, by: addition), call.growVolume.agentID, problem)
        case .shrinkVolume:
            let volume = resources.items([call.shrinkVolume.volume], problem: &problem).first ?? ResourceItem()
            let amount = ResourceMapping.amount(call.shrinkVolume.subtract.value, lane: 2)
            if amount == nil { problem = "The value of 'subtract' must be zero or more" }
            return await operate(.shrink(volume, by: amount ?? 0), call.shrinkVolume.agentID, problem)
        case .updateMaintenanceSchedule:
            return await carryOut(.maintenance(windows(call.updateMaintenanceSchedule.schedule)), 200)
        case .startMaintenance:
            return await carryOut(.machinesDown(call.startMaintenance.machines.map { Self.machine($0) }), 200)
        case .stopMaintenance:
            return await carryOut(.machinesUp(call.stopMaintenance.machines.map { Self.machine($0) }), 200)
        case .drainAgent:
            let drain = call.drainAgent
            var grace = Interval(microseconds: -1)
            if drain.hasMaxGracePeriod {
                let seconds = max(0, min(drain.maxGracePeriod.seconds, 1 << 32))
                grace = Interval(microseconds: seconds * 1_000_000 + Int64(drain.maxGracePeriod.nanos) / 1_000)
            }
            return await carryOut(
                .drain(agent: drain.agentID.value, grace: grace, marksGone: drain.markGone), 200)
        case .deactivateAgent: return await carryOut(.deactivate(agent: call.deactivateAgent.agentID.value), 200)
        case .reactivateAgent: return await carryOut(.reactivate(agent: call.reactivateAgent.agentID.value), 200)
        case .markAgentGone: return await carryOut(.markGone(agent: call.markAgentGone.agentID.value), 200)
        case .teardown: return await carryOut(.teardown(framework: call.teardown.frameworkID.value), 200)
        default: return .text(501, "501 Not Implemented.")
        }
    }

    // MARK: Parts

    func windows(_ schedule: WireMaintenanceSchedule) -> [MaintenanceWindow] {
        schedule.windows.map { window in
            let duration = window.unavailability.duration.nanoseconds
            return MaintenanceWindow(
                machines: window.machineIds.map { Self.machine($0) },
                unavailability: Unavailability(
                    startNanoseconds: window.unavailability.start.nanoseconds,
                    // -1 is what is kept of a window without an end; said aloud it is refused as any negative one.
                    durationNanoseconds: !window.unavailability.hasDuration
                        ? -1 : duration < 0 ? min(duration, -2) : duration))
        }
    }

    static func machine(_ machine: WireMachineID) -> MaintenanceWindow.Machine {
        MaintenanceWindow.Machine(hostname: machine.hostname, ip: machine.ip)
    }

    /// The largest amounts that quota may speak of, as in the reference: above them thousandths are lost.
    private static let largest = (scalar: 1e12, bytes: 1_099_511_627_776.0)

    private func quota(_ config: WireQuotaConfig) -> RoleQuota {
        var result = RoleQuota(config.role, Quota())
        for (isLimit, amounts) in [(false, config.guarantees), (true, config.limits)] {
            for (name, scalar) in amounts.sorted(by: { $0.key < $1.key }) {
                let largest = name == "mem" || name == "disk" ? Self.largest.bytes : Self.largest.scalar
                guard let lane = resources.configuration.lane(of: name) else {
                    result.problem = "Invalid QuotaConfig: resource '\(name)' is not known here"
                    continue
                }
                guard scalar.value <= largest, let amount = ResourceMapping.amount(scalar.value, lane: lane) else {
                    result.problem =
                        "Invalid QuotaConfig: '\(name)' is \(Self.plain(scalar.value)), which is below zero or above "
                        + "\(Self.plain(largest))"
                    continue
                }
                if isLimit {
                    result.quota.limit(lane, to: amount)
                } else {
                    result.quota.guarantees.lanes[lane] = amount
                }
            }
        }
        return result
    }

    /// The older call: a guarantee that is a limit too.
    private func setQuota(_ request: WireQuotaRequest) async -> APIAnswer {
        guard !request.guarantee.isEmpty else {
            return .text(400, "Failed to validate set quota request: QuotaInfo with empty 'guarantee'")
        }
        var result = RoleQuota(request.role, Quota())
        for resource in request.guarantee {
            guard let lane = resources.configuration.lane(of: resource.name), resource.isPlainScalar,
                let amount = ResourceMapping.amount(resource.scalar.value, lane: lane),
                request.guarantee.count(where: { $0.name == resource.name }) == 1
            else {
                return .text(
                    400, "Failed to validate set quota request: QuotaInfo may not contain '\(resource.name)'")
            }
            result.quota.guarantees.lanes[lane] = amount
            result.quota.limit(lane, to: amount)
        }
        return await carryOut(.quota([result], force: request.force, isFirst: true), 200)
    }

    private func removeQuota(of role: String) async -> APIAnswer {
        let state = core.state
        guard let id = state.role(at: role), !state.roles[id.index].quota.isDefault else {
            return .text(400, "Failed to remove quota: Role '\(role)' has no quota set")
        }
        return await carryOut(.quota([RoleQuota(role, Quota())], force: true, isFirst: false), 200)
    }

    /// An operation on what is free on an agent.
    func operate(_ kind: OfferOperation.Kind, _ agent: WireAgentID, _ problem: String) async -> APIAnswer {
        guard problem.isEmpty else { return .text(400, "Invalid operation: \(problem)") }
        return await carryOut(.operation(agent: agent.value, OfferOperation(kind)), 202)
    }

    func carryOut(_ wish: OperatorWish, _ status: Int) async -> APIAnswer {
        let call = OperatorCall(principal: principal, wish)
        let verdict = await withCheckedContinuation { continuation in
            core.operate(call) { continuation.resume(returning: $0) }
        }
        return verdict.outcome == .accepted ? .empty(status) : SchedulerEndpoint.refusal(verdict)
    }

    /// A number without the decimal point that it does not need.
    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension WireResource {
    /// An amount and nothing else: not reserved, no volume, not revocable.
    fileprivate var isPlainScalar: Bool {
        type == .scalar && reservations.isEmpty && !hasReservation && (!hasRole || role == "*") && !hasDisk
            && !hasRevocable && !hasShared
    }
}
