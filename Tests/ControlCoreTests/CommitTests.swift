import ClusterModel
import ControlCore
import Testing

/// Frameworks that choose by themselves out of all that is free, beside others that are offered.
@Suite struct CommitTests {
    private func world() -> FrameworkDriver {
        var world = FrameworkDriver()
        for name in ["F1", "F2"] {
            world.subscribe(name, [name.lowercased()])
            world.call(name, .suppress([]))
        }
        for number in 1...3 { world.node("a\(number)", "cpus:4;mem:4096;ports:[31000-31009]") }
        return world
    }

    private func seen(_ world: FrameworkDriver, _ name: String) -> [FreeView] {
        var viewer = FreeViewer()
        return world.state.framework(withID: world.id(name))
            .flatMap { viewer.view($0, role: "", world.state, now: world.driver.now) } ?? []
    }

    private func commitment(_ parts: [Commitment.Part], isWhole: Bool = false) -> SchedulerCall {
        var said = Commitment()
        (said.parts, said.isWhole) = (parts, isWhole)
        return .commit(said)
    }

    @Test func twoChooseAtOnceAndTheSecondIsToldWhatIsMissing() {
        var world = world()
        #expect(world.offers("F1").isEmpty && world.offers("F2").isEmpty)
        let view = seen(world, "F2")
        #expect(view.map(\.holding.plain.cpus) == [4_000, 4_000, 4_000])
        #expect(view == seen(world, "F1"), "both see the same")
        let first = world.call(
            "F1", commitment([world.part([world.task("t1", "cpus:3;mem:64;ports:[31000-31001]", on: "a1")], on: "a1")]))
        #expect(first.outcome == .accepted && first.commit.taken == 1 && first.commit.conflicts.isEmpty)
        // Against what it saw before: one part goes, one has lost its place, one never had any.
        let parts = [
            world.part([world.task("u1", "cpus:2;mem:64", on: "a1")], on: "a1", seen: view[0].version),
            world.part([world.task("u2", "cpus:2;mem:64", on: "a2")], on: "a2", seen: view[1].version),
            world.part([world.task("u3", "cpus:9;mem:64", on: "a3")], on: "a3", seen: view[2].version),
            world.part([world.task("u4", "cpus:1;mem:64;ports:[31001-31002]", on: "a1")], on: "a1"),
        ]
        let whole = world.call("F2", commitment(parts, isWhole: true))
        #expect(SchedulerCall(wireBytes: commitment(parts).wireBytes()[...]) == commitment(parts))
        #expect(whole.commit.taken == 0 && whole.commit.conflicts.map(\.part) == [0, 2, 3])
        #expect(world.state.liveJobs.count == 1, "all or nothing")
        let some = world.call("F2", commitment(parts))
        #expect(some.commit.taken == 1)
        #expect(
            some.commit.conflicts == [
                .init(
                    part: 0, .taken, "cpus:1 of it is not free", missing: ResourceVector(cpus: 1_000), isNewer: true),
                .init(
                    part: 2, .taken, "cpus:5 of it is not free", missing: ResourceVector(cpus: 5_000), isNewer: false),
                .init(
                    part: 3, .taken, "ports, words, reservations or volumes of it are not free, or not for it"),
            ])
        #expect(world.state.liveJobs.count == 2 && world.state.violation() == nil)
        #expect(seen(world, "F1").map(\.holding.plain.cpus) == [1_000, 2_000, 4_000])
        #expect(seen(world, "F1")[2].version == view[2].version, "what is as it was has the number that it had")
    }

    /// What is offered to others is not free; what a commit leaves of its part is offered at once.
    @Test func offersAndCommitsLiveSideBySide() {
        var world = world()
        world.subscribe("F3", ["f3"])
        #expect(world.offers("F3").count == 3 && seen(world, "F1").isEmpty)
        let lost = world.call("F1", commitment([world.part([world.task("t1", "cpus:1;mem:64", on: "a1")], on: "a1")]))
        #expect(lost.commit.conflicts.map(\.message) == ["cpus:1;mem:64MiB of it is not free"])
        world.call("F3", .decline(OfferAnswer(offers: world.offers("F3").map(\.id), refuse: .seconds(60))))
        var part = world.part([world.task("t1", "cpus:1;mem:64", on: "a1")], on: "a1")
        part.resources = FrameworkDriver.items("cpus:4;mem:4096;ports:[31000-31009]")
        #expect(world.call("F1", commitment([part])).commit.taken == 1)
        #expect(world.offers("F1").isEmpty && seen(world, "F1").map(\.holding.plain.cpus) == [3_000, 4_000, 4_000])
        world.status("a1", "t1", .running)
        #expect(world.take("F1").compactMap(\.status).map(\.update.state) == [.running])
    }

    @Test func rulesHoldForCommitsAsForOffers() {
        var world = world()
        var quota = RoleQuota()
        quota.role = "f1"
        quota.quota.limit(0, to: 2_000)
        #expect(world.operate(.quota([quota], force: true, isFirst: false)).outcome == .accepted)
        #expect(seen(world, "F1").map(\.holding.plain.cpus) == [2_000, 2_000, 2_000])
        let two = ["a1", "a2"].map { world.part([world.task("t-\($0)", "cpus:2;mem:64", on: $0)], on: $0) }
        let verdict = world.call("F1", commitment(two))
        #expect(verdict.commit.taken == 1 && verdict.commit.conflicts.map(\.kind) == [.notOffered])
        #expect(verdict.commit.conflicts.first?.message.contains("quota of f1") == true)
    }

    /// Each of our own ways can be switched off by itself.
    @Test func waysAreSwitchedOffOneByOne() {
        func world(_ off: OfferRules.Ways) -> FrameworkDriver {
            var world = FrameworkDriver { configuration in
                configuration.offers.off = off
                if off.contains(.atOnce) { configuration.offers.interval = .seconds(1) }
            }
            world.subscribe("F1")
            world.node("a1", "cpus:4;mem:4096")
            return world
        }
        let small = ResourceVector(cpus: 1_000, mem: 64 << 20)
        var quota = RoleQuota()
        quota.role = "role1/below"
        quota.quota.limit(0, to: 1_000)
        let gang = SchedulerCall.demand([DemandPiece(need: small, count: 2, isGang: true)])
        for off in [[], .atOnce, .timeouts, .demand, .gangs, .commits, .nestedQuota] as [OfferRules.Ways] {
            var one = world(off)
            let offer = one.offers("F1").first?.id ?? ""
            one.pass(.seconds(31))
            #expect((one.offers("F1").first?.id == offer) == (off == .timeouts), "\(off)")
            one = world(off)
            let again = OfferAnswer(offers: one.offers("F1").map(\.id), refuse: .zero)
            one.call("F1", .decline(again))
            one.pass(Interval(microseconds: 20_000))
            #expect(one.offers("F1").isEmpty == (off == .atOnce), "\(off)")
            one.pass(.seconds(2))
            #expect(one.offers("F1").count == 1, "\(off)")
            #expect(one.call("F1", gang).outcome == (off == .gangs ? .invalid : .accepted), "\(off)")
            let told = one.state.framework(withID: one.id("F1")).flatMap { one.state.details(of: $0)?.demand }
            #expect((told == nil) == (off == .demand || off == .gangs), "\(off)")
            let verdict = one.call("F1", commitment([one.part([one.task("t", "cpus:9", on: "a1")], on: "a1")]))
            #expect(verdict.outcome == (off == .commits ? .invalid : .accepted), "\(off)")
            let wish = OperatorWish.quota([quota], force: true, isFirst: false)
            #expect(one.operate(wish).outcome == (off == .nestedQuota ? .invalid : .accepted), "\(off)")
        }
    }

    @Test func whatIsWrongIsNamed() {
        var world = world()
        let good = world.part([world.task("t1", "cpus:1;mem:64", on: "a1")], on: "a1")
        var (elsewhere, empty, negative) = (good, good, good)
        elsewhere.agent = "test-S99"
        empty.resources = []
        negative.resources = [ResourceItem(ResourceIdentity(), ResourceVector(cpus: -1))]
        let verdict = world.call("F1", commitment([elsewhere, empty, negative, good]))
        #expect(verdict.commit.taken == 1)
        #expect(
            verdict.commit.conflicts.map(\.message) == [
                "there is no agent 'test-S99'", "it takes nothing", "an amount is below zero",
            ])
        #expect(world.call("F1", commitment([])).outcome == .invalid)
        #expect(world.call("F1", commitment(Array(repeating: good, count: 10_001))).outcome == .invalid)
        var said = Commitment()
        (said.role, said.parts) = ("f2", [good])
        #expect(world.call("F1", .commit(said)).outcome == .invalid)
        #expect(world.state.violation() == nil)
    }
}
