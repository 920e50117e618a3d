import CSys
import Glibc

/// Finds agents by what they were started with.
enum AgentProcesses {
    /// The agent of a folder: the process whose command line names it and that others descend from.
    static func pid(of folder: String) -> Int32? {
        var found: [Int32] = []
        for name in Support.names(in: "/proc") {
            guard let pid = Int32(name) else { continue }
            let words = Support.readAll("/proc/\(pid)/cmdline").split(separator: "\0").map(String.init)
            let status = Support.readAll("/proc/\(pid)/comm")
            if words.contains(folder), words.contains("start"), !status.hasPrefix("bellows-starter") {
                found.append(pid)
            }
        }
        // Supervisors and the starter are forks of the agent: it has the lowest number but for wrap-around.
        return found.min()
    }
}

extension Support {
    /// A file of /proc, whose size is not known before.
    static func readAll(_ path: String) -> String {
        let file = cs_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
