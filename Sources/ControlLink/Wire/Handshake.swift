/// How a connection opens: who both sides are and which protocol version they speak from there on.
import ClusterModel

/// The client's first frame.
struct Hello: Wired, Equatable {
    /// Tells a console from a stray program: a core refuses anything else.
    static let magicWord = "bellows-control"
    var magic = ""
    /// Versions that the client speaks.
    var lowest: UInt64 = 0
    var highest: UInt64 = 0
    /// The client never wants to change anything; the core holds it to that.
    var readOnly = false
    /// The program's version, for messages.
    var version = ""

    /// All fields empty, as a reader finds them.
    init() {}
    /// This program's hello.
    init(readOnly: Bool, version: String) {
        magic = Self.magicWord
        lowest = ControlLimits.lowestVersion
        highest = ControlLimits.highestVersion
        self.readOnly = readOnly
        self.version = version
    }

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&magic)
        coder.uint(&lowest)
        coder.uint(&highest)
        coder.flag(&readOnly)
        coder.text(&version)
    }
}

/// The core's answer when it takes the client.
struct Welcome: Wired, Equatable {
    /// The version that both speak from here on.
    var version: UInt64 = 0
    /// The core program's version.
    var coreVersion = ""
    /// The core's process.
    var pid: Int32 = 0
    /// In whose name the client's actions will stand.
    var user = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&version)
        coder.text(&coreVersion)
        coder.int(&pid)
        coder.text(&user)
    }
}

/// The core's last word on a connection.
struct Refusal: Wired, Equatable {
    /// Kinds of refusals, by which a client decides what to do next.
    enum Code: UInt8, Sendable {
        /// No common version; `lowest` and `highest` say what the core speaks.
        case version = 1
        /// The peer is not allowed to talk to this core.
        case user = 2
        /// A limit was met; later it may work.
        case busy = 3
        /// The client sent what is not the protocol.
        case fault = 4
        /// The core ends.
        case ending = 5
    }
    var code = Code.fault
    var message = ""
    /// Versions that the core speaks.
    var lowest: UInt64 = 0
    var highest: UInt64 = 0
    /// The core program's version.
    var coreVersion = ""

    mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&code)
        coder.text(&message)
        coder.uint(&lowest)
        coder.uint(&highest)
        coder.text(&coreVersion)
    }
}

/// The highest version that lies in both ranges; nil when there is none or when one is upside down.
func commonVersion(_ a: (lowest: UInt64, highest: UInt64), _ b: (lowest: UInt64, highest: UInt64)) -> UInt64? {
    let lowest = max(a.lowest, b.lowest)
    let highest = min(a.highest, b.highest)
    return a.lowest <= a.highest && b.lowest <= b.highest && lowest <= highest ? highest : nil
}
