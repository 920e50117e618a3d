import ClusterModel

/// The file of those who may speak to the interface: `credentials` with a principal and a secret each, and `rights`.
/// Once `rights` stand in it, everything that they do not name is denied.
public enum CredentialsFile {
    /// Most bytes of the file.
    public static let byteLimit = 1 << 20

    /// A principal with its secret.
    public struct Credential: Hashable, Sendable {
        /// Who.
        public var principal = ""
        /// The password or token.
        public var secret = ""
    }
    /// What a principal may do.
    public struct Right: Hashable, Sendable {
        /// Who.
        public var principal = ""
        /// Roles that it may register for; `*` = any, `eng/*` = below `eng`.
        public var roles: [String] = []
        /// Users that its tasks may run as.
        public var users: [String] = []
        /// What else, by words: reserve, drain, teardown, govern, view.
        public var acts: [String] = []
    }
    /// The whole file.
    public struct Content: Hashable, Sendable {
        /// Who may speak.
        public var credentials: [Credential] = []
        /// What each may do; nil = everything.
        public var rights: [Right]?
    }
    /// The words of `may`.
    public static let acts = ["reserve", "drain", "teardown", "govern", "view"]

    /// What `text` says. Throws every problem with its place.
    public static func read(_ text: String, file: String) throws(FileFault) -> Content {
        let tree = try YAMLTree.parse(text, file: file, limit: byteLimit)
        let problems = Problems(file: file)
        var content = Content()
        if var reader = MappingReader(tree, subject: "the credentials file", problems: problems) {
            readCredentials(&reader, into: &content)
            readRights(&reader, into: &content)
            reader.finish()
        }
        try problems.throwIfAny()
        return content
    }

    private static func readCredentials(_ reader: inout MappingReader, into content: inout Content) {
        for tree in reader.list("credentials", of: "credentials") {
            guard var part = MappingReader(tree, subject: "a credential", problems: reader.problems) else { continue }
            var credential = Credential()
            credential.principal = part.text("principal") ?? ""
            credential.secret = part.text("secret") ?? ""
            part.finish()
            if credential.principal.isEmpty || credential.secret.isEmpty {
                reader.problems.add(part.place, "a credential needs `principal` and `secret`")
            } else if content.credentials.contains(where: { $0.principal == credential.principal }) {
                reader.problems.add(part.place, "principal `\(credential.principal)` is given twice; keep one")
            } else {
                content.credentials.append(credential)
            }
        }
    }

    private static func readRights(_ reader: inout MappingReader, into content: inout Content) {
        guard reader.has("rights") else { return }
        content.rights = []
        for tree in reader.list("rights", of: "rights") {
            guard var part = MappingReader(tree, subject: "a right", problems: reader.problems) else { continue }
            var right = Right()
            right.principal = part.text("principal") ?? ""
            right.roles = part.texts("roles", of: "roles").map(\.text)
            right.users = part.texts("users", of: "users").map(\.text)
            for (word, place) in part.texts("may", of: "words") {
                if acts.contains(word) {
                    right.acts.append(word)
                } else {
                    reader.problems.add(place, "`may` knows \(acts.joined(separator: ", ")), not `\(word)`")
                }
            }
            part.finish()
            if !content.credentials.contains(where: { $0.principal == right.principal }) {
                reader.problems.add(part.place, "principal `\(right.principal)` has no credential in this file")
            }
            content.rights?.append(right)
        }
    }
}
