/// A fact about a node that requirements can ask for: `rack=r3`, `gpu=a100`, `speed=2.5`.
public struct Attribute: Hashable, Sendable, Wired {
    /// What an attribute's value may be.
    public enum Kind: UInt8, Sendable { case text, scalar, ranges }
    /// The attribute's name.
    public var name = ""
    /// How `text`, `thousandths` and `bounds` are to be read.
    public var kind = Kind.text
    /// The value as it was written.
    public var text = ""
    /// A scalar's value in thousandths.
    public var thousandths: Int64 = 0
    /// Ranges as alternating first and last numbers.
    public var bounds: [UInt64] = []

    /// An empty attribute.
    public init() {}
    /// A text attribute.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&name)
        coder.word(&kind)
        coder.text(&text)
        coder.int(&thousandths)
        coder.elements(&bounds, empty: 0) { $0.uint(&$1) }
    }
}
