import Foundation

/// The console seen from outside, by a pseudo-terminal measure (ttybench.py, named by TTYBENCH): a console on a made-up
/// cluster of `nodes` nodes that all change each second.
enum ConsoleBenchmarks {
    static func run() -> [Figure] {
        guard let bench = ProcessInfo.processInfo.environment["TTYBENCH"] else {
            FileHandle.standardError.write(Data("console: set TTYBENCH to the path of ttybench.py\n".utf8))
            exit(2)
        }
        let probe = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "console-probe")
            .path
        let result = FileManager.default.temporaryDirectory.appending(path: "bellows-console-\(getpid()).json").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", bench, "--size", "120x40", "--keys", "j k <pgdn> <pgup> G g", "--rounds", "25", "--flood", "100",
            "--idle", "30", "--quit", "q", "--json", result, "--", probe, "10000", "10000",
        ]
        process.standardOutput = FileHandle.standardError
        guard (try? process.run()) != nil else { return [] }
        process.waitUntilExit()
        defer { try? FileManager.default.removeItem(atPath: result) }
        guard let data = FileManager.default.contents(atPath: result) else { return [] }
        // The measure's own object goes out whole, on a line of its own: it has more than a median.
        FileHandle.standardOutput.write(data + Data("\n".utf8))
        return []
    }
}
