import ClusterModel

/// Gangs: frameworks that ask for pieces on several nodes at once get all of them in one cycle, or none. A gang that
/// does not come together holds back nodes that have room for one piece, so that smaller offers do not keep it waiting
/// for ever: one gang at a time, at most as many nodes as it has members, for at most `holdLimit`; then it waits as
/// long before it may hold again, and the next one may. No gang ever has a part of what it asked for, so that two of
/// them cannot wait for each other.
struct GangBook: Sendable {
    /// Longest time for which nodes are held back for one gang.
    static let holdLimit = Interval.seconds(60)

    struct Hold: Sendable {
        var seeker: Int
        var until: Instant
        var agents: [Int] = []
    }
    /// Seekers with a gang in their demand, in the order in which they asked.
    private(set) var waiting: [Int] = []
    private(set) var hold: Hold?
    /// Until when a seeker may not hold again.
    private(set) var rests: [Int: Instant] = [:]
    private(set) var made: UInt64 = 0
    /// Whether something of gangs has changed since they were looked at.
    private var wantsLook = false
    /// Whether a cycle must look at gangs though nothing else has changed. Whoever waits is looked at in each, so that
    /// what is done does not depend on what is remembered.
    var wantsCycle: Bool { wantsLook || !waiting.isEmpty }

    /// Takes up how an older book stood.
    mutating func restore(waiting: [Int], hold: Hold?, rests: [Int: Instant], made: UInt64) {
        (self.waiting, self.hold, self.rests, self.made, wantsLook) = (waiting, hold, rests, made, true)
    }
    mutating func told(_ seeker: Int, hasGang: Bool) {
        if !hasGang {
            waiting.removeAll { $0 == seeker }
            if hold?.seeker == seeker { drop() }
        } else if !waiting.contains(seeker) {
            waiting.append(seeker)
            wantsLook = true
        }
    }
    func holder(of agent: Int, at now: Instant) -> (seeker: Int, until: Instant)? {
        guard let hold, hold.until > now, hold.agents.contains(agent) else { return nil }
        return (hold.seeker, hold.until)
    }
    /// Lets nodes go that were held back too long, and calls `released` with them.
    mutating func expire(by now: Instant, _ released: (Int) -> Void) {
        guard let old = hold, old.until <= now else { return }
        rests = rests.filter { $0.value > now }
        rests[old.seeker] = now + Self.holdLimit
        for agent in old.agents { released(agent) }
        drop()
    }
    mutating func drop() {
        hold = nil
        wantsLook = true
    }
    mutating func looked() { wantsLook = false }
    mutating func nextNumber() -> UInt64 {
        made += 1
        return made
    }
    /// Whether the seeker may hold nodes back now.
    func mayHold(_ seeker: Int, at now: Instant) -> Bool {
        if let hold { return hold.seeker == seeker }
        return rests[seeker].map { $0 <= now } ?? true
    }
    mutating func keep(_ seeker: Int, _ agents: [Int], at now: Instant) {
        if hold == nil { hold = Hold(seeker: seeker, until: now + Self.holdLimit) }
        hold?.agents = agents
    }
}

extension OfferEngine {
    /// When nodes that are held back for a gang will be let go; nil = none are.
    public var holdEnd: Instant? { gangs.hold?.until }

    /// Changes the book; nodes that are not held back any more are looked at again.
    mutating func withGangs(_ body: (inout GangBook) -> Void) {
        let before = gangs.hold?.agents ?? []
        body(&gangs)
        let after = Set(gangs.hold?.agents ?? [])
        for agent in before where agent < facts.count && !after.contains(agent) { markAgent(agent) }
    }

    /// Gives gangs what they ask for where all of it is there.
    mutating func serveGangs() {
        guard !gangs.waiting.isEmpty else { return }
        gangs.looked()
        for seeker in gangs.waiting {
            let (framework, role) = (tree.seekerFramework[seeker], tree.seekerRole[seeker])
            guard frameworks[framework].isActive,
                frameworks[framework].subscriptions.contains(where: { $0.role == role && !$0.isSuppressed })
            else { continue }
            for at in (demand[seeker] ?? []).indices.reversed() {
                guard let piece = demand[seeker]?[at], piece.isGang else { continue }
                serve(piece, of: seeker, at)
            }
            let wants = demand[seeker]?.contains { $0.isGang } ?? false
            withGangs { $0.told(seeker, hasGang: wants) }
        }
    }

    private mutating func serve(_ piece: Piece, of seeker: Int, _ place: Int) {
        var fitting: [Int] = []
        var couldEver = 0
        for agent in facts.indices where fitting.count < piece.count {
            guard facts[agent].isOpen else { continue }
            if piece.need.fits(in: facts[agent].total) { couldEver += 1 }
            if case .offer = judge(agent, seeker, .everyone, piece: piece.need) { fitting.append(agent) }
        }
        let wanted = piece.need * Int64(piece.count)
        let room = ledger.quotaCount > 0 ? ledger.room(tree.seekerRole[seeker], ownOnly: isCompatible) : wanted
        guard fitting.count == piece.count, wanted.fits(in: room) else {
            if couldEver >= piece.count, gangs.mayHold(seeker, at: walk.now) {
                let now = walk.now
                withGangs { $0.keep(seeker, fitting, at: now) }
            }
            return
        }
        let number = gangs.nextNumber()
        demand[seeker]?.remove(at: place)
        for agent in fitting {
            grant(agent, seeker, Holding(piece.need), .everyone, gang: number)
            shareOut(agent)
        }
        if gangs.hold?.seeker == seeker { withGangs { $0.drop() } }
    }
}
