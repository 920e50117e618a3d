import Allocator
import ClusterModel
import Workloads

/// The lending: what is free is offered, the built-in framework answers at once, and again, until nothing more can be
/// placed. Offers to other frameworks stay open until they answer.
extension ControlCore {
    /// Rounds of offers within one input; a bound that is never met in practice.
    static let roundLimit = 10_000
    /// Offers in one round.
    static let offersPerRound = 4_096

    /// After every input: pools are filled up and free resources lent.
    mutating func settle() {
        let mayPreempt = queueChanged || !wanting.isEmpty
        fillPools()
        lend()
        if mayPreempt { preempt() }
        if scale() { lend() }
        watchBudgets()
        if state.isEnding, state.index.liveInstances.isEmpty { direct(.stop) }
        freed.removeAll(keepingCapacity: true)
        wanting.removeAll(keepingCapacity: true)
        queueChanged = false
        cycle = .none
    }

    private mutating func lend() {
        let due = dueCycle
        guard due != .none else { return }
        var told: [OfferID] = []
        defer {
            tellOffers(told)
            askBack(due.nodes)
        }
        // Whether a round looks at all that is due: the first, and one after a round that made all the offers it might.
        var seesAll = true
        for _ in 0..<Self.roundLimit {
            let everywhere = seesAll && due == .all || !isCyclic && queueChanged
            let candidates = everywhere ? nil : Array(Set(freed + (seesAll ? due.nodes ?? [] : []))).sorted()
            let part = queuePart(candidates)
            let demands = Batch.demands(state, of: part, now: now, memory: &memory)
            freed.removeAll(keepingCapacity: true)
            wanting.removeAll(keepingCapacity: true)
            let proposals = Allocator.propose(
                state, demands: demands, candidates: candidates, now: now, limit: Self.offersPerRound,
                book: &book)
            if proposals.isEmpty { return noteGangs() }
            let offers = make(proposals)
            noteDemand()
            noteGangs()
            let lent = offers.filter { state.frameworks[state.offers[$0.index].framework.index].isExternal }
            told += lent
            // What is lent stays lent, so that the next round comes to other nodes.
            seesAll = offers.count >= Self.offersPerRound && !lent.isEmpty
            let placement = Batch.place(
                offers: offers.filter { state.offers[$0.index].framework == .batch }, in: state, now: now,
                memory: &memory)
            for decision in placement.decisions { emit(.decided(decision)) }
            for expectation in placement.expectations { emit(.jobExpected(expectation)) }
            // A launch tells a gang's members of each other: all of them are placed before the first is told.
            for launched in placement.launches { emit(.taskLaunched(launched)) }
            for launched in placement.launches { sendLaunch(launched) }
            let isProgress = !placement.launches.isEmpty
            closeAnswered(offers)
            if !isProgress, !seesAll { return }
            freed += placement.vacated
        }
    }

    /// Writes down what frameworks that tell their demand would take still.
    private mutating func noteDemand() {
        for framework in state.index.demanding {
            let left = book.demandLeft(framework, state)
            if left != state.details(of: framework)?.demand {
                emit(.demandTold(DemandTold(framework: framework, demand: left)))
            }
        }
    }

    /// Writes down for which gang nodes are held back.
    private mutating func noteGangs() {
        guard !state.index.demanding.isEmpty || state.gangs.holder != nil else { return }
        let now = book.gangs(state)
        if now != state.gangs { emit(.gangsChanged(GangsChanged(now))) }
    }

    /// Which of the waiting jobs are asked: those that are new when nothing else has happened, all that have room on
    /// these nodes when only they have changed, else all.
    private func queuePart(_ candidates: [NodeID]?) -> QueuePart {
        if let candidates { return .fitting(candidates) }
        return queueChanged || isCyclic || !freed.isEmpty ? .all : .jobs(wanting)
    }

    /// Makes offers of proposals, all of them by one event.
    mutating func make(_ proposals: [Proposal]) -> [OfferID] {
        let first = max(1, state.offers.count)
        // Where offers do not time out they stay until they are answered: a year is as good as ever.
        let isEndless = state.configuration.offers.off.contains(.timeouts)
        let expiresAt = now + (isEndless ? OfferAnswer.longest : state.configuration.limits.offerTimeout)
        let made = proposals.enumerated().map { number, one in
            OfferMade(
                offer: OfferID(first + number), framework: one.framework, role: one.role, node: one.node,
                resources: one.resources, extras: one.extras, expiresAt: expiresAt, special: one.special)
        }
        emit(made.count == 1 ? .offerMade(made[0]) : .offersMade(OffersMade(offers: made)))
        return made.map(\.offer)
    }

    /// Closes those of the offers that the built-in framework has answered, all of them by one event.
    private mutating func closeAnswered(_ offers: [OfferID]) {
        var closed: [OfferClosed] = []
        for id in offers where state.offers[id.index].framework == .batch {
            let row = state.offers[id.index]
            closed.append(OfferClosed(offer: id, outcome: row.tasks > 0 ? .accepted : .declined, refusedUntil: .never))
            freed.append(row.node)
        }
        guard !closed.isEmpty else { return }
        emit(closed.count == 1 ? .offerClosed(closed[0]) : .offersClosed(OffersClosed(offers: closed)))
    }

    /// Has the agent start what was placed.
    mutating func sendLaunch(_ launched: TaskLaunched) {
        guard let row = state.external(launched.task.job) else {
            return direct(.launch(node: state.name(of: launched.node), Batch.launch(for: launched, in: state)))
        }
        let external = externalLaunch(launched.task.job, row)
        if hasProcess(row, on: launched.node) {
            var launch = Batch.launch(for: launched, in: state)
            launch.external = external
            launch.environment += environment(of: row, launched)
            direct(.launch(node: state.name(of: launched.node), launch))
        } else if row.kind == .task {
            notify(launched.node, .launch(external))
        }
    }
}
