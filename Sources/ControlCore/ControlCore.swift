import Allocator
import ClusterModel
import Workloads

/// The control core of a cluster: a value that is told what happens and answers with what is now true and what the
/// outside must do. Equal states and equal inputs give equal outcomes, byte for byte.
public struct ControlCore: Sendable {
    /// What came of one input.
    public struct Outcome: Sendable {
        /// What is now true, in order; has been applied.
        public var events: [StampedEvent] = []
        /// What the outside must do, in order, once the registry facts of `events` are kept.
        public var directives: [Directive] = []
        /// Nothing happened.
        public init() {}
    }

    /// The cluster as it is known.
    public private(set) var state: ClusterState
    /// Moments at which something must be looked at again; made anew from the state at will.
    var deadlines = DeadlineQueue()
    /// What the present input has brought about so far.
    private var outcome = Outcome()
    /// The present input's time.
    private(set) var now = Instant.never
    /// Nodes that got free resources in this input.
    var freed: [NodeID] = []
    /// Jobs that came to wait in this input.
    var wanting: [JobID] = []
    /// Whether every node is to be looked at for placing: the order of the queue changed, or a refusal ran out.
    var queueChanged = false
    /// Which nodes are offered to frameworks outside by the end of this input, where offers are made in cycles.
    var cycle = OfferCycle.none
    /// Whether a pool may lack machines: something about pools, instances or drains changed.
    var poolsChanged = true
    /// What the batch framework remembers to save work; never sways an answer.
    var memory = BatchMemory()
    /// The offer engine, kept in step with the state; never sways an answer.
    var book = OfferBook()
    /// Inputs handled by this value; paces the full check of debug builds.
    private var inputs: UInt64 = 0

    /// A core that goes on from `state`.
    public init(state: ClusterState = ClusterState()) {
        self.state = state
        now = state.now
        deadlines = DeadlineQueue(rebuiltFrom: state)
    }

    /// Handles what happened at `time`. Time never runs backwards: an earlier time counts as the last one.
    /// Costs what the input touches.
    public mutating func handle(_ input: Input, at time: Instant) -> Outcome {
        let (tick, last) = (nextTick, state.now)
        now = max(time, max(now, state.now))
        outcome = Outcome()
        if let tick, tick <= now { cycle = .all }
        // A new core gives everybody the full time again before anything counts as overdue.
        if case .start = input {} else { fireDeadlines() }
        decide(input)
        lookAround(since: last)
        settle()
        check()
        return outcome
    }

    /// When `.wake` is wanted, if nothing else happens before. O(1).
    public var nextDeadline: Instant? {
        guard let tick = nextTick else { return deadlines.next }
        return deadlines.next.map { min($0, tick) } ?? tick
    }

    /// Forgets every cache and makes it anew from the state. The outcome of later inputs must not change by it.
    public mutating func rebuildCaches() {
        state.rebuildIndex()
        deadlines = DeadlineQueue(rebuiltFrom: state)
        memory = BatchMemory()
        book = OfferBook()
    }

    private mutating func decide(_ input: Input) {
        switch input {
        case .start(let start): begin(start)
        case .wake: break
        case .agentHello(let hello): agentSaidHello(hello)
        case .agentGone(let gone): agentLeft(gone)
        case .taskStatus(let report): taskReported(report)
        case .sample(let sample): nodeSampled(sample)
        case .instanceSeen(let seen): instanceSeen(seen)
        case .poolSeen(let seen): poolSeen(seen)
        case .machinesFound(let found): machinesFound(found)
        case .linkOpened(let opened): linkOpened(opened)
        case .nodeCollected(let collected): nodeCollected(collected)
        case .action(let request): carryOut(request)
        case .store(let change): emit(.store(change))
        case .call(let call): frameworkCalled(call)
        case .operatorCall(let call): operatorCalled(call)
        case .agentReport(let report): agentReported(report)
        }
    }

    /// Makes an event true. The only way in which the core changes anything.
    mutating func emit(_ event: Event, after sequence: UInt64? = nil) {
        let stamped = StampedEvent(sequence: (sequence ?? state.sequence) &+ 1, time: now, event: event)
        state.apply(stamped)
        outcome.events.append(stamped)
        deadlines.note(event, in: state)
        memory.note(stamped, in: state)
        book.note(stamped, in: state)
        switch event {
        case .configured, .poolChanged, .coreStarted: poolsChanged = true
        // A pool lacks machines when one leaves, not when one comes.
        case .instanceChanged(let change) where change.state.rawValue >= InstanceRow.State.stopping.rawValue:
            poolsChanged = true
        case .nodeChanged(let change) where !change.state.takesWork: poolsChanged = true
        default: break
        }
    }

    /// Tells the outside to do something.
    mutating func direct(_ directive: Directive) { outcome.directives.append(directive) }

    /// Debug builds hold the books after each input, and all of them every thousandth.
    private mutating func check() {
        inputs &+= 1
        assert(
            {
                for stamped in outcome.events {
                    if let found = state.violation(after: stamped.event) { fatalError("after \(stamped): \(found)") }
                }
                if inputs % 1_000 == 0, let found = state.violation() { fatalError(found) }
                return true
            }())
    }
}
