import Allocator
import ClusterModel

/// The world of the allocation benchmarks, as the field has it: agents of 24 cpus, 4096 MB, 4096 MB of disk and a
/// range of ports, on each of which 16 cpus and 2014 MB are in use; frameworks in one role together, or each in its
/// own.
struct AllocationWorld {
    var engine: OfferEngine
    var now = Instant(microseconds: 1_750_000_000_000_000)
    let agents: Int
    let frameworks: Int
    let isOneRole: Bool
    private let ports: Extras

    /// What an agent has, and what is in use of it.
    static let total = ResourceVector(cpus: 24_000, mem: 4_096 << 20, disk: 4_096 << 20)
    static let used = ResourceVector(cpus: 16_000, mem: 2_014 << 20)

    init(agents: Int, frameworks: Int, ownRoles: Bool = false, rules: OfferRules = OfferRules()) {
        engine = OfferEngine(rules: rules)
        self.agents = agents
        self.frameworks = frameworks
        isOneRole = !ownRoles
        var extras = Extras()
        extras.set(Extras.Ranges(name: "ports", bounds: [31_000, 32_000]))
        ports = extras
    }

    func role(of framework: Int) -> String { isOneRole ? "*" : "role\(framework)" }

    mutating func addFrameworks(suppressed: Bool = false) {
        for framework in 0..<frameworks {
            let role = engine.ensureRole(role(of: framework))
            var facts = FrameworkFacts([RoleFacts(role: role, isSuppressed: suppressed)])
            facts.capabilities = [.multiRole, .gpuResources, .sharedResources, .reservationRefinement]
            engine.setFramework(framework, facts)
        }
    }

    mutating func addAgent(_ agent: Int, special: Portions = Portions()) {
        engine.setAgent(agent, AgentFacts(Self.total, ports, special))
        let framework = agent % frameworks
        engine.take(
            framework, role: engine.ensureRole(role(of: framework)), agent: agent, Holding(Self.used))
    }
    mutating func addAgents(special: Portions = Portions()) {
        for agent in 0..<agents { addAgent(agent, special: special) }
    }

    mutating func cycle() -> [Grant] { engine.cycle(at: now) }

    /// Gives offers back; refused for that long, when it is more than nothing.
    mutating func decline(_ grants: [Grant], refuse: Interval = .zero) {
        for one in grants {
            engine.giveBack(one.framework, role: one.role, agent: one.agent, one.holding)
            if refuse > .zero {
                engine.refuse(one.framework, role: one.role, agent: one.agent, one.holding, until: now + refuse)
            }
        }
    }
}
