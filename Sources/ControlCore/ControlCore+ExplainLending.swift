import Allocator
import ClusterModel

/// Why a framework is or is not offered nodes, for each of its roles: asked of the offer engine, which makes the offers
/// by the same predicates. Nothing of it is stored.
extension ControlCore {
    static func explainLending(_ name: String, _ node: String, _ state: ClusterState, _ now: Instant) -> Explanation {
        let named = state.frameworks.indices.first { $0 > 0 && state.text(state.frameworks[$0].name) == name }
        guard let framework = state.framework(withID: name) ?? named.map({ FrameworkID($0) }) else {
            return Explanation(headline: "there is no framework \(name) that is offered nodes")
        }
        var nodes = state.presentNodes
        if !node.isEmpty {
            guard let one = state.node(named: node) else {
                return Explanation(headline: "there is no node \(node); nodes are listed by `bellows nodes`")
            }
            nodes = [one]
        }
        var book = OfferBook()
        book.refresh(state)
        var answer = Explanation()
        var counts: [(String, Int)] = []
        var offered = 0
        let roles = state.frameworks[framework.index].roles
        for node in nodes {
            for role in roles {
                let verdict = self.verdict(book, framework, role, node, state, now)
                if verdict.passes { offered += 1 }
                let kind = String(verdict.detail.prefix { $0 != ":" })
                if let at = counts.firstIndex(where: { $0.0 == kind }) {
                    counts[at].1 += 1
                } else {
                    counts.append((kind, 1))
                }
                guard answer.verdicts.count < Explanation.verdictLimit else {
                    answer.otherVerdicts += 1
                    continue
                }
                var named = verdict
                if roles.count > 1 { named.name += " for \(state.path(of: role))" }
                answer.verdicts.append(named)
            }
        }
        let who = state.name(of: framework)
        answer.headline =
            roles.isEmpty
            ? "\(who) is subscribed to no role, and is offered nothing"
            : answer.verdicts.count == 1
                ? "\(answer.verdicts[0].name) to \(who): \(answer.verdicts[0].detail)"
                : "\(who) could be offered something in \(offered) of \(nodes.count * roles.count) cases"
        if let demand = state.details(of: framework)?.demand {
            for piece in demand.pieces {
                answer.facts.append(.init("would take", "\(piece.count) x \(needText(piece.need, state))"))
            }
            if demand.pieces.isEmpty { answer.facts.append(.init("would take", "nothing more")) }
        }
        if nodes.count > 1 {
            for (kind, count) in counts.sorted(by: { ($1.1, $0.0) < ($0.1, $1.0) }).prefix(20) {
                answer.facts.append(.init(kind, "\(count)"))
            }
        }
        return answer
    }

    private static func verdict(
        _ book: OfferBook, _ framework: FrameworkID, _ role: RoleID, _ node: NodeID, _ state: ClusterState,
        _ now: Instant
    ) -> Explanation.Verdict {
        let name = state.name(of: node)
        if let open = state.openOffers.first(where: {
            let row = state.offers[$0.index]
            return row.node == node && row.framework == framework && row.role == role
        }) {
            return .init(name: name, passes: true, detail: "offered: O-\(open.raw)")
        }
        switch book.explain(framework, role, node, now: now) {
        case .success(let holding):
            return .init(name: name, passes: true, detail: "would be offered: \(needText(holding.quantities, state))")
        case .failure(let refusal):
            let words = book.words(for: refusal.reason, framework: framework, role: role, in: state, now: now)
            return .init(name: name, passes: false, detail: words)
        }
    }
}
