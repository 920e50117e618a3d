import ClusterModel
import Dispatch
import Synchronization

/// Turns on their way to the disk. A turn's consequences leave in order, and only after its facts and all earlier ones
/// are kept; the core does not wait meanwhile. When the store fails, facts and consequences are held, the latest value
/// of each fact counts, and writing is tried again until it works: no decision is forgotten or leaves early.
final class CommitPipeline: Sendable {
    /// A turn's facts and what may leave once they are kept.
    struct Turn: Sendable {
        var facts: [FactChange] = []
        var consequences: [Consequence] = []
    }

    private struct State {
        /// Handed to the store and not confirmed, oldest first.
        var inFlight: [Turn] = []
        /// Grows when the store fails: confirmations of turns handed over before count no more.
        var generation: UInt64 = 0
        var isFailing = false
        /// Why the store failed.
        var fault = ""
        /// What has to be written once the store works again, with the newest value of each key.
        var backlog: [[UInt8]: FactChange] = [:]
        /// Keys in the order in which they came.
        var backlogOrder: [[UInt8]] = []
        /// What may leave once the backlog is written.
        var held: [Consequence] = []
        var isClosed = false
        var waiting = 0
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let store: any RegistryKeeping
    private let limits: RuntimeLimits
    private let release: @Sendable ([Consequence]) -> Void
    private let report: @Sendable (StoreChanged) -> Void
    private let retryQueue = DispatchQueue(label: "bellows.store-retry")

    /// - Parameters:
    ///   - release: lets consequences leave; called in order, on any thread, one call at a time.
    ///   - report: tells the core that the store failed or works again.
    init(
        store: any RegistryKeeping, limits: RuntimeLimits, release: @escaping @Sendable ([Consequence]) -> Void,
        report: @escaping @Sendable (StoreChanged) -> Void
    ) {
        self.store = store
        self.limits = limits
        self.release = release
        self.report = report
    }

    /// Takes a turn. Waits only when too many are on their way.
    func submit(_ turn: Turn) {
        guard !turn.facts.isEmpty || !turn.consequences.isEmpty else { return }
        waitForRoom()
        let generation: UInt64? = state.withLock { state in
            if state.isFailing {
                hold(turn, in: &state)
                return nil
            }
            // Nothing to keep and nothing before it: it leaves on the spot, still in order.
            if turn.facts.isEmpty, state.inFlight.isEmpty {
                release(turn.consequences)
                return nil
            }
            state.inFlight.append(turn)
            return state.generation
        }
        guard let generation else { return }
        store.commit(turn.facts) { [weak self] error in self?.confirmed(generation, error) }
    }

    /// Waits until nothing is on its way, at most `milliseconds`; false when something was left.
    func drain(milliseconds: Int) -> Bool {
        let deadline = DispatchTime.now() + .milliseconds(milliseconds)
        while DispatchTime.now() < deadline {
            let isIdle = state.withLock { state in
                if state.isFailing { return false }
                if !state.inFlight.isEmpty { state.waiting += 1 }
                return state.inFlight.isEmpty
            }
            if isIdle { return true }
            if state.withLock({ $0.isFailing }) { break }
            _ = room.wait(timeout: min(deadline, .now() + .milliseconds(50)))
        }
        return state.withLock { $0.inFlight.isEmpty && !$0.isFailing }
    }

    /// Why the store fails; "" while it works.
    var fault: String { state.withLock { $0.fault } }

    /// Tries no more to write what could not be written.
    func close() { state.withLock { $0.isClosed = true } }

    private func waitForRoom() {
        while true {
            let isFull = state.withLock { state in
                let isFull = !state.isFailing && state.inFlight.count >= limits.turnsInFlight
                if isFull { state.waiting += 1 }
                return isFull
            }
            if !isFull { return }
            room.wait()
        }
    }

    /// The oldest turn is on disk, or is not. It counts as in flight until its consequences have left, so that nothing
    /// overtakes them; they leave without the lock: the core goes on meanwhile.
    private func confirmed(_ generation: UInt64, _ error: (any Error)?) {
        let turn = state.withLock { $0.generation == generation ? $0.inFlight.first : nil }
        guard let turn else { return }
        if error == nil { release(turn.consequences) }
        let change = state.withLock { state -> StoreChanged? in
            defer { wake(&state) }
            if let error { return fail("\(error)", &state) }
            state.inFlight.removeFirst()
            return nil
        }
        guard let change else { return }
        report(change)
        scheduleRetry()
    }

    private func wake(_ state: inout State) {
        for _ in 0..<state.waiting { room.signal() }
        state.waiting = 0
    }

    private func fail(_ fault: String, _ state: inout State) -> StoreChanged {
        state.generation += 1
        state.isFailing = true
        state.fault = fault
        let turns = state.inFlight
        state.inFlight = []
        for turn in turns { hold(turn, in: &state) }
        return StoreChanged(writable: false, message: fault)
    }

    /// Keeps a turn's facts for the next try. Answers do not wait: whoever asked is told how it stands.
    private func hold(_ turn: Turn, in state: inout State) {
        for fact in turn.facts {
            if state.backlog.updateValue(fact, forKey: fact.key) == nil { state.backlogOrder.append(fact.key) }
        }
        var answers: [Consequence] = []
        for consequence in turn.consequences {
            guard case .answer(let request, var answer) = consequence else {
                state.held.append(consequence)
                continue
            }
            if answer.accepted, !turn.facts.isEmpty {
                answer.accepted = false
                answer.message =
                    "not kept: the state store takes nothing (\(state.fault)); it stands in memory only and is kept "
                    + "once the store works again: look before you repeat it"
            }
            answers.append(.answer(request, answer))
        }
        if !answers.isEmpty { release(answers) }
    }

    private func scheduleRetry() {
        retryQueue.asyncAfter(deadline: .now() + .milliseconds(limits.storeRetryMilliseconds)) { [weak self] in
            self?.retry()
        }
    }

    private func retry() {
        let (facts, isClosed) = state.withLock { state in
            let facts = state.backlogOrder.compactMap { state.backlog[$0] }
            return (facts, state.isClosed)
        }
        guard !isClosed else { return }
        store.commit(facts) { [weak self] error in self?.retried(facts, error) }
    }

    private func retried(_ facts: [FactChange], _ error: (any Error)?) {
        let works: Bool = state.withLock { state in
            guard error == nil else { return false }
            // What changed while this was written stays for another round.
            for fact in facts where state.backlog[fact.key] == fact { state.backlog[fact.key] = nil }
            state.backlogOrder = state.backlogOrder.filter { state.backlog[$0] != nil }
            guard state.backlog.isEmpty else { return false }
            state.isFailing = false
            state.fault = ""
            let held = state.held
            state.held = []
            release(held)
            return true
        }
        if works { report(.works) } else { scheduleRetry() }
    }
}
