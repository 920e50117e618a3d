import ClusterModel
import ControlCore
import Testing

/// Bills, lines that add up, budgets and plans.
@Suite struct MoneyTests {
    private let small = ScaleDriver.type("small", cpus: 2, price: 1_000_000)

    @Test(arguments: [
        (Int64(0), Int64(60)), (1, 60), (60_000, 60), (60_001, 61), (3_599_000, 3_599),
    ])
    func theBillingRule(_ ranMilliseconds: Int64, _ billedSeconds: Int64) {
        let rule = BillingRule(quantum: .seconds(1), minimum: .seconds(60))
        #expect(rule.billed(.milliseconds(ranMilliseconds)) == .seconds(billedSeconds))
        let hourly = BillingRule(quantum: .hours(1), minimum: .zero)
        #expect(hourly.billed(.milliseconds(ranMilliseconds)) == (ranMilliseconds == 0 ? .zero : .hours(1)))
    }

    @Test func monthsOfDays() {
        // 2024-02-29, 2024-03-01, 2025-12-31, 1970-01-01.
        for (day, month) in [(Int64(19_782), Int64(649)), (19_783, 650), (20_453, 671), (0, 0)] {
            #expect(Instant.month(ofDay: day) == month)
            #expect(Instant.day(ofMonth: month) <= day && Instant.day(ofMonth: month + 1) > day)
        }
    }

    @Test func linesComeToTheBill() {
        var driver = ScaleDriver([
            ScaleDriver.pool("burst", 0, 9, [small]) { $0.billing = BillingRule(quantum: .minutes(7), minimum: .zero) }
        ])
        driver.submit(cpus: 1, count: 3, minutes: 20)
        driver.pass(.hours(1))
        #expect(driver.machines.isEmpty)
        let pool = driver.state.pools[0]
        let parts = CostLine.allCases.map { pool.ledger[$0].reading(at: driver.now) }
        #expect(parts.reduce(0, +) == pool.meter.reading(at: driver.now))
        #expect(parts.allSatisfy { $0 >= 0 })
        for line in [CostLine.work, .idle, .booting, .rounding] {
            #expect(pool.ledger[line].reading(at: driver.now) > 0, "\(line)")
        }
        let bills = (1...2).reduce(Int64(0)) { $0 + driver.state.instances[$1].bill(at: driver.now).micros }
        #expect(abs(bills - pool.meter.total(at: driver.now).micros) <= 2)
        let tasks = (0..<3).reduce(Int64(0)) {
            $0 + (driver.state.row(of: TaskID(job: JobID(raw: 1), index: UInt32($1)))?.cost(at: driver.now).micros ?? 0)
        }
        #expect(abs(tasks - pool.ledger[.work].total(at: driver.now).micros) <= 3)
        let (work, charged) = driver.state.workAndCharges
        #expect(work == charged)
        #expect(driver.state.frameworks[0].meter.reading(at: driver.now) == pool.ledger[.work].reading(at: driver.now))
    }

