import ClusterModel

/// A line of a detail view, and the thing that Enter on it opens.
struct DetailLine: Sendable {
    /// What it says.
    var spans: [Span]
    /// What it speaks of.
    var link: RowKey?

    /// A line.
    init(_ spans: [Span] = [], link: RowKey? = nil) {
        self.spans = spans
        self.link = link
    }
}

/// The facts that the state holds of a thing, a line each.
enum DetailFacts {
    /// Most tasks or nodes listed under a thing.
    static let listLimit = 100

    static func fact(_ name: String, _ value: String, _ style: Style = .text, link: RowKey? = nil) -> DetailLine {
        DetailLine(
            [Span(DisplayText.fitted(name, to: 14), .label), Span(" \(value)", link == nil ? style : .link)], link: link
        )
    }

    static func title(_ text: String) -> DetailLine { DetailLine([Span(text, .title)]) }

    /// At most `listLimit` of the lines, and how many more there are.
    static func limited(_ lines: [DetailLine], of total: Int) -> [DetailLine] {
        guard total > listLimit else { return lines }
        return Array(lines.prefix(listLimit)) + [DetailLine([Span("  and \(total - listLimit) more", .dim)])]
    }

    static func lines(_ key: RowKey, _ context: FrameContext) -> [DetailLine] {
        switch key.kind {
        case .node: node(key.node, context)
        case .instance: instance(context.state.instances[key.instance.index], context)
        case .offer: offer(context.state.offers[key.offer.index], context)
        case .task: task(key.task, context)
        case .pool: pool(key.pool, context)
        case .role: role(key.role, context)
        case .job: job(key.job, context)
        case .framework: framework(key.framework, context)
        }
    }

    static func resources(_ vector: ResourceVector, _ state: ClusterState) -> String {
        ResourceText.format(vector, Extras(), scalars: state.configuration.scalars)
    }

    static func since(_ instant: Instant, _ context: FrameContext) -> String {
        instant.isNever ? "-" : "\(Show.date(instant, offset: context.offset)), \(Show.age(context.now - instant)) ago"
    }

    static func until(_ instant: Instant, _ context: FrameContext) -> String {
        instant > context.now ? "in \(Show.age(instant - context.now))" : "\(Show.age(context.now - instant)) overdue"
    }

    static func rate(_ micros: Int64, _ context: FrameContext) -> String {
        "\(context.state.configuration.currency)\(Show.money(micros))/h"
    }

    static func node(_ id: NodeID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        let row = state.nodes[id.index]
        let details = state.nodeDetails[id.index]
        var lines = [
            fact("state", row.state.word + (row.reason == .none ? "" : " (\(row.reason))"), row.state.style),
            fact("since", since(row.stateSince, context)),
            fact("pool", state.name(of: row.pool), .pool, link: link(row.pool, state)),
            fact("price", rate(row.pricePerHour, context), .cost),
            fact("total", resources(row.total, state)),
            fact("used", resources(row.used, state)),
            fact("offered", resources(row.offered, state)),
            fact("free", resources(row.free, state)),
            fact(
                "measured",
                "cpu \(Show.count(row.cpuUsed)), mem \(Show.bytes(row.memUsed)), "
                    + "load \(row.load / 100).\(Show.two(row.load % 100))"
            ),
            fact(
                "link", "\(row.connected ? "open" : "closed"), heard \(Show.age(context.now - row.heardAt)) ago",
                row.connected ? .text : .warning),
            fact("address", details.address), fact("host", "\(details.host)  \(details.kernel)  \(details.arch)"),
            fact("agent", "\(details.agentVersion)  isolation: \(details.isolation)"),
            fact("attributes", ResourceText.format(details.attributes)),
        ]
        if !row.instance.isNone, state.instances.contains(row.instance.index) {
            let machine = state.instances[row.instance.index]
            lines.append(fact("machine", "\(machine.state.word) since \(since(machine.stateSince, context))"))
            if !machine.deadline.isNever { lines.append(fact("step ends", until(machine.deadline, context), .warning)) }
            if !machine.leaseUntil.isNever {
                lines.append(fact("lease", "powers itself off \(until(machine.leaseUntil, context)) unless renewed"))
            }
        }
        if row.failuresInRow > 0 { lines.append(fact("failures", "\(row.failuresInRow) in a row", .warning)) }
        if !details.fault.isEmpty { lines.append(fact("fault", details.fault, .error)) }
        let tasks = id.index < state.index.tasksOnNode.count ? state.index.tasksOnNode[id.index].sorted() : []
        lines += [DetailLine(), title("Tasks here: \(tasks.count)")]
        return lines + limited(tasks.prefix(listLimit).map { taskLine($0, context) }, of: tasks.count)
    }

