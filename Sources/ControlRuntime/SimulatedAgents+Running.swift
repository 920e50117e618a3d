import ClusterModel
import Dispatch

/// Tasks that run by themselves on simulated nodes: a cluster of any size on which a framework can be tried and
/// measured.
extension SimulatedAgents {
    /// Longest span for which a task runs by itself.
    private static var longestRun: Interval { .hours(365 * 24) }

    /// Takes up, or ends, that tasks of a node, or of all, run by themselves.
    func letRun(_ wish: Simulate, answer: @Sendable (ActionAnswer) -> Void) {
        func refuse(_ words: String) { answer(ActionAnswer(accepted: false, message: "refused: \(words)")) }
        var span: Interval?
        if wish.text != "off" {
            do { span = try Quantity.duration(wish.text) } catch { return refuse("\(wish.text): \(error.message)") }
            if span ?? .zero > Self.longestRun { return refuse("\(wish.text): a task runs for 365d at most") }
        }
        let isKnown = state.withLock { state in
            if wish.node == "*" {
                state.runs = span
                for name in state.agents.keys { state.agents[name]?.runs = nil }
                return true
            }
            state.agents[wish.node]?.runs = span
            return state.agents[wish.node] != nil
        }
        guard isKnown else {
            return refuse("there is no simulated node \(wish.node); add one with `bellows node add --simulated`")
        }
        let whose = wish.node == "*" ? "tasks of all simulated nodes" : "tasks of \(wish.node)"
        let how = span.map { "run for \(Quantity.format($0)) by themselves" } ?? "wait to be told"
        answer(ActionAnswer(accepted: true, message: "\(whose) \(how)"))
    }

    /// Has a task that was just launched run for `span` and finish.
    func run(_ task: TaskID, _ attempt: UInt32, _ node: String, _ span: Interval) {
        tell(.running, task, attempt, node)
        let end = { @Sendable [self] in tell(.finished, task, attempt, node) }
        if span == .zero { return end() }
        timer.asyncAfter(deadline: .now() + .microseconds(Int(span.microseconds)), execute: end)
    }

    /// Tells that a task runs, has finished or was killed, if the agent still has it and is heard.
    func tell(_ next: FrameworkTaskState, _ task: TaskID, _ attempt: UInt32, _ node: String) {
        let known = state.withLock { state -> Task? in
            guard let agent = state.agents[node], !agent.isSilent, let known = agent.tasks[task],
                known.attempt == attempt
            else { return nil }
            if next.isTerminal { state.agents[node]?.tasks[task] = nil }
            return known
        }
        guard let known else { return }
        if known.framework.isEmpty {
            var status = TaskStatus()
            (status.task, status.attempt) = (task, attempt)
            (status.phase, status.sequence) = next.isTerminal ? (.ended, 2) : (.running, 1)
            if next == .killed { status.signal = 15 }
            report(.taskStatus(NodeTaskStatus(node: node, status: status)))
        } else {
            let update = TaskUpdate(next, .executor, .none)
            report(AgentReport(node: node, framework: known.framework, .status(task: known.name, executor: "", update)))
        }
    }
}
