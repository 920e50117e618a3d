import Allocator
import ClusterModel
import Foundation

/// The allocator by itself, with the names that the field gives to these worlds.
enum AllocationBenchmarks {
    /// Names of the benchmarks, in the order in which `allocation` runs them.
    static let names = [
        "AddAndUpdateAgents", "DeclineOffers", "SuppressOffers", "ExtremeSuppressOffers", "PersistentVolumes",
        "LargeAndSmallQuota", "MultiFrameworkAllocations", "Sorter",
    ]

    static func run(_ name: String, agents: Int, frameworks: Int) -> [Figure] {
        switch name {
        case "AddAndUpdateAgents": addAndUpdate(agents, frameworks)
        case "DeclineOffers": declineOffers(agents, frameworks)
        case "SuppressOffers": suppressOffers(agents, frameworks, name, suppressed: frameworks / 2)
        case "ExtremeSuppressOffers": suppressOffers(agents, frameworks, name, suppressed: frameworks * 99 / 100)
        case "PersistentVolumes": persistentVolumes(agents, frameworks)
        case "LargeAndSmallQuota": largeAndSmallQuota(agents, frameworks)
        case "MultiFrameworkAllocations": multiFramework(agents, frameworks)
        default: sorter(agents, frameworks)
        }
    }

