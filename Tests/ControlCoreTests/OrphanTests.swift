import ClusterModel
import ControlCore
import Testing

/// Machines that nobody accounts for: seen twice over a grace, asked about once, then ended.
@Suite struct OrphanTests {
    private static func core() -> (ControlCore, Instant) {
        var configuration = ClusterConfiguration()
        var pool = PoolSpec()
        var type = MachineType()
        (type.name, type.resources) = ("small", ResourceVector(cpus: 1_000, mem: 1 << 30))
        (pool.name, pool.provider, pool.maximum, pool.types) = ("burst", .terraform, 5, [type])
        configuration.pools = [pool]
        var start = CoreStart()
        (start.cluster, start.epoch, start.configuration) = ("c", 1, configuration)
        var core = ControlCore()
        let now = Instant(microseconds: 1_700_000_000_000_000)
        _ = core.handle(.start(start), at: now)
        return (core, now)
    }

    private static func found(_ machines: FoundMachine...) -> Input {
        .machinesFound(MachinesFound(pool: "burst", machines: machines))
    }

    private static func act(_ choice: OrphanChoice) -> Input {
        .action(ActionRequest(request: 1, user: "anna", action: .orphans(choice)))
    }

    private static func ended(_ outcome: ControlCore.Outcome) -> [String] {
        outcome.directives.compactMap { if case .endStray(_, let machine) = $0 { machine.id } else { nil } }
    }

    @Test func aStrangerIsAskedAboutOnceAndLaterOnesAreEnded() {
        var (core, now) = Self.core()
        let stranger = FoundMachine(id: "i-1", name: "burst-9")
        _ = core.handle(Self.found(stranger), at: now)
        #expect(core.state.orphans.map(\.state) == [.seen])
        // Seen again too soon, and often: not ripe.
        _ = core.handle(Self.found(stranger), at: now + .seconds(30))
        #expect(core.state.orphans.first?.state == .seen)
        now = now + .seconds(91)
        let asked = core.handle(Self.found(stranger), at: now)
        #expect(Self.ended(asked) == [] && core.state.orphans.first?.state == .waiting)
        let told = core.handle(Self.act(OrphanChoice([], .end)), at: now)
        #expect(Self.ended(told) == ["i-1"])
        // As long as it is seen it is ended again; once it is not, it is gone.
        let again = core.handle(Self.found(stranger), at: now)
        #expect(Self.ended(again) == ["i-1"])
        _ = core.handle(Self.found(), at: now)
        #expect(core.state.orphans.isEmpty)
        // The next one is ended without asking, after its grace and two sightings.
        let next = FoundMachine(id: "i-2", name: "")
        _ = core.handle(Self.found(next), at: now)
        let later = core.handle(Self.found(next), at: now + .seconds(91))
        #expect(Self.ended(later) == ["i-2"])
        #expect(core.state.orphans.first?.state == .ending)
    }

    @Test func oneSightingIsNotEnoughHoweverOld() {
        var (core, now) = Self.core()
        let stranger = FoundMachine(id: "i-1", name: "x")
        _ = core.handle(Self.found(stranger), at: now)
        _ = core.handle(.wake, at: now + .minutes(10))
        #expect(core.state.orphans.first?.state == .seen && core.state.orphans.first?.sightings == 1)
        now = now + .minutes(10)
        _ = core.handle(Self.found(stranger), at: now)
        #expect(core.state.orphans.first?.state == .waiting)
    }

    @Test func anOrphanCanBeAdoptedUnderItsNameOrKept() {
        var (core, now) = Self.core()
        let (one, two) = (FoundMachine(id: "i-1", name: "burst-9"), FoundMachine(id: "i-2", name: "burst-8"))
        for step in 0..<2 as Range<Int64> { _ = core.handle(Self.found(one, two), at: now + .seconds(step * 91)) }
        now = now + .seconds(100)
        let outcome = core.handle(Self.act(OrphanChoice(["i-1"], .adopt)), at: now)
        let names = outcome.directives.compactMap {
            if case .createInstance(let order) = $0 { order.name } else { nil }
        }
        #expect(names == ["burst-9"])
        _ = core.handle(Self.act(OrphanChoice(["i-2"], .keep)), at: now)
        let seen = core.handle(Self.found(one, two), at: now + .minutes(5))
        #expect(Self.ended(seen) == [])
        #expect(core.state.orphans.map(\.state) == [.kept] && core.state.node(named: "burst-9") != nil)
        // What is not there cannot be decided about.
        let refused = core.handle(Self.act(OrphanChoice(["i-7"], .end)), at: now)
        #expect(refused.directives.contains { if case .answer(_, let answer) = $0 { !answer.accepted } else { false } })
    }
}
