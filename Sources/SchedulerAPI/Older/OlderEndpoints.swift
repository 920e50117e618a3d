import ClusterModel
import ControlRuntime
import SchedulerWire

/// The endpoints from before the v1 interface that tools still use: all of them read, but for a few forms.
struct OlderEndpoints: Sendable {
    let router: APIRouter

    func answer(_ name: String, _ request: APIRequest) async -> APIAnswer {
        if let rights = request.rights, !rights.view, name != "version", name != "redirect" { return .empty(403) }
        let (state, place) = (router.core.state, router.place())
        let older = OlderState(reads: OperatorReads(reading: StateReading(state, place), now: router.core.now))
        switch name {
        case "state": return .json(older.state())
        case "state-summary": return .json(older.summary())
        case "slaves": return .json(older.slaves(only: request.parameter("slave_id")))
        case "frameworks": return .json(older.frameworks(only: request.parameter("framework_id")))
        case "tasks": return .json(older.tasks(request))
        case "roles": return .json(older.roles())
        case "metrics/snapshot":
            return .json(MetricsSnapshot(state, at: router.core.now, router.operators.count).json)
        case "version": return .json(older.version())
        case "flags":
            var writer = JSONWriter()
            writer.object { page in older.flags(&page) }
            return .json(writer.bytes)
        case "redirect":
            return .empty(307, headers: [("Location", "//\(place.hostname):\(place.port)")])
        case "files/browse", "files/read", "files/download", "files/debug":
            guard request.method == "GET" else { return .wrongMethod(request.method, allowed: ["GET"]) }
            return await files(name, request)
        case "agent/state", "agent/containers", "agent/flags", "agent/health": return .empty(404)
        default: return await form(name, request, older)
        }
    }

    /// Files by the older endpoints: listed, read in pieces, fetched whole, and the list of what may be read.
    private func files(_ name: String, _ request: APIRequest) async -> APIAnswer {
        let served = ServedFiles(core: router.core)
        if name == "files/debug" {
            var writer = JSONWriter()
            writer.object { $0.text(ServedFiles.log, router.core.logPath) }
            return .json(writer.bytes)
        }
        guard let path = request.parameter("path") else { return .text(400, "Expecting 'path=value' in query.\n") }
        switch name {
        case "files/browse":
            guard let entries = await served.list(path) else { return .empty(404) }
            var writer = JSONWriter()
            writer.array { list in
                for entry in entries {
                    list.object {
                        $0.text("path", entry.path)
                        $0.text("mode", entry.isFolder ? "dr-x------" : "-r--------")
                        $0.integer("nlink", entry.isFolder ? 2 : 1)
                        $0.integer("size", Int(entry.size))
                        $0.integer("mtime", Int(entry.changed / 1_000_000_000))
                        $0.text("uid", "")
                        $0.text("gid", "")
                    }
                }
            }
            return .json(writer.bytes)
        case "files/read":
            let (offset, length) = (request.parameter("offset"), request.parameter("length"))
            guard let from = Int64(offset ?? "-1"), from >= -1, let count = Int(length ?? "\(1 << 16)"), count >= -1
            else { return .text(400, "Failed to parse offset or length: a whole number from -1 is expected.\n") }
            let most = from == -1 ? 0 : count == -1 ? Int.max : count
            guard let found = await served.read(path, offset: max(0, from), length: most) else { return .empty(404) }
            var writer = JSONWriter()
            writer.object {
                // An offset of -1 asks for the size, as the reference has it.
                $0.integer("offset", from == -1 ? Int(found.size) : Int(from))
                $0.text("data", String(decoding: found.bytes, as: UTF8.self))
            }
            return .json(writer.bytes)
        default:
            var bytes: [UInt8] = []
            while let piece = await served.read(path, offset: Int64(bytes.count), length: ServedFiles.pieceBytes) {
                bytes += piece.bytes
                if piece.bytes.isEmpty || Int64(bytes.count) >= piece.size || bytes.count >= Self.downloadBytes {
                    return APIAnswer(
                        status: 200, headers: [("Content-Type", "application/octet-stream")], body: bytes)
                }
            }
            return .empty(404)
        }
    }

    /// Most bytes of a file that is fetched whole.
    private static let downloadBytes = 64 << 20

