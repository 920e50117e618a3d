import ClusterModel
import ControlCore
import Testing

/// The steps of a bought machine's life: each with its deadline, its lease renewed and kept, and what is on it brought
/// here before it ends.
@Suite struct MachineLifeTests {
    /// A core with one machine of a pool `burst` that a cloud makes, ready at work.
    private func driver(_ change: (inout PoolSpec) -> Void = { _ in }) -> CoreDriver {
        var driver = CoreDriver(nodes: 0) {
            $0.pools[1].provider = .terraform
            change(&$0.pools[1])
        }
        driver.act(.scaleOut(ScaleOut(pool: "burst", count: 1)))
        return driver
    }

    private func ready(_ change: (inout PoolSpec) -> Void = { _ in }) -> CoreDriver {
        var driver = driver(change)
        boot(&driver)
        return driver
    }

    private func boot(_ driver: inout CoreDriver) {
        let instance = driver.node("burst-1")?.instance ?? .none
        driver.tell(.instanceSeen(InstanceSeen(instance: instance, state: .booting, address: "ssh://b")))
        driver.hello("burst-1")
    }

    private func machine(_ driver: CoreDriver) -> InstanceRow {
        driver.core.state.instances[1]
    }

    private func leases(_ driver: CoreDriver) -> Int {
        driver.directives.count { if case .renewLease = $0 { true } else { false } }
    }

    @Test func eachStepIsSeenAndHasItsDeadline() {
        var driver = driver {
            ($0.steps.requested, $0.steps.registering) = (.seconds(40), .seconds(20))
            $0.bootDeadline = .seconds(100)
        }
        let begin = driver.now
        #expect(machine(driver).deadline == begin + .seconds(40))
        driver.pass(.seconds(30))
        driver.tell(.instanceSeen(InstanceSeen(instance: InstanceID(1), state: .allocated)))
        #expect(machine(driver).state == .allocated && machine(driver).deadline == begin + .seconds(100))
        driver.tell(.instanceSeen(InstanceSeen(instance: InstanceID(1), state: .booting, address: "ssh://b")))
        driver.tell(.linkOpened(LinkOpened(node: "burst-1")))
        #expect(machine(driver).state == .registering && machine(driver).deadline == begin + .seconds(50))
        driver.hello("burst-1")
        #expect(machine(driver).state == .running && machine(driver).deadline.isNever)
        driver.tell(.linkOpened(LinkOpened(node: "burst-1")))
        #expect(machine(driver).state == .running, "a link that comes back is no new machine")
    }

    @Test(arguments: [InstanceRow.State.requested, .registering]) func aStepThatTakesTooLongEndsTheMachine(
        _ step: InstanceRow.State
    ) {
        var driver = driver { ($0.steps.requested, $0.steps.registering) = (.seconds(40), .seconds(20)) }
        if step == .registering {
            driver.tell(.instanceSeen(InstanceSeen(instance: InstanceID(1), state: .booting, address: "ssh://b")))
            driver.tell(.linkOpened(LinkOpened(node: "burst-1")))
        }
        driver.pass(.seconds(step == .registering ? 19 : 39))
        #expect(machine(driver).state.rawValue < InstanceRow.State.running.rawValue)
        driver.pass(.seconds(2))
        #expect(machine(driver).state == .stopping && machine(driver).reason.code == .bootTimeout)
        let fault = driver.core.state.text(driver.core.state.pools[1].fault)
        #expect(fault.contains("burst-1 stayed") && fault.contains("longer than its deadline"), "\(fault)")
    }

    @Test func aMachineThatDoesNotGoIsToldOfAndToldAgain() {
        var driver = ready { $0.steps.stopping = .minutes(3) }
        driver.act(.scaleIn(NodeSelection(["burst-1"])))
        #expect(machine(driver).state == .stopping && machine(driver).deadline == driver.now + .minutes(3))
        driver.directives = []
        driver.pass(.minutes(4))
        let orders = driver.directives.count { if case .destroyInstance = $0 { true } else { false } }
        #expect(orders >= 3)
        let fault = driver.core.state.nodeDetails[driver.core.state.node(named: "burst-1")?.index ?? 0].fault
        #expect(fault.contains("is not gone 180 s after"), "\(fault)")
    }

