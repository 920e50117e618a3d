/// Where a node's agent is reached over ssh, as text: `ssh://[user@]host[:port][?key=value&...]`. What is left out is
/// decided by the user's own ssh configuration. Providers make such addresses for their machines, the link reads them.
public struct SSHAddress: Hashable, Sendable {
    /// How a textual address begins.
    public static let scheme = "ssh://"
    /// Most relays on the way to a host.
    public static let relayLimit = 4

    /// Login name; "" = as ssh's configuration says.
    public var user = ""
    /// Host: a name, an alias of ssh's configuration, or an address without brackets.
    public var host = ""
    /// Port; 0 = as ssh's configuration says.
    public var port: UInt16 = 0
    /// The machine's own host keys, `ssh-ed25519 AAAA...` each: with them nothing else is accepted, and the user's list
    /// of known hosts is not asked.
    public var hostKeys: [String] = []
    /// The name under which the host key is looked up (HostKeyAlias), so that a reused address is no alarm; "" = host.
    public var alias = ""
    /// Host to go through (ProxyJump); "" = as ssh's configuration says.
    public var jump = ""
    /// Hosts that run ssh on the way, `[user@]host[:port]` each, the first of them reached from here; empty = this
    /// machine reaches the host itself. Behind relays, `jump` and `identity` are what the last relay makes of them.
    public var relays: [String] = []
    /// Whether the user's ssh agent is forwarded to the relays.
    public var forwardsAgent = false
    /// File of the private key to log in with; "" = as ssh's configuration says.
    public var identity = ""
    /// The agent's folder on the node; "" = below the user's cache folder.
    public var folder = ""
    /// Whether an agent that belongs to another cluster is taken over.
    public var takesOver = false

    /// The address of a host.
    public init(host: String, user: String = "", port: UInt16 = 0) {
        self.host = host
        self.user = user
        self.port = port
    }

    /// The address in `text`, either the whole form or `[user@]host[:port]`; nil when it is none.
    public init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix(Self.scheme) { rest = rest.dropFirst(Self.scheme.count) }
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
            if user.isEmpty { return nil }
        }
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(after: close)...]
        } else if rest.filter({ $0 == ":" }).count <= 1 {
            host = String(rest.prefix { $0 != ":" })
            rest = rest.dropFirst(host.count)
        } else {
            host = String(rest)
            rest = ""
        }
        if !rest.isEmpty {
            guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else { return nil }
            port = number
        }
        guard Self.isHost(host), Self.isUser(user) else { return nil }
        for pair in query.split(separator: "&") {
            guard let equals = pair.firstIndex(of: "="), let value = Self.decoded(pair[pair.index(after: equals)...])
            else { return nil }
            switch pair[..<equals] {
            case "hostkey": hostKeys.append(value)
            case "alias": alias = value
            case "jump": jump = value
            case "via":
                guard let more = Self.relays(value), relays.count + more.count <= Self.relayLimit else { return nil }
                relays += more
            case "forwardagent": forwardsAgent = value == "1"
            case "identity": identity = value
            case "dir": folder = value
            case "takeover": takesOver = value == "1"
            default: return nil
            }
        }
    }

    /// The address in a node's address; nil when that is none for ssh.
    public init?(far text: String) {
        guard text.hasPrefix(Self.scheme) else { return nil }
        self.init(text)
    }

    /// `[user@]host[:port]`.
    public var bareText: String {
        (user.isEmpty ? "" : user + "@") + (host.contains(":") ? "[\(host)]" : host) + (port > 0 ? ":\(port)" : "")
    }

    /// The whole form.
    public var text: String {
        var result = Self.scheme + bareText
        var pairs = hostKeys.map { ("hostkey", $0) } + relays.map { ("via", $0) }
        if forwardsAgent { pairs.append(("forwardagent", "1")) }
        pairs += [("alias", alias), ("jump", jump), ("identity", identity), ("dir", folder)].filter { !$0.1.isEmpty }
        if takesOver { pairs.append(("takeover", "1")) }
        for (number, pair) in pairs.enumerated() {
            result += (number == 0 ? "?" : "&") + pair.0 + "=" + Self.encoded(pair.1)
        }
        return result
    }

    /// A name for a node at this address: its host, and its port when one is given.
    public var nodeName: String {
        let words = host.split(separator: ":", omittingEmptySubsequences: true).joined(separator: "-")
        return port > 0 ? "\(words)-\(port)" : words
    }

    /// A host may not look like an option of ssh's, nor hold what a shell or a configuration file would read.
    private static func isHost(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.count <= 255 && !host.hasPrefix("-")
            && host.utf8.allSatisfy { isPlain($0) || $0 == 58 || $0 == 37 }
    }
    private static func isUser(_ user: String) -> Bool {
        user.utf8.count <= 128 && !user.hasPrefix("-")
            && user.utf8.allSatisfy { isPlain($0) || $0 == 64 || $0 == 92 || $0 == 43 || $0 == 36 }
    }
    /// Letters, digits, `-`, `.`, `_`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 48 && byte <= 57 || (byte | 0x20) >= 97 && (byte | 0x20) <= 122 || byte == 45 || byte == 46
            || byte == 95
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if isPlain(byte) || byte == 47 || byte == 64 || byte == 58 || byte == 126 || byte == 44 {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == 37 else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        // A line end would end the line of a known-hosts file or of a configuration.
        guard !bytes.contains(where: { $0 < 32 || $0 == 127 }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
