/// The named limits and versions of the conversation between core and agent, in one place so that both sides and the
/// tests at the limit mean the same numbers.
public enum AgentLimits {
    /// Lowest protocol version that this code speaks.
    public static let lowestVersion: UInt64 = 1
    /// Highest protocol version that this code speaks.
    public static let highestVersion: UInt64 = 1
    /// Longest frame, counted from its kind byte, in bytes.
    public static let frameBytes = 1 << 20
    /// Most arguments in a launch.
    public static let arguments = 4096
    /// Most environment entries in a launch.
    public static let environmentEntries = 4096
    /// Most extra files in a launch.
    public static let files = 64
    /// Longest name of an image, in UTF-8 bytes.
    public static let imageBytes = 4096
    /// Most inventory entries in one frame.
    public static let inventoryEntriesPerFrame = 2000
    /// Most acknowledgements in one frame.
    public static let acknowledgementsPerFrame = 10_000
    /// Most task samples in one frame.
    public static let taskSamplesPerFrame = 5000
    /// Longest run of log bytes in one data frame, in bytes.
    public static let logChunkBytes = 32 << 10
    /// Most log streams open at once in a session.
    public static let logStreams = 64
    /// Most credit that a log stream can hold, in bytes.
    public static let logCreditBytes: UInt64 = 16 << 20
    /// Connections of executors at once.
    public static let executorStreams = 256
    /// Longest run of an executor's bytes in one frame, in bytes.
    public static let executorChunkBytes = 32 << 10
    /// Bytes for an executor that may wait for it; one that reads no more is cut off.
    public static let executorWaitingBytes = 4 << 20
    /// Streams of a relay at once.
    public static let relayStreams = 1_000
    /// Most arguments of an ssh that a relay is to run.
    public static let relayArguments = 256
    /// Longest run of a stream's bytes in one frame, in bytes.
    public static let relayChunkBytes = 32 << 10
    /// Most bytes of a stream that were sent and not taken yet, in each direction.
    public static let relayWindowBytes = 128 << 10
    /// Most bytes of an ssh's standard error that a relay passes on, in bytes.
    public static let relayErrorBytes = 4 << 10
    /// Shortest interval between usage samples, in milliseconds.
    public static let sampleMilliseconds: UInt64 = 100
    /// Longest grace between the polite and the hard signal, in milliseconds (one hour).
    public static let graceMilliseconds: UInt64 = 3_600_000
    /// Longest cluster name, in UTF-8 bytes.
    public static let clusterBytes = 128
}

/// What one side of a session can do beyond the base protocol; unknown bits are kept and ignored.
public struct AgentCapabilities: OptionSet, Sendable {
    /// One bit per capability.
    public let rawValue: UInt64
    /// The set with these bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Log streams with credit.
    public static let logs = AgentCapabilities(rawValue: 1)
    /// Usage samples.
    public static let samples = AgentCapabilities(rawValue: 2)
    /// Memory and cpu limits that the kernel holds (control groups).
    public static let isolation = AgentCapabilities(rawValue: 4)
}
