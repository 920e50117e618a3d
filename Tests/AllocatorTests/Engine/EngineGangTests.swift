import Allocator
import ClusterModel
import Testing

/// Gangs, demand, optimistic commits, policies and preemption, each on a small world.
@Suite struct EngineGangTests {
    private let cpu = ResourceVector(cpus: 1_000, mem: 64 << 20)
    private let start = Instant(microseconds: 1_000_000)

    private func world(agents: Int, frameworks: Int, policy: any OfferPolicy = FairPolicy()) -> OfferEngine {
        var engine = OfferEngine(policy: policy)
        for number in 0..<frameworks {
            let role = engine.ensureRole("r\(number)")
            engine.setFramework(number, FrameworkFacts([RoleFacts(role: role)]))
            engine.tellDemand(number, role: role, [])
        }
        for agent in 0..<agents { engine.setAgent(agent, AgentFacts(cpu)) }
        return engine
    }

    @Test func demandIsCutToPieces() {
        var engine = OfferEngine()
        let role = engine.ensureRole("r")
        engine.setFramework(0, FrameworkFacts([RoleFacts(role: role)]))
        engine.setAgent(0, AgentFacts(cpu * 4))
        engine.setAgent(1, AgentFacts(cpu * 4))
        engine.tellDemand(0, role: role, [Piece(cpu, count: 5)])
        let grants = engine.cycle(at: start)
        #expect(grants.map(\.holding.plain) == [cpu * 4, cpu])
        #expect(engine.cycle(at: start).isEmpty)
        #expect(throws: Refusal.self) { try engine.explain(framework: 0, role: role, agent: 1, at: start).get() }
        engine.tellDemand(0, role: role, nil)
        #expect(engine.cycle(at: start).map(\.holding.plain) == [cpu * 3])
    }

    @Test func aGangComesWholeOrNotAtAll() {
        var engine = world(agents: 2, frameworks: 1)
        engine.tellDemand(0, role: 0, [Piece(cpu, count: 3, isGang: true)])
        #expect(engine.cycle(at: start).isEmpty)
        engine.setAgent(2, AgentFacts(cpu))
        let grants = engine.cycle(at: start)
        #expect(grants.map(\.agent) == [0, 1, 2])
        #expect(Set(grants.map(\.gang)).count == 1 && grants[0].gang > 0)
        #expect(engine.cycle(at: start).isEmpty)
    }

    /// Two gangs that each need all nodes never wait for each other: one holds, then the other may.
    @Test func twoGangsDoNotBlockEachOther() {
        var engine = world(agents: 3, frameworks: 3)
        // Someone uses one node, so that neither gang can start; both ask.
        engine.take(2, role: 2, agent: 2, Holding(cpu))
        engine.tellDemand(0, role: 0, [Piece(cpu, count: 3, isGang: true)])
        engine.tellDemand(1, role: 1, [Piece(cpu, count: 3, isGang: true)])
        #expect(engine.cycle(at: start).isEmpty)
        // Nodes 0 and 1 are held for the first gang; nobody else is offered them.
        engine.tellDemand(2, role: 2, nil)
        #expect(engine.cycle(at: start).isEmpty)
        let why = engine.explain(framework: 2, role: 2, agent: 0, at: start)
        guard case .failure(let refusal) = why, case .heldForGang(0, let until) = refusal.reason else {
            Issue.record("\(why)")
            return
        }
        #expect(until == start + .seconds(60))
        #expect(engine.holdEnd == until)
        // The bound passes: the nodes are let go, and go to whoever takes what there is. No gang got a part.
        let later = engine.cycle(at: until)
        #expect(later.allSatisfy { $0.framework == 2 } || engine.holdEnd != nil)
        // Everything is given back: one of the gangs gets it all.
        for one in later { engine.giveBack(2, role: 2, agent: one.agent, one.holding) }
        engine.giveBack(2, role: 2, agent: 2, Holding(cpu))
        engine.tellDemand(2, role: 2, [])
        let whole = engine.cycle(at: until + .seconds(1))
        #expect(whole.count == 3)
        #expect(Set(whole.map(\.framework)).count == 1)
    }

    @Test func aGangThatCanNeverFitHoldsNothing() {
        var engine = world(agents: 2, frameworks: 2)
        engine.tellDemand(0, role: 0, [Piece(cpu, count: 3, isGang: true)])
        engine.tellDemand(1, role: 1, nil)
        #expect(engine.cycle(at: start).map(\.framework) == [1, 1])
        #expect(engine.holdEnd == nil)
    }

