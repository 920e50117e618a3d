import Allocator
import ClusterModel
import Testing

/// Short stories in numbers that pin the order of turns, told to the engine.
@Suite struct EngineTraceTests {
    private struct Story {
        var engine: OfferEngine
        var now = Instant(microseconds: 1_000_000)
        var agents = 0
        var names: [String] = []
        var log: [String] = []

        init(compatible: Bool = true, unshared: UInt8 = 0) {
            var rules = OfferRules()
            rules.compatibility = compatible ? .mesos111 : .none
            engine = OfferEngine(rules: rules, unshared: unshared)
        }
        @discardableResult mutating func framework(_ name: String, _ role: String) -> Int {
            let index = engine.ensureRole(role)
            names.append(name)
            var facts = FrameworkFacts([RoleFacts(role: index)])
            facts.capabilities = [.multiRole, .gpuResources]
            engine.setFramework(names.count - 1, facts)
            cycle()
            return names.count - 1
        }
        mutating func agent(
            _ cpus: Int64, _ mem: Int64, disk: Int64 = 0, gpus: Int64 = 0, special: [(String, Int64, Int64)] = []
        ) {
            var facts = AgentFacts(ResourceVector(cpus: cpus, mem: mem << 20, disk: disk << 20, gpus: gpus))
            var table = engine.identitiesKnown
            for (role, cpus, mem) in special {
                let id = table.intern(ResourceIdentity(reservedFor: role)) ?? .plain
                facts.special.add(Portion(id, ResourceVector(cpus: cpus, mem: mem << 20)))
            }
            engine.learn(table)
            engine.setAgent(agents, facts)
            agents += 1
            cycle()
        }
        @discardableResult mutating func cycle() -> [Grant] {
            let grants = engine.cycle(at: now)
            for one in grants { log.append("\(names[one.framework]) A\(one.agent + 1)") }
            return grants
        }
        mutating func setQuota(_ role: String, guarantee: ResourceVector = .zero, limit: ResourceVector? = nil) throws {
            var quota = Quota()
            quota.guarantees = guarantee
            if let limit { for lane in 0..<3 { quota.limit(lane, to: limit.lanes[lane]) } }
            try engine.setQuota([(role, quota)], isForced: true)
        }
    }

    @Test(arguments: [UInt64(0), 1 << 3]) func dominantShares(gpuMachine: UInt64) {
        var story = Story(unshared: UInt8(gpuMachine))
        story.framework("F1", "role1")
        story.agent(2_000, 1_024, gpus: gpuMachine == 0 ? 0 : 1_000)
        story.framework("F2", "role2")
        story.agent(1_000, 512)
        story.agent(3_000, 2_048)
        story.framework("F3", "role1")
        story.agent(4_000, 4_096)
        story.framework("F4", "role1")
        story.agent(1_000, 512)
        #expect(story.log == ["F1 A1", "F2 A2", "F2 A3", "F3 A4", "F2 A5"])
    }

    @Test func reservedCountsOnceItIsAllocated() {
        var story = Story()
        story.framework("F1", "role1")
        story.agent(1_000, 512, special: [("role1", 100_000, 1_024)])
        story.framework("F2", "role2")
        story.agent(2_000, 512)
        story.agent(2_000, 512)
        #expect(story.log == ["F1 A1", "F2 A2", "F2 A3"])
    }

    @Test func weights() throws {
        var story = Story()
        try story.engine.setRole(story.engine.ensureRole("role1"), weight: 1_000)
        try story.engine.setRole(story.engine.ensureRole("role2"), weight: 2_000)
        story.framework("F1", "role1")
        story.framework("F2", "role2")
        for _ in 0..<6 { story.agent(2_000, 1_024) }
        #expect(story.log == ["F1 A1", "F2 A2", "F2 A3", "F1 A4", "F2 A5", "F2 A6"])
    }

