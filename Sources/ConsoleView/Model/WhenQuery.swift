import ClusterModel
import ClusterSource

/// What `:when` looks for: the first moment when a condition on the whole cluster holds, or when some row of a pane
/// passes a filter.
struct WhenQuery: Sendable, Hashable {
    /// What was typed.
    let text: String
    /// Whether to look forward.
    let isForward: Bool
    /// The pane whose rows are asked; nil = the cluster as a whole.
    let pane: PaneKind?
    private let expression: Expression

    /// What may be asked of the cluster as a whole.
    static let fields = [
        "nodes", "ready", "booting", "silent", "cpu", "mem", "gpu", "queue", "running", "offers", "burn", "today",
        "budget", "autoscaler", "event",
    ]

    /// Reads `[back] [nodes|offers|tasks|cost] EXPRESSION`.
    init(_ line: String) throws(TextFault) {
        text = line
        var words = line[...]
        func take(_ word: String) -> Bool {
            let rest = words.drop { $0 == " " }
            guard rest.hasPrefix(word + " ") else { return false }
            words = rest.dropFirst(word.count + 1)
            return true
        }
        isForward = !take("back")
        pane = PaneKind.allCases.first { take($0.title.lowercased()) }
        expression = try Expression(String(words).trimmedSpaces, fields: pane?.table.fields ?? Self.fields)
    }

    /// Whether it holds. Costs a pass over the nodes, or over the pane's rows.
    func holds(_ state: ClusterState, at now: Instant) -> Bool {
        var summary = FrameSummary()
        let stamp = PaneIndex.Stamp(cluster: state.cluster, sequence: state.sequence, change: state.nodes.change)
        if pane == nil || pane == .cost { summary.update(state, stamp: stamp, at: now) }
        guard let pane else {
            return expression.matches(
                { Self.field($0, state, summary, now) },
                columns: { state.newestLines(1).map { EventLine.text($0, state).text } })
        }
        let context = FrameContext(state: state, now: now, offset: 0, ranks: TextRanks(), summary: summary)
        let table = pane.table
        return table.entries(context, by: table.firstSort).contains { entry in
            expression.matches(
                { table.field($0, entry.key, context) }, columns: { table.words(entry.key, context) })
        }
    }

    private static func field(
        _ name: String, _ state: ClusterState, _ summary: FrameSummary, _ now: Instant
    ) -> FieldValue? {
        func count(_ number: Int) -> FieldValue { .number(Int64(number) * 1_000) }
        func share(_ part: Int64, _ whole: Int64) -> FieldValue? {
            whole > 0 ? .number(Int64(Show.permille(part, of: whole)) * 100) : nil
        }
        switch name {
        case "nodes": return count(summary.nodes)
        case "ready": return count(summary.ready)
        case "booting": return count(summary.booting)
        case "silent": return count(summary.silent)
        case "cpu": return share(summary.used.cpus, summary.total.cpus)
        case "mem": return share(summary.used.mem, summary.total.mem)
        case "gpu": return share(summary.used.gpus, summary.total.gpus)
        case "queue": return count(state.roles.reduce(0) { $0 + Int($1.queued) })
        case "running": return count(state.roles.reduce(0) { $0 + Int($1.placed) })
        case "offers": return count(state.openOffers.count)
        case "burn": return .money(state.burnPerHour)
        case "today": return .money(state.spentToday(at: now).micros)
        case "budget": return .money(state.configuration.budgetPerHour.micros)
        case "autoscaler": return .text(state.autoscaler.word)
        case "event": return .number(Int64(clamping: state.sequence) &* 1_000)
        default: return nil
        }
    }
}
