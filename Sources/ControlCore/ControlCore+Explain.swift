import Allocator
import ClusterModel
import Workloads

/// Why things are as they are: answers made on demand, on live or replayed state, by the predicates that decide.
extension ControlCore {
    /// The answer to `question` on `state` at `now`. Pure; costs what is asked about.
    public static func explain(_ question: ExplainQuestion, in state: ClusterState, at now: Instant) -> Explanation {
        switch question {
        case .task(let task): explainTask(task, state, now)
        case .job(let job): explainJob(job, state, now)
        case .node(let name): explainNode(name, state, now)
        case .pool(let name): explainPool(name, state, now)
        case .offer(let offer): explainOffer(offer, state, now)
        case .role(let path): explainRole(path, state, now)
        case .cost: explainCost(state, now)
        case .lending(let framework, let node): explainLending(framework, node, state, now)
        case .scale(let pool): explainScale(pool, state, now)
        }
    }

    private static func explainTask(_ task: TaskID, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard let row = state.row(of: task) else {
            return Explanation(
                headline: "there is no task \(task); ended tasks leave after a while, the recording keeps them")
        }
        let label = state.label(of: task)
        var answer = Explanation()
        switch row.state {
        case .queued, .held:
            answer = explainJob(task.job, state, now)
            answer.headline = "\(label) waits" + answer.headline.drop { $0 != ":" }
        case .staging:
            let pulls = row.reason.code == .pullsImage ? ": \(state.taskMessages[task] ?? "\(row.reason)")" : ""
            answer.headline = "\(label) is on its way to \(state.name(of: row.node))\(pulls)"
        case .running: answer.headline = "\(label) runs on \(state.name(of: row.node))"
        case .killing: answer.headline = "\(label) was asked to end: \(row.reason)"
        case .finished: answer.headline = "\(label) finished on \(state.name(of: row.node)) with exit code 0"
        case .failed, .killed, .lost: answer.headline = "\(label) \(row.state): \(row.reason)"
        case .forgotten: break
        }
        answer.facts.insert(contentsOf: taskFacts(task, row, state), at: 0)
        return answer
    }

    private static func taskFacts(_ task: TaskID, _ row: TaskRow, _ state: ClusterState) -> [Explanation.Fact] {
        var facts: [Explanation.Fact] = []
        if row.attempt > 1 { facts.append(.init("attempt", "\(row.attempt), \(row.failures) failed")) }
        if row.state.isPlaced || row.state.isTerminal, !row.node.isNone {
            facts.append(.init("node", state.name(of: row.node)))
            facts.append(.init("cost", MoneyText.rate(row.costPerHour, state.configuration.currency)))
        }
        if row.state.isTerminal {
            facts.append(.init("exit", row.signal != 0 ? "signal \(row.signal)" : "code \(row.exitCode)"))
            facts.append(.init("run time", "\(row.runTime.milliseconds) ms"))
        }
        // Of one that waits, its job says so.
        if row.state != .queued && row.state != .held { facts += surroundings(task.job, state) }
        if let message = state.taskMessages[task] { facts.append(.init("message", message)) }
        return facts
    }

    private static func explainJob(_ job: JobID, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard state.contains(job) else {
            return Explanation(headline: "there is no job \(job.raw); jobs are listed by `bellows jobs`")
        }
        let row = state.jobs[job.index]
        let label = state.label(of: job)
        var answer = Explanation()
        answer.facts = [
            .init("role", state.path(of: row.role)), .init("priority", "\(row.priority)"),
            .init("needs", needText(row.need, state)),
            .init(
                "tasks",
                "\(row.queued) waiting, \(row.placed) placed, \(row.finished) finished, \(row.failed) failed, "
                    + "\(row.killed) killed, \(row.lost) lost"),
        ]
        answer.facts += surroundings(job, state)
        guard row.queued > 0 else {
            answer.headline = "\(label): nothing of it waits"
            return answer
        }
        if row.gate != .open {
            answer.headline = "\(label) waits: \(row.reason)"
            return answer
        }
        let batch = Batch.explain(job, in: state, now: now)
        answer.headline = "\(label) waits: " + (batch.headline.isEmpty ? "\(batch.reason)" : batch.headline)
        answer.verdicts = batch.verdicts
        answer.otherVerdicts = batch.otherVerdicts
        for (code, count) in batch.counts { answer.facts.append(.init("\(Reason(code))", "\(count) nodes")) }
        if let at = Batch.expectedStart(job, in: state, now: now) {
            answer.facts.append(.init("expected start", "in \(max(0, (at - now).seconds)) s"))
        }
        return answer
    }

    /// Image, user and view of a job's tasks.
    private static func surroundings(_ job: JobID, _ state: ClusterState) -> [Explanation.Fact] {
        guard state.contains(job) else { return [] }
        return state.specs[job.index].surroundings.map { .init($0.name, $0.value) }
    }