    @Test func leasesAreRenewedAndTheLastPromiseStands() throws {
        var driver = ready { ($0.making.lease.soft, $0.making.lease.hard) = (.minutes(2), .minutes(10)) }
        #expect(leases(driver) == 1 && machine(driver).leaseUntil == driver.now + .minutes(10))
        for _ in 0..<10 {
            driver.pass(.seconds(12))
            driver.sample("burst-1")
        }
        #expect(leases(driver) == 5, "one with the hello, then every half minute")
        let until = machine(driver).leaseUntil
        // A link that is gone renews nothing; the one that comes back does, at once.
        driver.tell(.agentGone(AgentGone(node: "burst-1", message: "broken")))
        driver.pass(.seconds(90))
        #expect(leases(driver) == 5 && machine(driver).leaseUntil == until)
        driver.hello("burst-1")
        #expect(leases(driver) == 6 && machine(driver).leaseUntil == driver.now + .minutes(10))
    }

    @Test(arguments: [5, 15]) func whatALeaseTookIsToldAsThat(minutes: Int64) throws {
        var driver = ready { ($0.making.lease.soft, $0.making.lease.hard) = (.minutes(2), .minutes(10)) }
        let job = driver.submit()
        #expect(driver.task(job)?.state == .staging)
        driver.report(TaskID(job: job, index: 0), .running)
        // The core was gone; the next one learns from the provider that the machine is, too.
        var (core, start) = (ControlCore(state: driver.core.state), CoreStart())
        (start.cluster, start.epoch, start.version) = ("test", 2, "test")
        driver.now = driver.now + .minutes(minutes)
        _ = core.handle(.start(start), at: driver.now)
        driver.core = core
        driver.tell(.instanceSeen(InstanceSeen(instance: InstanceID(1), state: .gone)))
        let task = try #require(driver.task(job))
        #expect(task.state == .lost && task.reason.code == (minutes > 10 ? .lease : .nodeLost))
        #expect(driver.core.state.violation() == nil)
    }

    @Test func agentsOfThisMachineHaveNoLease() {
        let driver = ready { $0.provider = .local }
        #expect(leases(driver) == 0 && machine(driver).leasedAt.isNever)
    }

    // MARK: Collecting

    private func collected(_ driver: CoreDriver) -> [TaskAttempt]? {
        for case .collect("burst-1", let tasks) in driver.directives { return tasks }
        return nil
    }

    private func isEnding(_ driver: CoreDriver) -> Bool {
        driver.directives.contains { if case .destroyInstance = $0 { true } else { false } }
    }

    @Test func outputsAreBroughtBeforeTheMachineEnds() {
        var driver = ready()
        let job = driver.submit(count: 2)
        for index in 0..<2 { driver.report(TaskID(job: job, index: UInt32(index)), .ended, sequence: 1) }
        driver.act(.scaleIn(NodeSelection(["burst-1"])))
        #expect(collected(driver)?.map(\.task).sorted() == (0..<2).map { TaskID(job: job, index: $0) })
        #expect(!isEnding(driver) && machine(driver).state == .draining && driver.node("burst-1")?.state == .drained)
        // An agent that comes back is asked again.
        driver.directives = []
        driver.hello("burst-1")
        #expect(collected(driver) != nil && !isEnding(driver))
        // So it is when the line broke in the middle of it.
        driver.tell(.agentGone(AgentGone(node: "burst-1", message: "broken")))
        driver.tell(.nodeCollected(NodeCollected(node: "burst-1", outputs: 1, bytes: 10, missed: 3)))
        #expect(!isEnding(driver))
        driver.directives = []
        driver.hello("burst-1")
        #expect(collected(driver) != nil)
        driver.tell(.nodeCollected(NodeCollected(node: "burst-1", outputs: 3, bytes: 10, missed: 1)))
        #expect(isEnding(driver) && machine(driver).state == .stopping)
    }

    @Test func aNodeThatTellsNothingIsEndedAllTheSame() {
        var driver = ready()
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .ended, sequence: 1)
        driver.act(.scaleIn(NodeSelection(["burst-1"])))
        driver.sample("burst-1")
        driver.pass(.seconds(59))
        #expect(!isEnding(driver))
        // A core in its place waits no longer than this one would have.
        driver.core = ControlCore(state: driver.core.state)
        driver.pass(.seconds(2))
        #expect(isEnding(driver) && machine(driver).state == .stopping)
    }

    @Test func anOperatorCanStillKeepTheMachine() {
        var driver = ready()
        let job = driver.submit()
        driver.report(TaskID(job: job, index: 0), .ended, sequence: 1)
        driver.act(.scaleIn(NodeSelection(["burst-1"])))
        #expect(driver.act(.undrain(NodeSelection(["burst-1"]))).accepted)
        #expect(machine(driver).state == .running && driver.node("burst-1")?.state == .ready)
        driver.tell(.nodeCollected(NodeCollected(node: "burst-1", outputs: 1, bytes: 1, missed: 0)))
        driver.pass(.minutes(2))
        #expect(machine(driver).state == .running && !isEnding(driver))
    }
}
