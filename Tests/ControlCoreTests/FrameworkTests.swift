import ClusterModel
import ControlCore
import Testing

/// Frameworks outside: coming, coming back, going, and the order in which calls are checked.
@Suite struct FrameworkTests {
    @Test func subscribesAndIsOffered() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        #expect(world.subscribe("F1").framework == "test-0000")
        let events = world.take("F1")
        #expect(events.first == .subscribed(framework: "test-0000"))
        let offers = events.flatMap(\.offers)
        #expect(offers.count == 1 && offers.first?.agent == "test-S0" && offers.first?.hostname == "a1")
        #expect(offers.first?.resources == FrameworkDriver.items("cpus:2;mem:1024"))
        #expect(world.subscribe("F2").framework == "test-0001")
    }

    @Test(arguments: ["", "a//b", "-x", "/a", "a/", "a b", ".", "a/..", "a/*", "a/-b", "a\u{7f}"])
    func rolesWithFaultsAreRefused(_ role: String) {
        var world = FrameworkDriver()
        #expect(world.subscribe("F1", [role]).outcome == .refusedOnStream)
        #expect(world.state.frameworks.allSatisfy { !$0.isExternal })
    }

    @Test func onlyListedRolesWhereRolesAreClosed() {
        var world = FrameworkDriver { $0.offers.onlyRoles = ["role1"] }
        #expect(world.subscribe("F1", ["role2"]).outcome == .refusedOnStream)
        #expect(world.subscribe("F2", ["role1"]).outcome == .accepted)
        #expect(world.subscribe("F3", ["*"]).outcome == .accepted)
    }

    @Test func theNewStreamTakesThePlaceOfTheOld() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1", failover: .seconds(60))
        let old = world.stream["F1"] ?? 0
        let first = world.offers("F1").map(\.id)
        #expect(world.subscribe("F1", id: world.id("F1"), failover: .seconds(60)).framework == "test-0000")
        #expect(world.told[old]?.last == .error("Framework failed over"))
        #expect(!(world.told[old] ?? []).contains { $0.isRescind })
        #expect(world.offers("F1").count == 1 && world.offers("F1").map(\.id) != first)
        // The old stream's end and calls on it change nothing.
        world.tell(.call(FrameworkCall(framework: "test-0000", connection: old, .disconnected)))
        #expect(world.state.frameworks.last?.state == .active)
        let call = FrameworkCall(request: 9, framework: "test-0000", connection: old, .revive([]))
        #expect(world.tell(.call(call)).outcome == .wrongStream)
    }

    /// Who declines for no time at all cannot keep the core busy: what it declined comes back to it after 10 ms.
    @Test func offersOfOneNodeComeAtABoundedRate() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1")
        var offered = 0
        let end = world.driver.now + .seconds(1)
        while world.driver.now < end {
            for offer in world.offers("F1") {
                offered += 1
                world.call("F1", .decline(OfferAnswer(offers: [offer.id], refuse: .zero)))
            }
            world.pass(Interval(microseconds: 1_000))
        }
        #expect((90...101).contains(offered), "\(offered) offers in a second")
        // Somebody else is asked at once.
        world.subscribe("F2", ["role2"])
        for offer in world.offers("F1") {
            world.call("F1", .decline(OfferAnswer(offers: [offer.id], refuse: .zero)))
        }
        #expect(world.offers("F2").count == 1)
    }

    @Test func checksComeInTheirOrder() {
        var world = FrameworkDriver()
        world.subscribe("F1", failover: .seconds(60))
        let unknown = FrameworkCall(request: 1, framework: "nope", connection: 1, .revive([]))
        #expect(world.tell(.call(unknown)).outcome == .unknownFramework)
        var foreign = FrameworkCall(request: 2, framework: "test-0000", connection: 7, .revive([]))
        foreign.principal = "somebody"
        #expect(world.tell(.call(foreign)).outcome == .wrongPrincipal)
        world.call("F1", .disconnected)
        #expect(world.call("F1", .revive([])).outcome == .notSubscribed)
    }

    @Test func isRemovedWhenItDoesNotComeBack() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1", failover: .seconds(60))
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:128", on: "a1")])
        world.call("F1", .disconnected)
        #expect(world.offers("F1").isEmpty)
        world.pass(.seconds(59))
        #expect(world.state.frameworks.last?.state == .disconnected)
        world.pass(.seconds(2))
        #expect(world.state.frameworks.last?.state == .removed)
        #expect(world.notices.contains { $0.notice == .shutdownFramework(framework: "test-0000") })
        #expect(world.state.nodes[0].used == .zero)
        #expect(world.subscribe("F1", id: "test-0000").message == "Framework has been removed")
    }

    @Test func withoutPatienceItIsGoneAtOnce() {
        var world = FrameworkDriver()
        world.subscribe("F1")
        world.call("F1", .disconnected)
        #expect(world.state.frameworks.last?.state == .removed)
    }

    @Test func whatCannotChangeIsRefused() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1", ["role1", "role2"])
        var info = FrameworkInfo()
        (info.name, info.roles, info.user) = ("F1", ["role1"], "other")
        info.capabilities = [.multiRole]
        #expect(world.call("F1", .updateFramework(Subscription(info))).outcome == .invalid)
        info.user = ""
        info.roles = ["role3"]
        #expect(world.call("F1", .updateFramework(Subscription(info))).outcome == .accepted)
        #expect(world.take("F1").filter(\.isRescind).count == 1)
    }

    @Test func suppressAndReviveByRole() {
        var world = FrameworkDriver()
        world.subscribe("F1", ["role1"])
        world.node("a1", "cpus:2;mem:1024")
        let offer = world.offers("F1")[0].id
        world.call("F1", .suppress([]))
        #expect(world.offers("F1").map(\.id) == [offer], "what is offered stays")
        world.call("F1", .decline(OfferAnswer(offers: [offer], refuse: .seconds(1_000))))
        world.call("F1", .revive([]))
        #expect(world.offers("F1").count == 1, "refusals are forgotten")
    }

    @Test func comesBackAfterTheCoreDid() throws {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1", failover: .seconds(60))
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:128", on: "a1")])
        world.status("a1", "t1", .running)
        let facts = world.driver.facts()
        world.driver.core = ControlCore(state: try ClusterState(facts: facts))
        var start = CoreStart()
        (start.cluster, start.epoch) = ("test", 2)
        world.tell(.start(start))
        #expect(world.driver.core.state.violation() == nil)
        world.hello("a1")
        #expect(world.subscribe("F1", id: "test-0000", failover: .seconds(60)).outcome == .accepted)
        let updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.task) == ["t1"] && updates.first?.update.state == .running)
        let offer = world.offers("F1").first?.id ?? ""
        let number = UInt64(offer.split(separator: "O").last ?? "") ?? 0
        #expect(number >> 32 == 1, "ids of offers are never used again: \(offer)")
    }
}

extension CoreDriver {
    /// What a new core would be given.
    func facts() -> [(key: [UInt8], value: [UInt8])] {
        var keys: [RegistryKey] = []
        var known: Set<RegistryKey> = []
        for event in events {
            for key in core.state.registryKeys(touchedBy: event) where known.insert(key).inserted { keys.append(key) }
        }
        return keys.compactMap { key in core.state.fact(for: key).map { (key.bytes, $0) } }
    }
}
