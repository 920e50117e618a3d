/// How ssh is called, and how many connections are made at a time. Every limit has its unit.
public struct SSHSettings: Sendable, Equatable {
    /// The ssh program; looked for in PATH when it is no path.
    public var program = "ssh"
    /// A configuration file to use instead of the user's; "" = the user's own and the system's.
    public var configuration = ""
    /// Folder for lists of pinned host keys.
    public var keyFolder = ""
    /// Whether a host key that was never seen is taken; else it is refused.
    public var acceptsNewHostKeys = false
    /// The cluster on whose behalf connections are made.
    public var cluster = ""
    /// Longest time for a TCP connection, in seconds.
    public var connectSeconds = 10
    /// Longest time from the start of ssh to the first answer of the node, in seconds.
    public var answerSeconds = 40
    /// Longest time for copying and starting the agent, in seconds.
    public var copySeconds = 300
    /// Most logins at the same time: they cost both sides some 20 to 80 ms of processor each.
    public var parallelLogins = 16
    /// Most logins begun in a second.
    public var loginsPerSecond = 50
    /// Silence after which ssh asks the server for a sign of life, in seconds; three of them end the connection.
    public var aliveSeconds = 15
    /// Most bytes that a login shell may print before our own line comes.
    public var noiseBytes = 64 << 10
    /// Most bytes of ssh's standard error that are kept.
    public var errorBytes = 16 << 10

    /// The settings as documented.
    public init() {}
}
