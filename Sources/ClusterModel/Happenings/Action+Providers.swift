/// What becomes of a machine that no instance accounts for.
public struct OrphanChoice: Hashable, Sendable, Wired {
    /// What is to be done.
    public enum Choice: UInt8, Sendable, CaseIterable { case end, adopt, keep }
    /// Ids of the machines; empty = all that wait.
    public var ids: [String] = []
    /// What.
    public var choice = Choice.end
    /// An empty choice.
    public init() {}
    /// A choice for these.
    public init(_ ids: [String], _ choice: Choice) { (self.ids, self.choice) = (ids, choice) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.texts(&ids)
        coder.word(&choice)
    }
}
