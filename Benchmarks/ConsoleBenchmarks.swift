import Foundation

/// The console seen from outside, by a pseudo-terminal measure (ttybench.py, named by TTYBENCH): `bellows` attached to
/// a made-up cluster of `nodes` nodes that all change each second, and `bellows replay` on a recording of it.
enum ConsoleBenchmarks {
    /// Seconds without a key over which CPU and bytes are measured.
    static let idleSeconds = 30

    static func run() -> [Figure] {
        let words = CommandLine.arguments
        let nodes =
            words.firstIndex(of: "--nodes").flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil } ?? 10_000
        guard let bench = ProcessInfo.processInfo.environment["TTYBENCH"] else {
            FileHandle.standardError.write(Data("console: set TTYBENCH to the path of ttybench.py\n".utf8))
            exit(2)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellows-bench-\(getpid())").path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            return try attached(nodes, bench, folder) + replayed(nodes, bench, folder)
        } catch {
            FileHandle.standardError.write(Data("console: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func product(_ name: String) -> URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
    }

    private static func attached(_ nodes: Int, _ bench: String, _ folder: String) throws -> [Figure] {
        let socket = "\(folder)/s.sock"
        let (server, input) = (Process(), Pipe())
        server.executableURL = product("console-probe")
        server.arguments = ["serve", "\(nodes)", socket]
        server.standardInput = input
        try server.run()
        defer {
            try? input.fileHandleForWriting.close()
            server.waitUntilExit()
        }
        for _ in 0..<600 where !FileManager.default.fileExists(atPath: socket) { usleep(100_000) }
        return measure("attached", nodes, bench, folder, ["--socket", socket])
    }

    private static func replayed(_ nodes: Int, _ bench: String, _ folder: String) throws -> [Figure] {
        let film = "\(folder)/film"
        try FileManager.default.createDirectory(atPath: film, withIntermediateDirectories: true)
        let recorder = Process()
        recorder.executableURL = product("console-probe")
        recorder.arguments = ["record", "\(nodes)", "20", film]
        try recorder.run()
        recorder.waitUntilExit()
        return measure("replay", nodes, bench, folder, ["replay", film])
    }

    private static func measure(
        _ kind: String, _ nodes: Int, _ bench: String, _ folder: String, _ arguments: [String]
    ) -> [Figure] {
        let program = product("bellows").path
        let result = "\(folder)/\(kind).json"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "python3", bench, "--name", "console-\(kind)", "--size", "120x40", "--starts", "7",
                "--ready", "node[0-9]", "--keys", "j k <pgdn> <pgup> G g z z", "--rounds", "25", "--flood", "100",
                "--idle", "\(idleSeconds)", "--resize", "80x24,40x12,1x1,200x60", "--quit", "q", "--json", result, "--",
                program,
            ] + arguments
        process.standardOutput = FileHandle.standardError
        guard (try? process.run()) != nil else { return [] }
        process.waitUntilExit()
        guard let data = FileManager.default.contents(atPath: result),
            let found = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [] }
        if let keep = ProcessInfo.processInfo.environment["TTYBENCH_KEEP"] {
            try? data.write(to: URL(filePath: "\(keep)/console-\(kind)-\(nodes).json"))
        }
        return figures(found, kind, nodes)
    }

    /// The budgets' figures out of the measure's own object.
    private static func figures(_ found: [String: Any], _ kind: String, _ nodes: Int) -> [Figure] {
        func number(_ path: String) -> Double? {
            var place: Any? = found
            for key in path.split(separator: ".") { place = (place as? [String: Any])?[String(key)] }
            return (place as? NSNumber)?.doubleValue
        }
        let wanted = [
            ("first-frame", "startup.first_frame_ms.median", "startup.first_frame_ms.max", "ms"),
            ("key", "keys.last_byte_ms.median", "keys.last_byte_ms.p99", "ms"),
            ("flood", "flood.quiet_after_ms", "", "ms"), ("flood-bytes", "flood.bytes", "", "B"),
            ("idle-cpu", "idle.cpu_s_per_60s", "", "s/min"),
            ("refresh-bytes", "idle.frame_bytes.median", "idle.frame_bytes.p99", "B"),
            ("bytes-per-cell", "idle.bytes_per_changed_cell", "", "B"),
            ("cells-per-refresh", "idle.cells_changed_per_frame.median", "idle.cells_changed_per_frame.p99", "cells"),
            ("wakes", "idle.ctx_voluntary_per_s", "", "/s"), ("memory", "idle.rss_kib", "", "KiB"),
        ]
        return wanted.compactMap { name, median, high, unit in
            guard let value = number(median) else { return nil }
            return Figure(
                name: "console-\(kind)-\(name)", params: ["nodes": "\(nodes)"],
                values: number(high).map { [value, value, $0] } ?? [value], unit: unit)
        }
    }
}