    private static func figure(
        _ name: String, _ agents: Int, _ frameworks: Int, _ values: [Double], _ unit: String
    ) -> Figure {
        Figure(
            name: name, params: ["agents": "\(agents)", "frameworks": "\(frameworks)"], values: values, unit: unit)
    }
    private static func memory(_ name: String, _ agents: Int, _ frameworks: Int) -> Figure {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        let kib = Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "0") ?? 0
        return figure(name + ".peak", agents, frameworks, [kib / 1_024], "MiB")
    }

    /// Agents are added, then updated, each answered at once; and all of them in one go.
    private static func addAndUpdate(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks)
        world.addFrameworks()
        var adding: [Double] = []
        var updating: [Double] = []
        var offers: [Grant] = []
        let all = microseconds {
            for agent in 0..<agents {
                adding.append(
                    microseconds {
                        world.addAgent(agent); offers += world.cycle()
                    })
            }
        }
        for agent in 0..<agents {
            var facts = AgentFacts(AllocationWorld.total)
            facts.attributes = [Attribute(name: "rack", text: "r\(agent % 40)")]
            updating.append(
                microseconds {
                    world.engine.setAgent(agent, facts)
                    _ = world.cycle()
                })
        }
        let one = offers[agents / 2]
        let answer = microseconds {
            world.decline([one])
            precondition(world.cycle().count == 1)
        }
        return [
            figure("AddAndUpdateAgents.addAll", agents, frameworks, [all / 1_000], "ms"),
            figure("AddAndUpdateAgents.add", agents, frameworks, adding, "us"),
            figure("AddAndUpdateAgents.update", agents, frameworks, updating, "us"),
            figure("AddAndUpdateAgents.freedToOffered", agents, frameworks, [answer], "us"),
            memory("AddAndUpdateAgents", agents, frameworks),
        ]
    }

    /// Every offer was declined before, for a year, by whoever had it; each cycle offers all agents to somebody else.
    private static func declineOffers(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks)
        world.addFrameworks()
        world.addAgents()
        var cycles: [Double] = []
        var each: [Double] = []
        let rounds = min(frameworks, 200_000_000 / max(1, agents * frameworks / 10), 40)
        for _ in 0..<max(2, rounds) {
            var offers: [Grant] = []
            let span = microseconds { offers = world.cycle() }
            if offers.isEmpty { break }
            cycles.append(span / 1_000)
            each.append(span / Double(offers.count))
            world.decline(offers, refuse: .hours(24 * 365))
        }
        _ = world.cycle()
        var idle: [Double] = []
        for _ in 0..<1_000 { idle.append(microseconds { _ = world.cycle() }) }
        return [
            figure("DeclineOffers.cycle", agents, frameworks, cycles, "ms"),
            figure("DeclineOffers.offer", agents, frameworks, each, "us"),
            figure("DeclineOffers.idle", agents, frameworks, idle, "us"),
            memory("DeclineOffers", agents, frameworks),
        ]
    }

    /// Some frameworks want nothing for now; the others get it all, again and again.
    private static func suppressOffers(
        _ agents: Int, _ frameworks: Int, _ name: String, suppressed: Int
    ) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks)
        world.addFrameworks()
        world.addAgents()
        var offers = world.cycle()
        let role = world.engine.ensureRole("*")
        let suppressing = microseconds {
            for framework in 0..<suppressed {
                world.engine.setFramework(framework, FrameworkFacts([RoleFacts(role: role, isSuppressed: true)]))
            }
        }
        var cycles: [Double] = []
        var each: [Double] = []
        for _ in 0..<10 {
            world.decline(offers)
            let span = microseconds { offers = world.cycle() }
            cycles.append(span / 1_000)
            each.append(span / Double(max(1, offers.count)))
        }
        return [
            figure(name + ".suppress", agents, frameworks, [suppressing / Double(max(1, suppressed))], "us"),
            figure(name + ".cycle", agents, frameworks, cycles, "ms"),
            figure(name + ".offer", agents, frameworks, each, "us"),
            memory(name, agents, frameworks),
        ]
    }

    /// Every agent has two volumes and reserved cpus besides.
    private static func persistentVolumes(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks)
        var table = IdentityTable()
        var special = Portions()
        for number in 0..<2 {
            var identity = ResourceIdentity(reservedFor: "*", .dynamic)
            identity.volume = .init(id: "v\(number)", containerPath: "data\(number)")
            if let id = table.intern(identity) { special.add(Portion(id, ResourceVector(cpus: 0, disk: 64 << 20))) }
        }
        if let id = table.intern(ResourceIdentity(reservedFor: "*")) {
            special.add(Portion(id, ResourceVector(cpus: 1_000, mem: 128 << 20)))
        }
        world.engine.learn(table)
        world.addFrameworks()
        world.addAgents(special: special)
        return repeated("PersistentVolumes", &world)
    }

    /// A third of the roles have a large guarantee, a third a small one with a limit, a third none.
    private static func largeAndSmallQuota(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks, ownRoles: true)
        world.addFrameworks()
        world.addAgents()
        var changes: [(role: String, quota: Quota)] = []
        let part = AllocationWorld.total * Int64(agents)
        for framework in 0..<frameworks where framework % 3 < 2 {
            var quota = Quota()
            let share = Int64(framework % 3 == 0 ? 4 : 40) * Int64(frameworks)
            quota.guarantees = ResourceVector(cpus: part.cpus / share, mem: part.mem / share)
            if framework % 3 == 1 { quota.limit(0, to: quota.guarantees.cpus * 2) }
            changes.append((world.role(of: framework), quota))
        }
        try? world.engine.setQuota(changes, isForced: true)
        return repeated("LargeAndSmallQuota", &world)
    }

    /// Each framework in a role of its own.
    private static func multiFramework(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks, ownRoles: true)
        world.addFrameworks()
        world.addAgents()
        return repeated("MultiFrameworkAllocations", &world)
    }

    private static func repeated(_ name: String, _ world: inout AllocationWorld) -> [Figure] {
        var cycles: [Double] = []
        var each: [Double] = []
        for _ in 0..<10 {
            var offers: [Grant] = []
            let span = microseconds { offers = world.cycle() }
            cycles.append(span / 1_000)
            each.append(span / Double(max(1, offers.count)))
            world.decline(offers)
        }
        return [
            figure(name + ".cycle", world.agents, world.frameworks, cycles, "ms"),
            figure(name + ".offer", world.agents, world.frameworks, each, "us"),
            memory(name, world.agents, world.frameworks),
        ]
    }

    /// The order of turns alone: every client gives something back, and everything is put in order again.
    private static func sorter(_ agents: Int, _ frameworks: Int) -> [Figure] {
        var world = AllocationWorld(agents: agents, frameworks: frameworks, ownRoles: true)
        world.addFrameworks()
        world.addAgents()
        world.decline(world.cycle(), refuse: .hours(24))
        var spans: [Double] = []
        for round in 0..<20 {
            let span = microseconds {
                for agent in 0..<agents {
                    let framework = (agent + round) % frameworks
                    let role = world.engine.ensureRole(world.role(of: framework))
                    world.engine.take(framework, role: role, agent: agent, Holding(ResourceVector(cpus: 1)))
                }
                _ = world.cycle()
            }
            spans.append(span / Double(agents))
        }
        return [figure("Sorter.book", agents, frameworks, spans, "us")]
    }
}
