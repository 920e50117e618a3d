import ClusterModel

/// An event in one line, with its meaning.
public enum EventLine {
    /// What happened, without its time.
    public static func text(_ stamped: StampedEvent, _ state: ClusterState) -> Span {
        switch stamped.event {
        case .coreStarted(let e): return Span("core started, epoch \(e.epoch), version \(e.version)", .info)
        case .configured(let e): return Span("cluster file applied\(by(e.user))", .eventOperator)
        case .acted(let e):
            let what = "\(e.user.isEmpty ? "operator" : e.user): \(e.action)"
            return Span(e.result.isEmpty ? what : "\(what): \(e.result)", e.accepted ? .eventOperator : .warning)
        case .noted(let e):
            return Span(
                e.mark.isEmpty ? "note\(by(e.user)): \(e.text)" : "mark \(e.mark)\(by(e.user)) \(e.text)",
                .eventOperator)
        case .decided(let e): return Span(decision(e), .eventScale)
        case .autoscaler(let e): return Span("autoscaler \(e.mode.word)\(by(e.user))", .eventOperator)
        case .store(let e):
            return e.writable
                ? Span("state store works again", .success) : Span("state store fails: \(e.message)", .error)
        case .ending(let e): return Span("ending\(by(e.user)): the core stops when every machine is gone", .warning)
        case .roleChanged(let e): return Span("weight of \(e.path): \(Show.scalar(e.weight))", .eventOperator)
        case .poolChanged(let e): return pool(e, state)
        case .jobSubmitted(let e):
            let many = e.spec.nodes > 1 ? " on \(e.spec.nodes) nodes" : e.spec.count > 1 ? " x\(e.spec.count)" : ""
            return Span(
                "submitted \(state.label(of: e.job))\(many)\(by(e.user)): \(e.spec.argv.joined(separator: " "))",
                .eventTask)
        case .jobChanged(let e):
            return Span(
                "job \(state.label(of: e.job)) \(word(e.gate))\(dash(e.reason)), priority \(e.priority)", .eventTask)
        case .taskPulls(let e): return Span("task \(state.label(of: e.task)) waits: \(e.message)", .eventTask)
        case .taskStarted(let e): return Span("task \(state.label(of: e.task)) runs, pid \(e.pid)", .eventTask)
        case .taskEnded(let e): return ended(e, state)
        case .taskKilling(let e):
            return Span("killing \(state.label(of: e.task))\(dash(e.reason))\(by(e.user))", .taskKilling)
        case .taskRequeued(let e):
            return Span("task \(state.label(of: e.task)) waits again\(dash(e.reason))", .eventTask)
        default: return machine(stamped.event, state)
        }
    }

    private static func machine(_ event: Event, _ state: ClusterState) -> Span {
        switch event {
        case .instanceWished(let e):
            let price = "\(state.configuration.currency)\(Show.money(e.pricePerHour))/h"
            return Span(
                "wished for \(e.name) (\(e.type), \(price)) in \(state.name(of: e.pool))\(dash(e.reason))", .eventScale)
        case .instanceChanged(let e):
            let name =
                state.instances.contains(e.instance.index)
                ? state.text(state.instances[e.instance.index].name) : "instance"
            let note = e.message.isEmpty ? dash(e.reason) : ": \(e.message)"
            return Span("machine \(name) \(e.state.word)\(note)", .eventNode)
        case .nodeRegistered(let e): return Span("node \(state.name(of: e.node)) registered", .eventNode)
        case .nodeChanged(let e):
            return Span(
                "node \(e.name.isEmpty ? state.name(of: e.node) : e.name) \(e.state.word)\(dash(e.reason))",
                e.state.style)
        case .nodeLink(let e):
            return Span(
                "link to \(state.name(of: e.node)) \(e.connected ? "open" : "lost")"
                    + (e.message.isEmpty ? "" : ": \(e.message)"),
                .warning)
        case .typeRefused(let e):
            return Span("\(state.name(of: e.pool)): \(e.type) refused: \(e.message)", .warning)
        case .budgetCrossed(let e): return Span(budget(e, state), e.isHard && e.isOver ? .error : .warning)
        case .frameworkChanged(let e): return Span("framework \(e.name) \(word(e.state))", .event)
        case .poolObserved(let e):
            let name = state.name(of: e.pool)
            return e.drift.isEmpty
                ? Span("provider of \(name): \(e.note)\(e.leaseEnforced ? "" : "; lease not enforced")", .eventNode)
                : Span("pool \(name) has drifted: \(e.drift)\(e.note.isEmpty ? "" : " (\(e.note))")", .warning)
        case .orphanChanged(let e):
            let name = e.name.isEmpty ? e.id : "\(e.name) (\(e.id))"
            return Span("machine \(name) that nobody accounts for: \(e.state.word)\(by(e.user))", .warning)
        default: return Span("event of kind \(event.kind)", .dim)
        }
    }

