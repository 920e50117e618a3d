import ClusterModel

/// What the batch framework makes of its offers.
public struct Placement: Hashable, Sendable {
    /// Tasks to be launched, in this order; a gang's ranks side by side.
    public var launches: [TaskLaunched] = []
    /// Reservations that are new, moved or gone.
    public var expectations: [JobExpected] = []
    /// Nodes that were kept for heads which start now, and need not be kept for them any longer.
    public var vacated: [NodeID] = []
    /// Why gangs started and jobs went ahead of others.
    public var decisions: [Decision] = []

    /// Nothing at all.
    public init() {}
}

/// Why a job waits.
public struct JobExplanation: Hashable, Sendable {
    /// The reason in one word.
    public var reason = Reason.none
    /// The reason in one line.
    public var headline = ""
    /// Nodes and what each says to the job's next task, those that would take it first, at most
    /// `Explanation.verdictLimit`.
    public var verdicts: [Explanation.Verdict] = []
    /// How many more nodes there were.
    public var otherVerdicts: UInt32 = 0
    /// Nodes that would take the next task now.
    public var passing = 0
    /// Counts of nodes by the reason that speaks against them, most frequent first.
    public var counts: [(reason: Reason.Code, count: Int)] { tally.map { ($0.reason, $0.count) } }

    struct Count: Hashable, Sendable {
        var reason: Reason.Code
        var count: Int
    }
    var tally: [Count] = []

    /// An empty answer.
    public init() {}
}
