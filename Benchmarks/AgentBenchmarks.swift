import AgentProtocol
import Foundation

/// The agent alone: its size without symbols, and beside a running one its memory at rest, its time to start
/// and to answer.
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
        var (resident, answers) = ([Double](), [Double]())
        for _ in 0..<10 {
            starts.append(microseconds { _ = run(agent, ["start", "--dir", folder]) } / 1_000)
            Thread.sleep(forTimeInterval: 0.3)
            if let kilobytes = residentOfAgent(in: folder) { resident.append(kilobytes / 1_024) }
            if let took = answerTime(of: folder) { answers.append(took) }
            _ = run(agent, ["stop", "--dir", folder])
        }
        return [
            Figure(name: "agent-size", params: [:], values: [Double(size) / 1_048_576], unit: "MB"),
            Figure(name: "agent-start", params: ["until": "socket accepts"], values: starts, unit: "ms"),
            Figure(name: "agent-resident", params: ["when": "idle"], values: resident, unit: "MB"),
            Figure(name: "agent-first-frame", params: ["until": "hello is answered"], values: answers, unit: "ms"),
        ]
    }

    /// Milliseconds from the connection to the first bytes of the agent's hello.
    private static func answerTime(of folder: String) -> Double? {
        let hello = CoreMessage.hello(CoreHello(cluster: "bench", epoch: 1, coreVersion: "bench")).encoded()
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder)/agent.sock".utf8)) }
        var (count, buffer) = (0, [UInt8](repeating: 0, count: 4_096))
        let took = microseconds {
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard connected == 0, write(socket, hello, hello.count) == hello.count else { return }
            count = read(socket, &buffer, buffer.count)
        }
        return count > 0 ? took / 1_000 : nil
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
