/// A round of the autoscaler in full: what was wanted, what was weighed, what won and why the others lost. The same
/// record feeds the event line, explain, `bellows scale plan` and replay.
public struct ScaleRecord: Hashable, Sendable, Wired {
    /// Most lines of demand that are told.
    public static let demandLimit = 32
    /// When the round was.
    public var at = Instant.never
    /// What the autoscaler was to do with its result.
    public var mode = AutoscalerMode.off
    /// The result in one line.
    public var summary = ""
    /// The queue by equal shapes.
    public var demands: [DemandLine] = []
    /// Shapes beyond those.
    public var otherDemands: UInt32 = 0
    /// Machines to be bought.
    public var buys: [ScaleBuy] = []
    /// Nodes to be returned.
    public var returns: [ScaleReturn] = []
    /// Nodes on their way out that are kept after all.
    public var keeps: [String] = []
    /// What was weighed, best first, at most `Decision.loserLimit`.
    public var candidates: [ScaleCandidate] = []
    /// Candidates beyond those.
    public var otherCandidates: UInt32 = 0
    /// How often each reason was given, over all candidates and nodes.
    public var counts: [ReasonCount] = []

    /// An empty record.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.instant(&at)
        coder.word(&mode)
        coder.text(&summary)
        coder.list(&demands)
        coder.uint(&otherDemands)
        coder.list(&buys)
        coder.list(&returns)
        coder.texts(&keeps)
        coder.list(&candidates)
        coder.uint(&otherCandidates)
        coder.list(&counts)
    }

    /// Whether it came to the same result as another, whenever that was.
    public func isSameResult(as other: ScaleRecord) -> Bool {
        var (a, b) = (self, other)
        a.at = .never
        b.at = .never
        return a == b
    }
}

/// Equal pieces that wait.
public struct DemandLine: Hashable, Sendable, Wired {
    /// The first job that wants them.
    public var job = JobID.none
    /// The role that pays.
    public var role = RoleID.none
    /// What one piece needs.
    public var need = ResourceVector.zero
    /// Nodes at once; 1 = no gang.
    public var gang: UInt32 = 1
    /// Pieces that wait.
    public var pieces: UInt32 = 0
    /// Of these, pieces for which room is coming.
    public var coming: UInt32 = 0
    /// Of these, pieces for which machines are bought.
    public var bought: UInt32 = 0
    /// Why nothing is bought for the rest.
    public var reason = Reason.none
    /// The framework outside that told of them, if one did.
    public var framework = FrameworkID.none

    /// An empty line.
    public init() {}
    /// Pieces with nothing for them.
    public var unmet: UInt32 { pieces - min(pieces, coming + bought) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&job)
        coder.id(&role)
        coder.value(&need)
        coder.uint(&gang)
        coder.uint(&pieces)
        coder.uint(&coming)
        coder.uint(&bought)
        coder.value(&reason)
        coder.id(&framework)
    }
}

/// Machines to be bought.
public struct ScaleBuy: Hashable, Sendable, Wired {
    /// In which pool.
    public var pool = PoolID.none
    /// Of which type.
    public var type = ""
    /// How many.
    public var count: UInt32 = 0
    /// What one costs, millionths per hour.
    public var pricePerHour: Int64 = 0
    /// What they commit to at least, boot, drain and minimum included; millionths.
    public var committed: Int64 = 0
    /// Why they are bought.
    public var reason = Reason.none
    /// The role for which they are bought.
    public var role = RoleID.none
    /// Pieces that they will hold.
    public var pieces: UInt32 = 0

    /// An empty wish.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&type)
        coder.uint(&count)
        coder.int(&pricePerHour)
        coder.int(&committed)
        coder.value(&reason)
        coder.id(&role)
        coder.uint(&pieces)
    }
}

/// A node to be returned.
public struct ScaleReturn: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// Its name.
    public var name = ""
    /// Why.
    public var reason = Reason.none
    /// What it costs, millionths per hour.
    public var pricePerHour: Int64 = 0

    /// An empty return.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.text(&name)
        coder.value(&reason)
        coder.int(&pricePerHour)
    }
}

/// A machine type that was weighed.
public struct ScaleCandidate: Hashable, Sendable, Wired {
    /// Its pool.
    public var pool = PoolID.none
    /// Its name.
    public var type = ""
    /// What one costs, millionths per hour; -1 = not known.
    public var pricePerHour: Int64 = 0
    /// What the work of a whole largest machine would cost on it, millionths; -1 = nothing of the queue fits on it.
    public var score: Int64 = -1
    /// Why it lost; none = it won.
    public var reason = Reason.none

    /// An empty candidate.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&type)
        coder.int(&pricePerHour)
        coder.int(&score)
        coder.value(&reason)
    }
}

/// How often a reason was given.
public struct ReasonCount: Hashable, Sendable, Wired {
    /// Which.
    public var code = Reason.Code.none
    /// How often.
    public var count: UInt32 = 0

    /// No reason.
    public init() {}
    /// A reason and how often it was given.
    public init(_ code: Reason.Code, _ count: UInt32) {
        self.code = code
        self.count = count
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&code)
        coder.uint(&count)
    }
}
