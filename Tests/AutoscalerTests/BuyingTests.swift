import ClusterModel
import ControlCore
import Testing

/// What is bought: by need, at least cost, within limits, and nothing while it may not act.
@Suite struct BuyingTests {
    private let small = ScaleDriver.type("small", cpus: 2, price: 100_000)
    private let large = ScaleDriver.type("large", cpus: 16, price: 640_000)

    @Test func theQueueIsServedAtLeastCost() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [small, large])])
        driver.submit(cpus: 1, count: 32)
        driver.pass(.minutes(2))
        // 2 x 16 cpus at 0.04 a cpu, not 16 x 2 at 0.05.
        #expect(driver.machines == ["large": 2])
        #expect(driver.state.roles.contains { $0.placed == 32 })
        #expect(driver.record.candidates.contains { $0.type == "small" } || driver.record.demands.isEmpty)
    }

    @Test func oneSmallTaskGetsASmallMachine() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [large, small])])
        driver.submit(cpus: 1)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["small": 1])
    }

    /// A framework outside tells what it would take; machines come for it, once, and none after it has been offered them.
    @Test func whatAFrameworkTellsIsBought() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [small])])
        var info = FrameworkInfo()
        (info.name, info.roles, info.capabilities) = ("spark", ["web"], [.multiRole])
        driver.tell(.call(FrameworkCall(framework: "", connection: 1, .subscribe(Subscription(info)))))
        let need = ResourceVector(cpus: 1_000, mem: 64 << 20, disk: 0, gpus: 0)
        let pieces = [DemandPiece(need: need, count: 5)]
        driver.tell(.call(FrameworkCall(framework: "test-0000", connection: 1, .demand(pieces))))
        driver.pass(.seconds(25))
        #expect(driver.record.demands.first?.pieces == 5 && driver.record.demands.first?.framework.index == 1)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["small": 3] && driver.wishes == 3, "two on each, and one on the last")
        var lent = ResourceVector.zero
        for event in driver.events {
            switch event {
            case .offerMade(let e): lent += e.resources
            case .offersMade(let e): for one in e.offers { lent += one.resources }
            default: break
            }
        }
        #expect(lent == need * 5)
        driver.tell(.call(FrameworkCall(framework: "test-0000", connection: 1, .suppress([]))))
        driver.tell(.call(FrameworkCall(framework: "test-0000", connection: 1, .demand(pieces))))
        driver.pass(.minutes(2))
        #expect(driver.wishes == 3, "who wants no offers has no demand")
    }

    @Test func machinesForAGangOfAFrameworkComeTogether() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [small])])
        var info = FrameworkInfo()
        (info.name, info.roles, info.capabilities) = ("mpi", ["web"], [.multiRole])
        driver.tell(.call(FrameworkCall(framework: "", connection: 1, .subscribe(Subscription(info)))))
        let need = ResourceVector(cpus: 1_500, mem: 64 << 20, disk: 0, gpus: 0)
        let pieces = [DemandPiece(need: need, count: 4, isGang: true)]
        driver.tell(.call(FrameworkCall(framework: "test-0000", connection: 1, .demand(pieces))))
        driver.pass(.minutes(1))
        #expect(driver.machines == ["small": 4] && driver.state.gangs.made == 1)
    }

    @Test func minimumBillingMakesTheDearerByTheSecondCheaper() {
        let hourly = ScaleDriver.pool("hourly", 0, 9, [ScaleDriver.type("h", cpus: 4, price: 100_000)]) {
            $0.billing = BillingRule(quantum: .hours(1), minimum: .hours(1))
        }
        let seconds = ScaleDriver.pool("seconds", 0, 9, [ScaleDriver.type("s", cpus: 4, price: 150_000)])
        var driver = ScaleDriver([hourly, seconds])
        driver.submit(cpus: 4, minutes: 5)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["s": 1])
        driver.submit(cpus: 4, minutes: 58)
        driver.pass(.minutes(2))
        // 58 minutes beside a minute of boot: an hour at 0.10, against 59 minutes at 0.15.
        #expect(driver.machines["h"] == 1)
    }

    @Test func aNeedMustLast() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [small]) { $0.persistence = .seconds(60) }])
        let job = driver.submit(cpus: 1)
        driver.pass(.seconds(50))
        #expect(driver.wishes == 0)
        #expect(driver.record.demands.first?.reason.code == .needIsYoung)
        driver.act(.kill(TaskSelection([TaskID(job: job, index: TaskSelection.all)])))
        driver.pass(.minutes(5))
        #expect(driver.wishes == 0)
        driver.submit(cpus: 1)
        driver.pass(.seconds(59))
        #expect(driver.wishes == 0)
        driver.pass(.seconds(10))
        #expect(driver.wishes == 1)
    }

    @Test func dryRunDecidesAndDoesNotAct() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [small])], mode: .dryRun)
        driver.submit(cpus: 1, count: 8)
        driver.pass(.hours(1))
        #expect(driver.wishes == 0 && driver.orders.isEmpty)
        #expect(driver.record.buys.first?.count == 4)
        let told = driver.events.contains {
            if case .decided(let e) = $0 { e.summary.hasPrefix("dry run: burst +4 (small)") } else { false }
        }
        #expect(told)
        driver.act(.autoscaler(.off))
        driver.submit(cpus: 1, count: 8)
        driver.pass(.hours(1))
        #expect(driver.wishes == 0)
        driver.act(.autoscaler(.on))
        driver.pass(.minutes(1))
        #expect(driver.machines == ["small": 8])
    }

    @Test func aGPUMachineIsBoughtForGPUWorkOnly() {
        let gpu = ScaleDriver.type("gpu", cpus: 64, price: 100_000, gpus: 4)
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 50, [gpu, small])])
        driver.submit(cpus: 1, count: 4)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["small": 2])
        driver.submit(cpus: 1) { $0.need.gpus = 1_000 }
        driver.pass(.minutes(2))
        #expect(driver.machines == ["small": 2, "gpu": 1])
        // Nothing else holds it: then it may.
        driver.submit(cpus: 40)
        driver.pass(.minutes(2))
        #expect(driver.state.roles.contains { $0.placed == 6 })
    }

    @Test func requirementsChooseThePool() {
        let here = ScaleDriver.type("here", cpus: 4, price: 50_000, attributes: [Attribute(name: "zone", text: "a")])
        let there = ScaleDriver.type("there", cpus: 4, price: 90_000, attributes: [Attribute(name: "zone", text: "b")])
        var driver = ScaleDriver([ScaleDriver.pool("a", 0, 5, [here]), ScaleDriver.pool("b", 0, 5, [there])])
        driver.submit(cpus: 4) { $0.requirement = "zone=b" }
        driver.pass(.minutes(2))
        #expect(driver.machines == ["there": 1])
    }

    @Test func aGangGetsAllOrNothing() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small]) { $0.surge = 2 }]) { $0.machineLimit = 6 }
        driver.submit(cpus: 2) { $0.nodes = 7 }
        driver.pass(.minutes(5))
        #expect(driver.wishes == 0)
        #expect(driver.record.demands.first?.reason.code == .gangTooLarge)
        driver.submit(cpus: 2) { $0.nodes = 5 }
        driver.pass(.minutes(5))
        #expect(driver.machines == ["small": 5], "a gang gets what it needs beyond the surge limit")
        #expect(driver.state.roles.contains { $0.placed == 5 })
    }

    @Test func aGangIsCompletedByWhatIsThere() {
        var driver = ScaleDriver([ScaleDriver.pool("rack", 3, 3, [small]), ScaleDriver.pool("burst", 0, 6, [small])])
        driver.pass(.minutes(2))
        driver.submit(cpus: 2) { $0.nodes = 5 }
        driver.pass(.minutes(2))
        #expect(driver.wishes == 5, "three are there, two are bought")
        #expect(driver.state.roles.contains { $0.placed == 5 })
    }

    @Test func limitsHold() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 3, [small]), ScaleDriver.pool("more", 0, 9, [small])]) {
            $0.machineLimit = 5
        }
        driver.submit(cpus: 2, count: 20)
        driver.pass(.minutes(10))
        #expect(driver.machines == ["small": 5])
        #expect(driver.record.demands.first?.reason.code == .machineLimit)
    }

    @Test func refusedTypesFailOver() {
        var driver = ScaleDriver([
            ScaleDriver.pool("spot", 0, 9, [small]) { $0.spotFactor = 300 }, ScaleDriver.pool("burst", 0, 9, [large]),
        ])
        driver.refuses = ["small"]
        driver.submit(cpus: 2)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["large": 1])
        #expect(driver.state.refusal(of: "small", in: PoolID(0), at: driver.now) != nil)
        #expect(driver.state.roles.contains { $0.placed == 1 })
    }

    @Test func aPoolThatOnlyFailsIsLeftAlone() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])])
        driver.refuses = ["small"]
        driver.submit(cpus: 2, minutes: 600)
        driver.pass(.hours(12))
        #expect(driver.state.pools[0].failuresInRow == PoolScaling.protectedAfter)
        let tries = driver.wishes
        driver.pass(.hours(12))
        #expect(driver.wishes == tries)
        #expect(driver.record.demands.first?.reason.code == .protected)
        driver.refuses = []
        #expect(driver.act(.scaleOut(ScaleOut(pool: "burst", count: 1))).accepted)
        driver.pass(.minutes(2))
        #expect(driver.state.pools[0].failuresInRow == 0)
    }

    @Test func aMachineThatNeverComesIsReplaced() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])])
        driver.boots = nil
        driver.submit(cpus: 2)
        driver.pass(.minutes(3))
        #expect(driver.wishes == 1)
        driver.boots = .seconds(30)
        driver.pass(.minutes(20))
        #expect(driver.wishes == 2)
        #expect(driver.state.roles.contains { $0.placed == 1 })
    }

    @Test func unknownPricesAreBoughtLastAndNeverUnderABudget() {
        var unknown = ScaleDriver.type("unknown", cpus: 2, price: 0)
        unknown.priceIsUnknown = true
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [unknown, small])])
        driver.submit(cpus: 2)
        driver.pass(.minutes(2))
        #expect(driver.machines == ["small": 1])
        var limited = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [unknown])]) {
            $0.budgetPerDay = Money(micros: 5_000_000)
        }
        limited.submit(cpus: 2)
        limited.pass(.minutes(2))
        #expect(limited.wishes == 0)
        #expect(limited.record.demands.first?.reason.code == .priceUnknown)
    }

    @Test func headroomAndSchedulesAreKept() {
        // 1_750_000_000 s is Sunday 2025-06-15, 15:06:40 UTC.
        var schedule = PoolSchedule()
        (schedule.days, schedule.from, schedule.until, schedule.count) = (1 << 6, 15 * 60 + 30, 16 * 60, 4)
        let pools = [
            ScaleDriver.pool("spare", 0, 9, [small]) { $0.headroom = 2 },
            ScaleDriver.pool("timed", 0, 9, [large]) { $0.schedules = [schedule] },
        ]
        var driver = ScaleDriver(pools)
        driver.pass(.minutes(5))
        #expect(driver.machines == ["small": 2])
        driver.pass(.minutes(25))
        #expect(driver.machines == ["small": 2, "large": 4])
        driver.submit(cpus: 2, minutes: 300) { $0.requirement = "pool=spare" }
        driver.pass(.minutes(5))
        #expect(driver.machines == ["small": 3, "large": 4])
        driver.pass(.hours(2))
        #expect(driver.machines == ["small": 3])
    }
}
