import ClusterModel
import ControlCore
import Testing

/// Executors of frameworks on real agents, as far as the core decides on them.
@Suite struct ExecutorTests {
    /// A world with one real node, on which a task was launched in an executor whose process runs.
    private func world() -> (FrameworkDriver, executor: TaskID) {
        var world = FrameworkDriver()
        world.driver = CoreDriver(nodes: 1)
        world.subscribe("F1", failover: .minutes(600))
        var task = world.task("t1", "cpus:1;mem:64", on: "rack-1")
        var executor = LaunchExecutor()
        (executor.id, executor.hasCommand, executor.resources) = ("x", true, FrameworkDriver.items("cpus:0.1;mem:32"))
        executor.spec.argv = ["sleep", "1000"]
        (task.hasCommand, task.executor) = (false, executor)
        world.launch("F1", on: "rack-1", [task])
        let node = world.state.node(named: "rack-1") ?? .none
        let placed = world.state.index.tasksOnNode[node.index].sorted()
        let job = placed.first { world.state.external($0.job)?.kind == .executor }
        world.driver.report(job ?? TaskID(job: .none, index: 0), .running)
        _ = world.take("F1")
        return (world, job ?? TaskID(job: .none, index: 0))
    }

    /// Lets time pass in which the agent is heard.
    private func pass(_ world: inout FrameworkDriver, _ seconds: Int) {
        for _ in 0..<seconds {
            world.pass(.seconds(1))
            world.tell(.sample({ var one = NodeSample(); one.node = "rack-1"; return one }()))
        }
    }

    @Test func oneThatNeverSpeaksIsEndedAndItsTasksFail() {
        var (world, executor) = world()
        pass(&world, 59)
        #expect(world.take("F1").allSatisfy { $0.status == nil })
        #expect(world.state.row(of: executor)?.state == .running)
        pass(&world, 2)
        let told = world.take("F1").compactMap(\.status)
        #expect(told.map(\.task) == ["t1"] && told.first?.update.state == .failed)
        #expect(told.first?.update.reason == .executorRegistrationTimeout)
        #expect(told.first?.update.message == "Executor did not register within 1m")
        #expect(world.state.row(of: executor)?.state == .killing)
        #expect(world.state.violation() == nil)
    }

    @Test func oneThatHasSpokenStays() {
        var (world, executor) = world()
        pass(&world, 30)
        let report = AgentReport(node: "rack-1", framework: world.id("F1"), .executorSubscribed(executor: "x"))
        world.tell(.agentReport(AgentReport(wireBytes: report.wireBytes()[...]) ?? AgentReport()))
        pass(&world, 100)
        #expect(world.state.row(of: executor)?.state == .running && world.take("F1").allSatisfy { $0.status == nil })
    }

    /// While the node is out of reach nobody could have heard it: its minute begins anew.
    @Test func nobodyIsEndedForWhatCouldNotBeHeard() {
        var (world, executor) = world()
        pass(&world, 30)
        world.pass(.seconds(50))
        #expect(world.driver.node("rack-1")?.state == .unreachable)
        var status = TaskStatus()
        (status.task, status.attempt, status.phase, status.sequence) = (executor, 1, .running, 1)
        world.driver.hello("rack-1", tasks: [status])
        pass(&world, 50)
        #expect(world.state.row(of: executor)?.state == .running)
        pass(&world, 12)
        #expect(world.state.row(of: executor)?.state == .killing)
    }
}
