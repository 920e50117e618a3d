import ClusterModel

/// The tasks pane: what runs, what waits and why, what ended lately and how.
enum TasksTable: PaneTable {
    static let columns = [
        ColumnSpec(name: "task", title: "TASK", width: 12, grows: true, yields: 0, largestFirst: true),
        ColumnSpec(name: "role", title: "ROLE", width: 7, grows: true, yields: 5),
        ColumnSpec(name: "state", title: "STATE", width: 8, yields: 1),
        ColumnSpec(name: "node", title: "NODE", width: 8, grows: true, yields: 3),
        ColumnSpec(name: "cpu", title: "CPU", width: 4, align: .trailing, yields: 6, largestFirst: true),
        ColumnSpec(name: "mem", title: "MEM", width: 5, align: .trailing, yields: 7, largestFirst: true),
        ColumnSpec(name: "run", title: "RUN", width: 7, align: .trailing, yields: 2, largestFirst: true),
        ColumnSpec(name: "why", title: "WHY", width: 9, grows: true, yields: 4),
        ColumnSpec(name: "user", title: "USER", width: 8, yields: 20, zoomOnly: true),
        ColumnSpec(
            name: "prio", title: "PRIO", width: 5, align: .trailing, yields: 21, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "use", title: "CPU USE", width: 7, align: .trailing, yields: 22, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "rss", title: "RSS", width: 5, align: .trailing, yields: 23, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "try", title: "TRY", width: 3, align: .trailing, yields: 24, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "pid", title: "PID", width: 7, align: .trailing, yields: 25, zoomOnly: true),
        ColumnSpec(
            name: "price", title: "$/H", width: 6, align: .trailing, yields: 26, zoomOnly: true, largestFirst: true),
    ]
    /// By state: running, waiting, ended.
    static let firstSort = 2

    static func change(_ state: ClusterState) -> UInt64 { state.tasks.change }

    static func entries(_ context: FrameContext, by column: Int) -> [IndexEntry] {
        var result: [IndexEntry] = []
        for chunk in context.state.tasks.chunks {
            for row in chunk.rows where row.state != .forgotten {
                result.append(IndexEntry(sort: sort(row, by: column, context), key: .task(row.id)))
            }
        }
        return result
    }

    private static func sort(_ row: TaskRow, by column: Int, _ context: FrameContext) -> Int64 {
        let state = context.state
        switch columns[column].name {
        case "task": return Int64(bitPattern: row.id.packed)
        case "role":
            let role = job(row, state).role.index
            return role < state.roles.count ? context.ranks[state.roles[role].path] : -1
        case "state":
            // Within a state: what began or waits longest comes first, what ended last comes first.
            let time = row.state.isTerminal ? 0 &- row.endedAt.microseconds : row.stateSince.microseconds
            return row.state.rank << 58 &+ time / 100
        case "node": return state.nodes.contains(row.node.index) ? context.ranks[state.nodes[row.node.index].name] : -1
        case "cpu": return row.need.cpus
        case "mem": return row.need.mem
        case "run": return time(row, context.now).microseconds
        case "user": return context.ranks[job(row, state).user]
        case "prio": return Int64(job(row, state).priority)
        case "use": return row.cpuUsed
        case "rss": return row.memUsed
        case "try": return Int64(row.attempt)
        case "pid": return Int64(row.pid)
        case "price": return row.costPerHour
        default: return Int64(row.reason.code.rawValue) << 32 &+ row.reason.number
        }
    }

    static func job(_ row: TaskRow, _ state: ClusterState) -> JobRow {
        state.contains(row.id.job) ? state.jobs[row.id.job.index] : JobRow()
    }

    /// How long it ran or has run; while it waits, how long it has waited.
    static func time(_ row: TaskRow, _ now: Instant) -> Interval {
        if row.state.isTerminal { return row.runTime }
        return now - (row.startedAt.isNever || !row.state.isPlaced ? row.stateSince : row.startedAt)
    }

    static func cell(_ column: Int, _ key: RowKey, _ context: FrameContext) -> TableCell {
        let state = context.state
        guard let row = state.row(of: key.task) else { return .text("", .dim) }
        switch columns[column].name {
        case "task": return .text(state.label(of: row.id), row.state.isTerminal ? .dim : .text)
        case "role": return .text(state.path(of: job(row, state).role), .role)
        case "state": return .text(row.state.word, row.state.style)
        case "node":
            let isThere = row.state.isPlaced || row.state.isTerminal
            return .text(isThere && !row.node.isNone ? state.name(of: row.node) : "-", .text)
        case "cpu": return .text(Show.count(row.need.cpus), .text)
        case "mem": return .text(Show.bytes(row.need.mem), .text)
        case "run": return .text(Show.runTime(time(row, context.now)), row.state == .running ? .text : .dim)
        case "user": return .text(state.text(job(row, state).user), .text)
        case "prio": return .text("\(job(row, state).priority)", .text)
        case "use": return .text(row.state.isPlaced ? Show.count(row.cpuUsed) : "-", .text)
        case "rss": return .text(row.memUsed == 0 ? "-" : Show.bytes(row.memUsed), .text)
        case "try": return .text("\(row.attempt)", .text)
        case "pid": return .text(row.pid == 0 ? "-" : "\(row.pid)", .dim)
        case "price": return .text(Show.money(row.costPerHour), .cost)
        default: return .text(why(row, state), row.state == .failed ? .error : .dim)
        }
    }

    /// Why it waits, is ended or ended so.
    static func why(_ row: TaskRow, _ state: ClusterState) -> String {
        if row.state == .queued, row.reason == .none { return job(row, state).reason.description }
        return row.reason.description
    }
}
