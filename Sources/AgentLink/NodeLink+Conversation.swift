import AgentProtocol
import ClusterModel

/// What is said on a link: messages of the agent become reports, wishes of the core become messages.
extension NodeLink {
    func receive(_ message: AgentMessage, attempt number: UInt64) {
        guard number == attempt else { return }
        heard()
        switch (phase, message) {
        case (_, .refusal(let refusal)): refused(refusal)
        case (.greeting(nil), .hello(let hello)): greeting(hello)
        case (.greeting(.some), .inventory(let list)):
            inventory += list
            if inventory.count > hub.limits.inventoryTasks {
                fail(.garbled(cause: "an inventory of more than \(hub.limits.inventoryTasks) tasks"), attempt: number)
            }
        case (.greeting(.some(let hello)), .inventoryEnd): greeted(hello)
        case (.open, .status(let status)):
            tell(.taskStatus(NodeTaskStatus(node: node, status: TaskStatus(status))))
        case (.open, .sample(let sample)): tell(.sample(meter.measure(sample, node: node)))
        case (.open, .logData(let data)): received(data)
        case (.open, .executorInput(let data)): heard(data)
        case (.open, .pong), (_, .unknown): break
        case (.opening, _), (.greeting, _), (.open, _):
            fail(.garbled(cause: "a message out of its order"), attempt: number)
        case (.resting, _), (.closed, _): break
        }
    }

    private func greeting(_ hello: AgentProtocol.AgentHello) {
        let versions = AgentLimits.lowestVersion...AgentLimits.highestVersion
        guard versions.contains(hello.version) else {
            return fail(.garbled(cause: "it speaks protocol version \(hello.version)"), attempt: attempt)
        }
        phase = .greeting(hello)
    }

    private func refused(_ refusal: AgentRefusal) {
        if refusal.isFatal { return fail(.refused(refusal), attempt: attempt) }
        hub.log("node \(node): the agent refused: \(refusal.message)")
    }

    /// Takes a wish of the core; false when there is no session to take it to.
    func take(_ wish: AgentOrder.Wish) -> Bool {
        guard isOpen else { return false }
        switch wish {
        case .launch(let launch, let decidedOn):
            guard decidedOn == session else { return false }
            start(launch)
        case .kill(let task, let attempt, let grace):
            let milliseconds = UInt64(clamping: grace.milliseconds)
            write(
                .kill(
                    AgentTaskKey(id: task.packed, attempt: attempt),
                    graceMilliseconds: min(milliseconds, AgentLimits.graceMilliseconds)))
        case .acknowledge(let task, let attempt, let sequence):
            guard sequence > 0 else { return false }
            acknowledge(AgentAcknowledgement(key: AgentTaskKey(id: task.packed, attempt: attempt), sequence: sequence))
        case .renewLease(let lease):
            let (soft, hard) = (lease.soft.milliseconds, lease.hard.milliseconds)
            write(
                .lease(
                    AgentLease(
                        softSeconds: UInt64(clamping: (soft + 999) / 1_000),
                        hardSeconds: UInt64(clamping: (hard + 999) / 1_000))))
        }
        return true
    }

    private func start(_ launch: TaskLaunch) {
        let message = AgentLaunch(launch, settings: hub.settings)
        let bytes = CoreMessage.launch(message).encoded()
        var fault = message.fault
        if bytes.count - 4 > AgentLimits.frameBytes {
            fault = "program, arguments, environment and files are longer than \(AgentLimits.frameBytes) bytes"
        }
        guard let fault else { return write(bytes: bytes) }
        var status = TaskStatus()
        status.task = launch.task
        status.attempt = launch.attempt
        status.phase = .ended
        status.reason = Reason(.launchFailed)
        status.message = fault
        tell(.taskStatus(NodeTaskStatus(node: node, status: status)))
    }
}
