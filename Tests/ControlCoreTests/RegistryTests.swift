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

    @Test func keysAreReadAsTheyAreAndWereWritten() {
        let job = JobID(raw: 0xFFFF_FFFE)
        let keys: [RegistryKey] = [
            .cluster, .configuration, .job(job), .task(TaskID(job: job, index: 7)), .externalTask(job),
            .node(NodeID(1)), .instance(InstanceID(2)), .role(RoleID(3)), .pool(PoolID(4)),
            .framework(FrameworkID(raw: 5)), .operation(.max), .maintenance, .goneAgents,
        ]
        for key in keys { #expect(RegistryKey(bytes: key.bytes) == key, "\(key)") }
        #expect(Set(keys.map(\.bytes)).count == keys.count)
        let number: [UInt8] = [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE]
        #expect(RegistryKey(bytes: [UInt8(ascii: "j")] + number) == .job(job))
        #expect(RegistryKey(bytes: [UInt8(ascii: "x")] + number) == .externalTask(job))
        #expect(
            RegistryKey(bytes: [UInt8(ascii: "t")] + number.suffix(4) + [0, 0, 0, 7])
                == .task(TaskID(job: job, index: 7)))
        let own = RegistryKey.task(TaskID(job: job, index: 7)).bytes
        for count in 0..<own.count where count != 5 { #expect(RegistryKey(bytes: Array(own.prefix(count))) == nil) }
        #expect(RegistryKey(bytes: own + [0]) == nil)
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

    /// Facts are written as the store writes them, after each input those that its events touch. What a new core makes
    /// of them is what it would make of facts written this moment.
    @Test(arguments: ["drain", "end", "silence"]) func whatIsKeptIsWhatStands(_ change: String) throws {
        var driver = CoreDriver()
        var kept: [RegistryKey: [UInt8]] = [:]
        var seen = 0
        func keep() {
            let state = driver.core.state
            for event in driver.events[seen...] {
                for key in state.registryKeys(touchedBy: event) { kept[key] = state.fact(for: key) }
            }
            seen = driver.events.count
        }
        keep()
        driver.pass(.seconds(1))
        let job = driver.submit(count: 2)
        keep()
        driver.report(TaskID(job: job, index: 0), .running)
        keep()
        driver.pass(.seconds(1))
        let node = try #require(driver.core.state.row(of: TaskID(job: job, index: 0))).node
        let name = driver.core.state.name(of: node)
        switch change {
        case "drain": driver.act(.drain(NodeSelection([name])))
        case "end": driver.report(TaskID(job: job, index: 0), .ended, exitCode: 4, sequence: 9)
        default: driver.tell(.agentGone(AgentGone(node: name, message: "the line broke")))
        }
        keep()
        driver.pass(.seconds(1))
        let state = driver.core.state
        let now = kept.keys.compactMap { key in state.fact(for: key).map { (key: key.bytes, value: $0) } }
        let pages = try [kept.map { (key: $0.key.bytes, value: $0.value) }, now].map { facts in
            var core = ControlCore(state: try ClusterState(facts: facts))
            var start = CoreStart()
            (start.cluster, start.epoch, start.version) = ("test", 2, "test")
            _ = core.handle(.start(start), at: driver.now)
            return page(core.state, at: driver.now)
        }
        #expect(pages[0] == pages[1])
        #expect(page(state, at: driver.now).filter { $0.contains("bill") } == pages[0].filter { $0.contains("bill") })
    }

    /// A task that failed while its job was held waits with it, and is let go with it: by the next core, too.
    @Test func aJobThatWasLetGoStaysSo() throws {
        var driver = CoreDriver(nodes: 1)
        var (kept, seen): ([RegistryKey: [UInt8]], Int) = ([:], 0)
        func keep() {
            for event in driver.events[seen...] {
                for key in driver.core.state.registryKeys(touchedBy: event) {
                    kept[key] = driver.core.state.fact(for: key)
                }
            }
            seen = driver.events.count
        }
        let job = driver.submit(cpus: 4, count: 2) { $0.retries = 2 }
        keep()
        driver.act(.hold(JobSelection([job])))
        keep()
        driver.report(TaskID(job: job, index: 0), .ended, exitCode: 1)
        #expect(driver.task(job, 0)?.state == .held)
        keep()
        driver.act(.release(JobSelection([job])))
        #expect(driver.task(job, 0)?.state == .queued || driver.task(job, 0)?.state == .staging)
        keep()
        let back = try ClusterState(facts: kept.map { (key: $0.key.bytes, value: $0.value) })
        for index in 0..<2 {
            let before = try #require(driver.task(job, UInt32(index)))
            #expect(back.row(of: TaskID(job: job, index: UInt32(index)))?.state == before.state)
        }
    }

    /// What must not be lost, line by line.
    private func page(_ state: ClusterState, at now: Instant) -> [String] {
        var lines: [String] = []
        for pool in state.pools {
            lines.append("pool \(pool.wanted) wanted, \(pool.instances) there, last \(pool.lastNumber)")
            lines.append("pool's bill \(([pool.meter] + pool.ledger.lines).map { $0.reading(at: now) })")
        }
        for role in state.roles {
            lines.append("role \(role.queued) queued, \(role.placed) placed, bill \(role.meter.reading(at: now))")
        }
        for id in state.presentNodes {
            let row = state.nodes[id.index]
            lines.append("\(state.name(of: id)) \(row.state) \(row.reason) \(row.used) \(row.removeWhenDrained)")
        }
        for id in state.index.liveInstances {
            lines.append("instance \(id) \(state.fact(for: .instance(id)) ?? [])")
        }
        for number in 1..<max(1, state.jobs.count) {
            let job = JobID(number)
            lines.append("job \(job) \(state.fact(for: .job(job)) ?? [])")
            for index in 0..<state.jobs[number].count {
                guard let row = state.row(of: TaskID(job: job, index: index)) else { continue }
                lines.append("task \(row.id) ended \(row.state.isTerminal), exit \(row.exitCode), node \(row.node)")
            }
        }
        return lines
    }

    @Test func aDamagedFactIsNamed() {
        #expect(throws: RegistryError.self) { try ClusterState(facts: [(key: [1, 2, 3], value: [])]) }
    }
}
