import CSys
import Glibc

/// Where the agent program is, and how it is called.
public struct AgentProgram: Sendable, Equatable {
    /// Absolute path.
    public var path: String
    /// Longest time that `start` may take, in seconds.
    static let startSeconds = 20
    /// Longest time that `stop` may take, in seconds; it waits for tasks that are to end.
    static let stopSeconds = 60
    /// Exit code of `start` when an agent runs in the folder already.
    static let runsAlready: Int32 = 4
    /// Exit code of `stop` when no agent runs in the folder.
    static let runsNot: Int32 = 3

    /// The program at `path`.
    public init(path: String) { self.path = path }

    /// Beside the running executable, then BELLOWS_AGENT, then in PATH.
    public static func find() throws(ProviderFault) -> AgentProgram {
        var places: [String] = []
        if let own = executable() {
            let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            places.append("\(folder)/bellows-agent")
        }
        if let named = getenv("BELLOWS_AGENT") { places.append(String(cString: named)) }
        let search = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        places += search.split(separator: ":").map { "\($0)/bellows-agent" }
        for place in places where place.hasPrefix("/") && access(place, X_OK) == 0 { return AgentProgram(path: place) }
        throw .noAgentProgram(places: Array(places.prefix(2)) + ["PATH"])
    }

    private static func executable() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map {
                readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), buffer.count)
            } ?? -1
        }
        return count > 0 ? String(decoding: bytes[0..<count], as: UTF8.self) : nil
    }
}
