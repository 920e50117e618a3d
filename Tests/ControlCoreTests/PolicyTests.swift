import ClusterModel
import ControlCore
import Testing

/// What comes before fairness: priority with taking back, the fullest nodes, the emptiest nodes.
@Suite struct PolicyTests {
    private func driver(nodes: UInt32 = 2, _ policy: OfferRules.Policy) -> CoreDriver {
        CoreDriver(nodes: nodes) { configuration in
            configuration.offers.policy = policy
            configuration.roles = [("low", -5), ("hpc", 0), ("urgent", 10)].map { path, priority in
                var role = RoleSpec()
                (role.path, role.priority) = (path, Int64(priority))
                return role
            }
        }
    }

    private func load(_ driver: CoreDriver) -> [Int64] {
        (1...3).compactMap { driver.node("rack-\($0)").map { $0.used.cpus / 1_000 } }
    }

    /// Work that was there before stands on the second of three nodes.
    private func onTheSecond(_ driver: inout CoreDriver) {
        driver.submit { $0.requirement = "node=rack-2" }
        #expect(load(driver) == [0, 1, 0])
    }

    @Test func packTakesTheFullestAndSpreadTheEmptiest() {
        var packed = driver(nodes: 3, .pack)
        onTheSecond(&packed)
        packed.submit(count: 3)
        #expect(load(packed) == [0, 4, 0])
        packed.submit(cpus: 2, count: 3)
        #expect(load(packed) == [4, 4, 2])
        var spread = driver(nodes: 3, .spread)
        onTheSecond(&spread)
        spread.submit(count: 2)
        #expect(load(spread) == [1, 1, 1])
        spread.submit(count: 5)
        #expect(load(spread).sorted() == [2, 3, 3])
        var fair = driver(nodes: 3, .fair)
        onTheSecond(&fair)
        fair.submit(count: 3)
        #expect(load(fair) == [3, 1, 0])
    }

    @Test func higherRolesComeFirstWhateverTheirShare() {
        for (policy, started) in [(OfferRules.Policy.priority, true), (.fair, false)] {
            var driver = driver(nodes: 1, policy)
            let before = driver.submit(cpus: 2) { $0.role = "urgent" }
            let hog = driver.submit(cpus: 2) { $0.role = "hpc" }
            let poor = driver.submit(cpus: 2) { $0.role = "low" }
            let rich = driver.submit(cpus: 2) { $0.role = "urgent"; $0.isRevocable = true }
            #expect(driver.task(poor)?.state == .queued && driver.task(rich)?.state == .queued)
            driver.report(TaskID(job: hog, index: 0), .ended, sequence: 1)
            #expect((driver.task(rich)?.state == .staging) == started, "\(policy)")
            #expect(driver.task(before)?.state == .staging)
        }
    }

    /// Jobs of equal shape in several roles: what becomes free goes to the poorest role, not to the first.
    @Test func whatIsFreedGoesToThePoorestRole() {
        var driver = driver(nodes: 1, .fair)
        let rich = driver.submit(cpus: 1, count: 8) { $0.role = "low" }
        let poor = driver.submit(cpus: 1, count: 2) { $0.role = "urgent" }
        #expect(driver.task(rich, 3)?.state == .staging && driver.task(poor)?.state == .queued)
        driver.report(TaskID(job: rich, index: 0), .ended, sequence: 1)
        #expect(driver.task(poor)?.state == .staging && driver.task(rich, 4)?.state == .queued)
    }

    private func kills(_ driver: CoreDriver) -> [TaskID] {
        driver.directives.compactMap { if case .kill(_, let task, _, _) = $0 { task } else { nil } }
    }

    private func run(_ driver: inout CoreDriver, _ job: JobID, count: UInt32 = 1) {
        for index in 0..<count { driver.report(TaskID(job: job, index: index), .running, sequence: 1) }
    }

    /// The agent ends a task as it was told.
    private func obey(_ driver: inout CoreDriver, _ task: TaskID) {
        guard let row = driver.core.state.row(of: task) else { return }
        var status = TaskStatus()
        (status.task, status.attempt, status.phase, status.sequence) = (task, row.attempt, .ended, 2)
        (status.signal, status.reason) = (15, Reason(.killed))
        driver.tell(.taskStatus(NodeTaskStatus(node: driver.core.state.name(of: row.node), status: status)))
    }