    static func needText(_ need: ResourceVector, _ state: ClusterState) -> String {
        var parts: [String] = []
        for (lane, name) in state.configuration.laneNames.enumerated() where need.lanes[lane] != 0 {
            let amount = need.lanes[lane]
            parts.append(
                lane == 1 || lane == 2 ? "\(name) \(amount >> 20) MiB" : "\(name) \(MoneyText.thousandths(amount))")
        }
        return parts.joined(separator: ", ")
    }

    private static func explainNode(_ name: String, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard let node = state.node(named: name) else {
            return Explanation(headline: "there is no node \(name); nodes are listed by `bellows nodes`")
        }
        let row = state.nodes[node.index]
        let details = state.nodeDetails[node.index]
        var answer = Explanation()
        let why = row.reason == .none ? "" : ": \(row.reason)"
        answer.headline =
            "\(name) is \(row.state)\(why)" + (row.state.takesWork ? "; it takes work" : "; it takes no new work")
        answer.facts = [
            .init("since", "\((now - row.stateSince).seconds) s"), .init("total", needText(row.total, state)),
            .init("used", needText(row.used, state)), .init("offered", needText(row.offered, state)),
            .init("free", needText(row.free, state)), .init("tasks", "\(row.tasks)"),
            .init("price", MoneyText.rate(row.pricePerHour, state.configuration.currency)),
            .init("heard", "\((now - row.heardAt).seconds) s ago, link \(row.connected ? "open" : "closed")"),
            .init("isolation", details.isolation),
        ]
        if !row.instance.isNone, state.instances.contains(row.instance.index) {
            let machine = state.instances[row.instance.index]
            let since = "\(machine.state) since \((now - machine.stateSince).seconds) s"
            answer.facts.append(.init("machine", since + machineTerms(machine, now)))
        }
        if !details.fault.isEmpty { answer.facts.append(.init("fault", details.fault)) }
        if row.failuresInRow > 0 {
            let limit = state.configuration.limits.failuresInRow
            let isSpared = limit > 0 && row.failuresInRow >= limit && row.state == .ready && state.isLastOfFailing(node)
            let why = isSpared ? "; the last node at work is not held: it is the jobs that fail" : ""
            answer.facts.append(.init("failures in a row", "\(row.failuresInRow)\(why)"))
        }
        return answer
    }

    private static func explainOffer(_ id: OfferID, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard id.raw > 0, state.offers.contains(id.index), !state.offers[id.index].id.isNone else {
            return Explanation(headline: "there is no offer O-\(id.raw); only recent ones are kept")
        }
        let row = state.offers[id.index]
        var answer = Explanation()
        let to = "\(state.name(of: row.framework)) for \(state.path(of: row.role))"
        answer.headline =
            row.outcome == .open
            ? "O-\(id.raw) is lent to \(to); it times out in \((row.expiresAt - now).seconds) s"
            : "O-\(id.raw) to \(to) was \(row.outcome) after \((row.closedAt - row.madeAt).milliseconds) ms"
        answer.facts = [
            .init("node", state.name(of: row.node)), .init("lent", needText(row.resources, state)),
            .init("used of it", needText(row.accepted, state)), .init("tasks launched", "\(row.tasks)"),
        ]
        return answer
    }

    private static func explainRole(_ path: String, _ state: ClusterState, _ now: Instant) -> Explanation {
        guard let role = state.role(at: path) else {
            return Explanation(headline: "there is no role \(path); roles are listed by `bellows cost`")
        }
        let row = state.roles[role.index]
        let currency = state.configuration.currency
        var answer = Explanation()
        answer.headline = "\(path): \(row.placed) tasks placed, \(row.queued) waiting"
        answer.facts = [
            .init("weight", MoneyText.thousandths(row.weight)), .init("holds", needText(row.allocated, state)),
            .init("burn", MoneyText.rate(row.meter.ratePerHour, currency)),
            .init("today", currency + MoneyText.decimal(row.meter.today(at: now).micros)),
        ]
        for other in state.roles.indices {
            let share = dominantShare(of: state.roles[other].allocated, in: state.total)
            answer.verdicts.append(
                .init(
                    name: state.path(of: RoleID(other)), passes: other == role.index,
                    detail: "dominant share \(MoneyText.thousandths(share * 100)) %"))
        }
        return answer
    }

    /// The largest share of any scalar, thousandths.
    private static func dominantShare(of held: ResourceVector, in total: ResourceVector) -> Int64 {
        (0..<8).reduce(0) { largest, lane in
            let whole = total.lanes[lane]
            return whole > 0 ? max(largest, Int64(Int128(held.lanes[lane]) * 1_000 / Int128(whole))) : largest
        }
    }
}
