import ClusterModel
import ControlCore
import Testing

/// A new core on the kept facts goes on where the old one was: no job missing, no task waiting that had been started.
@Suite struct RegistryTests {
    @Test func factsBringBackWhatCannotBeLearnedAgain() throws {
        var driver = CoreDriver()
        let running = driver.submit(count: 2)
        driver.report(TaskID(job: running, index: 0), .running)
        let ended = driver.submit()
        driver.report(TaskID(job: ended, index: 0), .ended, exitCode: 4, sequence: 9)
        let held = driver.submit { $0.hold = true }
        var keys: Set<RegistryKey> = []
        for event in driver.events { keys.formUnion(driver.core.state.registryKeys(touchedBy: event)) }
        let state = driver.core.state
        let facts = keys.compactMap { key in state.fact(for: key).map { (key: key.bytes, value: $0) } }
        let back = try ClusterState(facts: facts)
        #expect(back.violation() == nil)
        #expect(
            back.row(of: TaskID(job: running, index: 0))?.state == .staging
                || back.row(of: TaskID(job: running, index: 0))?.state == .running)
        #expect(back.row(of: TaskID(job: ended, index: 0))?.exitCode == 4)
        #expect(back.jobs[held.index].gate == .held)
        #expect(back.total == state.total && back.jobs.count == state.jobs.count)
        #expect(back.configuration == state.configuration)
    }

    @Test func theWishToEndOutlivesTheCore() throws {
        var driver = CoreDriver()
        var wish = Shutdown()
        wish.drain = true
        driver.tell(.action(ActionRequest(request: 1, user: "anna", action: .shutdown(wish))))
        #expect(driver.core.state.isEnding)
        var keys: Set<RegistryKey> = []
        for event in driver.events { keys.formUnion(driver.core.state.registryKeys(touchedBy: event)) }
        let facts = keys.compactMap { key in driver.core.state.fact(for: key).map { (key: key.bytes, value: $0) } }
        var next = ControlCore(state: try ClusterState(facts: facts))
        var start = CoreStart()
        (start.cluster, start.epoch, start.version) = ("test", 2, "test")
        var outcome = next.handle(.start(start), at: driver.now)
        #expect(next.state.isEnding)
        #expect(!outcome.directives.contains { if case .createInstance = $0 { true } else { false } })
        // The last machine goes: the core has done what it was asked for, and the one after it is as new.
        for id in next.state.index.liveInstances {
            var seen = InstanceSeen()
            (seen.instance, seen.state) = (id, .gone)
            outcome = next.handle(.instanceSeen(seen), at: driver.now + .seconds(1))
        }
        #expect(outcome.directives.last == .stop)
        outcome = next.handle(.start(start), at: driver.now + .seconds(2))
        #expect(!next.state.isEnding)
        #expect(outcome.directives.contains { if case .createInstance = $0 { true } else { false } })
    }

    @Test func aDamagedFactIsNamed() {
        #expect(throws: RegistryError.self) { try ClusterState(facts: [(key: [1, 2, 3], value: [])]) }
    }
}
