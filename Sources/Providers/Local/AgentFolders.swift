import CSys
import ClusterModel
import Glibc

/// Where local agents live: a folder each, with a marker that says whose it is.
public struct AgentFolders: Sendable {
    /// What the marker in an agent's folder says.
    struct Marker: Equatable {
        var cluster = ""
        var instance = InstanceID.none
        var name = ""

        var text: String { "cluster=\(cluster)\ninstance=\(instance.raw)\nname=\(name)\n" }

        init(cluster: String, instance: InstanceID, name: String) {
            (self.cluster, self.instance, self.name) = (cluster, instance, name)
        }

        init?(text: String) {
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return nil }
                switch parts[0] {
                case "cluster": cluster = String(parts[1])
                case "instance": instance = UInt32(parts[1]).map { InstanceID(raw: $0) } ?? .none
                case "name": name = String(parts[1])
                default: break
                }
            }
            if instance.isNone || cluster.isEmpty { return nil }
        }
    }

    /// Name of the marker in an agent's folder.
    static let markerName = "instance"
    /// Name of the agent's socket in its folder.
    static let socketName = "agent.sock"
    /// Longest path of a Unix socket, in bytes.
    static let socketPathBytes = 107
    /// Longest node name that a short folder leaves room for, in bytes.
    static let nameBytes = 48

    /// The folder that holds the agents' folders.
    public let root: String

    /// The folders below `preferred`; when socket paths there would be too long, below a short one of this user's that
    /// is always the same for the same `preferred`.
    public init(preferred: String) {
        let longest = preferred.utf8.count + 1 + Self.nameBytes + 1 + Self.socketName.utf8.count
        root = longest <= Self.socketPathBytes ? preferred : Self.shortRoot(for: preferred)
    }

    private static func shortRoot(for preferred: String) -> String {
        let hash = preferred.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let base = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? ""
        let fits = base.hasPrefix("/") && base.utf8.count <= 24
        return "\(fits ? base : "/tmp")/bellows-\(getuid())-\(String(hash, radix: 36))"
    }

    /// An agent's folder.
    public func folder(_ name: String) -> String { "\(root)/\(name)" }
    /// An agent's socket.
    public func socket(_ name: String) -> String { "\(folder(name))/\(Self.socketName)" }

    /// Makes an agent's folder with its marker, or finds it with that marker.
    func claim(_ marker: Marker) throws(ProviderFault) {
        try Self.makePrivate(root)
        let folder = folder(marker.name)
        if let found = self.marker(in: folder) {
            if found == marker { return }
            throw .foreign(path: folder, owner: "instance \(found.instance.raw) of cluster \(found.cluster)")
        }
        try Self.makePrivate(folder)
        let (path, fresh) = ("\(folder)/\(Self.markerName)", "\(folder)/\(Self.markerName).new")
        let file = cs_open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .folder(path: folder, cause: ChildProcess.text(errno)) }
        let bytes = Array(marker.text.utf8)
        let written = write(file, bytes, bytes.count)
        Glibc.close(file)
        guard written == bytes.count, rename(fresh, path) == 0 else {
            throw .folder(path: folder, cause: ChildProcess.text(errno))
        }
    }

    /// Makes a folder of mode 0700 with those above it; one that is there must be ours.
    public static func makePrivate(_ path: String) throws(ProviderFault) {
        var done = ""
        for part in path.split(separator: "/") {
            done += "/\(part)"
            if mkdir(done, 0o700) != 0, errno != EEXIST { throw .folder(path: done, cause: ChildProcess.text(errno)) }
        }
        var facts = stat()
        guard lstat(path, &facts) == 0 else { throw .folder(path: path, cause: ChildProcess.text(errno)) }
        guard facts.st_mode & S_IFMT == S_IFDIR else { throw .folder(path: path, cause: "it is no folder") }
        guard facts.st_uid == getuid() else { throw .folder(path: path, cause: "it belongs to user \(facts.st_uid)") }
    }

    /// The marker in a folder, if it has one that can be read.
    func marker(in folder: String) -> Marker? {
        ChildProcess.readText("\(folder)/\(Self.markerName)", limit: 4_096).flatMap { Marker(text: $0) }
    }

    /// Names in the root, ascending.
    func names() -> [String] {
        guard let directory = opendir(root) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let name = cs_next_name(directory) { names.append(String(cString: name)) }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Whether an agent answers in the folder of `name`.
    func isAlive(_ name: String) -> Bool {
        let file = cs_unix_connect(socket(name))
        if file >= 0 { Glibc.close(file) }
        return file >= 0
    }

    /// Removes an agent's folder and all that is in it.
    func remove(_ name: String) throws(ProviderFault) {
        let folder = folder(name)
        // The marker goes last: a removal that is cut short can still be told apart from a stranger's folder.
        if let directory = opendir(folder) {
            defer { closedir(directory) }
            while let entry = cs_next_name(directory) {
                let name = String(cString: entry)
                if name != "." && name != ".." && name != Self.markerName { _ = cs_remove_tree("\(folder)/\(name)") }
            }
        }
        _ = cs_remove_tree(folder)
        if access(folder, F_OK) == 0 { throw .folder(path: folder, cause: "it cannot be removed") }
    }
}