    private static func budget(_ e: BudgetCrossed, _ state: ClusterState) -> String {
        let whose = e.name.isEmpty ? "" : " of \(e.name)"
        let money = "\(state.configuration.currency)\(Show.money(e.limit))"
        let word = e.isOver ? "crossed" : "kept again"
        return "\(e.isHard ? "hard" : "soft") budget\(whose) per \(e.period), \(money): \(word)"
    }

    static func word(_ state: FrameworkRow.State) -> String {
        switch state {
        case .active: "is active"
        case .suppressed: "wants no offers"
        case .disconnected: "is disconnected"
        case .removed: "was removed"
        }
    }

    static func word(_ gate: JobRow.Gate) -> String {
        switch gate {
        case .open: "may start"
        case .held: "is held"
        case .waiting: "waits"
        case .stuck: "is stuck"
        }
    }

    private static func pool(_ e: PoolChanged, _ state: ClusterState) -> Span {
        let name = state.name(of: e.pool)
        if !e.fault.isEmpty { return Span("provider of \(name): \(e.fault)", .error) }
        return Span("pool \(name) wants \(e.wanted)\(dash(e.reason))\(by(e.user))", .eventScale)
    }

    private static func ended(_ e: TaskEnded, _ state: ClusterState) -> Span {
        let style: Style = e.state == .finished ? .taskFinished : e.state.style
        let what = e.state == .finished ? "finished" : "\(e.state.word)\(dash(e.reason))"
        let message = e.message.isEmpty ? "" : ": \(e.message)"
        return Span("task \(state.label(of: e.task)) \(what) after \(Show.runTime(e.runTime))\(message)", style)
    }

    private static func decision(_ e: Decision) -> String {
        var text = e.summary
        if !e.winner.isEmpty, !text.contains(e.winner) { text += " \(e.winner)" }
        if !e.runnerUp.isEmpty { text += "; next best \(e.runnerUp)" }
        return text
    }

    /// The words of an automatic or named mark; nil when the event sets none.
    static func mark(_ stamped: StampedEvent, _ state: ClusterState) -> String? {
        switch stamped.event {
        case .noted(let e): e.mark.isEmpty ? nil : "mark \(e.mark)"
        case .decided(let e): e.about == .scaleOut || e.about == .scaleIn ? decision(e) : nil
        case .instanceWished(let e): "scale out: \(e.name)"
        case .nodeChanged(let e):
            e.state == .lost || e.removeWhenDrained && e.state == .draining ? text(stamped, state).text : nil
        case .poolChanged(let e): e.fault.isEmpty ? nil : text(stamped, state).text
        case .coreStarted: text(stamped, state).text
        case .budgetCrossed(let e): e.isOver ? budget(e, state) : nil
        default: nil
        }
    }

    private static func by(_ user: String) -> String { user.isEmpty ? "" : " by \(user)" }
    private static func dash(_ reason: Reason) -> String { reason == .none ? "" : " (\(reason))" }
}
