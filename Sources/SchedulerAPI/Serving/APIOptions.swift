import SchedulerWire

/// Where and for whom the interface is served.
public struct APIOptions: Sendable {
    /// Where to listen.
    public enum Address: Sendable, Hashable {
        /// A host address and a port; 0 = any that is free.
        case host(String, port: Int)
        /// A Unix socket.
        case unix(path: String)

        /// `ADDRESS:PORT`, `[ADDRESS]:PORT`, or the path of a Unix socket; nil = none of these.
        public init?(_ text: String) {
            if text.hasPrefix("/") || text.hasPrefix("unix:") {
                self = .unix(path: text.hasPrefix("unix:") ? String(text.dropFirst(5)) : text)
                return
            }
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
                return nil
            }
            var host = String(text[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            guard !host.isEmpty else { return nil }
            self = .host(host, port: Int(port))
        }

        /// Whether only this machine's users can reach it.
        public var isLocal: Bool {
            switch self {
            case .unix: true
            case .host(let host, _): host == "localhost" || host == "::1" || Self.isLoopback(host)
            }
        }

        private static func isLoopback(_ host: String) -> Bool {
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        }
    }

    /// Where to listen.
    public var address: Address
    /// Who may speak; nil = anybody who reaches the address.
    public var credentials: Credentials?
    /// Whether the operator says that TLS is ended in front of this server.
    public var isBehindTLSProxy = false
    /// Counts, sizes and times.
    public var limits = APILimits()
    /// The core's version, for answers.
    public var version = ""

    /// Serves at an address.
    public init(address: Address) { self.address = address }

    /// Why it may not be served like this, naming the way out; nil = it may.
    public var refusal: String? {
        guard !address.isLocal else { return nil }
        if credentials == nil {
            return "an address that others reach needs credentials: name credentialsFile in the cluster file, "
                + "or listen on 127.0.0.1 or a Unix socket"
        }
        if !isBehindTLSProxy {
            return "secrets would go over the network in the clear: let a proxy end TLS in front of this server and "
                + "say so with --behind-tls-proxy, or listen on 127.0.0.1 and use `bellows api forward`"
        }
        return nil
    }
}

/// Limits of the interface, each with its unit.
public struct APILimits: Sendable, Hashable {
    /// Bytes of a request's body.
    public var bodyBytes = 16 << 20
    /// Seconds in which a request's body must have come.
    public var bodySeconds = 30
    /// Connections at once.
    public var connections = 20_000
    /// Plain calls that may wait for the core before each connection has to wait for the answer to its last.
    public var waitingCalls = 2_048
    /// Event streams to frameworks at once.
    public var streams = 10_000
    /// Event streams to operators at once; the oldest gives way.
    public var operatorStreams = 1_000
    /// Events and offers that may wait for a slow reader of a stream before it is cut off.
    public var waitingEvents = 100_000
    /// Bytes that may wait for a slow operator before its stream is cut off.
    public var waitingBytes = 64 << 20
    /// Seconds between two signs of life on a stream.
    public var heartbeatSeconds = 15
    /// Requests a second of one principal, and as many at once after a pause; 0 = no limit.
    public var requestsPerSecond = 20_000

    /// The defaults.
    public init() {}
}
