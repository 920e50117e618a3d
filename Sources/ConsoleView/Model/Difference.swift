import ClusterModel

/// What differs between two instants of one cluster, in lines: the whole, then what came, went and changed.
enum Difference {
    /// Most things named under a heading.
    static let listLimit = 50

    /// An instant and its state.
    struct Side: Sendable {
        var state: ClusterState
        var instant: Instant
    }

    /// The lines, the earlier side first. Costs a pass over nodes and tasks of both.
    static func lines(_ first: Side, _ second: Side, offset: Int) -> [[Span]] {
        let (a, b) = first.instant <= second.instant ? (first, second) : (second, first)
        var lines = whole(a, b, offset)
        lines += section("Nodes", nodes(a.state, b.state))
        lines += section("Tasks", tasks(a.state, b.state))
        lines += section("Pools", pools(a, b))
        lines += section("Roles", roles(a, b))
        return lines
    }

    private static func section(_ title: String, _ lines: [[Span]]) -> [[Span]] {
        [[], [Span(title, .title)]] + (lines.isEmpty ? [[Span("  no difference", .dim)]] : lines)
    }

    private static func change(_ name: String, _ a: String, _ b: String, _ more: String = "") -> [Span] {
        [
            Span("  \(DisplayText.fitted(name, to: 14)) ", .label), Span(a, .dim), Span(" -> ", .dim),
            Span(b, a == b ? .dim : .value), Span(more.isEmpty ? "" : "  \(more)", .dim),
        ]
    }

    private static func whole(_ a: Side, _ b: Side, _ offset: Int) -> [[Span]] {
        let (x, y) = (a.state, b.state)
        let currency = y.configuration.currency
        func sum(_ state: ClusterState, _ part: (RoleRow) -> UInt32) -> String {
            "\(state.roles.reduce(0) { $0 + Int(part($1)) })"
        }
        let spent = y.spent(at: b.instant).micros &- x.spent(at: a.instant).micros
        var lines = [
            [
                Span("A  \(Show.date(a.instant, offset: offset))  #\(x.sequence)", .value),
                Span("   B  \(Show.date(b.instant, offset: offset))  #\(y.sequence)", .value),
                Span("   \(Show.runTime(b.instant - a.instant)) apart, \(y.sequence &- x.sequence) events", .dim),
            ],
            [],
            change("nodes", "\(x.presentNodes.count)", "\(y.presentNodes.count)"),
            change("running", sum(x, \.placed), sum(y, \.placed)),
            change("waiting", sum(x, \.queued), sum(y, \.queued)),
            change("ended", "\(x.tasksEnded)", "\(y.tasksEnded)", "\(y.tasksEnded &- x.tasksEnded) in between"),
            change(
                "burn", "\(currency)\(Show.money(x.burnPerHour))/h", "\(currency)\(Show.money(y.burnPerHour))/h",
                "\(currency)\(Show.money(spent)) spent in between"),
            change("autoscaler", x.autoscaler.word, y.autoscaler.word),
        ]
        if x.epoch != y.epoch { lines.append(change("core", "epoch \(x.epoch)", "epoch \(y.epoch)")) }
        if x.configuration != y.configuration { lines.append(change("cluster file", "", "another configuration")) }
        return lines
    }

    private static func nodes(_ a: ClusterState, _ b: ClusterState) -> [[Span]] {
        func all(_ state: ClusterState) -> [String: NodeRow] {
            Dictionary(
                state.presentNodes.map { (state.name(of: $0), state.nodes[$0.index]) }, uniquingKeysWith: { $1 })
        }
        let (before, after) = (all(a), all(b))
        let names = Set(before.keys).union(after.keys).sorted { NaturalOrder.precedes($0, $1) }
        var lines: [[Span]] = []
        for name in names {
            switch (before[name], after[name]) {
            case (nil, let new?): lines.append(line("+", name, new.state.word, new.state.style))
            case (let old?, nil): lines.append(line("-", name, "was \(old.state.word)", .dim))
            case (let old?, let new?) where old.state != new.state:
                lines.append(
                    line("~", name, "\(old.state.word) -> \(new.state.word) \(reason(new.reason))", new.state.style))
            default: break
            }
        }
        return limited(lines)
    }

    private static func tasks(_ a: ClusterState, _ b: ClusterState) -> [[Span]] {
        var lines: [[Span]] = []
        for job in Set(a.liveJobs).union(b.liveJobs).sorted() {
            let (old, new) = (a.contains(job), b.contains(job))
            if !old { lines.append(line("+", b.label(of: job), "submitted: \(counts(b.jobs[job.index]))", .eventTask)) }
            if !new { lines.append(line("-", a.label(of: job), "forgotten; was \(counts(a.jobs[job.index]))", .dim)) }
            guard old, new else { continue }
            let (was, now) = (counts(a.jobs[job.index]), counts(b.jobs[job.index]))
            if was != now { lines.append(line("~", b.label(of: job), "\(was) -> \(now)", .eventTask)) }
        }
        return limited(lines)
    }

    private static func counts(_ row: JobRow) -> String {
        let parts: [(UInt32, String)] = [
            (row.queued, "waiting"), (row.placed, "placed"), (row.finished, "finished"), (row.failed, "failed"),
        ]
        let found = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return found.isEmpty ? "nothing" : found.joined(separator: ", ")
    }

    private static func pools(_ a: Side, _ b: Side) -> [[Span]] {
        let currency = b.state.configuration.currency
        return b.state.pools.indices.compactMap { index -> [Span]? in
            let new = b.state.pools[index]
            let old = index < a.state.pools.count ? a.state.pools[index] : PoolRow()
            let spent = new.meter.total(at: b.instant).micros &- old.meter.total(at: a.instant).micros
            guard old.instances != new.instances || spent != 0 else { return nil }
            return change(
                b.state.text(new.name), "\(old.instances)", "\(new.instances) machines",
                "\(currency)\(Show.money(spent)) spent in between")
        }
    }

    private static func roles(_ a: Side, _ b: Side) -> [[Span]] {
        let currency = b.state.configuration.currency
        return b.state.roles.indices.compactMap { index -> [Span]? in
            let new = b.state.roles[index]
            let old = index < a.state.roles.count ? a.state.roles[index] : RoleRow()
            let paid = new.meter.total(at: b.instant).micros &- old.meter.total(at: a.instant).micros
            guard old.placed != new.placed || old.queued != new.queued || old.weight != new.weight || paid != 0 else {
                return nil
            }
            return change(
                b.state.text(new.path), "\(old.placed) placed, \(old.queued) waiting",
                "\(new.placed) placed, \(new.queued) waiting", "\(currency)\(Show.money(paid)) in between")
        }
    }

    private static func line(_ sign: String, _ name: String, _ text: String, _ style: Style) -> [Span] {
        [Span("  \(sign) \(DisplayText.fitted(name, to: 18)) ", .text), Span(text, style)]
    }

    private static func reason(_ reason: Reason) -> String { reason == .none ? "" : "(\(reason))" }

    private static func limited(_ lines: [[Span]]) -> [[Span]] {
        guard lines.count > listLimit else { return lines }
        return Array(lines.prefix(listLimit)) + [[Span("  and \(lines.count - listLimit) more", .dim)]]
    }
}
