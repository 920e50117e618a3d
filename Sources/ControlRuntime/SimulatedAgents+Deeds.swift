import ClusterModel

/// What simulated agents do because somebody says so.
extension SimulatedAgents {
    /// Does it and answers; a status of a task waits for the task.
    func carryOut(_ wish: Simulate, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        if wish.deed == .run { return letRun(wish, answer: answer) }
        guard let agent = state.withLock({ $0.agents[wish.node] }) else {
            return answer(
                refusal("there is no simulated node \(wish.node); add one with `bellows node add --simulated`"))
        }
        func done(_ words: String) { answer(ActionAnswer(accepted: true, message: words)) }
        switch wish.deed {
        case .task:
            if agent.tasks.values.contains(where: { $0.name == wish.subject }) {
                tellStatus(wish, answer: answer)
            } else {
                wait(wish, answer: answer)
            }
        case .partition:
            state.withLock {
                $0.agents[wish.node]?.isSilent = true
                $0.agents[wish.node]?.isConnected = false
            }
            report(.agentGone(AgentGone(node: wish.node, message: "told to fall silent")))
            done("\(wish.node) is silent")
        case .comeBack:
            sayHello(wish.node)
            done("\(wish.node) is back")
        case .reregister:
            if wish.isGiven {
                do {
                    report(AgentReport(node: wish.node, .redeclared(try ResourceText.attributes(wish.text))))
                } catch {
                    return answer(refusal(error.message))
                }
            }
            sayHello(wish.node)
            done("\(wish.node) registered anew")
        case .unregister:
            report(AgentReport(node: wish.node, .unregistered))
            done("\(wish.node) left")
        case .oversubscribe: oversubscribe(wish, answer: answer)
        case .received: done(agent.received.joined(separator: "\n"))
        case .executorExit:
            guard let status = Int32(wish.text) else { return answer(refusal("\"\(wish.text)\" is no exit status")) }
            report(AgentReport(node: wish.node, .executorExited(executor: wish.subject, status: status)))
            done("\(wish.subject) ended")
        case .executorMessage:
            guard let data = Base64.bytes(wish.text) else { return answer(refusal("\"\(wish.text)\" is no base64")) }
            report(AgentReport(node: wish.node, .message(executor: wish.subject, data: data)))
            done("\(wish.subject) sent \(data.count) bytes")
        case .run: break
        }
    }

    private func refusal(_ words: String) -> ActionAnswer {
        ActionAnswer(accepted: false, message: "refused: \(words)")
    }

    private func sayHello(_ node: String) {
        let hello = state.withLock { state in
            state.agents[node]?.isSilent = false
            state.agents[node]?.isConnected = true
            return Self.hello(node, state.agents[node] ?? Agent())
        }
        report(.agentHello(hello))
    }

    private func oversubscribe(_ wish: Simulate, answer: @Sendable (ActionAnswer) -> Void) {
        do {
            let items = try ResourceText.items(wish.text)
            guard items.allSatisfy(\.identity.isRevocable) else {
                return answer(refusal("an estimate is of revocable resources; write cpus{REV}:10"))
            }
            report(AgentReport(node: wish.node, .oversubscribed(items)))
            answer(ActionAnswer(accepted: true, message: "\(wish.node) lends \(wish.text)"))
        } catch {
            answer(refusal(error.message))
        }
    }

    /// Tells the status of a task that the agent has.
    func tellStatus(_ wish: Simulate, answer: @Sendable (ActionAnswer) -> Void) {
        guard let next = FrameworkTaskState(word: wish.word) else {
            return answer(refusal("\"\(wish.word)\" is no task state; write TASK_RUNNING, TASK_FINISHED, ..."))
        }
        let reason = wish.reason.isEmpty ? StatusReason.none : StatusReason(word: wish.reason)
        guard let reason else { return answer(refusal("\"\(wish.reason)\" is no reason")) }
        let found = state.withLock { state -> (silent: Bool, framework: String) in
            guard var agent = state.agents[wish.node] else { return (true, "") }
            let known = agent.tasks.filter { $0.value.name == wish.subject }.min { $0.key < $1.key }
            if next.isTerminal, let known { agent.tasks[known.key] = nil }
            state.agents[wish.node] = agent
            return (agent.isSilent, known?.value.framework ?? "")
        }
        guard !found.silent else { return answer(refusal("\(wish.node) is silent")) }
        let update = TaskUpdate(next, .executor, reason)
        report(
            AgentReport(
                node: wish.node, framework: found.framework, .status(task: wish.subject, executor: "", update)))
        answer(ActionAnswer(accepted: true, message: "\(wish.node) tells \(wish.word) of \(wish.subject)"))
    }
}
