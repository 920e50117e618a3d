/// A machine that a provider sees and that no instance accounts for.
public struct OrphanRow: Hashable, Sendable, Wired {
    /// What is known and done about it.
    public enum State: UInt8, Sendable, CaseIterable {
        /// Seen; it may be on its way in or out.
        case seen
        /// Seen again after the grace: somebody must say what becomes of it.
        case waiting
        /// It is being ended.
        case ending
        /// It is left as it is, by somebody's word.
        case kept
        /// It is taken into the cluster.
        case adopted
        /// It is not there any more.
        case gone

        /// The state as a word.
        public var word: String {
            switch self {
            case .seen: "seen"
            case .waiting: "waits for your word"
            case .ending: "ending"
            case .kept: "kept"
            case .adopted: "adopted"
            case .gone: "gone"
            }
        }
    }
    /// The pool whose provider sees it.
    public var pool = PoolID.none
    /// The provider's id of it.
    public var id = ""
    /// The name it was made under.
    public var name = ""
    /// Where it stands.
    public var state = State.seen
    /// When it was first seen.
    public var firstSeen = Instant.never
    /// How often it has been seen, up to 255.
    public var sightings: UInt8 = 0

    /// Silence about a machine before it counts as an orphan: it may be on its way in or out.
    public static let grace = Interval.seconds(90)
    /// Sightings before it counts as one.
    public static let sightingsNeeded: UInt8 = 2
    /// Most orphans that are kept in the state; further ones are not looked at before these are dealt with.
    public static let limit = 1_000

    /// An empty row.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.text(&id)
        coder.text(&name)
        coder.word(&state)
        coder.instant(&firstSeen)
        coder.uint(&sightings)
    }
}
