/// What a role may be called.
public enum RoleName {
    /// Most bytes of a role's path.
    public static let limit = 1_024

    /// What is wrong with a role's path; nil when nothing is.
    public static func fault(_ path: String) -> String? {
        if path.isEmpty { return "an empty role is not allowed" }
        if path == "*" { return nil }
        if path.utf8.count > limit { return "role '\(path.prefix(32))...' has more than \(limit) bytes" }
        let bytes = Array(path.utf8)
        if bytes.contains(where: { $0 <= 32 || $0 == 127 }) {
            return "role '\(path)' has a blank or a control character"
        }
        if bytes[0] == UInt8(ascii: "/") || bytes[bytes.count - 1] == UInt8(ascii: "/") {
            return "role '\(path)' begins or ends with '/'"
        }
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { return "role '\(path)' has an empty part" }
            if part == "." || part == ".." || part == "*" { return "role '\(path)' has a part '\(part)'" }
            if part.utf8.first == UInt8(ascii: "-") { return "role '\(path)' has a part that begins with '-'" }
        }
        return nil
    }
}

extension ClusterState {
    /// Whether a role may be used where roles are closed; always, where they are open.
    public func isAllowed(role: String) -> Bool {
        let only = configuration.offers.onlyRoles
        return only.isEmpty || role == "*" || only.contains(role)
    }
}
