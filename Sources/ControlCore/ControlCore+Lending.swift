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
        fillPools()
        lend()
        if state.isEnding, state.index.liveInstances.isEmpty { direct(.stop) }
        freed.removeAll(keepingCapacity: true)
        queueChanged = false
    }

    private mutating func lend() {
        guard queueChanged || !freed.isEmpty else { return }
        for _ in 0..<Self.roundLimit {
            let demands = Batch.demands(state, now: now, memory: &memory)
            let everywhere = queueChanged || demands.contains { $0.isGang }
            let candidates = everywhere ? nil : Array(Set(freed)).sorted()
            freed.removeAll(keepingCapacity: true)
            let proposals = Allocator.propose(
                state, demands: demands, candidates: candidates, now: now, limit: Self.offersPerRound)
            if proposals.isEmpty { return }
            let offers = proposals.map { offer($0) }
            let placement = Batch.place(
                offers: offers.filter { state.offers[$0.index].framework == .batch }, in: state, now: now,
                memory: &memory)
            for decision in placement.decisions { emit(.decided(decision)) }
            for expectation in placement.expectations { emit(.jobExpected(expectation)) }
            // A launch tells a gang's members of each other: all of them are placed before the first is told.
            for launched in placement.launches { emit(.taskLaunched(launched)) }
            for launched in placement.launches { sendLaunch(launched) }
            let isProgress = !placement.launches.isEmpty
            for id in offers where state.offers[id.index].framework == .batch {
                close(id, state.offers[id.index].tasks > 0 ? .accepted : .declined)
            }
            if !isProgress { return }
        }
    }

    private mutating func offer(_ proposal: Proposal) -> OfferID {
        let id = OfferID(max(1, state.offers.count))
        emit(
            .offerMade(
                OfferMade(
                    offer: id, framework: proposal.framework, role: proposal.role, node: proposal.node,
                    resources: proposal.resources, extras: proposal.extras,
                    expiresAt: now + state.configuration.limits.offerTimeout)))
        return id
    }

    /// Has the agent start what was placed.
    mutating func sendLaunch(_ launched: TaskLaunched) {
        direct(.launch(node: state.name(of: launched.node), Batch.launch(for: launched, in: state)))
    }
}
