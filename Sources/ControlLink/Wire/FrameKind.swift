/// The numbers of the frame kinds, and in which direction they go. A number is never used again for something else.

/// Kinds of frames. 1 to 63 go from client to core, 64 to 127 from core to client.
enum FrameKind {
    /// Who the client is: the first frame of a connection.
    static let hello: UInt8 = 1
    /// Start, or start anew, to follow the cluster.
    static let follow: UInt8 = 2
    /// First of the kinds that begin with a request's number, so that even an unknown one can be answered.
    static let firstRequest: UInt8 = 8
    static let perform: UInt8 = 8
    static let plan: UInt8 = 9
    static let explain: UInt8 = 10
    static let output: UInt8 = 11
    static let outputCredit: UInt8 = 12
    static let outputEnd: UInt8 = 13
    static let tail: UInt8 = 14
    static let ping: UInt8 = 15
    /// Last of the kinds that a client sends.
    static let lastRequest: UInt8 = 63

    /// The core's answer to the hello.
    static let welcome: UInt8 = 64
    /// Why the core ends the connection; the last frame.
    static let refusal: UInt8 = 65
    static let snapshotBegin: UInt8 = 66
    static let snapshotPart: UInt8 = 67
    static let snapshotEnd: UInt8 = 68
    /// The body is an `EventBatch` as it stands in recordings.
    static let events: UInt8 = 69
    static let status: UInt8 = 70
    /// The client was too slow and no longer follows.
    static let dropped: UInt8 = 71
    static let answer: UInt8 = 80
    static let planned: UInt8 = 81
    static let explained: UInt8 = 82
    static let piece: UInt8 = 83
    static let tailed: UInt8 = 84
    static let pong: UInt8 = 85
    /// A request that was not carried out, and why.
    static let failure: UInt8 = 86
}
