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

    /// Pieces that are wanted together come together; until then some nodes are held back, for no longer than stated.
    @Test func aGangIsOfferedWholeOrNotAtAll() {
        var world = FrameworkDriver()
        world.subscribe("F1")
        world.subscribe("F2", ["role2"])
        world.call("F1", .demand([DemandPiece(need: small * 2, count: 3, isGang: true)]))
        for number in 1...3 { world.node("a\(number)", "cpus:4;mem:4096") }
        // The other took the first two as they came. With the third the gang could be: it is held back, and so is the
        // next that becomes free; the last makes it whole.
        #expect(world.offers("F1").isEmpty && world.offers("F2").map(\.node) == ["a1", "a2"])
        let first = world.offers("F2").map(\.id)[0]
        world.call("F2", .decline(OfferAnswer(offers: [first], refuse: .zero)))
        #expect(world.offers("F1").isEmpty && world.state.gangs.holder?.framework.index == 1)
        #expect(world.state.gangs.held.count == 2)
        let words = ControlCore.explain(.lending(framework: "F2", node: "a1"), in: world.state, at: world.driver.now)
        #expect(words.headline.contains("gang"), "\(words.headline)")
        for offer in world.offers("F2").map(\.id) {
            world.call("F2", .decline(OfferAnswer(offers: [offer], refuse: .zero)))
        }
        #expect(world.offers("F1").map(\.holding.plain) == Array(repeating: small * 2, count: 3))
        #expect(world.state.gangs.holder == nil && world.state.gangs.waiting.isEmpty && world.state.gangs.made == 1)
    }

    @Test func nobodyIsHeldUpForEver() {
        var world = FrameworkDriver()
        world.subscribe("F1")
        world.subscribe("F2", ["role2"])
        world.call("F1", .demand([DemandPiece(need: small * 2, count: 2, isGang: true)]))
        for number in 1...2 { world.node("a\(number)", "cpus:4;mem:4096") }
        // One of the two stays in use: the gang cannot come together.
        let kept = world.offers("F2").map(\.node).max() ?? ""
        world.launch("F2", on: kept, [world.task("t", "cpus:4;mem:64", on: kept)], refuse: .zero)
        for offer in world.offers("F2").map(\.id) {
            world.call("F2", .decline(OfferAnswer(offers: [offer], refuse: .zero)))
        }
        #expect(world.state.gangs.held.count == 1)
        #expect(!world.offers("F2").contains { $0.holding.plain.cpus == 4_000 })
        world.pass(.seconds(61))
        #expect(world.state.gangs.holder == nil && world.state.gangs.rests.count == 1)
        #expect(world.offers("F2").contains { $0.holding.plain.cpus == 4_000 }, "what was held back is offered to others")
        world.call("F1", .teardown)
        #expect(world.state.gangs.waiting.isEmpty)
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
            (DemandPiece(role: "a", need: small * -1, count: 1), "asks for nothing, or for less"),
            (DemandPiece(role: "a", need: small, count: 1_000_000), "More than 1000000 pieces"),
            (DemandPiece(role: "a", need: small, count: .max), "More than 1000000 pieces"),
            (DemandPiece(role: "a", need: small, count: 1, isGang: true), "is for 2 to 10000 of them"),
            (DemandPiece(role: "a", need: small, ports: 1, count: 2, isGang: true), "without ports"),
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
            switch dice.roll(8) {
            case 0, 1:
                let pieces = (0...dice.roll(3)).map { _ in
                    let count = UInt32(dice.roll(5))
                    let isGang = count > 1 && dice.roll(3) == 0
                    return DemandPiece(need: small * Int64(1 + dice.roll(3)), count: count, isGang: isGang)
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
            case 7 where nodes > 0:
                var said = Commitment()
                said.isWhole = dice.roll(2) == 0
                said.parts = (0...dice.roll(3)).map { part in
                    let node = "n\(1 + dice.roll(nodes))"
                    let task = world.task("\(step)-\(part)", "cpus:\(1 + dice.roll(2));mem:64", on: node)
                    return world.part([task], on: node)
                }
                input = call(.commit(said))
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
