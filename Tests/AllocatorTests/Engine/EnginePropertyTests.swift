import Allocator
import ClusterModel
import Testing

/// What must hold of any world, by seed: fairness in the limit, quota, and refusals that hide no more than was refused.
@Suite struct EnginePropertyTests {
    private let agent = ResourceVector(cpus: 4_000, mem: 4 << 30, disk: 10 << 30)
    private let now = Instant(microseconds: 1_000_000)

    private func world(_ dice: inout Dice, roles: Int, weights: [Int64]? = nil) throws -> OfferEngine {
        var engine = OfferEngine()
        for number in 0..<roles {
            let role = engine.ensureRole("r\(number)")
            try engine.setRole(role, weight: weights?[number] ?? 1_000)
            engine.setFramework(number, FrameworkFacts([RoleFacts(role: role)]))
        }
        return engine
    }

    /// Equal roles on equal nodes have equal parts, to within one node: nobody would be better off with a part of the
    /// cluster of his own, nor with another's. Nothing that somebody wants stays free.
    @Test(arguments: 0..<30 as Range<UInt64>) func equalsShareEqually(seed: UInt64) throws {
        var dice = Dice(seed)
        let (roles, agents) = (2 + dice.below(6), 10 + dice.below(60))
        var engine = try world(&dice, roles: roles)
        for number in 0..<agents { engine.setAgent(number, AgentFacts(agent)) }
        let grants = engine.cycle(at: now)
        #expect(grants.count == agents, "seed \(seed)")
        for role in 0..<roles {
            let count = grants.filter { $0.role == role }.count
            #expect(count == agents / roles || count == agents / roles + 1, "seed \(seed): role \(role) has \(count)")
        }
    }

    /// In the limit, parts are as the weights.
    @Test(arguments: 0..<30 as Range<UInt64>) func weightsInTheLimit(seed: UInt64) throws {
        var dice = Dice(seed)
        let weights = (0..<2 + dice.below(5)).map { _ in Int64(1 + dice.below(5)) * 1_000 }
        var engine = try world(&dice, roles: weights.count, weights: weights)
        let agents = 500
        for number in 0..<agents { engine.setAgent(number, AgentFacts(agent)) }
        let grants = engine.cycle(at: now)
        let sum = weights.reduce(0, +)
        for role in weights.indices {
            let owed = Int(weights[role]) * agents / Int(sum)
            let count = grants.filter { $0.role == role }.count
            #expect(abs(count - owed) <= 2, "seed \(seed): role \(role) has \(count), is owed \(owed)")
        }
    }

    /// Whatever comes and goes: no role passes its limit or that of a role above it, and what is missing to guarantees
    /// is free as long as it was free when they were given.
    @Test(arguments: 0..<40 as Range<UInt64>) func quotaHolds(seed: UInt64) throws {
        var dice = Dice(seed)
        var engine = OfferEngine()
        let paths = ["a", "a/x", "a/y", "b", "c"]
        for (number, path) in paths.enumerated() {
            engine.setFramework(number, FrameworkFacts([RoleFacts(role: engine.ensureRole(path))]))
        }
        var quotas: [String: Quota] = [:]
        for (path, guaranteed, limit) in [("a", 0, 20), ("a/x", 4, 10), ("b", 6, 9)] {
            var quota = Quota()
            quota.guarantees = ResourceVector(cpus: Int64(guaranteed) * 1_000)
            quota.limit(0, to: Int64(limit) * 1_000)
            quotas[path] = quota
        }
        for number in 0..<10 { engine.setAgent(number, AgentFacts(agent)) }
        try engine.setQuota(quotas.sorted { $0.key < $1.key }.map { (role: $0.key, quota: $0.value) })
        var open: [Grant] = []
        var time = now
        for step in 0..<60 {
            open += engine.cycle(at: time)
            var free: Int64 = 0
            for number in 0..<10 { free += engine.free(of: number).cpus }
            var missing: Int64 = 0
            for (path, quota) in quotas.sorted(by: { $0.key < $1.key }) {
                let used = engine.consumed(ofRole: engine.ensureRole(path)).cpus
                #expect(used <= quota.limits.cpus, "seed \(seed), step \(step): \(path)")
                missing += max(0, quota.guarantees.cpus - used)
            }
            #expect(free >= missing, "seed \(seed), step \(step): \(free) free, \(missing) owed")
            for _ in 0..<dice.below(6) where !open.isEmpty {
                let one = open.remove(at: dice.below(open.count))
                engine.giveBack(one.framework, role: one.role, agent: one.agent, one.holding)
                if dice.once(in: 2) {
                    let until = time + .seconds(Int64(dice.below(9)))
                    engine.refuse(one.framework, role: one.role, agent: one.agent, one.holding, until: until)
                }
            }
            time = time + .seconds(1)
        }
    }