    @Test func threeWeights() throws {
        var story = Story()
        for (role, weight) in [("role1", 1), ("role2", 2), ("role3", 3)] as [(String, Int64)] {
            try story.engine.setRole(story.engine.ensureRole(role), weight: weight * 1_000)
        }
        for number in 1...3 { story.framework("F\(number)", "role\(number)") }
        for _ in 0..<6 { story.agent(2_000, 1_024) }
        #expect(story.log == ["F1 A1", "F2 A2", "F3 A3", "F3 A4", "F2 A5", "F3 A6"])
    }

    @Test func nestedRoles() {
        var story = Story()
        story.framework("ab", "a/b")
        story.agent(2_000, 1_024)
        story.framework("ac", "a/c")
        story.framework("de", "d/e")
        story.agent(1_000, 512)
        story.framework("df", "d/f")
        story.agent(2_000, 1_024)
        #expect(story.log == ["ab A1", "de A2", "df A3"])
    }

    @Test func quotaIsKeptFree() throws {
        var story = Story()
        let guaranteed = story.framework("Q", "quota")
        try story.setQuota("quota", guarantee: ResourceVector(cpus: 2_000, mem: 1_024 << 20))
        story.agent(1_000, 512)
        story.agent(1_000, 512)
        #expect(story.log == ["Q A1", "Q A2"])
        for agent in 0..<2 {
            let holding = Holding(ResourceVector(cpus: 1_000, mem: 512 << 20))
            story.engine.giveBack(guaranteed, role: 0, agent: agent, holding)
            story.engine.refuse(guaranteed, role: 0, agent: agent, holding, until: .distantFuture)
        }
        let other = story.framework("F", "other")
        story.cycle()
        #expect(story.log == ["Q A1", "Q A2"])
        let why = story.engine.explain(framework: other, role: 1, agent: 0, at: story.now)
        #expect(throws: Refusal.self) { try why.get() }
        if case .failure(let refusal) = why { #expect(refusal.reason == .headroom(lane: 0, left: 0)) }
    }

    @Test func aGuaranteeIsChoppedOff() throws {
        var story = Story()
        let part = ResourceVector(cpus: 250, mem: 128 << 20)
        try story.setQuota("quota", guarantee: part, limit: ResourceVector(cpus: 250, mem: 128 << 20, disk: 0))
        story.framework("Q", "quota")
        story.framework("F", "other")
        story.engine.setAgent(0, AgentFacts(ResourceVector(cpus: 1_000, mem: 512 << 20)))
        let first = story.cycle()
        #expect(first.map(\.holding.plain) == [part, ResourceVector(cpus: 750, mem: 384 << 20)])
        story.agents = 1
        story.agent(1_000, 512)
        #expect(story.log == ["Q A1", "F A1", "F A2"])
    }

    @Test func aLimitIsNeverPassed() throws {
        var story = Story()
        let limit = ResourceVector(cpus: 1_000, mem: 512 << 20, disk: 512 << 20)
        try story.setQuota("limited", limit: limit)
        let all = ResourceVector(cpus: 2_000, mem: 1_024 << 20, disk: 1_024 << 20)
        story.engine.setAgent(0, AgentFacts(all))
        story.engine.setAgent(1, AgentFacts(all))
        story.framework("L", "limited")
        let other = story.framework("F", "other")
        var got = ResourceVector.zero
        for framework in [0, other] {
            for one in story.log.indices where story.log[one].hasPrefix(framework == 0 ? "L" : "F") { got.cpus += 1 }
        }
        #expect(story.engine.allocated(ofRole: 0) == limit)
        #expect(story.engine.allocated(ofRole: 1) == all * 2 - limit)
    }

    @Test func equalsTakeTurns() {
        var story = Story()
        story.framework("F1", "r")
        story.framework("F2", "r")
        story.agent(1_000, 512)
        for _ in 0..<5 {
            let last = story.log.last?.hasPrefix("F1") == true ? 0 : 1
            story.engine.giveBack(last, role: 0, agent: 0, Holding(ResourceVector(cpus: 1_000, mem: 512 << 20)))
            story.cycle()
        }
        #expect(story.log == ["F1 A1", "F2 A1", "F1 A1", "F2 A1", "F1 A1", "F2 A1"])
    }
}
