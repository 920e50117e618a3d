import Allocator
import ClusterModel

/// Placements that frameworks choose by themselves: what is free of them now becomes an offer that is used at once, so
/// that all that holds for offers holds for them.
extension ControlCore {
    /// A call that is refused.
    struct CallRefusal: Error {
        var verdict: CallVerdict
    }

    /// The framework's role of that name, or its only one; `what` speaks of it.
    func ownRole(_ path: String, _ id: FrameworkID, of what: String) -> Result<RoleID, CallRefusal> {
        let roles = state.frameworks[id.index].roles
        let named = path.isEmpty ? (roles.count == 1 ? roles.first : nil) : state.role(at: path)
        if let named, roles.contains(named) { return .success(named) }
        let words = path.isEmpty ? "names no role" : "is for role '\(path)'"
        let own = roles.map { state.path(of: $0) }.joined(separator: ", ")
        return .failure(
            CallRefusal(verdict: CallVerdict(.invalid, "\(what) \(words); the framework's roles are: \(own)")))
    }

    mutating func commit(_ said: Commitment, _ id: FrameworkID, principal: String) -> CallVerdict {
        guard state.configuration.offers.has(.commits) else {
            return CallVerdict(.invalid, "Commits are switched off in this cluster")
        }
        guard (1...Commitment.partLimit).contains(said.parts.count) else {
            return CallVerdict(.invalid, "A commit has 1 to \(Commitment.partLimit) parts, not \(said.parts.count)")
        }
        let operations = said.parts.reduce(0) { $0 + $1.operations.count }
        guard operations <= Acceptance.operationLimit else {
            return CallVerdict(.invalid, "More than \(Acceptance.operationLimit) operations in one commit")
        }
        let role: RoleID
        switch ownRole(said.role, id, of: "A commit") {
        case .success(let own): role = own
        case .failure(let refusal): return refusal.verdict
        }
        var verdict = CallVerdict()
        var parts: [(node: NodeID, holding: Holding)] = []
        var numbers: [Int] = []
        for (number, part) in said.parts.enumerated() {
            switch place(part) {
            case .success(let found):
                parts.append(found)
                numbers.append(number)
            case .failure(let fault):
                verdict.commit.conflicts.append(.init(part: number, .invalid, fault.verdict.message))
            }
        }
        if said.isWhole, !verdict.commit.conflicts.isEmpty { return verdict }
        book.refresh(state)
        let conflicts = book.commit(id, role, parts, isWhole: said.isWhole, now: now)
        for conflict in conflicts {
            let number = numbers[conflict.part]
            let seen = said.parts[number].seen
            let isNewer = seen == 0 ? nil : seen != state.version(of: parts[conflict.part].node)
            verdict.commit.conflicts.append(told(conflict, number, isNewer, id, role))
        }
        verdict.commit.conflicts.sort { $0.part < $1.part }
        if said.isWhole, !conflicts.isEmpty { return verdict }
        let failed = Set(conflicts.map(\.part))
        let taken = parts.indices.filter { !failed.contains($0) }
        verdict.commit.taken = taken.count
        lend(taken.map { parts[$0] }, id, role) { core, place, offer in
            let operations = said.parts[numbers[taken[place]]].operations
            core.use([offer], operations, refuse: .zero, id, principal: principal)
        }
        return verdict
    }

    /// Where a part goes and how much it takes.
    private func place(_ part: Commitment.Part) -> Result<(node: NodeID, holding: Holding), CallRefusal> {
        func fault(_ words: String) -> Result<(node: NodeID, holding: Holding), CallRefusal> {
            .failure(CallRefusal(verdict: CallVerdict(.invalid, words)))
        }
        guard part.problem.isEmpty else { return fault(part.problem) }
        guard let node = state.node(withAgentID: part.agent), state.nodes.contains(node.index) else {
            return fault("there is no agent '\(part.agent)'")
        }
        if let problem = Self.fault(in: part.resources) { return fault(problem) }
        guard !part.resources.allSatisfy(\.isEmpty) else { return fault("it takes nothing") }
        guard let holding = state.holding(part.resources) else {
            return fault("it takes resources of a reservation or volume that is not known")
        }
        return .success((node, holding))
    }

    /// Lends what was taken, by one event, and uses each at once.
    private mutating func lend(
        _ parts: [(node: NodeID, holding: Holding)], _ id: FrameworkID, _ role: RoleID,
        then use: (inout ControlCore, _ place: Int, OfferID) -> Void
    ) {
        guard !parts.isEmpty else { return }
        let offers = make(
            parts.map { node, holding in
                Proposal(
                    framework: id, role: role, node: node, resources: holding.plain, extras: holding.extras,
                    special: holding.special)
            })
        for (place, offer) in offers.enumerated() { use(&self, place, offer) }
    }

    private func told(
        _ conflict: OfferEngine.Conflict, _ number: Int, _ isNewer: Bool?, _ id: FrameworkID, _ role: RoleID
    ) -> CommitOutcome.Conflict {
        switch conflict.reason {
        case .taken(let missing):
            let words = "\(ResourceText.format(missing)) of it is not free"
            return .init(part: number, .taken, words, missing: missing, isNewer: isNewer)
        case .othersTaken:
            let words = "ports, words, reservations or volumes of it are not free, or not for it"
            return .init(part: number, .taken, words, isNewer: isNewer)
        case .notOffered(let reason):
            let words = book.words(for: reason, framework: id, role: role, in: state, now: now)
            return .init(part: number, .notOffered, words, isNewer: isNewer)
        }
    }
}

/// What frameworks could take by themselves, asked of states one after the other: what it knows of the one before saves
/// looking at all of the next.
public struct FreeViewer: Sendable {
    private var book = OfferBook()

    /// One that knows nothing yet.
    public init() {}

    /// All that a framework could take for a role by a commitment now, by node ascending; nil when it has not that
    /// role. "" = its only one. O(nodes).
    public mutating func view(
        _ framework: FrameworkID, role path: String, _ state: ClusterState, now: Instant
    ) -> [FreeView]? {
        let roles = state.frameworks[framework.index].roles
        let named = path.isEmpty ? (roles.count == 1 ? roles.first : nil) : state.role(at: path)
        guard let role = named, roles.contains(role) else { return nil }
        book.refresh(state)
        return book.view(framework, role, now: now).map {
            FreeView(node: $0.node, version: state.version(of: $0.node), $0.holding)
        }
    }
}