    @Test func commitsSayExactlyWhatConflicted() {
        var engine = world(agents: 3, frameworks: 2)
        #expect(engine.view(framework: 0, role: 0, at: start).map(\.agent) == [0, 1, 2])
        // Someone else takes node 1 in the meantime.
        engine.tellDemand(1, role: 1, [Piece(cpu, count: 1)])
        engine.setAgent(0, isOpen: false)
        #expect(engine.cycle(at: start).map(\.agent) == [1])
        let parts = (0..<4).map { OfferEngine.Part(agent: $0, Holding(cpu)) }
        var whole = engine
        let all = whole.commit(framework: 0, role: 0, parts, isWhole: true, at: start)
        #expect(all.map(\.part) == [0, 1, 3])
        #expect(whole.free(of: 2) == cpu, "nothing of a commit that must be whole is taken")
        let conflicts = engine.commit(framework: 0, role: 0, parts, at: start)
        #expect(
            conflicts == [
                .init(part: 0, reason: .notOffered(.nodeClosed)),
                .init(part: 1, reason: .taken(missing: cpu)),
                .init(part: 3, reason: .notOffered(.unknown)),
            ])
        #expect(engine.free(of: 2) == .zero)
        // The same node twice: the second part conflicts with the first.
        let again = engine.commit(framework: 0, role: 0, [.init(agent: 2, Holding(cpu))], at: start)
        #expect(again == [.init(part: 0, reason: .taken(missing: cpu))])
    }

    /// What is free and beyond a quota is not told as taken by others; what was taken before counts.
    @Test func commitsAreHeldToQuota() throws {
        var engine = world(agents: 3, frameworks: 1)
        var quota = Quota()
        quota.limit(0, to: cpu.lanes[0] * 2)
        try engine.setQuota([("r0", quota)], isForced: true)
        let parts = (0..<3).map { OfferEngine.Part(agent: $0, Holding(cpu)) }
        let conflicts = engine.commit(framework: 0, role: 0, parts, at: start)
        #expect(conflicts.map(\.part) == [2])
        guard case .notOffered(.quota(_, lane: 0, left: 0)) = conflicts.first?.reason else {
            Issue.record("\(conflicts)")
            return
        }
    }

    @Test func policiesOrderNodesAndRoles() throws {
        func firsts(_ policy: any OfferPolicy) -> [Int] {
            var engine = world(agents: 0, frameworks: 1, policy: policy)
            for agent in 0..<3 { engine.setAgent(agent, AgentFacts(cpu * 4)) }
            engine.take(0, role: 0, agent: 1, Holding(cpu * 2))
            engine.take(0, role: 0, agent: 2, Holding(cpu))
            engine.tellDemand(0, role: 0, nil)
            return engine.cycle(at: start).map(\.agent)
        }
        #expect(firsts(FairPolicy()) == [0, 1, 2])
        #expect(firsts(PackPolicy()) == [1, 2, 0])
        #expect(firsts(SpreadPolicy()) == [0, 2, 1])
        var engine = world(agents: 0, frameworks: 2, policy: PriorityPolicy())
        try engine.setRole(1, weight: 1_000, priority: 5)
        for framework in 0..<2 { engine.tellDemand(framework, role: framework, nil) }
        for agent in 0..<3 { engine.setAgent(agent, AgentFacts(cpu)) }
        #expect(engine.cycle(at: start).map(\.framework) == [1, 1, 1])
        let ranks = OfferRules.Policy.allCases.map { policy in
            [1_000, 400].map { policy.policy.rank(total: .init(cpus: 1_000), free: .init(cpus: $0)) }
        }
        #expect(ranks == [[0, 0], [0, 0], [1_000, 400], [-1_000, -400]], "fair, priority, pack, spread")
    }

    @Test func revocableWorkGivesWayFirst() {
        let holders: [Preemption.Holder] = [
            .init(cpu, priority: 9), .init(cpu, priority: 1), .init(cpu, priority: 3, isRevocable: true),
            .init(cpu, priority: 2, since: Instant(microseconds: 9)), .init(cpu, priority: 2),
        ]
        func victims(_ n: Int64, priority: Int64) -> [Int]? {
            Preemption.victims(for: cpu * n, priority: priority, free: .zero, holders: holders)
        }
        #expect(victims(1, priority: 5) == [2])
        #expect(victims(2, priority: 5) == [2, 1])
        #expect(victims(3, priority: 5) == [2, 1, 3])
        #expect(victims(4, priority: 5) == [2, 1, 3, 4])
        #expect(victims(5, priority: 5) == nil)
        #expect(victims(2, priority: 1) == nil)
        // A small one that would not be enough by itself is spared when a larger one is needed anyhow.
        let uneven: [Preemption.Holder] = [.init(cpu, priority: 0), .init(cpu * 4, priority: 1)]
        #expect(Preemption.victims(for: cpu * 4, priority: 5, free: .zero, holders: uneven) == [1])
    }
}