    /// The older forms of operator calls.
    private func form(_ name: String, _ request: APIRequest, _ older: OlderState) async -> APIAnswer {
        let writes = OperatorWrites(core: router.core, principal: request.principal)
        let fields = APIRequest.form(String(decoding: request.body, as: UTF8.self))
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        func may(_ type: WireOperatorCall.TypeEnum) -> Bool { OperatorChecks.isAllowed(type, request.rights) }
        switch (name, request.method) {
        case ("quota", "GET"):
            return .json(WireCoding.encode(older.reads.getQuota.status, .json))
        case ("weights", "GET"):
            var writer = JSONWriter()
            writer.array { list in
                for info in older.reads.getWeights.weightInfos {
                    list.object {
                        $0.text("role", info.role)
                        $0.number("weight", info.weight)
                    }
                }
            }
            return .json(writer.bytes)
        case ("maintenance/schedule", "GET"): return .json(WireCoding.encode(older.reads.schedule, .json))
        case ("maintenance/status", "GET"): return .json(WireCoding.encode(older.reads.maintenanceStatus, .json))
        case ("maintenance/schedule", "POST"):
            guard may(.updateMaintenanceSchedule) else { return .empty(403) }
            do {
                let schedule = try WireCoding.decode(
                    WireMaintenanceSchedule.self, from: request.body, .json, kind: "Schedule")
                return await writes.carryOut(.maintenance(writes.windows(schedule)), 200)
            } catch { return .text(400, error.description) }
        case ("teardown", "POST"):
            guard may(.teardown) else { return .empty(403) }
            guard let id = field("frameworkId") else { return .text(400, "Missing 'frameworkId' query parameter") }
            return await writes.carryOut(.teardown(framework: id), 200)
        case ("reserve", "POST"), ("unreserve", "POST"), ("create-volumes", "POST"), ("destroy-volumes", "POST"):
            guard may(.reserveResources) else { return .empty(403) }
            guard let agent = field("slaveId") else { return .text(400, "Missing 'slaveId' query parameter") }
            let list = name.hasSuffix("volumes") ? "volumes" : "resources"
            guard let text = field(list) else { return .text(400, "Missing '\(list)' query parameter") }
            return await operate(name, agent, list: text, writes)
        default:
            return name.hasPrefix("files") || name.hasPrefix("machine") || name.hasPrefix("quota")
                || ["weights", "teardown", "reserve", "unreserve"].contains(name)
                ? .wrongMethod(request.method, allowed: ["GET", "POST"]) : .empty(404)
        }
    }

    private func operate(
        _ name: String, _ agent: String, list: String, _ writes: OperatorWrites
    ) async -> APIAnswer {
        do {
            let body = Array("{\"resources\":\(list)}".utf8)
            let read = try WireCoding.decode(
                WireOffer.Operation.Unreserve.self, from: body, .json, kind: "Resources")
            var problem = ""
            let mapping = ResourceMapping(configuration: router.core.state.configuration)
            let items = mapping.items(read.resources, problem: &problem)
            let kind: OfferOperation.Kind =
                switch name {
                case "reserve": .reserve(from: [], to: items)
                case "unreserve": .unreserve(items)
                case "create-volumes": .create(items)
                default: .destroy(items)
                }
            return await writes.operate(kind, .with { $0.value = agent }, problem)
        } catch { return .text(400, error.description) }
    }

    /// The options that the reference would show, as far as they mean something here.
    static func flags(_ state: ClusterState) -> [(String, String)] {
        let offers = state.configuration.offers
        var flags: [(String, String)] = [
            ("allocation_interval", duration(offers.interval)),
            ("agent_ping_timeout", duration(state.configuration.limits.unreachableAfter)),
            ("authenticate_http_frameworks", offers.authenticatesFrameworks ? "true" : "false"),
            ("cluster", state.configuration.name), ("filter_gpu_resources", offers.filtersGpus ? "true" : "false"),
            ("registry", "replicated_log"),
        ]
        if state.configuration.limits.offerTimeout > .zero {
            flags.append(("offer_timeout", duration(state.configuration.limits.offerTimeout)))
        }
        if !offers.onlyRoles.isEmpty { flags.append(("roles", offers.onlyRoles.joined(separator: ","))) }
        return flags.sorted { $0.0 < $1.0 }
    }

    private static func duration(_ interval: Interval) -> String {
        interval.milliseconds % 1_000 == 0 ? "\(interval.seconds)secs" : "\(interval.milliseconds)ms"
    }
}
