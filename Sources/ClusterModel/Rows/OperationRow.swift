/// An operation with an id whose last status its framework has not acknowledged.
public struct OperationRow: Hashable, Sendable, Wired {
    /// Counted from 1 for the life of a cluster.
    public var number: UInt64 = 0
    /// Whose.
    public var framework = FrameworkID.none
    /// The framework's id of it.
    public var name = ""
    /// The agent's number; 0 = none.
    public var agent: UInt32 = 0
    /// Where it stands.
    public var state = OperationState.pending
    /// For people.
    public var message = ""
    /// 16 bytes; empty = no acknowledgement is wanted.
    public var uuid: [UInt8] = []
    /// What became of the resources.
    public var converted: [ResourceItem] = []
    /// When it was told last, and how often it has been.
    public var toldAt = Instant.never
    /// See `toldAt`.
    public var tellings: UInt32 = 0
    /// What was sent, as the API encoded it.
    public var wire: [UInt8] = []

    /// Most operations that wait for acknowledgement in one cluster; the oldest gives way.
    public static let limit = 100_000

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&number)
        coder.id(&framework)
        coder.text(&name)
        coder.uint(&agent)
        coder.word(&state)
        coder.text(&message)
        coder.blob(&uuid)
        coder.list(&converted)
        coder.instant(&toldAt)
        coder.uint(&tellings)
        coder.blob(&wire)
    }
}

/// A request to let a machine go, made to a framework that holds something of it.
public struct InverseOfferRow: Hashable, Sendable, Wired {
    /// What the framework said.
    public enum Answer: UInt8, Sendable { case unknown, accept, decline }
    /// Shares the form of its id with offers, and has numbers above theirs.
    public var id = OfferID.none
    /// Whose.
    public var framework = FrameworkID.none
    /// Of which node.
    public var node = NodeID.none
    /// Whether it is open; a closed one only keeps the answer.
    public var isOpen = true
    /// What the framework said.
    public var answer = Answer.unknown
    /// When it said so.
    public var answeredAt = Instant.never
    /// Not made again before this.
    public var quietUntil = Instant.never

    /// The lowest number of an inverse offer.
    public static let firstNumber: UInt32 = 1 << 31
    /// The id of the inverse offer with that number, counted from 1.
    public static func id(number: UInt32) -> OfferID { OfferID(raw: firstNumber | number) }
    /// Its number, counted from 1.
    public var number: UInt32 { id.isNone ? 0 : id.raw & (Self.firstNumber - 1) }

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&id)
        coder.id(&framework)
        coder.id(&node)
        coder.flag(&isOpen)
        coder.word(&answer)
        coder.instant(&answeredAt)
        coder.instant(&quietUntil)
    }
}
