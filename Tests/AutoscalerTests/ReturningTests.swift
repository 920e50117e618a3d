import ClusterModel
import ControlCore
import Testing

/// What is given back, when, and when not.
@Suite struct ReturningTests {
    private let small = ScaleDriver.type("small", cpus: 2, price: 100_000)

    @Test func idleNodesGoDownToTheMinimum() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 1, 9, [small])])
        driver.submit(cpus: 2, count: 5, minutes: 30)
        driver.pass(.minutes(31))
        #expect(driver.machines == ["small": 5])
        driver.pass(.minutes(5))
        #expect(driver.machines == ["small": 5], "not before they were idle for ten minutes")
        driver.pass(.minutes(14))
        #expect(driver.machines == ["small": 1], "in two steps, a cool-down apart")
        #expect(driver.returns.allSatisfy { $0 == .idle })
        driver.pass(.hours(10))
        #expect(driver.machines == ["small": 1])
    }

    @Test func theDeadBandGoesAfterTwiceTheTime() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 20, [small])])
        driver.submit(cpus: 2, count: 18, minutes: 600)
        driver.submit(cpus: 2, count: 2, minutes: 10)
        driver.pass(.minutes(11))
        #expect(driver.machines == ["small": 20])
        driver.pass(.minutes(15))
        #expect(driver.machines == ["small": 20], "two of twenty idle: within the dead band")
        driver.pass(.minutes(6))
        #expect(driver.machines == ["small": 18])
    }

    @Test func aNodeGoesAtTheEndOfThePaidHour() {
        var driver = ScaleDriver([
            ScaleDriver.pool("burst", 0, 9, [small]) {
                $0.billing = BillingRule(quantum: .hours(1), minimum: .hours(1))
            }
        ])
        driver.submit(cpus: 2, minutes: 5)
        driver.pass(.minutes(50))
        #expect(driver.machines == ["small": 1])
        driver.pass(.minutes(15))
        #expect(driver.machines.isEmpty)
        let row = driver.state.instances[1]
        let ran = row.billedUntil - row.billedSince
        #expect(ran > .minutes(56) && ran <= .minutes(60))
        #expect(row.bill(at: driver.now).micros == 100_000)
        #expect(driver.state.spent(at: driver.now).micros == 100_000)
    }

    @Test func aDrainOfTheOperatorIsLeftAlone() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 2, 9, [small])])
        driver.pass(.minutes(2))
        driver.act(.drain(NodeSelection(["burst-1"])))
        driver.submit(cpus: 2, count: 2)
        driver.pass(.hours(3))
        let row = driver.state.node(named: "burst-1").map { driver.state.nodes[$0.index] }
        #expect(row?.state == .drained && row?.removeWhenDrained == false)
    }

    @Test func anUnderusedNodeIsEmptiedWhenItsWorkFitsElsewhere() {
        let big = ScaleDriver.type("big", cpus: 10, price: 500_000)
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [big])])
        // Ten and ten fill two machines; then two small tasks are left, one on each.
        driver.submit(cpus: 1, count: 9, minutes: 10)
        driver.submit(cpus: 1, minutes: 600)
        driver.submit(cpus: 1, count: 9, minutes: 10)
        driver.submit(cpus: 1, minutes: 600)
        driver.pass(.minutes(15))
        #expect(driver.machines == ["big": 2])
        driver.pass(.minutes(15))
        #expect(driver.returns == [.underused])
        #expect(driver.state.roles.contains { $0.placed == 2 }, "what runs there is waited for")
        // The queue may take it back as long as it has not gone.
        driver.submit(cpus: 9, count: 2, minutes: 60)
        driver.pass(.minutes(2))
        #expect(driver.wishes == 2 && driver.state.roles.contains { $0.placed == 4 })
    }

    @Test func whatWasAskedForByHandStays() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])])
        #expect(driver.act(.scaleOut(ScaleOut(pool: "burst", count: 2))).accepted)
        driver.submit(cpus: 2, count: 4, minutes: 10)
        driver.pass(.hours(2))
        #expect(driver.machines == ["small": 2])
        let name = driver.state.presentNodes.first.map { driver.state.name(of: $0) } ?? ""
        #expect(driver.act(.scaleIn(NodeSelection([name]))).accepted)
        driver.pass(.hours(2))
        #expect(driver.machines == ["small": 1])
    }

    @Test func thePoolDoesNotFlap() {
        var driver = ScaleDriver([ScaleDriver.pool("burst", 0, 9, [small])])
        for _ in 0..<48 {
            driver.submit(cpus: 2, count: 3, minutes: 2)
            driver.pass(.minutes(5))
        }
        #expect(driver.wishes == 3, "bursts every five minutes are served by the machines of the first")
        driver.pass(.hours(1))
        #expect(driver.machines.isEmpty)
    }
}
