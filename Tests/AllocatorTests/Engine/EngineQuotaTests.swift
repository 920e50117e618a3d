import Allocator
import ClusterModel
import Testing

/// Quota that breaks a rule is refused, with the rule; what it touches stays as it was.
@Suite struct EngineQuotaTests {
    private func engine(compatible: Bool = false, roles: [String] = []) -> OfferEngine {
        var rules = OfferRules()
        rules.compatibility = compatible ? .mesos111 : .none
        rules.onlyRoles = roles
        var engine = OfferEngine(rules: rules)
        engine.setAgent(0, AgentFacts(ResourceVector(cpus: 4_000, mem: 4 << 30)))
        engine.ensureRole("a")
        return engine
    }
    private func quota(_ guarantee: Int64 = 0, limit: Int64? = nil) -> Quota {
        var quota = Quota()
        quota.guarantees = ResourceVector(cpus: guarantee)
        if let limit { quota.limit(0, to: limit) }
        return quota
    }
    private func fault(_ engine: OfferEngine, _ changes: [(role: String, quota: Quota)], force: Bool = false)
        -> WorldFault?
    {
        var engine = engine
        do {
            try engine.setQuota(changes, isForced: force)
            return nil
        } catch { return error }
    }

    @Test func refused() throws {
        var engine = engine()
        #expect(fault(engine, [("a", quota(2_000, limit: 1_000))]) == .limitBelowGuarantee(role: "a", lane: 0))
        #expect(fault(engine, [("a", quota(-1))]) == .amountTooLarge(role: "a", lane: 0))
        #expect(
            fault(engine, [("a", quota(OfferEngine.scalarLimit + 1))], force: true)
                == .amountTooLarge(role: "a", lane: 0))
        #expect(fault(engine, [("a", quota(OfferEngine.scalarLimit))], force: true) == nil)
        #expect(
            fault(engine, [("a", quota(3_000)), ("b", quota(2_000))])
                == .overCapacity(lane: 0, guaranteed: 5_000, total: 4_000))
        #expect(fault(engine, [("a", quota(3_000)), ("b", quota(2_000))], force: true) == nil)
        engine.take(0, role: 0, agent: 0, Holding(ResourceVector(cpus: 2_000)))
        #expect(fault(engine, [("a", quota(limit: 1_000))]) == .limitBelowUse(role: "a", lane: 0, used: 2_000))
        #expect(fault(engine, [("a", quota(limit: 1_000))], force: true) == nil)
        #expect(throws: WorldFault.weight(role: "a", -1)) { try engine.setRole(0, weight: -1) }
        #expect(throws: WorldFault.weight(role: "a", 0)) { try engine.setRole(0, weight: 0) }
    }

    @Test func rolesThatAreClosedAndRolesBelow() {
        #expect(fault(engine(roles: ["a"]), [("b", quota(1))]) == .unknownRole("b"))
        #expect(fault(engine(roles: ["a"]), [("*", quota(limit: 1_000))]) == nil)
        #expect(fault(engine(compatible: true), [("a/b", quota(1))]) == .nestedQuota(role: "a/b"))
        #expect(fault(engine(), [("a/b", quota(1))]) == nil)
        #expect(
            fault(engine(), [("a", quota(limit: 1_000)), ("a/b", quota(2_000))])
                == .guaranteeOfAbove(role: "a/b", above: "a", lane: 0))
    }

    @Test func allOrNothing() throws {
        var engine = engine()
        try engine.setQuota([("a", quota(limit: 1_000))])
        #expect(throws: WorldFault.self) { try engine.setQuota([("a", quota()), ("b", quota(-1))]) }
        engine.setFramework(0, FrameworkFacts([RoleFacts(role: 0)]))
        let grants = engine.cycle(at: Instant(microseconds: 1))
        #expect(grants.map(\.holding.plain.cpus) == [1_000])
    }

    /// Limits of a role bind all below it at once.
    @Test func limitsBindTheWholeTree() throws {
        var engine = engine()
        try engine.setQuota([("a", quota(limit: 2_500)), ("a/x", quota(limit: 2_000))])
        let (x, y) = (engine.ensureRole("a/x"), engine.ensureRole("a/y"))
        engine.setFramework(0, FrameworkFacts([RoleFacts(role: x)]))
        engine.setFramework(1, FrameworkFacts([RoleFacts(role: y)]))
        let grants = engine.cycle(at: Instant(microseconds: 1))
        #expect(grants.map(\.holding.plain.cpus) == [2_000, 500])
        #expect(engine.consumed(ofRole: 0).cpus == 2_500)
    }

    /// A pattern that sends backtracking engines astray is answered in linear time, and must match the whole text.
    @Test func patternsMatchWholeTextsInLinearTime() throws {
        let evil = try Pattern(whole: "(a*)*b")
        #expect(!evil.matches(String(repeating: "a", count: 20_000)))
        let rack = try Pattern(whole: "r[0-9]+|R1")
        #expect(rack.matches("r12") && rack.matches("R1"))
        #expect(!rack.matches("xr12") && !rack.matches("r12x") && !rack.matches("r1r2") && !rack.matches("R2"))
        #expect(throws: TextFault.self) { try Pattern(whole: "(") }
    }
}
