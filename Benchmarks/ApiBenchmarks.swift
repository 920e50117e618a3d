import CSys
import ClusterModel
import Foundation
import SchedulerWire

/// The scheduler interface from outside: a real core as a process of its own, simulated nodes whose tasks run by
/// themselves, frameworks that speak protobuf over a Unix socket.
struct ApiBenchmarks {
    let agents: Int
    let frameworks: Int
    let tasks: Int
    private let folder: String
    private let params: [String: String]

    static func run(agents: Int, frameworks: Int, tasks: Int) -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ba\(getpid())").path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            return try ApiBenchmarks(folder, agents, frameworks, tasks).run()
        } catch {
            FileHandle.standardError.write(Data("bellows-bench: api: \(error)\n".utf8))
            return []
        }
    }

    private init(_ folder: String, _ agents: Int, _ frameworks: Int, _ tasks: Int) {
        (self.folder, self.agents, self.frameworks, self.tasks) = (folder, agents, frameworks, tasks)
        params = ["agents": "\(agents)", "frameworks": "\(frameworks)", "tasks": "\(tasks)"]
    }

    private var api: String { "\(folder)/api" }

    private func run() throws -> [Figure] {
        let core = try startCore()
        defer {
            core.terminate()
            core.waitUntilExit()
        }
        var figures = [figure("api-resident-empty", [resident(core)], "MB")]
        let adding = microseconds {
            _ = bellows(
                "node", "add", "--simulated", "s", "--count", "\(agents)", "--resources",
                "cpus:8;mem:8192;disk:8192;ports:[31000-32000]")
        }
        _ = bellows("sim", "agent", "*", "run", "0s")
        figures.append(figure("api-add-agents", [adding / 1_000], "ms"))
        figures += try reading()
        figures.append(figure("api-resident-agents", [resident(core)], "MB"))
        figures += try alone()
        figures += try working(core)
        figures.append(figure("api-resident-tasks", [resident(core)], "MB"))
        figures += try crowd(core)
        return figures
    }

    private func figure(_ name: String, _ values: [Double], _ unit: String) -> Figure {
        Figure(name: name, params: params, values: values, unit: unit)
    }

    private func startCore() throws -> Process {
        let cluster = "\(folder)/cluster.yaml"
        try "name: bench\nnodes: []\n".write(toFile: cluster, atomically: true, encoding: .utf8)
        let core = process(["serve", "--cluster", cluster, "--socket", "\(folder)/s", "--listen", api])
        try core.run()
        for _ in 0..<300 {
            if (try? ApiConnection(api)) != nil { return core }
            usleep(50_000)
        }
        core.terminate()
        throw ApiConnection.Failure(description: "the core does not listen at \(api)")
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "bellows")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["XDG_STATE_HOME": "\(folder)/state", "XDG_RUNTIME_DIR": folder, "BELLOWS_SOCKET": "\(folder)/s"]
        ) { $1 }
        process.standardOutput = FileHandle.standardError
        return process
    }

    private func bellows(_ arguments: String...) -> Bool {
        let process = process(arguments)
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    private func resident(_ core: Process) -> Double {
        let status = FileManager.default.contents(atPath: "/proc/\(core.processIdentifier)/status") ?? Data()
        let row = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (row?.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1_024
    }

    /// GET_STATE in both forms.
    private func reading() throws -> [Figure] {
        var call = WireOperatorCall()
        call.type = .getState
        var result: [Figure] = []
        for form in [WireForm.json, .protobuf] {
            let line = try ApiConnection(api)
            var (times, size) = ([Double](), 0)
            for _ in 0..<10 {
                times.append(
                    try timed {
                        try line.post("/api/v1", form, WireCoding.encode(call, form))
                        size = try line.answer().body.count
                    })
            }
            let name = form == .json ? "json" : "protobuf"
            result.append(figure("api-get-state-\(name)", times, "ms"))
            result.append(figure("api-state-size-\(name)", [Double(size) / 1e6], "MB"))
        }
        return result
    }

    /// One framework takes every offer, starts a task on it and acknowledges what it hears, until all tasks have ended.
    private func working(_ core: Process) throws -> [Figure] {
        let begin = now()
        let client = try FrameworkClient(api, name: "bench", role: "bench")
        let subscribed = now() - begin
        var offers: [WireOffer] = []
        while offers.count < agents { offers += try client.next().offers.offers }
        let allOffered = now() - begin
        // Everything is declined and offered again.
        try client.send {
            $0.type = .decline
            $0.decline.offerIds = offers.map(\.id)
            $0.decline.filters.refuseSeconds = 0
        }
        let declined = now()
        try client.settle()
        offers = []
        while offers.count < agents { offers += try client.next().offers.offers }
        let offeredAgain = now() - declined

        let cpuBefore = cpuSeconds(core)
        var launchedAt: [String: Double] = [:]
        var finishedAt: [String: Double] = [:]
        var (running, again) = ([Double](), [Double]())
        var (launched, finished) = (0, 0)
        let start = now()
        func take(_ offers: [WireOffer]) throws {
            for offer in offers {
                if let at = finishedAt.removeValue(forKey: offer.agentID.value) { again.append(now() - at) }
                guard launched < tasks else { continue }
                let name = "t\(launched)"
                launched += 1
                launchedAt[name] = now()
                try client.send { Self.accept(&$0, offer, name) }
            }
        }
        try take(offers)
        while finished < tasks {
            let event = try client.next()
            if event.type == .offers { try take(event.offers.offers) }
            guard event.type == .update else { continue }
            let status = event.update.status
            if status.state == .taskRunning, let at = launchedAt.removeValue(forKey: status.taskID.value) {
                running.append(now() - at)
            } else if status.state == .taskFinished {
                finished += 1
                finishedAt[status.agentID.value] = now()
            } else if status.state != .taskRunning {
                throw ApiConnection.Failure(description: "\(status.taskID.value) is \(status.state): \(status.message)")
            }
            try acknowledge(status, client)
        }
        let seconds = (now() - start) / 1_000
        try client.settle()
        let cpu = (cpuSeconds(core) - cpuBefore) * 1_000 / Double(tasks)
        try client.send { $0.type = .teardown }
        try client.settle()
        return [
            figure("api-subscribe", [subscribed], "ms"), figure("api-all-offered", [allOffered], "ms"),
            figure("api-declined-to-offered", [offeredAgain], "ms"),
            figure("api-tasks", [Double(tasks) / seconds], "tasks/s"), figure("api-launch-to-running", running, "ms"),
            figure("api-finished-to-offered", again, "ms"), figure("api-core-cpu", [cpu], "ms cpu/task"),
        ]
    }

    /// One task after another, each started when the last one has ended and nothing else happens.
    private func alone() throws -> [Figure] {
        let client = try FrameworkClient(api, name: "alone", role: "alone")
        var offers: [WireOffer] = []
        while offers.count < agents { offers += try client.next().offers.offers }
        var times: [Double] = []
        for (number, offer) in offers.prefix(500).enumerated() {
            let begin = now()
            try client.send { Self.accept(&$0, offer, "a\(number)", role: "alone") }
            var state = WireTaskState.taskStaging
            while state != .taskFinished {
                let event = try client.next()
                guard event.type == .update else { continue }
                state = event.update.status.state
                if state == .taskRunning { times.append(now() - begin) }
                try acknowledge(event.update.status, client)
            }
            try client.settle()
        }
        try client.send { $0.type = .teardown }
        try client.settle()
        return [figure("api-one-launch-to-running", times, "ms")]
    }

    private func acknowledge(_ status: WireTaskStatus, _ client: FrameworkClient) throws {
        try client.send {
            $0.type = .acknowledge
            $0.acknowledge.agentID = status.agentID
            $0.acknowledge.taskID = status.taskID
            $0.acknowledge.uuid = status.uuid
        }
    }

    /// Calls and events of one framework while many others hold streams and want nothing.
    private func crowd(_ core: Process) throws -> [Figure] {
        let before = resident(core)
        var others: [FrameworkClient] = []
        for number in 1..<max(2, frameworks) where frameworks > 1 {
            others.append(try FrameworkClient(api, name: "idle-\(number)", role: "idle", suppressed: true))
        }
        let perStream = others.isEmpty ? 0 : (resident(core) - before) * 1_024 / Double(others.count)
        let client = try FrameworkClient(api, name: "caller", role: "caller", suppressed: true)
        let calls = 5_000
        let took = try timed {
            for _ in 0..<calls {
                try client.send {
                    $0.type = .acknowledge
                    $0.acknowledge.agentID.value = "none"
                    $0.acknowledge.taskID.value = "none"
                    $0.acknowledge.uuid = Data(count: 16)
                }
            }
            try client.settle()
        }
        var latencies: [Double] = []
        for _ in 0..<20 {
            var offers: [WireOffer] = []
            latencies.append(
                try timed {
                    try client.send { $0.type = .revive }
                    while offers.isEmpty { offers = try client.next().offers.offers }
                })
            // All that is offered goes back before the next time.
            while offers.count < agents { offers += try client.next().offers.offers }
            try client.send { $0.type = .suppress }
            try client.send {
                $0.type = .decline
                $0.decline.offerIds = offers.map(\.id)
                $0.decline.filters.refuseSeconds = 0
            }
            try client.settle()
        }
        withExtendedLifetime(others) {}
        return [
            figure("api-calls", [Double(calls) / took * 1_000], "calls/s"),
            figure("api-revive-to-offers", latencies, "ms"),
            figure("api-idle-stream", [perStream], "KB"),
        ]
    }

    private static func accept(
        _ call: inout WireSchedulerCall, _ offer: WireOffer, _ name: String, role: String = "bench"
    ) {
        var task = WireTaskInfo()
        task.name = name
        task.taskID.value = name
        task.agentID = offer.agentID
        task.command.value = "true"
        task.resources = [("cpus", 0.1), ("mem", 32)].map { name, amount in
            var resource = WireResource()
            resource.name = name
            resource.type = .scalar
            resource.scalar.value = amount
            resource.allocationInfo.role = role
            return resource
        }
        var launch = WireOffer.Operation()
        launch.type = .launch
        launch.launch.taskInfos = [task]
        call.type = .accept
        call.accept.offerIds = [offer.id]
        call.accept.operations = [launch]
        call.accept.filters.refuseSeconds = 0
    }

    /// Milliseconds.
    private func now() -> Double { Double(cs_clock_ns(1)) / 1e6 }
    private func timed(_ work: () throws -> Void) rethrows -> Double {
        let begin = now()
        try work()
        return now() - begin
    }
    private func cpuSeconds(_ core: Process) -> Double {
        let text = FileManager.default.contents(atPath: "/proc/\(core.processIdentifier)/stat") ?? Data()
        let fields = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / 100 : 0
    }
}
