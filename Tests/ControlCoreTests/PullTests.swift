import ClusterModel
import ControlCore
import Testing

/// The pull of a task's image is a stage with a status of its own.
@Suite struct PullTests {
    private func say(_ driver: inout CoreDriver, _ task: TaskID, _ message: String) {
        guard let row = driver.core.state.row(of: task) else { return }
        var status = TaskStatus()
        (status.task, status.attempt, status.phase, status.message) = (task, row.attempt, .known, message)
        driver.tell(.taskStatus(NodeTaskStatus(node: driver.core.state.name(of: row.node), status: status)))
    }
    private func explain(_ driver: CoreDriver, _ task: TaskID) -> Explanation {
        ControlCore.explain(.task(task), in: driver.core.state, at: driver.core.state.now)
    }

    @Test func itIsToldAndEndsWithTheStart() {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit { ($0.image, $0.runAs) = ("tool:1", "ada") }
        let task = TaskID(job: job, index: 0)
        say(&driver, task, "")
        #expect(driver.task(job)?.state == .staging && driver.task(job)?.reason == Reason.none)
        say(&driver, task, "pulling tool:1")
        #expect(driver.task(job)?.state == .staging && driver.task(job)?.reason.code == .pullsImage)
        #expect(explain(driver, task).headline.hasSuffix("is on its way to rack-1: pulling tool:1"))
        let facts = explain(driver, task).facts.map { "\($0.name): \($0.value)" }
        #expect(facts.contains("image: tool:1") && facts.contains("runs as: ada"), "\(facts)")
        // Said again it is nothing new.
        let sequence = driver.core.state.sequence
        say(&driver, task, "pulling tool:1")
        #expect(driver.core.state.sequence == sequence)
        driver.report(task, .running)
        #expect(driver.task(job)?.state == .running && driver.task(job)?.reason == Reason.none)
        #expect(driver.core.state.taskMessages[task] == nil)
        say(&driver, task, "pulling tool:1")
        #expect(driver.task(job)?.state == .running && driver.core.state.taskMessages[task] == nil)
        #expect(driver.core.state.violation() == nil)
    }

    @Test func anEndTakesItAway() {
        var driver = CoreDriver(nodes: 1)
        let job = driver.submit { $0.image = "tool:1" }
        let task = TaskID(job: job, index: 0)
        say(&driver, task, "pulling tool:1")
        driver.report(task, .ended, exitCode: 1)
        #expect(driver.task(job)?.state == .failed && driver.core.state.taskMessages[task] == nil)
    }

    @Test func aFrameworkHearsThatItStarts() {
        var world = FrameworkDriver()
        world.driver = CoreDriver(nodes: 1)
        world.subscribe("F1")
        world.launch("F1", on: "rack-1", [world.task("t1", "cpus:1;mem:64", on: "rack-1")])
        let node = world.state.node(named: "rack-1") ?? .none
        let task = world.state.index.tasksOnNode[node.index].first ?? TaskID(job: .none, index: 0)
        var status = TaskStatus()
        (status.task, status.attempt) = (task, world.state.row(of: task)?.attempt ?? 0)
        (status.phase, status.message) = (.known, "pulling tool:1")
        world.tell(.taskStatus(NodeTaskStatus(node: "rack-1", status: status)))
        let told = world.take("F1").compactMap(\.status)
        #expect(told.map(\.update.state) == [.starting] && told.first?.update.message == "pulling tool:1")
        world.driver.report(task, .running)
        #expect(world.state.external(task.job)?.stateOnAgent == .running)
        #expect(world.state.external(task.job)?.updates.map(\.state) == [.starting, .running])
    }
}
