import ClusterModel
import Commands
import Simulation

/// A run summed up: waits, slowdown, utilisation, nodes, money by line, decisions.
struct SimulationReport {
    private let run: TraceRun
    private let digest: String
    private let inputs: Int
    private let notes: [String]
    /// The session that was played again, as it was.
    private let recorded: RecordedWorkload?

    init(_ run: TraceRun, digest: String, inputs: Int, notes: [String], recorded: RecordedWorkload? = nil) {
        (self.run, self.digest, self.inputs, self.notes) = (run, digest, inputs, notes)
        self.recorded = recorded
    }

    var result: SimulateResult { SimulateResult(text: text, json: json) }

    private static let shares = [(500, "median"), (900, "p90"), (950, "p95"), (990, "p99"), (1_000, "longest")]
    private var tally: TraceTally { run.tally }
    private func money(_ micros: Int64) -> String {
        Quantity.format(Money(micros: micros), currency: run.state.configuration.currency)
    }
    private func span(_ milliseconds: Int64) -> String { Quantity.format(Interval.milliseconds(milliseconds)) }

    private var text: String {
        var rows: [(String, String)] = []
        let refused = tally.refused > 0 ? ", \(tally.refused) refused" : ""
        let left = tally.jobs - tally.ended - tally.refused
        let waiting = left > 0 ? ", \(left) could not start on what there was" : ""
        rows.append(("jobs", "\(tally.jobs): \(tally.ended) ended\(refused)\(waiting)"))
        rows.append(("time", "\(span(tally.span.milliseconds)), \(inputs) inputs, \(run.state.sequence) events"))
        let cost = run.state.spent(at: run.now)
        let (own, old) = (figures(tally, cost, chart), recorded.map { figures($0.tally, $0.spent, "") } ?? [])
        for (slot, row) in own.enumerated() {
            rows.append(row)
            if slot < old.count { rows.append(("  as recorded", old[slot].1)) }
        }
        for line in CostLine.allCases {
            rows.append(("  \(line)", money(run.state.total(of: line, at: run.now).micros)))
        }
        for (slot, pool) in run.state.pools.enumerated() {
            rows.append(("  pool \(run.state.name(of: PoolID(slot)))", money(pool.meter.total(at: run.now).micros)))
        }
        rows.append(
            (
                "autoscaler",
                "\(tally.rounds) rounds, \(tally.decisions) decisions, \(tally.bought) machines asked for, "
                    + "\(tally.returned) returned"
            ))
        for one in tally.reasons { rows.append(("  \(Reason(one.code))", "\(one.count) times in the way")) }
        if tally.crossings > 0 { rows.append(("budgets", "crossed \(tally.crossings) times")) }
        rows.append(("digest", digest))
        for note in notes { rows.append(("note", note)) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in name + String(repeating: " ", count: width - name.count + 2) + value + "\n" }
            .joined()
    }

    /// What can be set beside each other.
    private func figures(_ tally: TraceTally, _ cost: Money, _ chart: String) -> [(String, String)] {
        [
            ("wait", "mean \(span(TraceTally.mean(tally.waits)))" + percentiles(tally.waits) { span($0) }),
            (
                "slowdown",
                "mean \(decimal(TraceTally.mean(tally.slowdowns)))" + percentiles(tally.slowdowns) { decimal($0) }
            ),
            ("utilisation", "\(decimal(tally.utilisation * 100)) % of ready cpus"),
            ("nodes", "\(tally.fewestNodes) to \(tally.mostNodes), mean \(decimal(tally.meanNodes))" + chart),
            ("cost", money(cost.micros)),
        ]
    }

    private func percentiles(_ values: [Int64], _ show: (Int64) -> String) -> String {
        Self.shares.map { ", \($0.1) \(show(TraceTally.percentile(values, $0.0)))" }.joined()
    }

    private func decimal(_ thousandths: Int64) -> String { Quantity.format(thousandths: thousandths) }

    /// Nodes over time in 60 columns.
    private var chart: String {
        let most = max(1, tally.mostNodes)
        let glyphs = Array("▁▂▃▄▅▆▇█")
        guard tally.steps.count >= 2 else { return "" }
        let columns = min(60, tally.steps.count)
        let line = (0..<columns).map { column in
            let nodes = tally.steps[column * tally.steps.count / columns].nodes
            return glyphs[min(7, nodes * 8 / (most + 1))]
        }
        return "  " + String(line)
    }

    private var json: String {
        var fields: [(String, String)] = [
            ("jobs", "\(tally.jobs)"), ("ended", "\(tally.ended)"), ("refused", "\(tally.refused)"),
            ("seconds", seconds(tally.span.milliseconds)), ("inputs", "\(inputs)"),
            ("events", "\(run.state.sequence)"), ("waitMeanSeconds", seconds(TraceTally.mean(tally.waits))),
            ("slowdownMean", decimal(TraceTally.mean(tally.slowdowns))),
        ]
        for (share, name) in Self.shares {
            let key = name.prefix(1).uppercased() + name.dropFirst()
            fields.append(("wait\(key)Seconds", seconds(TraceTally.percentile(tally.waits, share))))
            fields.append(("slowdown\(key)", decimal(TraceTally.percentile(tally.slowdowns, share))))
        }
        fields += [
            ("utilisationPercent", decimal(tally.utilisation * 100)), ("nodesMean", decimal(tally.meanNodes)),
            ("nodesFewest", "\(tally.fewestNodes)"), ("nodesMost", "\(tally.mostNodes)"),
            ("cost", plain(run.state.spent(at: run.now).micros)),
        ]
        for line in CostLine.allCases {
            let word = "\(line)"
            fields.append(
                (
                    "cost" + word.prefix(1).uppercased() + word.dropFirst(),
                    plain(run.state.total(of: line, at: run.now).micros)
                ))
        }
        fields += [
            ("rounds", "\(tally.rounds)"), ("decisions", "\(tally.decisions)"), ("bought", "\(tally.bought)"),
            ("returned", "\(tally.returned)"), ("budgetsCrossed", "\(tally.crossings)"), ("digest", "\"\(digest)\""),
        ]
        if let recorded { fields.append(("recorded", object(recorded))) }
        return object(fields) + "\n"
    }

    private func object(_ recorded: RecordedWorkload) -> String {
        let was = recorded.tally
        return object([
            ("jobs", "\(was.jobs)"), ("ended", "\(was.ended)"),
            ("waitMeanSeconds", seconds(TraceTally.mean(was.waits))),
            ("waitP90Seconds", seconds(TraceTally.percentile(was.waits, 900))),
            ("slowdownMean", decimal(TraceTally.mean(was.slowdowns))),
            ("utilisationPercent", decimal(was.utilisation * 100)), ("nodesMean", decimal(was.meanNodes)),
            ("nodesMost", "\(was.mostNodes)"), ("bought", "\(was.bought)"), ("cost", plain(recorded.spent.micros)),
        ])
    }

    private func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }

    private func seconds(_ milliseconds: Int64) -> String { decimal(milliseconds) }
    private func plain(_ micros: Int64) -> String {
        let text = Quantity.format(Money(micros: abs(micros)), currency: "")
        return (micros < 0 ? "-" : "") + text
    }
}
