import ClusterModel
import Testing

@testable import Allocator

/// Frameworks that tell what they would take are lent that and no more.
@Suite struct DemandTests {
    private func demand(_ world: World, _ role: String, cpus: Int64, count: Int = 1) -> Demand {
        Demand(role: world.role(role), need: ResourceVector(cpus: cpus * 1_000), count: count)
    }

    @Test func lendsOnlyWhatIsWanted() {
        var world = World(roles: [("r", 1_000)])
        world.node("n1", cpus: 8)
        world.node("n2", cpus: 8)
        let proposals = Allocator.propose(world.state, demands: [demand(world, "r", cpus: 3, count: 3)], now: world.now)
        #expect(proposals.map(\.node) == [NodeID(0), NodeID(1)])
        #expect(proposals.map(\.resources.cpus) == [6_000, 3_000])
    }

    @Test func restStaysForOthers() {
        var world = World(roles: [("r", 1_000)])
        let node = world.node("n1", cpus: 8)
        let other = world.framework("other", "s")
        let proposals = Allocator.propose(world.state, demands: [demand(world, "r", cpus: 3)], now: world.now)
        #expect(proposals.count == 2)
        #expect(proposals.allSatisfy { $0.node == node })
        // The whole node would go first to whoever is named first on a tie; here that is role r's piece.
        #expect(proposals[0].resources.cpus == 3_000)
        #expect(proposals[1].framework == other)
        #expect(proposals[1].resources.cpus == 5_000)
    }

    @Test func onlyCandidatesAreLent() {
        var world = World(roles: [("r", 1_000)])
        for number in 0..<4 { world.node("n\(number)", cpus: 1) }
        let demands = [demand(world, "r", cpus: 1, count: 9)]
        let some = Allocator.propose(
            world.state, demands: demands, candidates: [NodeID(3), NodeID(1), NodeID(1)], now: world.now)
        #expect(some.map(\.node) == [NodeID(1), NodeID(3)])
        #expect(Allocator.propose(world.state, demands: demands, now: world.now, limit: 2).count == 2)
    }

    @Test func nodesThatTakeNoWorkAreLeftOut() {
        var world = World(roles: [("r", 1_000)])
        let node = world.node("n", cpus: 4)
        let wanted = demand(world, "r", cpus: 1)
        #expect(Allocator.reasonAgainst(node, demand: wanted, in: world.state, now: world.now) == nil)
        world.tell(.nodeLink(NodeLink(node: node, connected: false)))
        #expect(Allocator.propose(world.state, demands: [wanted], now: world.now).isEmpty)
        #expect(Allocator.reasonAgainst(node, demand: wanted, in: world.state, now: world.now)?.code == .disconnected)
        world.tell(.nodeLink(NodeLink(node: node, connected: true)))
        world.tell(.nodeChanged(NodeChanged(node: node, state: .draining, reason: Reason(.drained))))
        #expect(Allocator.propose(world.state, demands: [wanted], now: world.now).isEmpty)
        #expect(Allocator.reasonAgainst(node, demand: wanted, in: world.state, now: world.now)?.code == .drained)
    }

    @Test func requirementsAndExtras() throws {
        var world = World(roles: [("r", 1_000)])
        var extras = Extras()
        extras.set(Extras.Ranges(name: "ports", bounds: [100, 102]))
        extras.set(Extras.Words(name: "licenses", items: ["a", "b"]))
        world.node("plain", cpus: 8, attributes: [Attribute(name: "gpu", text: "t4")])
        let node = world.node("rich", cpus: 8, extras: extras, attributes: [Attribute(name: "gpu", text: "a100")])
        var wanted = demand(world, "r", cpus: 1, count: 3)
        wanted.ports = 2
        wanted.requirement = try Requirement.compile("gpu=a100")
        let proposals = Allocator.propose(world.state, demands: [wanted], now: world.now)
        // Three ports are enough for one piece only.
        #expect(proposals.count == 1)
        #expect(proposals[0].node == node)
        #expect(proposals[0].resources.cpus == 1_000)
        #expect(proposals[0].extras.ranges == [Extras.Ranges(name: "ports", bounds: [100, 101])])
        let reason = Allocator.reasonAgainst(NodeID(0), demand: wanted, in: world.state, now: world.now)
        #expect(reason?.code == .noNodeMatches)
        wanted.ports = 0
        wanted.words = [Extras.Words(name: "licenses", items: ["b"])]
        #expect(Allocator.propose(world.state, demands: [wanted], now: world.now).map(\.resources.cpus) == [1_000])
    }

