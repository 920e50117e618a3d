import ClusterModel
import ClusterSource

/// A moment that somebody looks for, as a value that can be compared; `search` makes of it what a source is asked.
public struct MomentQuery: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case event(EventFilter, isForward: Bool)
        case when(WhenQuery)
    }
    let kind: Kind

    /// What a source is asked to look for.
    public var search: MomentSearch {
        switch kind {
        case .event(let filter, let isForward):
            MomentSearch(
                .event { filter.matches($0, $1) }, isForward: isForward, words: "events /\(filter.text)")
        case .when(let query):
            MomentSearch(.state { query.holds($0, at: $1) }, isForward: query.isForward, words: "when \(query.text)")
        }
    }
}
