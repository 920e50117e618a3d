import AgentLink
import ClusterModel

/// What simulated agents are told by the core.
extension SimulatedAgents {
    /// Takes an order to an agent; false when its node is not simulated.
    func take(_ order: AgentOrder) -> Bool {
        var ready: [Waiting] = []
        var span: Interval?
        let isMine = state.withLock { state -> Bool in
            guard var agent = state.agents[order.node] else { return false }
            defer { state.agents[order.node] = agent }
            guard agent.isConnected else { return true }
            span = agent.runs ?? state.runs
            switch order.wish {
            case .launch(let launch, _):
                guard agent.tasks[launch.task]?.attempt != launch.attempt else { return true }
                let name = launch.external?.task ?? launch.task.description
                agent.tasks[launch.task] = Task(
                    attempt: launch.attempt, framework: launch.external?.framework ?? "", name: name)
                var detail = "{\"task_id\":{\"value\":\(Self.quoted(name))}"
                if let external = launch.external {
                    detail += ",\"framework_id\":{\"value\":\(Self.quoted(external.framework))}"
                    detail += ",\"resources\":\(ResourceJSON.text(external.resources, role: external.role))"
                }
                note("task", detail + "}", of: &agent)
                guard !state.waiting.isEmpty else { return true }
                for (number, waiting) in state.waiting.sorted(by: { $0.key < $1.key })
                where waiting.wish.node == order.node && waiting.wish.subject == name {
                    ready.append(waiting)
                    state.waiting[number] = nil
                }
            case .kill(let task, _, _):
                note("kill", Self.quoted(agent.tasks[task]?.name ?? task.description), of: &agent)
            case .acknowledge(let task, _, _):
                note("acknowledgement", Self.quoted(agent.tasks[task]?.name ?? task.description), of: &agent)
            case .renewLease: break
            }
            return true
        }
        for waiting in ready { tellStatus(waiting.wish, answer: waiting.answer) }
        switch order.wish {
        case .launch(let launch, _): if let span { run(launch.task, launch.attempt, order.node, span) }
        case .kill(let task, let attempt, _): if span != nil { tell(.killed, task, attempt, order.node) }
        case .acknowledge, .renewLease: break
        }
        return isMine
    }

    /// Takes a notice to an agent; false when its node is not simulated.
    func take(_ notice: AgentNotice, for node: String) -> Bool {
        state.withLock { state in
            guard var agent = state.agents[node] else { return false }
            defer { state.agents[node] = agent }
            switch notice {
            case .launch, .shutdownExecutor: break
            case .kill(_, _, let task, _): note("kill", Self.quoted(task), of: &agent)
            case .message(_, _, let data): note("message", Self.quoted(Base64.text(data)), of: &agent)
            case .acknowledged(_, _, let task, _): note("acknowledgement", Self.quoted(task), of: &agent)
            case .shutdownFramework(let framework):
                agent.tasks = agent.tasks.filter { $0.value.framework != framework }
                note("shutdown_framework", Self.quoted(framework), of: &agent)
            case .drain: note("drain", "true", of: &agent)
            case .shutdown: note("shutdown", "true", of: &agent)
            }
            return true
        }
    }

    private func note(_ kind: String, _ detail: String, of agent: inout Agent) {
        let micros = RuntimeClock.wallMicroseconds()
        let time = "\(micros / 1_000_000).\(String(micros % 1_000_000 + 1_000_000).dropFirst())"
        agent.received.append("{\"time\":\(time),\"kind\":\"\(kind)\",\"detail\":\(detail)}")
        if agent.received.count > limits.simulatedMemory { agent.received.removeFirst() }
    }

    /// A text as JSON.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 32:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Bytes as text, in the usual way.
enum Base64 {
    private static let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Bytes as text, padded.
    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for at in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[at..<min(at + 3, bytes.count)]
            var word: UInt32 = 0
            for offset in 0..<3 { word = word << 8 | (at + offset < bytes.count ? UInt32(bytes[at + offset]) : 0) }
            for offset in 0..<4 {
                let sign = signs[Int(word >> UInt32(18 - 6 * offset) & 63)]
                result.append(offset <= part.count ? sign : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes of a text; nil when it is not of this kind.
    static func bytes(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var (word, bits): (UInt32, UInt32) = (0, 0)
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        for sign in body {
            guard let value = signs.firstIndex(of: sign) else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        return result
    }
}
