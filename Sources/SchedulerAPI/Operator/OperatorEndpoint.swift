import ClusterModel
import ControlRuntime
import Foundation
import SchedulerWire

/// `POST /api/v1`: what operators ask and wish.
struct OperatorEndpoint: Sendable {
    let router: APIRouter

    private var core: LiveCore { router.core }

    func answer(_ request: APIRequest) async -> APIAnswer {
        guard request.method == "POST" else { return .wrongMethod(request.method) }
        let form: WireForm
        switch request.bodyForm() {
        case .success(let found): form = found
        case .failure(let answer): return answer
        }
        let call: WireOperatorCall
        do { call = try WireCoding.decode(from: request.body, form) } catch { return .text(400, error.description) }
        if let fault = OperatorChecks.fault(in: call) {
            return .text(400, "Failed to validate master::Call: \(fault)")
        }
        guard let answerForm = request.answerForm else {
            return .text(
                406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'")
        }
        guard OperatorChecks.isAllowed(call.type, request.rights) else { return .empty(403) }
        if call.type == .subscribe { return subscribe(answerForm) }
        let reading = StateReading(core.state, router.place())
        if let found = await read(call, request, reading) {
            switch found {
            case .success(let response):
                return APIAnswer(
                    status: 200, headers: [("Content-Type", answerForm.rawValue)],
                    body: router.records.encode(response, answerForm, reading))
            case .failure(let answer): return answer
            }
        }
        return await OperatorWrites(core: core, principal: request.principal).answer(call)
    }

    private func subscribe(_ form: WireForm) -> APIAnswer {
        let place = router.place()
        let stream = router.operators.open(form: form, place: place)
        return APIAnswer(status: 200, headers: [("Content-Type", form.rawValue)], stream: stream)
    }

    /// The answer to a reading call; nil = it is a writing one.
    private func read(
        _ call: WireOperatorCall, _ request: APIRequest, _ reading: StateReading
    ) async -> Result<WireOperatorResponse, APIAnswer>? {
        var response = WireOperatorResponse()
        let reads = OperatorReads(reading: reading, now: core.now, leavesAgentsOut: true)
        switch call.type {
        case .getHealth:
            response.type = .getHealth
            response.getHealth.healthy = true
        case .getFlags:
            response.type = .getFlags
            response.getFlags.flags = OlderEndpoints.flags(core.state).map { name, value in
                .with {
                    $0.name = name
                    $0.value = value
                }
            }
        case .getVersion:
            response.type = .getVersion
            response.getVersion.versionInfo = reads.version
        case .getMetrics:
            response.type = .getMetrics
            let metrics = MetricsSnapshot(core.state, at: core.now, router.operators.count).values
            response.getMetrics.metrics = metrics.map { name, value in
                .with {
                    $0.name = name
                    $0.value = value
                }
            }
        case .getLoggingLevel:
            response.type = .getLoggingLevel
            response.getLoggingLevel.level = 0
        case .listFiles:
            guard let entries = await ServedFiles(core: core).list(call.listFiles.path) else {
                return .failure(.empty(404))
            }
            response.type = .listFiles
            response.listFiles.fileInfos = entries.map(Self.info)
        case .readFile:
            let file = call.readFile
            let length = file.hasLength ? Int(clamping: file.length) : ServedFiles.pieceBytes
            guard
                let found = await ServedFiles(core: core).read(
                    file.path, offset: Int64(clamping: file.offset), length: length)
            else { return .failure(.empty(404)) }
            response.type = .readFile
            response.readFile.size = UInt64(clamping: found.size)
            response.readFile.data = Data(found.bytes)
        case .getState:
            response.type = .getState
            response.getState = reads.getState
        case .getAgents:
            response.type = .getAgents
            response.getAgents = reads.getAgents
        case .getFrameworks:
            response.type = .getFrameworks
            response.getFrameworks = reads.getFrameworks
        case .getExecutors:
            response.type = .getExecutors
            response.getExecutors = reads.getExecutors
        case .getOperations:
            response.type = .getOperations
            response.getOperations.operations = reads.reading.operations
        case .getTasks:
            response.type = .getTasks
            response.getTasks = reads.getTasks
        case .getRoles:
            response.type = .getRoles
            response.getRoles = reads.getRoles
        case .getWeights:
            response.type = .getWeights
            response.getWeights = reads.getWeights
        case .getMaster:
            response.type = .getMaster
            response.getMaster = reads.getMaster
        case .getMaintenanceStatus:
            response.type = .getMaintenanceStatus
            response.getMaintenanceStatus.status = reads.maintenanceStatus
        case .getMaintenanceSchedule:
            response.type = .getMaintenanceSchedule
            response.getMaintenanceSchedule.schedule = reads.schedule
        case .getQuota:
            response.type = .getQuota
            response.getQuota = reads.getQuota
        default: return nil
        }
        return .success(response)
    }
}

extension OperatorEndpoint {
    private static func info(_ entry: ServedFiles.Entry) -> WireFileInfo {
        .with {
            $0.path = entry.path
            ($0.nlink, $0.mode) = (entry.isFolder ? 2 : 1, entry.isFolder ? 0o40500 : 0o100400)
            $0.size = UInt64(clamping: entry.size)
            if entry.changed > 0 { $0.mtime.nanoseconds = entry.changed }
        }
    }
}

/// What an operator's call must have, and who may make it.
enum OperatorChecks {
    /// Why the call is not valid; nil = it is.
    static func fault(in call: WireOperatorCall) -> String? {
        guard call.hasType else { return "Expecting 'type' to be present" }
        let (field, isThere): (String, Bool) =
            switch call.type {
            case .getMetrics: ("get_metrics", call.hasGetMetrics)
            case .setLoggingLevel: ("set_logging_level", call.hasSetLoggingLevel)
            case .listFiles: ("list_files", call.hasListFiles)
            case .readFile: ("read_file", call.hasReadFile)
            case .updateWeights: ("update_weights", call.hasUpdateWeights)
            case .reserveResources: ("reserve_resources", call.hasReserveResources)
            case .unreserveResources: ("unreserve_resources", call.hasUnreserveResources)
            case .createVolumes: ("create_volumes", call.hasCreateVolumes)
            case .destroyVolumes: ("destroy_volumes", call.hasDestroyVolumes)
            case .growVolume: ("grow_volume", call.hasGrowVolume)
            case .shrinkVolume: ("shrink_volume", call.hasShrinkVolume)
            case .updateMaintenanceSchedule: ("update_maintenance_schedule", call.hasUpdateMaintenanceSchedule)
            case .startMaintenance: ("start_maintenance", call.hasStartMaintenance)
            case .stopMaintenance: ("stop_maintenance", call.hasStopMaintenance)
            case .drainAgent: ("drain_agent", call.hasDrainAgent)
            case .deactivateAgent: ("deactivate_agent", call.hasDeactivateAgent)
            case .reactivateAgent: ("reactivate_agent", call.hasReactivateAgent)
            case .updateQuota: ("update_quota", call.hasUpdateQuota)
            case .setQuota: ("set_quota", call.hasSetQuota)
            case .removeQuota: ("remove_quota", call.hasRemoveQuota)
            case .teardown: ("teardown", call.hasTeardown)
            case .markAgentGone: ("mark_agent_gone", call.hasMarkAgentGone)
            default: ("", true)
            }
        return isThere ? nil : "Expecting '\(field)' to be present"
    }

    /// Whether somebody with these rights may make such a call.
    static func isAllowed(_ type: WireOperatorCall.TypeEnum, _ rights: Rights?) -> Bool {
        guard let rights else { return true }
        switch type {
        case .unknown, .getHealth, .getVersion: return true
        case .updateWeights, .updateQuota, .setQuota, .removeQuota, .setLoggingLevel: return rights.govern
        case .reserveResources, .unreserveResources, .createVolumes, .destroyVolumes, .growVolume, .shrinkVolume:
            return rights.reserve
        case .updateMaintenanceSchedule, .startMaintenance, .stopMaintenance, .drainAgent, .deactivateAgent,
            .reactivateAgent, .markAgentGone:
            return rights.drain
        case .teardown: return rights.teardown
        default: return rights.view
        }
    }
}
