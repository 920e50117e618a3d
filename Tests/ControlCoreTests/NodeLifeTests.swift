import ClusterModel
import ControlCore
import Testing

/// Nodes come, go quiet, come back, are drained and given up; their tasks follow and nothing is started twice.
@Suite struct NodeLifeTests {
    @Test func aWishedMachineBecomesAReadyNode() {
        let driver = CoreDriver()
        #expect(driver.node("rack-1")?.state == .ready)
        #expect(driver.core.state.total.cpus == 8_000)
        #expect(
            driver.directives.contains {
                if case .createInstance(let order) = $0 { order.name == "rack-1" } else { false }
            })
    }

    @Test func aSilentNodeIsUnreachableAndComesBackWithItsTasks() throws {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .running)
        driver.pass(.seconds(20))
        #expect(driver.node("rack-1")?.state == .unreachable)
        #expect(driver.task(job)?.state == .running)
        let status = try #require(driver.task(job))
        var known = TaskStatus()
        (known.task, known.attempt, known.phase, known.pid) = (status.id, status.attempt, .running, 42)
        driver.directives = []
        driver.hello("rack-1", tasks: [known])
        #expect(driver.node("rack-1")?.state == .ready)
        #expect(driver.task(job)?.state == .running)
        #expect(!driver.directives.contains { if case .launch = $0 { true } else { false } }, "it was started twice")
    }

    @Test func aLostNodesTasksAreLostAndEndedWhenItReturns() throws {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .running)
        driver.pass(.minutes(11))
        #expect(driver.node("rack-1")?.state == .lost)
        #expect(driver.task(job)?.state == .lost)
        var stray = TaskStatus()
        (stray.task, stray.attempt, stray.phase, stray.pid) = (TaskID(job: job, index: 0), 1, .running, 42)
        driver.directives = []
        driver.hello("rack-1", tasks: [stray])
        #expect(driver.directives.contains { if case .kill(_, let task, 1, _) = $0 { task.job == job } else { false } })
    }

    @Test func failuresOfDifferentJobsInARowHoldTheNode() {
        var driver = CoreDriver(nodes: 1)
        for number in 1...5 {
            let job = driver.submit()
            driver.report(TaskID(job: job, index: 0), .ended, exitCode: 1, sequence: UInt64(number))
        }
        #expect(driver.node("rack-1")?.state == .held)
        #expect(driver.node("rack-1")?.reason == Reason(.failuresInRow, 5))
        let waiting = driver.submit()
        #expect(driver.task(waiting)?.state == .queued)
        #expect(driver.act(.undrain(NodeSelection(["rack-1"]))).accepted)
        #expect(driver.task(waiting)?.state == .staging)
    }

    @Test func aWishToEndThatBroughtNothingAboutIsSentAgain() {
        var driver = CoreDriver(nodes: 1)
        let task = TaskID(job: driver.submit(), index: 0)
        driver.report(task, .running)
        #expect(driver.act(.kill(TaskSelection([task]))).accepted)
        func kills() -> Int { driver.directives.filter { if case .kill = $0 { true } else { false } }.count }
        #expect(kills() == 1)
        for _ in 0..<80 {
            driver.pass(.seconds(1))
            driver.sample("rack-1")
        }
        #expect(kills() == 2)
        driver.report(task, .ended, sequence: 2)
        for _ in 0..<80 {
            driver.pass(.seconds(1))
            driver.sample("rack-1")
        }
        #expect(kills() == 2)
    }

    @Test func whatAnAgentTellsOfAnEarlierAttemptSaysNothingOfTheNext() {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit { $0.retries = 1 }
        let task = TaskID(job: job, index: 0)
        driver.report(task, .ended, exitCode: 1, sequence: 1)
        driver.pass(.seconds(5))
        #expect(driver.task(job)?.attempt == 2)
        #expect(driver.act(.kill(TaskSelection([task]))).accepted)
        // The launch and the wish to end it went down with the line; the agent still has the end of the first attempt.
        var first = TaskStatus()
        (first.task, first.attempt, first.phase, first.exitCode, first.sequence) = (task, 1, .ended, 1, 1)
        driver.hello("rack-1", tasks: [first])
        #expect(driver.task(job)?.state == .killed)
    }

    @Test func jobsThatFailOnEveryNodeLeaveOneAtWork() {
        var driver = CoreDriver(nodes: 3)
        for number in 1...40 {
            let job = driver.submit()
            driver.report(TaskID(job: job, index: 0), .ended, exitCode: 1, sequence: UInt64(number))
        }
        let names = ["rack-1", "rack-2", "rack-3"]
        #expect(names.filter { driver.node($0)?.state == .held }.count == 2)
        let last = (0..<driver.core.state.nodes.count).first { driver.core.state.nodes[$0].state == .ready }
        let node = NodeID(last ?? 0)
        let answer = ControlCore.explain(.node(driver.core.state.name(of: node)), in: driver.core.state, at: driver.now)
        #expect(answer.facts.contains { $0.value.contains("it is the jobs that fail") })
        let next = driver.submit()
        #expect(driver.task(next)?.state == .staging)
    }

    /// A machine that was stopped for long and goes on over the same link is not lost for ever.
    @Test func aLostNodeThatIsHeardAgainSaysAnewWhatItHas() {
        var driver = CoreDriver(nodes: 1) { $0.pools[0].provider = .local }
        driver.tell(
            .instanceSeen(InstanceSeen(instance: InstanceID(1), state: .booting, address: "/tmp/agent")))
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .running)
        driver.pass(.minutes(11))
        #expect(driver.node("rack-1")?.state == .lost && driver.task(job)?.state == .lost)
        driver.directives = []
        driver.sample("rack-1")
        #expect(driver.directives.contains(.disconnect(node: "rack-1")))
        #expect(driver.directives.contains(.connect(node: "rack-1", address: "/tmp/agent")))
        driver.hello("rack-1")
        #expect(driver.node("rack-1")?.state == .ready)
    }

    @Test func failuresOfOneJobDoNotHoldTheNode() {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit(count: 8)
        for index in 0..<4 { driver.report(TaskID(job: job, index: UInt32(index)), .ended, exitCode: 1, sequence: 1) }
        #expect(driver.node("rack-1")?.state == .ready)
    }

    @Test func scaleOutAndInFollowTheProvider() throws {
        var driver = CoreDriver()
        let wish = Action.scaleOut(ScaleOut(pool: "burst", count: 1))
        let plan = ControlCore.plan(wish, in: driver.core.state, at: driver.now)
        #expect(plan.possible && plan.ratePerHourDelta == 250_000)
        #expect(driver.act(wish, confirmed: plan.fingerprint).accepted)
        let stale = driver.act(wish, confirmed: plan.fingerprint)
        #expect(!stale.accepted && stale.message.contains("no longer true"))
        let instance = try #require(driver.node("burst-1")).instance
        driver.tell(.instanceSeen(InstanceSeen(instance: instance, state: .booting, address: "/tmp/agent")))
        driver.hello("burst-1")
        #expect(driver.core.state.burnPerHour == 450_000, "two nodes of the rack and one of the burst")
        #expect(driver.act(.scaleIn(NodeSelection(["burst-1"]))).accepted)
        #expect(driver.directives.contains { if case .destroyInstance = $0 { true } else { false } })
        driver.tell(.instanceSeen(InstanceSeen(instance: instance, state: .gone)))
        #expect(driver.node("burst-1") == nil)
        #expect(driver.core.state.burnPerHour == 200_000)
        let tooMany = driver.act(.scaleOut(ScaleOut(pool: "burst", count: 3)))
        #expect(!tooMany.accepted && tooMany.message.contains("at most 2"))
        #expect(!driver.act(.scaleIn(NodeSelection(["rack-1"]))).accepted, "below the pool's minimum")
    }
}
