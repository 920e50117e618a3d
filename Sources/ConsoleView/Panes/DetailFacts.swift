import ClusterModel

/// The facts that the state holds of a thing, a line each.
enum DetailFacts {
    /// Most tasks or nodes listed under a thing.
    static let listLimit = 100

    static func fact(_ name: String, _ value: String, _ style: Style = .text) -> [Span] {
        [Span(DisplayText.fitted(name, to: 14), .label), Span(" \(value)", style)]
    }

    static func lines(_ key: RowKey, _ context: FrameContext) -> [[Span]] {
        switch key.kind {
        case .node: node(key.node, context)
        case .instance: instance(context.state.instances[key.instance.index], context)
        case .offer: offer(context.state.offers[key.offer.index], context)
        case .task: task(key.task, context)
        case .pool: pool(key.pool, context)
        case .role: role(context.state.roles[key.role.index], context)
        }
    }

    static func resources(_ vector: ResourceVector, _ state: ClusterState) -> String {
        ResourceText.format(vector, Extras(), scalars: state.configuration.scalars)
    }

    private static func since(_ instant: Instant, _ context: FrameContext) -> String {
        instant.isNever ? "-" : "\(Show.date(instant, offset: context.offset)), \(Show.age(context.now - instant)) ago"
    }

    private static func rate(_ micros: Int64, _ context: FrameContext) -> String {
        "\(context.state.configuration.currency)\(Show.money(micros))/h"
    }

    private static func node(_ id: NodeID, _ context: FrameContext) -> [[Span]] {
        let state = context.state
        let row = state.nodes[id.index]
        let details = state.nodeDetails[id.index]
        var lines = [
            fact("state", row.state.word + (row.reason == .none ? "" : " (\(row.reason))"), row.state.style),
            fact("since", since(row.stateSince, context)),
            fact("pool", state.name(of: row.pool), .pool),
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
        if row.failuresInRow > 0 { lines.append(fact("failures", "\(row.failuresInRow) in a row", .warning)) }
        if !details.fault.isEmpty { lines.append(fact("fault", details.fault, .error)) }
        let tasks = id.index < state.index.tasksOnNode.count ? state.index.tasksOnNode[id.index].sorted() : []
        lines += [[], [Span("Tasks here: \(tasks.count)", .title)]]
        for task in tasks.prefix(listLimit) { lines.append(taskLine(task, context)) }
        if tasks.count > listLimit { lines.append([Span("  and \(tasks.count - listLimit) more", .dim)]) }
        return lines
    }

    private static func taskLine(_ id: TaskID, _ context: FrameContext) -> [Span] {
        guard let row = context.state.row(of: id) else { return [] }
        return [
            Span("  \(DisplayText.fitted(context.state.label(of: id), to: 20)) ", .text),
            Span(DisplayText.fitted(row.state.word, to: 9), row.state.style),
            Span(
                "cpu \(Show.count(row.need.cpus))  mem \(Show.bytes(row.need.mem))  "
                    + Show.runTime(TasksTable.time(row, context.now)),
                .dim),
        ]
    }

    private static func instance(_ row: InstanceRow, _ context: FrameContext) -> [[Span]] {
        [
            fact("state", row.state.word, .nodeBooting), fact("since", since(row.stateSince, context)),
            fact("pool", context.state.name(of: row.pool), .pool), fact("type", context.state.text(row.type)),
            fact("price", rate(row.pricePerHour, context), .cost),
            fact("wished", "\(since(row.wishedAt, context)) (\(row.reason))"),
            fact("must be up", Show.date(row.deadline, offset: context.offset)),
        ]
    }

    private static func offer(_ row: OfferRow, _ context: FrameContext) -> [[Span]] {
        let state = context.state
        var lines = [
            fact("outcome", row.outcome.word, row.outcome.style), fact("framework", state.name(of: row.framework)),
            fact("role", state.path(of: row.role), .role), fact("node", state.name(of: row.node)),
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

    private static func task(_ id: TaskID, _ context: FrameContext) -> [[Span]] {
        let state = context.state
        guard let row = state.row(of: id) else { return [] }
        let job = TasksTable.job(row, state)
        let spec = state.specs[id.job.index]
        let why = TasksTable.why(row, state)
        var lines = [
            fact("state", row.state.word + (why.isEmpty ? "" : " (\(why))"), row.state.style),
            fact("since", since(row.stateSince, context)),
            fact("node", row.node.isNone ? "-" : state.name(of: row.node)),
            fact("command", spec.argv.joined(separator: " ")),
            fact("needs", resources(row.need, state)),
            fact("role", state.path(of: job.role), .role), fact("user", state.text(job.user)),
            fact(
                "job",
                "\(state.label(of: id.job)): \(job.count) tasks, \(job.queued) waiting, \(job.placed) placed, "
                    + "\(job.finished) finished, \(job.failed) failed"
            ),
            fact("priority", "\(job.priority)"), fact("submitted", since(job.submittedAt, context)),
            fact("attempt", "\(row.attempt), \(row.failures) failed before"),
        ]
        if !spec.requirement.isEmpty { lines.append(fact("where", spec.requirement)) }
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

    private static func pool(_ id: PoolID, _ context: FrameContext) -> [[Span]] {
        let state = context.state
        let row = state.pools[id.index]
        let currency = state.configuration.currency
        var lines = [
            fact("machines", "\(row.instances), wanted \(row.wanted)"),
            fact(
                "burn",
                "\(rate(row.meter.ratePerHour, context)), "
                    + "of which idle \(rate(context.summary.idleRate(of: id, state), context))",
                .cost),
            fact("today", "\(currency)\(Show.money(row.meter.today(at: context.now).micros))", .cost),
            fact("in all", "\(currency)\(Show.money(row.meter.total(at: context.now).micros))", .cost),
        ]
        if !row.fault.isNone { lines.append(fact("provider says", state.text(row.fault), .error)) }
        if row.backOffUntil > context.now {
            lines.append(fact("asks again", "in \(Show.age(row.backOffUntil - context.now))", .warning))
        }
        guard let spec = state.spec(of: id) else {
            return lines + [fact("configured", "no longer in the cluster file", .warning)]
        }
        lines.append(fact("limits", "\(spec.minimum) to \(spec.maximum) machines, provider \(spec.provider)"))
        lines += [[], [Span("Machine types", .title)]]
        for type in spec.types {
            lines.append([
                Span("  \(DisplayText.fitted(type.name, to: 14)) ", .text),
                Span("\(rate(type.pricePerHour, context))  ", .cost),
                Span(resources(type.resources, state), .dim),
            ])
        }
        return lines
    }

    private static func role(_ row: RoleRow, _ context: FrameContext) -> [[Span]] {
        let state = context.state
        let currency = state.configuration.currency
        return [
            fact("weight", Show.scalar(row.weight)), fact("allocated", resources(row.allocated, state)),
            fact("tasks", "\(row.placed) placed, \(row.queued) waiting"), fact("allocations", "\(row.allocations)"),
            fact("burn", rate(row.meter.ratePerHour, context), .cost),
            fact("today", "\(currency)\(Show.money(row.meter.today(at: context.now).micros))", .cost),
            fact("in all", "\(currency)\(Show.money(row.meter.total(at: context.now).micros))", .cost),
        ]
    }
}
