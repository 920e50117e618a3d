/// Questions and answers about why something is as it is, and about what an action would do. Made on demand by the
/// same predicates that decide, on live or replayed state.

/// What is asked about.
public enum ExplainQuestion: Sendable, Hashable {
    /// Why a task waits, runs where it does, or ended.
    case task(TaskID)
    /// Why a job waits and when it is expected to start.
    case job(JobID)
    /// What is on a node and why it takes work or not.
    case node(String)
    /// How a pool stands and why it has the instances that it has.
    case pool(String)
    /// Why an offer was made and how it ended.
    case offer(OfferID)
    /// What a role has, is owed and pays.
    case role(String)
    /// What the money goes to.
    case cost
    /// Why a framework is or is not offered a node, or each node when that is "".
    case lending(framework: String, node: String)
    /// What the autoscaler did last, would do now, and what would have to change; "" = all pools.
    case scale(String)
}

/// An answer: a headline, facts, and for whatever lost or failed a line with its reason.
public struct Explanation: Sendable, Hashable, Wired {
    /// One line that answers the question.
    public var headline = ""
    /// Facts, name and value.
    public var facts: [Fact] = []
    /// Candidates with their verdicts, at most `verdictLimit`.
    public var verdicts: [Verdict] = []
    /// How many more candidates there were.
    public var otherVerdicts: UInt32 = 0

    /// Most verdicts in one answer.
    public static let verdictLimit = 200

    /// A fact.
    public struct Fact: Sendable, Hashable, Wired {
        /// What it is about.
        public var name = ""
        /// What it is.
        public var value = ""
        /// An empty fact.
        public init() {}
        /// A fact.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&name)
            coder.text(&value)
        }
    }
    /// A candidate and what is said of it.
    public struct Verdict: Sendable, Hashable, Wired {
        /// Which candidate: a node, a machine type.
        public var name = ""
        /// Whether it passed.
        public var passes = false
        /// Why, or why not.
        public var detail = ""
        /// An empty verdict.
        public init() {}
        /// A verdict.
        public init(name: String, passes: Bool, detail: String) {
            self.name = name
            self.passes = passes
            self.detail = detail
        }
        public mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&name)
            coder.flag(&passes)
            coder.text(&detail)
        }
    }

    /// An empty answer.
    public init() {}
    /// An answer in one line.
    public init(headline: String) { self.headline = headline }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&headline)
        coder.list(&facts)
        coder.list(&verdicts)
        coder.uint(&otherVerdicts)
    }
}

/// What an action would do.
public struct ActionPlan: Sendable, Hashable, Wired {
    /// Whether it can be done now.
    public var possible = false
    /// What would happen, a line each, most important first; or why it cannot be done.
    public var lines: [String] = []
    /// Change of the burn rate, millionths per hour.
    public var ratePerHourDelta: Int64 = 0
    /// Running tasks that would be ended or waited for.
    public var tasksTouched: UInt32 = 0
    /// How many things it touches; above a set number a person must type it.
    public var size: UInt32 = 0
    /// Sum over what was shown: given back with the action, so that a plan that is no longer true is refused.
    public var fingerprint = ""

    /// An empty plan.
    public init() {}
    /// A plan that cannot be carried out.
    public init(refusal: String) { lines = [refusal] }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.flag(&possible)
        coder.texts(&lines)
        coder.int(&ratePerHourDelta)
        coder.uint(&tasksTouched)
        coder.uint(&size)
        coder.text(&fingerprint)
    }
}

extension ExplainQuestion: Wired {
    public init() { self = .cost }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var kind: UInt8 = 0
        var number: UInt64 = 0
        var name = ""
        var node = ""
        switch self {
        case .task(let task): (kind, number) = (1, task.packed)
        case .job(let job): (kind, number) = (2, UInt64(job.raw))
        case .node(let node): (kind, name) = (3, node)
        case .pool(let pool): (kind, name) = (4, pool)
        case .offer(let offer): (kind, number) = (5, UInt64(offer.raw))
        case .role(let role): (kind, name) = (6, role)
        case .cost: kind = 7
        case .lending(let framework, let at): (kind, name, node) = (40, framework, at)
        case .scale(let pool): (kind, name) = (80, pool)
        }
        coder.uint(&kind)
        coder.uint(&number)
        coder.text(&name)
        if kind == 40 { coder.text(&node) }
        guard C.isReading else { return }
        switch kind {
        case 1: self = .task(TaskID(packed: number))
        case 2: self = .job(JobID(raw: UInt32(truncatingIfNeeded: number)))
        case 3: self = .node(name)
        case 4: self = .pool(name)
        case 5: self = .offer(OfferID(raw: UInt32(truncatingIfNeeded: number)))
        case 6: self = .role(name)
        case 7: self = .cost
        case 40: self = .lending(framework: name, node: node)
        case 80: self = .scale(name)
        default: coder.fail()
        }
    }
}
