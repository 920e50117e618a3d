/// Every limit of the links to agents, each with its unit, so that tests at the limit mean the same numbers.
public struct LinkLimits: Sendable, Equatable {
    /// First wait after a link broke, in milliseconds; doubles with each failure in a row.
    public var firstBackOffMilliseconds: Int64 = 50
    /// Longest wait between two tries, in milliseconds.
    public var longestBackOffMilliseconds: Int64 = 5_000
    /// First wait after a link to another machine broke, in milliseconds; doubles with each failure in a row.
    public var firstRemoteBackOffMilliseconds: Int64 = 500
    /// Failures in a row after which another machine is tried less often.
    public var remotePatienceFailures = 40
    /// Longest wait between two tries to another machine after that, in milliseconds.
    public var longestRemoteBackOffMilliseconds: Int64 = 30_000
    /// Share of a wait that is left to chance, in percent, so that many links do not return in one instant.
    public var jitterPercent: Int64 = 50
    /// Longest time from connecting to the end of the inventory, in milliseconds.
    public var helloMilliseconds: Int64 = 10_000
    /// Silence after which an agent is asked for a sign of life, in milliseconds.
    public var pingAfterMilliseconds: Int64 = 3_000
    /// Silence after which a link is closed, in milliseconds.
    public var silenceMilliseconds: Int64 = 10_000
    /// How often silences are looked at, in milliseconds.
    public var watchMilliseconds: Int64 = 1_000
    /// Most bytes that wait for one agent; over it the link is closed.
    public var outgoingBytes = 16 << 20
    /// Most tasks that an agent may name in its inventory.
    public var inventoryTasks = 1_000_000
    /// Bytes of a log stream that may be on their way at once.
    public var logWindowBytes: UInt64 = 256 << 10
    /// Most followed outputs on one link (the agent's own limit).
    public var logStreams = 64

    /// The limits as documented.
    public init() {}

    /// The wait before try number `failures + 1`, in milliseconds; `chance` is 0 to 99.
    public func backOff(failures: Int, chance: Int64) -> Int64 {
        let doubled = firstBackOffMilliseconds << Int64(min(max(failures - 1, 0), 20))
        let whole = min(max(doubled, 1), longestBackOffMilliseconds)
        return max(1, whole - whole * jitterPercent * chance / 10_000)
    }

    /// The same for another machine: a login costs both sides more, and one that is down for long is asked seldom.
    public func remoteBackOff(failures: Int, chance: Int64) -> Int64 {
        let doubled = firstRemoteBackOffMilliseconds << Int64(min(max(failures - 1, 0), 20))
        let most = failures > remotePatienceFailures ? longestRemoteBackOffMilliseconds : longestBackOffMilliseconds
        let whole = min(max(doubled, 1), most)
        return max(1, whole - whole * jitterPercent * chance / 10_000)
    }
}

/// What the cluster wants of every agent; sent when a session opens and when it changes.
public struct LinkSettings: Sendable, Equatable {
    /// Time between two samples, in milliseconds; 0 = none.
    public var sampleMilliseconds: UInt64 = 2_000
    /// How long agents keep what ended tasks leave behind, in milliseconds.
    public var keepMilliseconds: UInt64 = 3_600_000
    /// Limit for each of a task's stdout and stderr when its job names none, in bytes.
    public var logLimitBytes: UInt64 = 64 << 20
    /// Whether tasks ask for a control group.
    public var isolate = false
    /// Most processes of a task in a control group; 0 = no limit.
    public var processesPerTask: UInt64 = 0
    /// Whether the host key of a machine that was never seen is taken.
    public var acceptsNewHostKeys = false

    /// The defaults.
    public init() {}
}
