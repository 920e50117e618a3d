import Foundation

/// Who may speak to the interface, and what each may do: read from a file of mode 0600, `{credentials: [{principal,
/// secret}], rights: [...]}`, in YAML or JSON, by whoever reads cluster files.
public struct Credentials: Sendable, Hashable {
    /// Most principals of a file.
    public static let limit = 10_000

    /// A name and its secret.
    public struct Principal: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The secret: a password for Basic, a token for Bearer.
        public var secret: String
        /// What it may do; nil = everything (no rights are named in the file).
        public var rights: Rights?
        /// A principal.
        public init(name: String, secret: String, rights: Rights? = nil) {
            self.name = name
            self.secret = secret
            self.rights = rights
        }
    }

    /// The principals.
    public var principals: [Principal]
    /// Whether frameworks must say who they are.
    public var guardsFrameworks = true
    /// Whether operators, and whoever reads, must say who they are.
    public var guardsOperators = true

    /// A list of principals.
    public init(_ principals: [Principal]) { self.principals = principals }

    /// The principal that an Authorization header proves; nil when it proves none. Takes as long for a wrong secret as
    /// for a right one, and looks at every principal.
    func principal(authorization: String) -> Principal? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        var found: Principal?
        switch parts[0].lowercased() {
        case "basic":
            guard let data = Data(base64Encoded: String(parts[1])), let text = String(data: data, encoding: .utf8),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            let (name, secret) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
            for each in principals {
                let isSecret = Self.isEqual(secret, each.secret)
                let isName = Self.isEqual(name, each.name)
                if isName && isSecret { found = each }
            }
        case "bearer":
            let token = String(parts[1])
            for each in principals where Self.isEqual(token, each.secret) { found = each }
        default: return nil
        }
        return found
    }

    /// Whether both are equal, in a time that tells nothing but the length of `given`.
    static func isEqual(_ given: String, _ kept: String) -> Bool {
        let (a, b) = (Array(given.utf8), Array(kept.utf8))
        var difference = UInt8(a.count == b.count ? 0 : 1)
        for at in a.indices { difference |= a[at] ^ (b.isEmpty ? 0xFF : b[at % b.count]) }
        return difference == 0 && !b.isEmpty
    }
}

/// What a principal may do. Everything is denied that is not named.
public struct Rights: Sendable, Hashable {
    /// Roles that it may register for, `*` = any; `eng/*` = those below `eng`.
    public var roles: [String] = []
    /// Users that its tasks may run as, `*` = any.
    public var users: [String] = []
    /// Whether it may reserve, make volumes, and undo both.
    public var reserve = false
    /// Whether it may drain, deactivate and mark agents, and plan maintenance.
    public var drain = false
    /// Whether it may end frameworks.
    public var teardown = false
    /// Whether it may set weights and quota.
    public var govern = false
    /// Whether it may look.
    public var view = false

    /// Nothing.
    public init() {}

    /// Whether tasks and offers of `role` are its own.
    public func mayUse(role: String) -> Bool { Self.allows(roles, role) }
    /// Whether its tasks may run as `user`; "" = whoever runs the agent.
    public func mayRun(as user: String) -> Bool { user.isEmpty || Self.allows(users, user) }

    private static func allows(_ patterns: [String], _ name: String) -> Bool {
        patterns.contains { pattern in
            pattern == "*" || pattern == name || pattern.hasSuffix("/*") && name.hasPrefix(pattern.dropLast())
        }
    }
}
