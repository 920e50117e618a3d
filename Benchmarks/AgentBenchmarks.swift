import Foundation

/// The agent alone: its size without symbols, and beside a running one its memory at rest and its time to start.
enum AgentBenchmarks {
    static func run() -> [Figure] {
        let agent = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "bellows-agent")
            .path
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellows-agent-\(getpid())").path
        let stripped = folder + ".stripped"
        defer { for path in [folder, stripped] { try? FileManager.default.removeItem(atPath: path) } }
        guard run("/usr/bin/strip", ["-s", "-o", stripped, agent]) == 0,
            let size = try? FileManager.default.attributesOfItem(atPath: stripped)[.size] as? Int
        else { return [] }
        var starts: [Double] = []
        var resident: [Double] = []
        for _ in 0..<10 {
            starts.append(microseconds { _ = run(agent, ["start", "--dir", folder]) } / 1_000)
            Thread.sleep(forTimeInterval: 0.3)
            if let kilobytes = residentOfAgent(in: folder) { resident.append(kilobytes / 1_024) }
            _ = run(agent, ["stop", "--dir", folder])
        }
        return [
            Figure(name: "agent-size", params: [:], values: [Double(size) / 1_048_576], unit: "MB"),
            Figure(name: "agent-start", params: ["until": "socket accepts"], values: starts, unit: "ms"),
            Figure(name: "agent-resident", params: ["when": "idle"], values: resident, unit: "MB"),
        ]
    }

    private static func run(_ program: String, _ arguments: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Kilobytes in memory of the agent that serves `folder`.
    private static func residentOfAgent(in folder: String) -> Double? {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let sizes = all.filter { Int($0) != nil }.compactMap { pid -> Double? in
            guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"),
                String(decoding: line, as: UTF8.self).contains(folder),
                let status = FileManager.default.contents(atPath: "/proc/\(pid)/status")
            else { return nil }
            let row = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return row?.split(separator: " ").compactMap { Double($0) }.first
        }
        return sizes.max()
    }
}