    static func taskLine(_ id: TaskID, _ context: FrameContext) -> DetailLine {
        guard let row = context.state.row(of: id) else { return DetailLine() }
        let why = row.state.isPlaced ? "" : "  \(TasksTable.why(row, context.state))"
        return DetailLine(
            [
                Span("  \(DisplayText.fitted(context.state.label(of: id), to: 20)) ", .link),
                Span(DisplayText.fitted(row.state.word, to: 9), row.state.style),
                Span(
                    "cpu \(Show.count(row.need.cpus))  mem \(Show.bytes(row.need.mem))  "
                        + Show.runTime(TasksTable.time(row, context.now)) + why,
                    .dim),
            ], link: .task(id))
    }

    /// The way to a pool, a node, a role, where there is one.
    static func link(_ pool: PoolID, _ state: ClusterState) -> RowKey? {
        pool.index < state.pools.count ? RowKey(.pool, pool.raw) : nil
    }
    static func link(_ node: NodeID, _ state: ClusterState) -> RowKey? {
        guard state.nodes.contains(node.index), state.nodes[node.index].isPresent else { return nil }
        return RowKey(.node, node.raw, state.nodes[node.index].name.raw)
    }
    static func link(_ role: RoleID, _ state: ClusterState) -> RowKey? {
        role.index < state.roles.count ? RowKey(.role, role.raw) : nil
    }

    static func instance(_ row: InstanceRow, _ context: FrameContext) -> [DetailLine] {
        [
            fact("state", row.state.word, .nodeBooting), fact("since", since(row.stateSince, context)),
            fact("pool", context.state.name(of: row.pool), .pool, link: link(row.pool, context.state)),
            fact("type", context.state.text(row.type)),
            fact("price", rate(row.pricePerHour, context), .cost),
            fact("wished", "\(since(row.wishedAt, context)) (\(row.reason))"),
            fact("must be up", Show.date(row.deadline, offset: context.offset)),
        ]
    }

    static func offer(_ row: OfferRow, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        var lines = [
            fact("outcome", row.outcome.word, row.outcome.style),
            fact("framework", state.name(of: row.framework), link: RowKey(.framework, row.framework.raw)),
            fact("role", state.path(of: row.role), .role, link: link(row.role, state)),
            fact("node", state.name(of: row.node), link: link(row.node, state)),
            fact("lent", resources(row.resources, state)),
            fact("of that used", "\(resources(row.accepted, state)) by \(Show.plural(Int(row.tasks), "task"))"),
            fact("made", since(row.madeAt, context)),
        ]
        if row.outcome == .open {
            lines.append(
                fact(
                    "expires", row.expiresAt == .distantFuture ? "never" : "in \(Show.age(row.expiresAt - context.now))"
                ))
        } else {
            lines.append(fact("lived", OffersTable.lifetime(row, context.now)))
        }
        if row.refusedUntil > context.now {
            lines.append(fact("refused until", Show.date(row.refusedUntil, offset: context.offset)))
        }
        return lines
    }

    static func task(_ id: TaskID, _ context: FrameContext) -> [DetailLine] {
        let state = context.state
        guard let row = state.row(of: id) else { return [] }
        let job = TasksTable.job(row, state)
        let spec = state.specs[id.job.index]
        let why = TasksTable.why(row, state)
        var lines = [
            fact("state", row.state.word + (why.isEmpty ? "" : " (\(why))"), row.state.style),
            fact("since", since(row.stateSince, context)),
            fact("node", row.node.isNone ? "-" : state.name(of: row.node), link: link(row.node, state)),
            fact("command", spec.argv.joined(separator: " ")),
            fact("needs", resources(row.need, state)),
            fact("role", state.path(of: job.role), .role, link: link(job.role, state)),
            fact("user", state.text(job.user)),
            fact(
                "job",
                "\(state.label(of: id.job)): \(job.count) tasks, \(job.queued) waiting, \(job.placed) placed, "
                    + "\(job.finished) finished, \(job.failed) failed",
                link: RowKey(.job, id.job.raw)),
            fact("priority", "\(job.priority)"), fact("submitted", since(job.submittedAt, context)),
            fact("attempt", "\(row.attempt), \(row.failures) failed before"),
        ]
        if !spec.requirement.isEmpty { lines.append(fact("where", spec.requirement)) }
        lines += spec.surroundings.map { fact($0.name, $0.value) }
        if !job.expectedStart.isNever {
            lines.append(fact("expected", Show.date(job.expectedStart, offset: context.offset)))
        }
        if !row.startedAt.isNever { lines.append(fact("ran", Show.runTime(TasksTable.time(row, context.now)))) }
        if row.state.isPlaced {
            lines.append(fact("pid", "\(row.pid)"))
            lines.append(fact("measured", "cpu \(Show.count(row.cpuUsed)), mem \(Show.bytes(row.memUsed))"))
            lines.append(fact("cost", rate(row.costPerHour, context), .cost))
        }
        if row.state.isTerminal {
            lines.append(
                fact("ended", "\(since(row.endedAt, context)); exit code \(row.exitCode), signal \(row.signal)"))
            lines.append(fact("cpu time", "\(Show.runTime(row.cpuTime)), peak mem \(Show.bytes(row.memUsed))"))
        }
        if let message = state.taskMessages[id] { lines.append(fact("message", message, .warning)) }
        return lines
    }
}
