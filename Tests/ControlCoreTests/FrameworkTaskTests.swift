import ClusterModel
import ControlCore
import Testing

/// Tasks of frameworks outside: launches, statuses, acknowledgement, reconciliation, nodes that go.
@Suite struct FrameworkTaskTests {
    static func world(_ capabilities: FrameworkCapabilities = []) -> FrameworkDriver {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1", ["role1"], capabilities, failover: .seconds(600))
        return world
    }
    static func running(_ capabilities: FrameworkCapabilities = []) -> FrameworkDriver {
        var world = Self.world(capabilities)
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:128", on: "a1")])
        world.status("a1", "t1", .running)
        world.acknowledge("F1")
        _ = world.take("F1")
        return world
    }

    @Test func statusesAreToldUntilTheyAreAcknowledged() {
        var world = Self.world()
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:128", on: "a1")])
        world.status("a1", "t1", .running)
        world.status("a1", "t1", .finished)
        #expect(world.state.nodes[0].used == .zero, "what it held is free before anybody acknowledges")
        var updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == [.running] && updates[0].update.uuid.count == 16)
        world.pass(.seconds(11))
        #expect(world.take("F1").compactMap(\.status) == updates)
        world.pass(.seconds(15))
        #expect(world.take("F1").compactMap(\.status).isEmpty, "the wait doubles")
        world.pass(.seconds(6))
        #expect(world.take("F1").compactMap(\.status) == updates)
        world.acknowledge("F1", updates[0])
        updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == [.finished])
        world.acknowledge("F1", updates[0])
        world.pass(.seconds(700))
        #expect(world.take("F1").compactMap(\.status).isEmpty)
        #expect(world.notices.filter { if case .acknowledged = $0.notice { true } else { false } }.count == 2)
    }

    @Test func offersOfTwoNodesCannotBeUsedTogether() {
        var world = Self.world()
        world.node("a2", "cpus:2;mem:1024")
        var acceptance = Acceptance()
        acceptance.offers = world.offers("F1").map(\.id)
        acceptance.operations = [OfferOperation(.launch([world.task("t1", "cpus:1", on: "a1")]))]
        _ = world.take("F1")
        #expect(world.call("F1", .accept(acceptance)).outcome == .accepted)
        let events = world.take("F1")
        let update = events.compactMap(\.status).first?.update
        #expect(update?.state == .lost && update?.reason == .invalidOffers && update?.uuid == [])
        #expect(world.offers("F1").count == 2)
    }

    @Test func badTasksAreTold() {
        var world = Self.world()
        var both = world.task("both", "cpus:1", on: "a1")
        both.executor = LaunchExecutor()
        var none = world.task("none", "cpus:1", on: "a1")
        none.hasCommand = false
        var elsewhere = world.task("elsewhere", "cpus:1", on: "a1")
        elsewhere.agent = "test-S9"
        var odd = world.task("odd", "cpus:1", on: "a1")
        odd.problem = "a health check without a kind"
        let bad = [
            world.task("a/b", "cpus:1", on: "a1"), world.task(String(repeating: "x", count: 256), "cpus:1", on: "a1"),
            world.task("..", "cpus:1", on: "a1"), world.task("big", "cpus:3", on: "a1"), both, none, elsewhere, odd,
            world.task("empty", "", on: "a1"), world.task("reserved", "cpus(role1):1", on: "a1"),
        ]
        world.launch("F1", on: "a1", bad + [world.task("good", "cpus:1", on: "a1")])
        let updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.task) == bad.map(\.id))
        #expect(updates.allSatisfy { $0.update.state == .error && $0.update.reason == .taskInvalid })
        #expect(world.state.nodes[0].used.cpus == 1_000)
        world.launch("F1", on: "a1", [world.task("good", "cpus:1", on: "a1")])
        #expect(world.take("F1").compactMap(\.status).map(\.update.reason) == [.taskInvalid], "its id is taken")
    }

    @Test func aGroupFailsAsAWhole() {
        var world = Self.world()
        var executor = LaunchExecutor()
        (executor.id, executor.isDefault) = ("e", true)
        executor.resources = FrameworkDriver.items("cpus:0.1;mem:32;disk:32")
        let tasks = [world.task("g1", "cpus:0.1;mem:32", on: "a1"), world.task("g2", "cpus:50;mem:32", on: "a1")]
        world.accept("F1", on: "a1", [OfferOperation(.launchGroup(executor, tasks))])
        let updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.task) == ["g1", "g2"])
        #expect(updates.allSatisfy { $0.update.reason == .taskGroupInvalid })
        #expect(world.state.nodes[0].used == .zero)
    }

    @Test(arguments: [true, false]) func reconciliationAnswersByTheTable(isAware: Bool) {
        var world = Self.running(isAware ? [.partitionAware] : [])
        world.call("F1", .reconcile([]))
        var updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == [.running] && updates[0].update.reason == .reconciliation)
        #expect(updates[0].update.uuid.isEmpty)
        world.call("F1", .reconcile([TaskQuestion("ghost", agent: "no-agent"), TaskQuestion("ghost")]))
        updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == (isAware ? [.unknown, .unknown] : [.lost, .lost]))
        world.call("F1", .reconcile([TaskQuestion("ghost", agent: world.agent("a1"))]))
        updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == (isAware ? [.gone] : [.lost]))
        let agent = world.agent("a1")
        #expect(world.operate(.markGone(agent: agent)).outcome == .accepted)
        updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == (isAware ? [.goneByOperator] : [.lost]))
        #expect(updates.map(\.update.reason) == [.agentRemovedByOperator])
        #expect(world.operate(.markGone(agent: agent)).outcome == .accepted, "again is no fault")
        #expect(world.operate(.markGone(agent: "nobody")).outcome == .unknown)
        world.call("F1", .reconcile([TaskQuestion("t1", agent: agent)]))
        updates = world.take("F1").compactMap(\.status)
        #expect(updates.map(\.update.state) == (isAware ? [.goneByOperator] : [.lost]))
        world.hello("a1")
        #expect(world.notices.contains { $0.node == "a1" && $0.notice == .shutdown })
    }

    @Test func aSilentNodeAndItsReturn() {
        var world = Self.running([.partitionAware])
        world.tell(.agentGone(AgentGone(node: "a1", message: "silent")))
        world.pass(.seconds(20))
        var events = world.take("F1")
        #expect(events.compactMap(\.status).map(\.update.state) == [.unreachable])
        #expect(events.contains { $0.isFailure } && events.contains { $0.isRescind })
        world.call("F1", .reconcile([]))
        #expect(world.take("F1").compactMap(\.status).map(\.update.state) == [.unreachable])
        world.pass(.minutes(20))
        world.hello("a1")
        events = world.take("F1")
        #expect(events.compactMap(\.status).map(\.update.state) == [.running], "its task was never given up")
        #expect(events.compactMap(\.status).map(\.update.reason) == [.agentReregistered])
        #expect(world.state.nodes[0].used.cpus == 1_000)
    }

    @Test func anOrderlyLeaveLosesTasksForAll() {
        var world = Self.running([.partitionAware])
        world.tell(.agentReport(AgentReport(node: "a1", .unregistered)))
        let events = world.take("F1")
        #expect(events.compactMap(\.status).map(\.update.state) == [.lost])
        #expect(events.compactMap(\.status).map(\.update.reason) == [.agentRemoved])
        #expect(events.filter(\.isFailure).count == 1)
    }

    @Test func killsWhatIsKnownAndAnswersForTheRest() {
        var world = Self.running()
        world.driver.directives = []
        world.call("F1", .kill(TaskKill(task: "t1", agent: "test-S5")))
        #expect(!world.driver.directives.contains { if case .kill = $0 { true } else { false } })
        world.call("F1", .kill(TaskKill(task: "t1")))
        #expect(
            world.driver.directives.contains { if case .kill(let node, _, _, _) = $0 { node == "a1" } else { false } })
        world.call("F1", .kill(TaskKill(task: "ghost")))
        #expect(world.take("F1").compactMap(\.status).map(\.update.state) == [.lost])
    }

    @Test func aDrainEndsWithTheLastAcknowledgement() {
        var world = Self.running()
        #expect(world.operate(.drain(agent: world.agent("a1"), grace: .zero, marksGone: false)).outcome == .accepted)
        #expect(world.take("F1").contains { $0.isRescind })
        #expect(world.notices.contains { if case .drain = $0.notice { true } else { false } })
        world.status("a1", "t1", .killed, .agentDraining)
        #expect(world.state.nodes[0].state == .draining)
        world.acknowledge("F1")
        #expect(world.state.nodes[0].state == .drained)
        #expect(world.offers("F1").isEmpty)
        #expect(world.operate(.reactivate(agent: world.agent("a1"))).outcome == .accepted)
        #expect(world.offers("F1").count == 1)
    }
}

