import ClusterModel
import ControlCore
import Testing

/// Frameworks that tell what they would take: they are offered that and no more, and what nobody has is bought.
@Suite struct DemandTests {
    private let small = ResourceVector(cpus: 1_000, mem: 512 << 20, disk: 0, gpus: 0)

    private func demand(_ world: FrameworkDriver, _ name: String) -> ToldDemand? {
        world.state.framework(withID: world.id(name)).flatMap { world.state.details(of: $0)?.demand }
    }

    @Test func offersAreCutToWhatWasTold() {
        var world = FrameworkDriver()
        world.subscribe("F1")
        #expect(world.call("F1", .demand([DemandPiece(need: small, count: 3)])).outcome == .accepted)
        world.node("a1", "cpus:2;mem:4096")
        #expect(world.offers("F1").map(\.holding.plain) == [small * 2])
        #expect(demand(world, "F1")?.pieces.map(\.count) == [1])
        world.node("a2", "cpus:8;mem:8192")
        #expect(world.offers("F1").map(\.holding.plain).contains(small) && demand(world, "F1")?.pieces.isEmpty == true)
        world.node("a3", "cpus:8;mem:8192")
        #expect(world.offers("F1").count == 2, "it has been offered all that it asked for")
        let words = ControlCore.explain(.lending(framework: "F1", node: "a3"), in: world.state, at: world.driver.now)
        #expect(words.headline.contains("all that it asked for is offered"), "\(words.headline)")
        // Another that tells nothing takes the rest; one that tells again is offered again.
        world.subscribe("F2")
        #expect(world.offers("F2").count == 3)
        world.call("F2", .teardown)
        world.call("F1", .demand([DemandPiece(role: "role1", need: small, count: 1)]))
        #expect(world.offers("F1").count == 3)
    }

    @Test func whatIsNoDemandIsRefusedAndChangesNothing() {
        var world = FrameworkDriver()
        world.subscribe("F1", ["a", "b"])
        world.call("F1", .demand([DemandPiece(role: "a", need: small, count: 2)]))
        let before = demand(world, "F1")
        for (piece, words) in [
            (DemandPiece(need: small, count: 1), "names no role"),
            (DemandPiece(role: "c", need: small, count: 1), "is for role 'c'; the framework's roles are: a, b"),
            (DemandPiece(role: "a", need: .zero, count: 1), "asks for nothing"),
            (DemandPiece(role: "a", need: small * -1, count: 1), "asks for nothing, for less"),
            (DemandPiece(role: "a", need: small, count: 2_000_000), "more than 1000000 pieces"),
        ] {
            let verdict = world.call("F1", .demand([DemandPiece(role: "a", need: small, count: 1), piece]))
            #expect(verdict.outcome == .invalid && verdict.message.contains(words), "\(verdict)")
        }
        let many = Array(repeating: DemandPiece(role: "a", need: small, count: 1), count: DemandPiece.limit + 1)
        #expect(world.call("F1", .demand(many)).outcome == .invalid)
        #expect(demand(world, "F1") == before && before?.pieces.count == 1)
        world.call("F1", .disconnected)
        #expect(world.state.index.demanding.isEmpty, "who is gone wants nothing")
    }

    @Test func theReferencePassesItOver() {
        var world = FrameworkDriver { $0.offers.compatibility = .mesos111 }
        world.subscribe("F1")
        #expect(world.call("F1", .demand([DemandPiece(need: small, count: 1)])).outcome == .accepted)
        #expect(demand(world, "F1") == nil)
    }

    /// A core whose caches are new at every step does what one does that has kept them.
    @Test(arguments: 1...8) func rebuiltCachesOfferTheSame(seed: Int) {
        var dice = FrameworkPropertyTests.Dice(state: UInt64(seed))
        var world = FrameworkDriver()
        world.subscribe("F1")
        world.subscribe("F2")
        world.subscribe("F3", ["role2"])
        var nodes = 0
        for step in 0..<120 {
            let name = "F\(1 + dice.roll(3))"
            let stream = world.stream[name] ?? 0
            func call(_ call: SchedulerCall) -> Input {
                .call(FrameworkCall(request: 5, framework: world.id(name), connection: stream, call))
            }
            let offers = world.offers(name).map(\.id)
            var input = Input.wake
            switch dice.roll(7) {
            case 0, 1:
                let pieces = (0...dice.roll(3)).map { _ in
                    DemandPiece(need: small * Int64(1 + dice.roll(3)), count: UInt32(dice.roll(5)))
                }
                input = call(.demand(pieces))
            case 2 where nodes < 9:
                nodes += 1
                world.addNode("n\(nodes)", "cpus:\(1 + dice.roll(8));mem:\(1_024 * (1 + dice.roll(8)))")
                var hello = AgentHello()
                (hello.node, hello.boot) = ("n\(nodes)", "simulated")
                input = .agentHello(hello)
            case 3, 4 where !offers.isEmpty:
                let refuse = Interval.seconds(Int64(dice.roll(20)))
                input = call(.decline(OfferAnswer(offers: Array(offers.prefix(1 + dice.roll(2))), refuse: refuse)))
            case 5: world.driver.now = world.driver.now + .seconds(Int64(dice.roll(20)))
            case 6 where dice.roll(4) == 0: input = call(.revive([]))
            default: break
            }
            var twin = ControlCore(state: world.state)
            let expected = twin.handle(input, at: world.driver.now).events.map(\.event)
            let before = world.driver.events.count
            world.tell(input)
            #expect(Array(world.driver.events.dropFirst(before)) == expected, "seed \(seed), step \(step)")
            if let found = world.state.violation() { Issue.record("seed \(seed), step \(step): \(found)") }
        }
    }
}
