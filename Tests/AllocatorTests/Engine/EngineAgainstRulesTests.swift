import Allocator
import ClusterModel
import Testing

/// The engine beside the slow allocator: random worlds, told to both step by step, give the same offers. A failure
/// names its seed; seeds are the tests' arguments.
@Suite struct EngineAgainstRulesTests {
    private func run(_ seed: UInt64, compatible: Bool, quota: Bool, special: Bool) {
        var world = RandomWorld(seed: seed, compatible: compatible, quota: quota, special: special)
        for step in 0..<25 {
            if step > 0 { for _ in 0...world.dice.below(3) { world.step() } }
            var fresh = world.madeAnew()
            let wanted = world.slow.cycle(at: world.now)
            let made = world.engine.cycle(at: world.now)
            let anew = fresh.cycle(at: world.now)
            #expect(made == wanted, "seed \(seed), step \(step)")
            #expect(anew == wanted, "seed \(seed), step \(step): an engine made anew")
            if made != wanted || anew != wanted { return }
            world.open += made
            let again = world.engine.cycle(at: world.now)
            // A second cycle finds nothing, but for shared volumes (once a cycle each) and what quota has opened up.
            if !quota, !special { #expect(again.isEmpty, "seed \(seed), step \(step): offered twice") }
            let more = world.slow.cycle(at: world.now)
            #expect(again == more, "seed \(seed), step \(step): a second cycle")
            if again != more { return }
            world.open += again
            check(world, seed, step)
        }
    }

    /// What must hold whatever happens: nothing is given twice, limits hold, and explanations agree with what happened.
    private func check(_ world: RandomWorld, _ seed: UInt64, _ step: Int) {
        for agent in world.slow.agents.indices {
            var rest = world.slow.agents[agent].total
            for one in world.slow.held where one.agent == agent { rest -= one.holding.plain }
            #expect(world.engine.free(of: agent) == rest, "seed \(seed), step \(step)")
        }
        for role in world.slow.roles.indices {
            let used = world.slow.consumed(role, leaving: [])
            #expect(world.engine.consumed(ofRole: role) == used, "seed \(seed), step \(step)")
        }
        // Whoever seeks and could be offered something by the answer of `explain` would have been offered it.
        for (framework, facts) in world.slow.frameworks.enumerated() {
            for subscription in facts.subscriptions {
                for agent in world.slow.agents.indices {
                    let answer = world.engine.explain(
                        framework: framework, role: subscription.role, agent: agent, at: world.now)
                    let could =
                        world.slow.seeks(framework, subscription.role)
                        ? world.slow.candidate(
                            framework, subscription.role, agent, guarantees: false, sharedOut: [], leaving: [],
                            kept: nil, now: world.now) : nil
                    #expect((try? answer.get()) == could, "seed \(seed), step \(step): \(answer)")
                }
            }
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>) func plainWorlds(seed: UInt64) {
        run(seed, compatible: false, quota: false, special: false)
    }
    @Test(arguments: 0..<12 as Range<UInt64>) func worldsWithReservationsAndVolumes(seed: UInt64) {
        run(1_000 + seed, compatible: false, quota: false, special: true)
    }
    @Test(arguments: 0..<12 as Range<UInt64>) func worldsWithQuota(seed: UInt64) {
        run(2_000 + seed, compatible: false, quota: true, special: false)
    }
    @Test(arguments: 0..<12 as Range<UInt64>) func worldsWithEverything(seed: UInt64) {
        run(3_000 + seed, compatible: false, quota: true, special: true)
    }
    @Test(arguments: 0..<12 as Range<UInt64>) func worldsInTheWayOfMesos(seed: UInt64) {
        run(4_000 + seed, compatible: true, quota: true, special: true)
    }
}
