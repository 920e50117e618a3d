import ClusterModel
import Testing

@testable import Allocator

/// What must hold for every cluster: conservation, sharing incentive, no envy, and the same answer twice.
@Suite struct FairnessPropertyTests {
    private struct Case {
        var world: World
        var demands: [Demand]
    }

    private func make(_ seed: UInt64) -> Case {
        var random = Seeded(seed)
        let names = (0...random.below(4)).map { "role\($0)" } + ["role0/x", "role0/y"]
        var world = World(roles: names.map { ($0, Int64(1 + random.below(5)) * 500) })
        for number in 0...random.below(20) {
            world.node("n\(number)", cpus: Int64(1 + random.below(16)), mem: Int64(random.below(64)) * 256)
        }
        if random.below(3) == 0 { world.framework("external", "role0", "role1") }
        var demands: [Demand] = []
        for _ in 0...random.below(12) {
            let need = ResourceVector(cpus: Int64(100 + random.below(8_000)), mem: Int64(random.below(8)) << 28)
            var demand = Demand(
                role: world.role(names[random.below(names.count)]), need: need, count: 1 + random.below(9))
            demand.isGang = random.below(5) == 0
            if random.below(4) == 0 { demand.avoid = [NodeID(random.below(3))] }
            demands.append(demand)
        }
        return Case(world: world, demands: demands)
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func neverMoreThanIsFree(seed: UInt64) {
        let made = make(seed)
        let proposals = Allocator.propose(made.world.state, demands: made.demands, now: made.world.now)
        var left = (0..<made.world.state.nodes.count).map { made.world.state.nodes[$0].free }
        for proposal in proposals { left[proposal.node.index] -= proposal.resources }
        #expect(left.allSatisfy { $0.isNonNegative }, "seed \(seed): lent more than was free")
        let keys = proposals.map { "\($0.framework.raw) \($0.role.raw) \($0.node.raw)" }
        #expect(Set(keys).count == keys.count, "seed \(seed): two proposals where one would do")
        let again = Allocator.propose(made.world.state, demands: made.demands, now: made.world.now)
        #expect(again == proposals, "seed \(seed): two answers to one question")
        // Nobody is lent more than was asked for.
        for role in made.world.state.roles.indices {
            let lent = proposals.filter { $0.role.index == role && $0.framework == .batch }
                .reduce(ResourceVector.zero) { $0 + $1.resources }
            let wanted = made.demands.filter { $0.role.index == role }
                .reduce(ResourceVector.zero) { $0 + $1.need * Int64($1.count) }
            #expect(lent.fits(in: wanted), "seed \(seed): role \(role) was lent more than it wanted")
        }
    }

    /// Nothing is left idle that somebody wants: no piece of a demand that was not met fits anywhere afterwards.
    @Test(arguments: 0..<100 as Range<UInt64>) func nothingWantedStaysIdle(seed: UInt64) {
        let made = make(seed)
        let proposals = Allocator.propose(made.world.state, demands: made.demands, now: made.world.now)
        var left = (0..<made.world.state.nodes.count).map { made.world.state.nodes[$0].free }
        for proposal in proposals { left[proposal.node.index] -= proposal.resources }
        for (role, wanted) in Dictionary(grouping: made.demands, by: \.role)
        where wanted.count == 1 && !wanted[0].isGang {
            let lent = proposals.filter { $0.role == role && $0.framework == .batch }
                .reduce(ResourceVector.zero) { $0 + $1.resources }
            guard lent.cpus < wanted[0].need.cpus * Int64(wanted[0].count) else { continue }
            for node in left.indices where !wanted[0].avoid.contains(NodeID(node)) {
                #expect(
                    !wanted[0].need.fits(in: left[node]), "seed \(seed): role \(role.raw) could still use node \(node)")
            }
        }
    }

    /// Equal roles with equal demand end up within one piece of each other: nobody does worse than with a share of
    /// the cluster of its own, and nobody envies another.
    @Test(arguments: 0..<100 as Range<UInt64>) func equalsAreTreatedEqually(seed: UInt64) {
        var random = Seeded(seed)
        let roles = (0...1 + random.below(5)).map { "role\($0)" }
        var world = World(roles: roles.map { ($0, 1_000) })
        for number in 0...random.below(30) { world.node("n\(number)", cpus: 8, mem: 8_192) }
        let need = ResourceVector(cpus: Int64(1 + random.below(4)) * 1_000, mem: Int64(1 + random.below(4)) << 30)
        let demands = roles.map { Demand(role: world.role($0), need: need, count: 500) }
        let proposals = Allocator.propose(world.state, demands: demands, now: world.now)
        let pieces = roles.map { name in
            proposals.filter { $0.role == world.role(name) }.reduce(0) { $0 + $1.resources.count(of: need, limit: 500) }
        }
        let (low, high) = (pieces.min() ?? 0, pieces.max() ?? 0)
        #expect(high - low <= 1, "seed \(seed): \(pieces)")
        #expect(low >= pieces.reduce(0, +) / roles.count, "seed \(seed): less than an equal part, \(pieces)")
    }

    /// With different needs and equal weights, dominant shares end up within one piece of each other.
    @Test(arguments: 0..<100 as Range<UInt64>) func noEnvy(seed: UInt64) {
        var random = Seeded(seed)
        var world = World(roles: [("a", 1_000), ("b", 1_000)])
        for number in 0..<20 { world.node("n\(number)", cpus: 16, mem: 16_384) }
        let needs = [
            ResourceVector(cpus: Int64(1 + random.below(4)) * 1_000, mem: 1 << 30),
            ResourceVector(cpus: 1_000, mem: Int64(1 + random.below(4)) << 30),
        ]
        let demands = ["a", "b"].enumerated().map { Demand(role: world.role($1), need: needs[$0], count: 5_000) }
        let proposals = Allocator.propose(world.state, demands: demands, now: world.now)
        let lent = ["a", "b"].map { name in
            proposals.filter { $0.role == world.role(name) }.reduce(ResourceVector.zero) { $0 + $1.resources }
        }
        for (mine, other) in [(0, 1), (1, 0)] {
            let own = lent[mine].count(of: needs[mine], limit: .max)
            let envied = lent[other].count(of: needs[mine], limit: .max)
            // One piece of rounding in each of the two bundles, and what does not pack.
            #expect(
                envied <= own + 2, "seed \(seed): \(mine) has \(own) pieces and could make \(envied) of the other's")
        }
    }

    @Test func manyNodesFewPieces() {
        var world = World(roles: [("r", 1_000)])
        for number in 0..<2_000 { world.node("n\(number)", cpus: 1) }
        let demand = Demand(role: world.role("r"), need: ResourceVector(cpus: 1_000), count: 5_000)
        let proposals = Allocator.propose(world.state, demands: [demand], now: world.now)
        #expect(proposals.count == 2_000)
        #expect(proposals.map(\.node) == proposals.map(\.node).sorted())
    }
}
