import Commands
import Glibc

/// Where things are on this machine when nobody says otherwise.
struct Places: Sendable {
    let variables: [String: String]

    /// The control socket: as asked for, BELLOWS_SOCKET, or `bellows.sock` in the user's runtime folder.
    func socket(_ asked: String?) -> String {
        if let path = asked ?? filled("BELLOWS_SOCKET") { return path }
        return (filled("XDG_RUNTIME_DIR") ?? "/tmp/bellows-\(getuid())") + "/bellows.sock"
    }

    /// The state folder of a cluster: as asked for, or `bellows/NAME` in the user's state folder.
    func stateFolder(_ asked: String?, cluster: String) throws -> String {
        if let asked { return asked }
        if let base = filled("XDG_STATE_HOME") { return "\(base)/bellows/\(cluster)" }
        guard let home = filled("HOME") else {
            throw CommandFailure(.usage, "HOME is not set, so there is no place for the state; say one with --state")
        }
        return "\(home)/.local/state/bellows/\(cluster)"
    }

    private func filled(_ name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }
}