    @Test func aTaskThatUsesMoreThanItAskedForPaysForIt() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])])
        let job = driver.submit(cpus: 1, minutes: 600)
        driver.pass(.minutes(2))
        let before = driver.state.row(of: TaskID(job: job, index: 0))?.costPerHour ?? 0
        var sample = NodeSample()
        sample.node = "burst-1"
        sample.tasks = [TaskSample(task: TaskID(job: job, index: 0), cpuUsed: 1_900, memUsed: 0)]
        driver.tell(.sample(sample))
        let after = driver.state.row(of: TaskID(job: job, index: 0))?.costPerHour ?? 0
        #expect(after > before && after <= 1_000_000)
        sample.tasks[0].cpuUsed = 100
        driver.tell(.sample(sample))
        #expect(driver.state.row(of: TaskID(job: job, index: 0))?.costPerHour == before)
    }

    @Test(arguments: ["hour", "day", "month", "pool", "role"]) func noPurchaseCrossesAHardBudget(_ which: String) {
        var pool = ScaleDriver.pool("burst", 0, 99, [small]) {
            $0.billing = BillingRule(quantum: .hours(1), minimum: .hours(1))
        }
        if which == "pool" { pool.scaling.budgets.day.hard = 3_500_000 }
        var driver = ScaleDriver([pool]) {
            switch which {
            case "hour": $0.budgetPerHour = Money(micros: 3_500_000)
            case "day": $0.budgetPerDay = Money(micros: 3_500_000)
            case "month": $0.budgetPerMonth = Money(micros: 3_500_000)
            case "role":
                var role = RoleSpec()
                role.path = "hpc"
                role.budgets.day.hard = 3_500_000
                $0.roles = [role]
            default: break
            }
        }
        driver.submit(cpus: 2, count: 40, minutes: 30)
        driver.pass(.minutes(25))
        #expect(driver.wishes == 3, "three commit to 3.00, a fourth would to 4.00")
        #expect(driver.record.demands.first?.reason.code == .budget)
        #expect(!driver.act(.scaleOut(ScaleOut(pool: "burst", count: 1))).accepted || which == "role")
    }

    @Test func crossingsAreTold() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])]) {
            $0.budgetPerDay = Money(micros: 2_000_000)
            $0.softBudget.day.soft = 1_000_000
        }
        driver.submit(cpus: 2, minutes: 400)
        driver.pass(.hours(3))
        let told = driver.events.compactMap { event -> Bool? in
            if case .budgetCrossed(let e) = event, e.isOver { e.isHard } else { nil }
        }
        #expect(told == [false, true])
        #expect(driver.state.roles.contains { $0.placed == 1 }, "work that runs is not killed")
        driver.pass(.hours(8))
        #expect(driver.state.scaling.crossed.isEmpty, "a new day has a new budget")
    }

    @Test func aPlanIsDoneAsShownOrRefusedAsStale() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])], mode: .off)
        driver.submit(cpus: 2, count: 3)
        let plan = ControlCore.plan(.followScaling(FollowScaling()), in: driver.state, at: driver.now)
        #expect(plan.possible && plan.size == 3 && plan.ratePerHourDelta == 3_000_000)
        #expect(plan.lines[0].hasPrefix("buy 3 x small in burst, $1.00/h each"))
        driver.pass(.seconds(30))
        #expect(driver.act(.followScaling(FollowScaling()), confirmed: plan.fingerprint).accepted)
        #expect(driver.wishes == 3)
        let out = ControlCore.plan(.scaleOut(ScaleOut(pool: "burst", count: 1)), in: driver.state, at: driver.now)
        driver.pass(.minutes(3))
        #expect(
            !driver.act(.scaleOut(ScaleOut(pool: "burst", count: 1)), confirmed: out.fingerprint).accepted,
            "the burn has changed since")
        let again = ControlCore.plan(.scaleOut(ScaleOut(pool: "burst", count: 1)), in: driver.state, at: driver.now)
        driver.pass(.seconds(20))
        #expect(driver.act(.scaleOut(ScaleOut(pool: "burst", count: 1)), confirmed: again.fingerprint).accepted)
    }

    @Test func explainsSayWhatWouldHaveToChange() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 1, [small])])
        driver.submit(cpus: 2, count: 3)
        driver.pass(.minutes(2))
        let answer = ControlCore.explain(.scale(""), in: driver.state, at: driver.now)
        #expect(
            answer.headline.hasPrefix("autoscaler on; now it would: nothing bought for 2 waiting tasks: pool limit"))
        #expect(answer.facts.contains { $0.name == "to change it" && $0.value.contains("raise `max`") })
        #expect(answer.verdicts.contains { $0.name == "burst/small" && $0.detail.contains("pool limit") })
        let cost = ControlCore.explain(.cost, in: driver.state, at: driver.now)
        #expect(cost.facts.contains { $0.name == "price of the queue" && $0.value.hasPrefix("$1.0") })
        #expect(
            ControlCore.explain(.pool("burst"), in: driver.state, at: driver.now).facts.contains { $0.name == "work" })
    }
}