    @Test func gangsAllOrNothing() {
        var world = World(roles: [("r", 1_000)])
        for number in 0..<3 { world.node("n\(number)", cpus: 2) }
        var gang = demand(world, "r", cpus: 2, count: 4)
        gang.isGang = true
        #expect(Allocator.propose(world.state, demands: [gang], now: world.now).isEmpty)
        gang.count = 3
        #expect(
            Allocator.propose(world.state, demands: [gang], now: world.now).map(\.node) == [0, 1, 2].map { NodeID($0) })
        #expect(Allocator.propose(world.state, demands: [gang], now: world.now, limit: 2).isEmpty)
        // Named nodes are looked at even when they are no candidates.
        gang.only = [NodeID(0), NodeID(1), NodeID(2)]
        let named = Allocator.propose(world.state, demands: [gang], candidates: [NodeID(2)], now: world.now)
        #expect(named.count == 3)
    }

    @Test func avoidedNodes() {
        var world = World(roles: [("r", 1_000)])
        world.node("n0", cpus: 2)
        world.node("n1", cpus: 2)
        var wanted = demand(world, "r", cpus: 2, count: 2)
        wanted.avoid = [NodeID(0)]
        #expect(Allocator.propose(world.state, demands: [wanted], now: world.now).map(\.node) == [NodeID(1)])
        #expect(Allocator.reasonAgainst(NodeID(0), demand: wanted, in: world.state, now: world.now)?.code == .reserved)
    }

    @Test func refusalsHoldUntilMoreIsFree() {
        var world = World()
        let framework = world.framework("F", "r")
        let node = world.node("n", cpus: 4)
        var filter = RefusalFilter()
        filter.framework = framework
        filter.role = world.role("r")
        filter.node = node
        filter.resources = ResourceVector(cpus: 4_000)
        filter.until = world.now + .milliseconds(1_500)
        world.tell(.filterSet(filter))
        #expect(Allocator.propose(world.state, demands: [], now: world.now).isEmpty)
        let reason = Allocator.reasonAgainst(
            node, framework: framework, role: world.role("r"), in: world.state, now: world.now)
        #expect(reason == Reason(.filtered, 2))
        #expect(Allocator.propose(world.state, demands: [], now: world.now + .seconds(2)).count == 1)
        filter.resources = ResourceVector(cpus: 3_000)
        var smaller = World()
        smaller.framework("F", "r")
        smaller.node("n", cpus: 4)
        smaller.tell(.filterSet(filter))
        #expect(Allocator.propose(smaller.state, demands: [], now: smaller.now).count == 1)
    }

    @Test func suppressedAndSmall() {
        var world = World()
        let framework = world.framework("F", "r", minimum: ResourceVector(cpus: 5_000))
        let node = world.node("n", cpus: 4)
        let role = world.role("r")
        #expect(Allocator.propose(world.state, demands: [], now: world.now).isEmpty)
        #expect(
            Allocator.reasonAgainst(node, framework: framework, role: role, in: world.state, now: world.now)?.code
                == .belowMinimum)
        for state in [FrameworkRow.State.suppressed, .disconnected] {
            world.tell(.frameworkChanged(FrameworkChanged(framework: framework, name: "F", state: state, roles: ["r"])))
            #expect(Allocator.propose(world.state, demands: [], now: world.now).isEmpty)
        }
        world.tell(.frameworkChanged(FrameworkChanged(framework: framework, name: "F", state: .active, roles: ["r"])))
        #expect(Allocator.propose(world.state, demands: [], now: world.now).count == 1)
    }
}