extension FrameworkDriver {
    /// Acknowledges a status.
    mutating func acknowledge(_ name: String, _ told: UpdateTold) {
        let what = StatusAcknowledgement(task: told.task, agent: told.agent, uuid: told.update.uuid)
        call(name, .acknowledge(what))
    }
    /// Acknowledges the last status that wants it.
    mutating func acknowledge(_ name: String) {
        let last = (told[stream[name] ?? 0] ?? []).compactMap(\.status).last { !$0.update.uuid.isEmpty }
        if let last { acknowledge(name, last) }
    }

    /// What a framework runs is started by it alone.
    @Test func aFrameworksTaskIsNotQueuedByHand() throws {
        var world = FrameworkDriver()
        world.node("a1", "cpus:2;mem:1024")
        world.subscribe("F1")
        world.launch("F1", on: "a1", [world.task("t1", "cpus:1;mem:64", on: "a1")])
        let framework = try #require(world.state.framework(withID: world.id("F1")))
        let job = try #require(world.state.job(ofTask: "t1", of: framework))
        world.status("a1", "t1", .failed)
        let answer = world.driver.act(.requeue(TaskSelection([TaskID(job: job, index: 0)])))
        #expect(!answer.accepted && answer.message.contains("is a task of F1, which alone"), "\(answer.message)")
        #expect(world.driver.task(job)?.state == .failed)
    }
}
