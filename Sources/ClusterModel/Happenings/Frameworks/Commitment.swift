/// A placement that a framework has chosen by itself out of what it saw to be free.
public struct Commitment: Hashable, Sendable, Wired {
    /// Most parts of one call.
    public static let partLimit = 10_000
    /// The role for which; "" = the framework's only one.
    public var role = ""
    /// All of the parts or none.
    public var isWhole = false
    /// What is taken, and what for, in this order.
    public var parts: [Part] = []
    /// An empty one.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&role)
        coder.flag(&isWhole)
        coder.elements(&parts, empty: Part()) { $0.record(&$1) }
    }

    /// So much of one node.
    public struct Part: Hashable, Sendable, Wired {
        /// The agent's id.
        public var agent = ""
        /// What `ClusterState.version(of:)` was when it was seen; 0 = not said.
        public var seen: UInt64 = 0
        /// What is taken.
        public var resources: [ResourceItem] = []
        /// What is done with it, in this order; what they leave goes back at once.
        public var operations: [OfferOperation] = []
        /// What is wrong with its resources as they were said; "" = nothing.
        public var problem = ""
        /// An empty one.
        public init() {}
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&agent)
            coder.uint(&seen)
            coder.elements(&resources, empty: ResourceItem()) { $0.record(&$1) }
            coder.elements(&operations, empty: OfferOperation()) { $0.record(&$1) }
            coder.text(&problem)
        }
    }
}

/// What became of a commitment.
public struct CommitOutcome: Hashable, Sendable {
    /// Parts that were taken.
    public var taken = 0
    /// Those that were not and why, ascending. When all were to be taken or none, others are missing from both.
    public var conflicts: [Conflict] = []
    /// Nothing was.
    public init() {}

    /// Why a part was not taken.
    public struct Conflict: Hashable, Sendable {
        /// What kind of reason.
        public enum Kind: UInt8, Sendable {
            /// Others have it.
            case taken
            /// A rule keeps the framework from it: quota, constraint, capability, a gang that waits.
            case notOffered
            /// The part itself is at fault.
            case invalid
        }
        /// Which part, counted from 0.
        public var part: Int
        /// What kind of reason.
        public var kind: Kind
        /// The reason in words.
        public var message: String
        /// What is missing of what is plain; zero when that is not the reason.
        public var missing: ResourceVector
        /// Whether what is free of the node is another than it was when it was seen; nil = the part did not say what it
        /// saw.
        public var isNewer: Bool?
        /// A conflict.
        public init(
            part: Int, _ kind: Kind, _ message: String, missing: ResourceVector = .zero, isNewer: Bool? = nil
        ) {
            (self.part, self.kind, self.message, self.missing, self.isNewer) = (part, kind, message, missing, isNewer)
        }
    }
}

/// What a framework could take of one node by a commitment.
public struct FreeView: Hashable, Sendable {
    /// Whose.
    public var node: NodeID
    /// See `ClusterState.version(of:)`.
    public var version: UInt64
    /// How much.
    public var holding: Holding
    /// A view of a node.
    public init(node: NodeID, version: UInt64, _ holding: Holding) {
        (self.node, self.version, self.holding) = (node, version, holding)
    }
}

extension ClusterState {
    /// What is free of a node as a number, never 0: equal as long as what is free is, whoever held parts of it in
    /// between; another with a certainty of 2^-64 otherwise (FNV-1a). O(what is not plain there).
    public func version(of node: NodeID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ value: UInt64) {
            for shift in stride(from: 0, to: 64, by: 8) {
                hash = (hash ^ (value >> UInt64(shift) & 0xFF)) &* 0x100_0000_01b3
            }
        }
        func mix(_ amount: ResourceVector) {
            for lane in 0..<8 { mix(UInt64(bitPattern: amount.lanes[lane])) }
        }
        func mix(_ extras: Extras) {
            for one in extras.ranges {
                one.name.utf8.forEach { mix(UInt64($0)) }
                one.bounds.forEach { mix($0) }
            }
            for one in extras.words {
                for word in [one.name] + one.items { word.utf8.forEach { mix(UInt64($0)) } }
            }
        }
        let (row, free) = (nodes[node.index], freeHolding(of: node))
        mix(UInt64(row.agent))
        mix(free.plain)
        mix(free.extras)
        for portion in free.special.all {
            mix(UInt64(portion.identity.raw))
            mix(portion.amount)
            mix(portion.extras)
        }
        return max(1, hash)
    }
}