    /// A refused offer is not made again, nor a smaller one; a bigger one is, and after its time all are.
    @Test(arguments: 0..<40 as Range<UInt64>) func aRefusalHidesNoMore(seed: UInt64) throws {
        var dice = Dice(seed)
        var engine = try world(&dice, roles: 1)
        engine.setAgent(0, AgentFacts(agent))
        let first = engine.cycle(at: now)
        let part = ResourceVector(cpus: Int64(dice.below(4)) * 1_000, mem: Int64(dice.below(4)) << 30)
        engine.giveBack(0, role: 0, agent: 0, first[0].holding)
        engine.refuse(0, role: 0, agent: 0, first[0].holding, until: now + .seconds(60))
        #expect(engine.cycle(at: now).isEmpty, "seed \(seed)")
        // Less is free: still hidden.
        engine.take(0, role: 0, agent: 0, Holding(part))
        engine.giveBack(0, role: 0, agent: 0, Holding(.zero))
        #expect(engine.cycle(at: now + .seconds(1)).isEmpty, "seed \(seed)")
        // More than was refused, in one lane only: offered.
        var grown = agent
        grown.lanes[dice.below(3)] += 1_000 << 20
        engine.giveBack(0, role: 0, agent: 0, Holding(part))
        var bigger = engine
        bigger.setAgent(0, AgentFacts(grown))
        #expect(bigger.cycle(at: now + .seconds(2)).map(\.holding.plain) == [grown], "seed \(seed)")
        #expect(engine.cycle(at: now + .seconds(59)).isEmpty, "seed \(seed)")
        #expect(engine.cycle(at: now + .seconds(60)).count == 1, "seed \(seed)")
    }

    /// Whoever holds everything keeps nobody from the next thing that becomes free.
    @Test func nobodyStarvesBesideOneWhoHoldsAll() throws {
        var dice = Dice(1)
        var engine = try world(&dice, roles: 1)
        for number in 0..<20 { engine.setAgent(number, AgentFacts(agent)) }
        #expect(engine.cycle(at: now).count == 20)
        let late = engine.ensureRole("late")
        engine.setFramework(1, FrameworkFacts([RoleFacts(role: late)]))
        #expect(engine.cycle(at: now).isEmpty)
        engine.giveBack(0, role: 0, agent: 7, Holding(agent))
        #expect(engine.cycle(at: now).map(\.framework) == [1])
    }

    /// A cycle in which nothing has changed looks at nothing, and one change is one look.
    @Test func workIsInProportionToWhatChanged() throws {
        var dice = Dice(1)
        var engine = try world(&dice, roles: 3)
        for number in 0..<1_000 { engine.setAgent(number, AgentFacts(agent)) }
        let grants = engine.cycle(at: now)
        #expect(grants.count == 1_000)
        #expect(!engine.hasWork)
        let one = grants[500]
        engine.giveBack(one.framework, role: one.role, agent: one.agent, one.holding)
        #expect(engine.hasWork)
        #expect(engine.cycle(at: now, limit: 1).map(\.agent) == [500])
        #expect(!engine.hasWork)
    }

    /// A limit on the number of offers leaves the rest to the next cycle.
    @Test func whatIsOverTheLimitComesNext() throws {
        var dice = Dice(1)
        var engine = try world(&dice, roles: 2)
        for number in 0..<10 { engine.setAgent(number, AgentFacts(agent)) }
        let parts = [engine.cycle(at: now, limit: 4), engine.cycle(at: now, limit: 4), engine.cycle(at: now, limit: 4)]
        #expect(parts.map(\.count) == [4, 4, 2])
        #expect(parts.flatMap { $0 }.map(\.agent) == Array(0..<10))
    }
}
