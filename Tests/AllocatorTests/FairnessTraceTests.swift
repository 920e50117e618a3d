import ClusterModel
import Testing

@testable import Allocator

/// The order of dominant-resource fairness, pinned by traces known from the field: whole nodes to frameworks that
/// tell no demand, one node after the other.
@Suite struct FairnessTraceTests {
    /// Adds a node and answers the framework that is offered it.
    private func join(_ world: inout World, _ name: String, cpus: Int64, mem: Int64 = 0) -> [String] {
        let node = world.node(name, cpus: cpus, mem: mem)
        let proposals = Allocator.propose(world.state, demands: [], candidates: [node], now: world.now)
        _ = world.lend(proposals)
        return proposals.map { world.state.name(of: $0.framework) }
    }

    @Test func dominantShares() {
        var world = World()
        world.framework("F1", "role1")
        #expect(join(&world, "A1", cpus: 2, mem: 1_024) == ["F1"])
        world.framework("F2", "role2")
        #expect(Allocator.propose(world.state, demands: [], now: world.now).isEmpty)
        #expect(join(&world, "A2", cpus: 1, mem: 512) == ["F2"])
        #expect(join(&world, "A3", cpus: 3, mem: 2_048) == ["F2"])
        world.framework("F3", "role1")
        #expect(join(&world, "A4", cpus: 4, mem: 4_096) == ["F3"])
        world.framework("F4", "role1")
        #expect(join(&world, "A5", cpus: 1, mem: 512) == ["F2"])
    }

    @Test func weights() {
        var world = World(roles: [("role1", 1_000), ("role2", 2_000)])
        world.framework("F1", "role1")
        world.framework("F2", "role2")
        let order = (1...6).flatMap { join(&world, "A\($0)", cpus: 2, mem: 1_024) }
        #expect(order == ["F1", "F2", "F2", "F1", "F2", "F2"])
    }

    @Test func threeWeights() {
        var world = World(roles: [("role1", 1_000), ("role2", 2_000), ("role3", 3_000)])
        world.framework("F1", "role1")
        world.framework("F2", "role2")
        world.framework("F3", "role3")
        let order = (1...6).flatMap { join(&world, "A\($0)", cpus: 1, mem: 1_024) }
        #expect(order == ["F1", "F2", "F3", "F3", "F2", "F3"])
    }

    @Test func hierarchy() {
        var world = World()
        world.framework("ab", "a/b")
        #expect(join(&world, "A1", cpus: 2, mem: 1_024) == ["ab"])
        world.framework("ac", "a/c")
        world.framework("de", "d/e")
        #expect(join(&world, "A2", cpus: 1, mem: 512) == ["de"])
        world.framework("df", "d/f")
        #expect(join(&world, "A3", cpus: 2, mem: 1_024) == ["df"])
    }

    /// A role with seekers of its own competes with the roles below it as a sibling of weight 1.
    @Test func ownLeafBesideChildren() {
        var world = World(roles: [("a", 1_000), ("a/b", 1_000), ("c", 1_000)])
        world.framework("Fa", "a")
        world.framework("Fab", "a/b")
        world.framework("Fc", "c")
        let order = (1...8).flatMap { join(&world, "A\($0)", cpus: 1) }
        // a and c alternate; within a, its own leaf "a/." stands before "a/b" and then they alternate.
        #expect(order == ["Fa", "Fc", "Fab", "Fc", "Fa", "Fc", "Fab", "Fc"])
    }

    @Test func sharesAlternateOnTies() {
        var world = World()
        world.framework("F1", "r")
        world.framework("F2", "r")
        #expect((1...6).flatMap { join(&world, "A\($0)", cpus: 1) } == ["F1", "F2", "F1", "F2", "F1", "F2"])
    }

    /// The same, with all nodes in one call: shares move within it.
    @Test func oneCallSplitsAsManyCalls() {
        var world = World(roles: [("role1", 1_000), ("role2", 2_000)])
        world.framework("F1", "role1")
        world.framework("F2", "role2")
        for number in 1...6 { world.node("A\(number)", cpus: 2, mem: 1_024) }
        let proposals = Allocator.propose(world.state, demands: [], now: world.now)
        let counts = ["F1", "F2"].map { name in proposals.count { world.state.name(of: $0.framework) == name } }
        #expect(counts == [2, 4])
        #expect(Set(proposals.map(\.node)).count == 6)
    }

    @Test func shareIsExact() {
        let total = ResourceVector(cpus: 3, mem: 1 << 50)
        #expect(ShareTree.share(of: ResourceVector(cpus: 1), in: total, weight: 1_000) == (1 << 40) / 3)
        #expect(ShareTree.share(of: ResourceVector(cpus: 1, mem: 1 << 50), in: total, weight: 1_000) == 1 << 40)
        #expect(ShareTree.share(of: ResourceVector(cpus: 3), in: total, weight: 2_000) == 1 << 39)
        #expect(ShareTree.share(of: ResourceVector(cpus: 0, disk: 5), in: total, weight: 1_000) == 0)
    }
}