    @Test func lowerWorkGivesWayAndIsQueuedAgain() throws {
        var driver = driver(nodes: 1, .priority)
        let low = driver.submit(count: 4) { $0.role = "low" }
        run(&driver, low, count: 4)
        let urgent = driver.submit(cpus: 2) { $0.role = "urgent" }
        let victims = kills(driver)
        #expect(victims.count == 2 && victims.allSatisfy { $0.job == low })
        #expect(driver.core.state.row(of: victims[0])?.reason == Reason(.preempted, Int64(urgent.raw)))
        // While they end, nobody else is ended for it.
        driver.pass(.seconds(7))
        #expect(kills(driver).count == 2)
        for victim in victims { obey(&driver, victim) }
        #expect(driver.task(urgent)?.state == .staging)
        for victim in victims {
            let row = try #require(driver.core.state.row(of: victim))
            #expect(row.state == .queued && row.failures == 0 && row.reason.code == .preempted)
        }
        driver.report(TaskID(job: urgent, index: 0), .ended, sequence: 1)
        #expect(victims.allSatisfy { driver.core.state.row(of: $0)?.state == .queued }, "not at once")
        driver.sample("rack-1")
        driver.pass(.seconds(11))
        #expect(victims.allSatisfy { driver.core.state.row(of: $0)?.state == .staging }, "and starts again")
        #expect(driver.core.state.row(of: victims[0])?.attempt == 2)
    }

    @Test func whoIsKilledWhileItGivesWayStaysKilled() {
        var driver = driver(nodes: 1, .priority)
        let low = driver.submit(cpus: 4) { $0.role = "low" }
        run(&driver, low)
        let urgent = driver.submit(cpus: 4) { $0.role = "urgent" }
        #expect(kills(driver).map(\.job) == [low])
        driver.act(.kill(TaskSelection([TaskID(job: low, index: 0)])))
        obey(&driver, TaskID(job: low, index: 0))
        #expect(driver.task(low)?.state == .killed && driver.task(low)?.reason.code == .killed)
        #expect(driver.task(urgent)?.state == .staging)
    }

    @Test func revocableWorkGoesFirstAndTakesNothingBackItself() {
        var driver = driver(nodes: 1, .priority)
        let low = driver.submit(cpus: 2) { $0.role = "low" }
        let spare = driver.submit(cpus: 2) { $0.role = "urgent"; $0.isRevocable = true }
        run(&driver, low)
        run(&driver, spare)
        driver.submit(cpus: 2) { $0.role = "urgent"; $0.isRevocable = true }
        driver.pass(.seconds(6))
        #expect(kills(driver).isEmpty, "what may be taken back takes nothing back")
        driver.submit(cpus: 2) { $0.role = "hpc" }
        #expect(kills(driver).map(\.job) == [spare])
    }

    @Test func equalsGangsAndOtherPoliciesAreLeftAlone() {
        for policy in OfferRules.Policy.allCases {
            var driver = driver(nodes: 2, policy)
            let gang = driver.submit(cpus: 2) { ($0.role, $0.count, $0.nodes) = ("low", 1, 2) }
            let same = driver.submit(cpus: 2, count: 2) { $0.role = "urgent" }
            run(&driver, gang, count: 2)
            run(&driver, same, count: 2)
            driver.submit(cpus: 4) { $0.role = "urgent" }
            driver.pass(.seconds(12))
            #expect(kills(driver).isEmpty, "\(policy)")
        }
    }

    @Test func aGangThatIsUrgentIsMadeRoomForWhole() {
        var driver = driver(nodes: 2, .priority)
        let low = driver.submit(cpus: 4, count: 2) { $0.role = "low" }
        run(&driver, low, count: 2)
        let large = driver.submit(cpus: 3) { ($0.role, $0.nodes) = ("urgent", 3) }
        #expect(kills(driver).isEmpty, "three nodes there are not")
        driver.act(.kill(TaskSelection([TaskID(job: large, index: TaskSelection.all)])))
        let gang = driver.submit(cpus: 3) { ($0.role, $0.nodes) = ("urgent", 2) }
        let victims = kills(driver)
        #expect(victims.count == 2)
        for victim in victims { obey(&driver, victim) }
        #expect(driver.task(gang, 0)?.state == .staging && driver.task(gang, 1)?.state == .staging)
    }
}
