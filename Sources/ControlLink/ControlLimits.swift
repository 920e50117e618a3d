/// Every limit of the control socket, with its unit. A limit that is met is said in words to whoever met it.

import ClusterModel

/// Limits of the control socket that both sides know.
public enum ControlLimits {
    /// Lowest protocol version spoken here.
    public static let lowestVersion: UInt64 = 1
    /// Highest protocol version spoken here.
    public static let highestVersion: UInt64 = 1
    /// Longest path of a Unix socket, in bytes: `sun_path` less its closing zero.
    public static let pathBytes = 107
    /// Longest frame from a client to the core, in bytes: a request to submit 10,000 jobs fits.
    public static let requestFrameBytes = 16 << 20
    /// Longest frame from the core to a client, in bytes.
    public static let replyFrameBytes = 64 << 20
    /// Longest frame before the handshake is done, in bytes, either way.
    public static let handshakeFrameBytes = 4_096
    /// Bytes of snapshot pieces that are put into one frame, unless one piece alone is larger.
    public static let snapshotPartBytes = 256 << 10
    /// Most lines that `events` answers.
    public static let tailEvents = ClusterState.recentLimit
    /// Bytes of a task's output that may be under way to a client that has not yet taken them.
    public static let outputCreditBytes = 512 << 10
    /// Longest message of the other side that is shown, in bytes.
    public static let messageBytes = 2_048
    /// Requests that a client has under way at one time; further ones are refused on the spot.
    public static let requestsInFlight = 64
    /// Outputs that a client follows at one time.
    public static let outputsInFlight = 16
}
