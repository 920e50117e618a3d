/// Every limit of the running core, each with its unit.
public struct RuntimeLimits: Sendable, Equatable {
    /// Inputs handled in one turn, at most.
    public var turnInputs = 512
    /// Inputs that wait above which links stop reading.
    public var queueHigh = 16_384
    /// Inputs that wait below which links read again.
    public var queueLow = 2_048
    /// Requests of people, and calls of frameworks and operators, that wait for their answer; further ones are refused.
    public var requests = 4_096
    /// Turns whose facts are on their way to the disk; over it the core waits, and its next turn is the larger.
    public var turnsInFlight = 16
    /// Time between two tries to write after the state store failed, in milliseconds.
    public var storeRetryMilliseconds = 1_000
    /// Longest time that the core thread sleeps without a look at the clock, in milliseconds.
    public var longestSleepMilliseconds = 60_000
    /// Longest wait for the disk when the core ends, in milliseconds.
    public var stopMilliseconds = 10_000
    /// Size of the core's log above which it begins anew, keeping the old one, in bytes.
    public var logBytes = 4 << 20
    /// Things that a simulated node has been told which it can still repeat; the oldest give way.
    public var simulatedMemory = 1_000
    /// How long a deed waits for the task of which it is, in milliseconds.
    public var simulatedPatienceMilliseconds = 5_000
    /// Bytes of the end of an output that are kept when its machine goes.
    public var keptOutputBytes = 64 << 10
    /// Such outputs that are fetched from a machine at once.
    public var keptAtOnce = 8
    /// Bytes of all kept outputs, and their number; the oldest give way.
    public var keptBytes: Int64 = 256 << 20
    /// Kept outputs; the oldest give way.
    public var keptFiles = 20_000
    /// Bytes that wait for one follower; over it the follower is dropped.
    public var followerBytes = 32 << 20

    /// The limits as documented.
    public init() {}
}
