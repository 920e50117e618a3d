import ClusterModel

/// Offer constraints, each different set once, with what nodes said to them: a node is asked once as long as it stays
/// what it is, and a pattern once for each text.
struct ConstraintTable: Sendable {
    /// One compiled demand.
    private struct Compiled: Sendable {
        let source: OfferConstraints.Constraint
        /// Nil also when the pattern cannot be read: it then matches nothing.
        let pattern: Pattern?
    }
    /// Most texts whose verdict is kept for one pattern.
    static let textLimit = 10_000

    private var sets: [[[Compiled]]] = []
    private var numbers: [[[OfferConstraints.Constraint]]: Int] = [:]
    /// By set and node: 0 = not asked yet, 1 = holds, n + 2 = constraint n is the first that fails.
    private var verdicts: [[UInt16]] = []
    private var known: [String: [String: Bool]] = [:]

    /// The number of a set of groups; -1 for none.
    mutating func intern(_ groups: [[OfferConstraints.Constraint]]) -> Int {
        if groups.isEmpty { return -1 }
        if let number = numbers[groups] { return number }
        sets.append(
            groups.map { group in
                group.map { one in
                    let matches = one.predicate == .textMatches || one.predicate == .textNotMatches
                    return Compiled(source: one, pattern: matches ? try? Pattern(whole: one.value) : nil)
                }
            })
        verdicts.append([])
        numbers[groups] = sets.count - 1
        return sets.count - 1
    }

    /// Forgets what a node said, after it has changed.
    mutating func forget(agent: Int) {
        for set in verdicts.indices where agent < verdicts[set].count { verdicts[set][agent] = 0 }
    }

    /// The first constraint that keeps a node out, counted through all groups; nil when a group holds.
    mutating func failure(of set: Int, on agent: Int, _ facts: AgentFacts) -> Int? {
        if agent >= verdicts[set].count {
            verdicts[set] += Array(repeating: 0, count: agent + 1 - verdicts[set].count)
        }
        if verdicts[set][agent] == 0 {
            let failing = ask(sets[set], facts)
            verdicts[set][agent] = failing.map { UInt16(min($0, 60_000)) + 2 } ?? 1
        }
        let verdict = verdicts[set][agent]
        return verdict == 1 ? nil : Int(verdict) - 2
    }

    private mutating func ask(_ groups: [[Compiled]], _ facts: AgentFacts) -> Int? {
        var first: Int?
        var number = 0
        for group in groups {
            var failing: Int?
            for one in group {
                if failing == nil, !holds(one, facts) { failing = number }
                number += 1
            }
            guard let failing else { return nil }
            first = first ?? failing
        }
        return first
    }

    private mutating func holds(_ one: Compiled, _ facts: AgentFacts) -> Bool {
        var text: String?
        switch one.source.selector {
        case .attribute:
            let attribute = facts.attributes.first { $0.name == one.source.name }
            // Predicates on texts let everything pass that is no text: no node is hidden for want of a meaning.
            if let attribute, attribute.kind != .text {
                return one.source.predicate != .notExists
            }
            text = attribute?.text
        case .hostname: text = facts.hostname
        case .region: text = facts.domain.region.isEmpty ? nil : facts.domain.region
        case .zone: text = facts.domain.zone.isEmpty ? nil : facts.domain.zone
        }
        switch one.source.predicate {
        case .exists: return text != nil
        case .notExists: return text == nil
        case .textEquals: return text == one.source.value
        case .textNotEquals: return text != one.source.value
        case .textMatches: return text.map { matches(one, $0) } ?? false
        case .textNotMatches: return text.map { !matches(one, $0) } ?? true
        }
    }

    private mutating func matches(_ one: Compiled, _ text: String) -> Bool {
        if let verdict = known[one.source.value]?[text] { return verdict }
        let verdict = one.pattern?.matches(text) ?? false
        if known[one.source.value, default: [:]].count >= Self.textLimit { known[one.source.value] = [:] }
        known[one.source.value, default: [:]][text] = verdict
        return verdict
    }
}
