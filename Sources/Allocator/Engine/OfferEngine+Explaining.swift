import ClusterModel

/// Why a framework is not offered a node.
extension OfferEngine {
    /// Why nothing of `agent` is offered to `framework` for `role` now, by the predicates of the cycle, or what it
    /// could be offered if nobody before it in the order took it. Stored nowhere: asked anew each time.
    public func explain(framework: Int, role: Int, agent: Int, at now: Instant) -> Result<Holding, Refusal> {
        guard framework < frameworks.count, agent < facts.count else { return .failure(Refusal(.unknown)) }
        guard frameworks[framework].isActive else { return .failure(Refusal(.inactive)) }
        guard let subscription = frameworks[framework].subscriptions.first(where: { $0.role == role }),
            let seeker = seeker(framework, role)
        else { return .failure(Refusal(.notSubscribed)) }
        if subscription.isSuppressed { return .failure(Refusal(.suppressed)) }
        if let pieces = demand[seeker], pieces.isEmpty { return .failure(Refusal(.demandMet)) }
        var copy = self
        copy.walk.now = now
        copy.walk.sharedOut = []
        switch copy.judge(agent, seeker, .everyone) {
        case .offer(let holding): return .success(holding)
        case .no(let reason): return .failure(Refusal(reason))
        }
    }
}

/// A reason as an error.
public struct Refusal: Error, Hashable, Sendable {
    /// Why.
    public let reason: NoOffer
    init(_ reason: NoOffer) { self.reason = reason }
}
