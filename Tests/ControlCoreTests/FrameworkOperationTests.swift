import ClusterModel
import ControlCore
import Testing

/// Reservations, volumes, quota, weights and maintenance, as frameworks and operators change them.
@Suite struct FrameworkOperationTests {
    private func dynamic(_ text: String, _ role: String) -> [ResourceItem] {
        FrameworkDriver.items(text).map { item in
            var own = item
            own.identity.reservations.append(.init(.dynamic, role: role))
            return own
        }
    }

    private func total(_ world: FrameworkDriver, _ node: String) -> [ResourceItem] {
        world.state.node(named: node).map { world.state.items(world.state.totalHolding(of: $0)) } ?? []
    }

    @Test func reservesAndUnreserves() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1")
        let part = dynamic("cpus:1;mem:512", "role1")
        world.accept("F1", on: "a1", [OfferOperation(.reserve(from: [], to: part), id: "op1")])
        #expect(total(world, "a1") == FrameworkDriver.items("cpus:1;mem:512") + part)
        var told: [OperationTold] = []
        for case .operation(let operation) in world.take("F1") { told.append(operation) }
        #expect(told.map(\.state) == [.finished] && told.first?.uuid.count == 16)
        var seen = OperationAcknowledgement()
        (seen.operation, seen.uuid) = ("op1", told.first?.uuid ?? [])
        world.call("F1", .acknowledgeOperation(seen))
        #expect(world.state.operations.isEmpty)
        // Later operations use what earlier ones made; all of it comes back to where it was.
        world.operateOnFree("a1", .unreserve(part))
        #expect(total(world, "a1") == FrameworkDriver.items("cpus:2;mem:1024"))
    }

    @Test func whatBreaksARuleIsNotDone() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024;disk(role1):100")
        world.subscribe("F1")
        let before = total(world, "a1")
        let bad: [OfferOperation.Kind] = [
            .reserve(from: [], to: dynamic("cpus:1", "role2")), .reserve(from: [], to: FrameworkDriver.items("cpus:1")),
            .reserve(from: [], to: dynamic("cpus:9", "role1")), .unreserve(FrameworkDriver.items("cpus:1")),
            .create(FrameworkDriver.items("disk:10")), .create(FrameworkDriver.items("disk(role1)[PV=a/b:p]:10")),
            .create(FrameworkDriver.items("disk(role1)[PV=id:p]:200")), .unsupported("CREATE_DISK"),
        ]
        world.accept("F1", on: "a1", bad.enumerated().map { OfferOperation($1, id: "op\($0)") })
        var told: [OperationTold] = []
        for case .operation(let operation) in world.take("F1") { told.append(operation) }
        #expect(told.map(\.state) == bad.map { _ in .error } && told.allSatisfy { !$0.message.isEmpty })
        #expect(total(world, "a1") == before)
    }

    @Test func volumesAreMadeOnceAndEnd() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:1;mem:512;disk(role1):1024")
        world.subscribe("F1")
        let volume = FrameworkDriver.items("disk(role1)[PV=id1:path1]:64")
        let agent = world.agent("a1")
        #expect(world.operate(.operation(agent: agent, OfferOperation(.create(volume)))).outcome == .accepted)
        #expect(total(world, "a1").contains(volume[0]))
        #expect(world.operate(.operation(agent: agent, OfferOperation(.create(volume)))).outcome == .invalid)
        let other = FrameworkDriver.items("disk(role2)[PV=id1:path1]:64")
        #expect(world.operate(.operation(agent: agent, OfferOperation(.create(other)))).outcome == .conflict)
        #expect(world.operate(.operation(agent: "nobody", OfferOperation(.create(volume)))).outcome == .invalid)
        let more = FrameworkDriver.items("disk(role1):36")[0]
        let growth = OfferOperation(.grow(volume[0], by: more))
        #expect(world.operate(.operation(agent: agent, growth)).outcome == .accepted)
        let grown = FrameworkDriver.items("disk(role1)[PV=id1:path1]:100")
        #expect(total(world, "a1").contains(grown[0]))
        #expect(world.operate(.operation(agent: agent, OfferOperation(.destroy(volume)))).outcome == .invalid, "of 64")
        #expect(world.operate(.operation(agent: agent, OfferOperation(.destroy(other)))).outcome == .invalid)
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;disk(role1)[PV=id1:path1]:100", on: "a1")])
        let held = world.operate(.operation(agent: agent, OfferOperation(.destroy(grown))))
        #expect(held.outcome == .invalid && held.message.contains("in use"))
        world.status("a1", "t1", .finished)
        #expect(world.operate(.operation(agent: agent, OfferOperation(.destroy(grown)))).outcome == .accepted)
        #expect(!total(world, "a1").contains { $0.identity.volume != nil })
    }

    @Test func reservationsOutliveTheCore() throws {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        let part = dynamic("cpus:1", "role1")
        world.operateOnFree("a1", .reserve(from: [], to: part))
        let state = try ClusterState(facts: world.driver.facts())
        let node = try #require(state.node(named: "a1"))
        #expect(state.items(state.totalHolding(of: node)).contains(part[0]))
        #expect(state.violation() == nil)
    }

    @Test func quotaIsCheckedAndMakesRoom() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:1;mem:1024")
        world.node("a2", "cpus:1;mem:1024")
        world.subscribe("F1", ["role1"])
        #expect(world.offers("F1").count == 2)
        func quota(_ cpus: Int64, _ limit: Int64?) -> Quota {
            var quota = Quota()
            quota.guarantees.cpus = cpus
            if let limit { quota.limit(0, to: limit) }
            return quota
        }
        func set(_ role: String, _ quota: Quota, force: Bool = false) -> CallVerdict.Outcome {
            world.operate(.quota([RoleQuota(role, quota)], force: force, isFirst: false)).outcome
        }
        #expect(set("q", quota(3_000, 3_000)) == .invalid, "more than the cluster has")
        #expect(set("q", quota(2_000, 1_000)) == .invalid, "a guarantee over its limit")
        #expect(set("q", quota(0, 1_000_000_000_000_001), force: true) == .invalid)
        #expect(set("q", quota(3_000, 3_000), force: true) == .accepted)
        #expect(set("q", quota(1_000, 1_000)) == .accepted)
        #expect(set("role1", quota(0, 1_000)) == .accepted)
        #expect(world.offers("F1").reduce(0) { $0 + $1.holding.plain.cpus } <= 1_000)
        world.launch("F1", on: world.offers("F1").first?.node ?? "a1", [])
    }

    @Test func weightsShareOutAnew() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:1;mem:1024")
        world.subscribe("F1", ["role1"])
        func weigh(_ role: String, _ weight: Int64) -> CallVerdict.Outcome {
            var spec = RoleSpec()
            (spec.path, spec.weight) = (role, weight)
            return world.operate(.weights([spec])).outcome
        }
        _ = world.take("F1")
        #expect(weigh("role1", 0) == .invalid)
        #expect(weigh("unused", 5_000) == .accepted)
        #expect(!world.take("F1").contains { $0.isRescind })
        #expect(weigh("role1", 2_000) == .accepted)
        #expect(world.take("F1").contains { $0.isRescind })
    }

    @Test func maintenanceIsAnnouncedAndAskedFor() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1")
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:128", on: "a1")])
        _ = world.take("F1")
        let machine = MaintenanceWindow.Machine(hostname: "A1", ip: "127.0.0.1")
        let time = Unavailability(startNanoseconds: 5, durationNanoseconds: 3_600_000_000_000)
        let window = MaintenanceWindow(machines: [machine], unavailability: time)
        #expect(world.operate(.machinesDown([machine])).outcome == .invalid, "it is not in the schedule")
        #expect(world.operate(.maintenance([MaintenanceWindow()])).outcome == .invalid)
        for ip in ["::1", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.", "name"] {
            let bad = MaintenanceWindow(machines: [.init(hostname: "a1", ip: ip)], unavailability: time)
            #expect(world.operate(.maintenance([bad])).outcome == .invalid, "\(ip)")
        }
        let twice = MaintenanceWindow(machines: [machine, .init(hostname: "a1", ip: machine.ip)], unavailability: time)
        #expect(world.operate(.maintenance([twice])).outcome == .invalid)
        #expect(world.operate(.machinesDown([machine, machine])).outcome == .invalid)
        #expect(world.operate(.maintenance([window, window])).outcome == .invalid, "a machine twice")
        #expect(world.operate(.maintenance([window])).outcome == .accepted)
        let events = world.take("F1")
        #expect(events.contains { $0.isRescind })
        #expect(events.flatMap(\.offers).first?.unavailability == time)
        var inverse: [InverseOfferTold] = []
        for case .inverseOffers(let told) in events { inverse += told }
        #expect(inverse.count == 1 && inverse.first?.unavailability == time)
        world.call("F1", .acceptInverse(OfferAnswer(offers: inverse.map(\.id), refuse: .seconds(100))))
        #expect(world.state.inverseOffers.map(\.answer) == [.accept])
        #expect(world.operate(.machinesDown([machine])).outcome == .accepted)
        let ends = world.take("F1")
        #expect(ends.compactMap(\.status).map(\.update.state) == [.lost])
        #expect(world.operate(.machinesUp([machine])).outcome == .accepted)
        #expect(world.state.maintenance.isEmpty && world.state.machinesDown.isEmpty)
    }

    @Test func whatMayBeTakenBackIsEstimatedAnew() {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        for amount in ["10", "12"] {
            let items = FrameworkDriver.items("cpus{REV}:\(amount)")
            world.tell(.agentReport(AgentReport(node: "a1", .oversubscribed(items))))
            #expect(total(world, "a1") == FrameworkDriver.items("cpus:2;mem:1024") + items)
        }
    }
}

extension FrameworkDriver {
    mutating func operateOnFree(_ node: String, _ kind: OfferOperation.Kind) {
        let verdict = operate(.operation(agent: agent(node), OfferOperation(kind)))
        if verdict.outcome != .accepted { fatalError(verdict.message) }
    }
}
