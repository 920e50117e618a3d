import CSys
import Glibc

/// Finds the processes of tasks that an agent's folder holds: every task carries its sandbox in its environment.
enum TaskProcesses {
    /// Most bytes of an environment that are looked at.
    private static let environmentBytes = 1 << 18

    /// Processes whose sandbox is below `folder`. Reads /proc once; only this user's processes can be read.
    static func count(below folder: String) -> Int {
        guard let directory = opendir("/proc") else { return 0 }
        defer { closedir(directory) }
        let wanted = Array("BELLOWS_SANDBOX=\(folder)/".utf8)
        var found = 0
        while let name = cs_next_name(directory) {
            let text = String(cString: name)
            guard let pid = Int32(text), pid != getpid() else { continue }
            if environment(of: pid, has: wanted) { found += 1 }
        }
        return found
    }

    private static func environment(of pid: Int32, has wanted: [UInt8]) -> Bool {
        let file = cs_open("/proc/\(pid)/environ", O_RDONLY | O_CLOEXEC, 0)
        guard file >= 0 else { return false }
        defer { Glibc.close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < environmentBytes {
            let count = read(file, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece[0..<count]
        }
        return bytes.split(separator: 0).contains { $0.starts(with: wanted) }
    }
}
