import ClusterModel

/// What filters can ask of offers.
extension OffersTable {
    static let fields = [
        "offer", "framework", "role", "node", "cpu", "cpus", "mem", "gpus", "disk", "age", "left", "state", "outcome",
        "tasks",
    ]

    static func field(_ name: String, _ key: RowKey, _ context: FrameContext) -> FieldValue? {
        let row = context.state.offers[key.offer.index]
        switch name {
        case "offer": return .text("O-\(row.id.raw)")
        case "framework": return .text(context.state.name(of: row.framework))
        case "role": return .text(context.state.path(of: row.role))
        case "node": return .text(context.state.name(of: row.node))
        case "cpu", "cpus": return .number(row.resources.cpus)
        case "mem": return .bytes(row.resources.mem)
        case "gpus": return .number(row.resources.gpus)
        case "disk": return .bytes(row.resources.disk)
        case "age": return .duration(((row.outcome == .open ? context.now : row.closedAt) - row.madeAt).microseconds)
        case "left": return .duration(max(0, (row.expiresAt - context.now).microseconds))
        case "state", "outcome": return .text(row.outcome.word)
        case "tasks": return .number(Int64(row.tasks) * 1_000)
        default: return nil
        }
    }

    static func words(_ key: RowKey, _ context: FrameContext) -> [String] {
        let row = context.state.offers[key.offer.index]
        return [
            "O-\(row.id.raw)", context.state.name(of: row.framework), context.state.path(of: row.role),
            context.state.name(of: row.node), row.outcome.word,
        ]
    }
}

/// What filters can ask of tasks.
extension TasksTable {
    static let fields = [
        "task", "name", "job", "role", "state", "node", "cpu", "cpus", "mem", "gpus", "run", "why", "user", "prio",
        "priority", "use", "rss", "try", "exit", "price",
    ]

    static func field(_ name: String, _ key: RowKey, _ context: FrameContext) -> FieldValue? {
        let state = context.state
        guard let row = state.row(of: key.task) else { return nil }
        switch name {
        case "task": return .text(state.label(of: row.id))
        case "name": return .text(state.contains(row.id.job) ? state.specs[row.id.job.index].name : "")
        case "job": return .number(Int64(row.id.job.raw) * 1_000)
        case "role": return .text(state.path(of: job(row, state).role))
        case "state": return .text(row.state.word)
        case "node": return .text(row.node.isNone ? "" : state.name(of: row.node))
        case "cpu", "cpus": return .number(row.need.cpus)
        case "mem": return .bytes(row.need.mem)
        case "gpus": return .number(row.need.gpus)
        case "run": return .duration(time(row, context.now).microseconds)
        case "why": return .text(why(row, state))
        case "user": return .text(state.text(job(row, state).user))
        case "prio", "priority": return .number(Int64(job(row, state).priority) * 1_000)
        case "use": return .number(row.cpuUsed)
        case "rss": return .bytes(row.memUsed)
        case "try": return .number(Int64(row.attempt) * 1_000)
        case "exit": return row.state.isTerminal ? .number(Int64(row.exitCode) * 1_000) : nil
        case "price": return .money(row.costPerHour)
        default: return nil
        }
    }

    static func words(_ key: RowKey, _ context: FrameContext) -> [String] {
        let state = context.state
        guard let row = state.row(of: key.task) else { return [] }
        return [
            state.label(of: row.id), state.path(of: job(row, state).role), row.state.word,
            row.node.isNone ? "" : state.name(of: row.node), why(row, state), state.text(job(row, state).user),
        ]
    }
}

/// What filters can ask of pools and roles.
extension CostTable {
    static let fields = ["name", "pool", "role", "kind", "count", "rate", "idle", "today", "total", "queued", "weight"]

    static func field(_ name: String, _ key: RowKey, _ context: FrameContext) -> FieldValue? {
        let state = context.state
        let isPool = key.kind == .pool
        let meter = isPool ? state.pools[key.pool.index].meter : state.roles[key.role.index].meter
        switch name {
        case "name": return .text(state.label(of: key))
        case "pool": return isPool ? .text(state.label(of: key)) : nil
        case "role": return isPool ? nil : .text(state.label(of: key))
        case "kind": return .text(isPool ? "pool" : "role")
        case "count":
            return .number(
                Int64(isPool ? state.pools[key.pool.index].instances : state.roles[key.role.index].placed) * 1_000)
        case "rate": return .money(meter.ratePerHour)
        case "idle": return isPool ? .money(context.summary.idleRate(of: key.pool, state)) : nil
        case "today": return .money(meter.today(at: context.now).micros)
        case "total": return .money(meter.total(at: context.now).micros)
        case "queued": return isPool ? nil : .number(Int64(state.roles[key.role.index].queued) * 1_000)
        case "weight": return isPool ? nil : .number(state.roles[key.role.index].weight)
        default: return nil
        }
    }

    static func words(_ key: RowKey, _ context: FrameContext) -> [String] {
        [context.state.label(of: key), key.kind == .pool ? "pool" : "role"]
    }
}
