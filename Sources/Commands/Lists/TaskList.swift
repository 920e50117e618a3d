import ClusterModel
import ConsoleView

/// Tasks by job and index.
enum TaskList {
    /// Tasks of the jobs that are in the state; `jobs` nil = all. Ended ones only when asked for or named.
    static func make(_ context: ListContext, jobs: [JobID]?, ended: Bool) -> List<TaskRow> {
        let state = context.state
        var rows: [TaskRow] = []
        for job in jobs ?? state.liveJobs where state.contains(job) {
            let first = Int(state.jobs[job.index].firstTask)
            for slot in first..<first + Int(state.jobs[job.index].count) where state.tasks.contains(slot) {
                let row = state.tasks[slot]
                if row.state != .forgotten, ended || !row.state.isTerminal { rows.append(row) }
            }
        }
        return List(plural: ended ? "tasks" : "tasks that have not ended", columns: columns(context), rows: rows)
    }

    /// How a task ended, or why it waits, in a few words.
    static func why(_ row: TaskRow, _ state: ClusterState) -> String {
        switch row.state {
        case .finished, .running: ""
        default: "\(row.reason)"
        }
    }

    /// How long it runs or ran.
    static func runTime(_ row: TaskRow, now: Instant) -> ListValue {
        if row.state.isTerminal { return row.startedAt.isNever ? .none : .interval(row.runTime) }
        return row.startedAt.isNever || !row.state.isPlaced ? .none : .interval(max(.zero, now - row.startedAt))
    }

    private static func columns(_ context: ListContext) -> [ListColumn<TaskRow>] {
        let state = context.state
        return [
            ListColumn("task", field: "id", title: "ID") { .text("\($0.id)") },
            ListColumn("job", field: "job") { .count(Int64($0.id.job.raw)) },
            ListColumn("index", field: "index") { .count(Int64($0.id.index)) },
            ListColumn("label", field: "task", title: "TASK", shed: 3) { .text(state.label(of: $0.id)) },
            ListColumn("name", field: "name") { row in
                .word(state.contains(row.id.job) ? state.specs[row.id.job.index].name : "")
            },
            ListColumn("priority", field: "priority") { row in
                .count(state.contains(row.id.job) ? Int64(state.jobs[row.id.job.index].priority) : 0)
            },
            ListColumn("role", field: "role", title: "ROLE", shed: 5) { row in
                .word(state.contains(row.id.job) ? state.path(of: state.jobs[row.id.job.index].role) : "")
            },
            ListColumn("user", field: "user", title: "USER", shed: 8) { row in
                .word(state.contains(row.id.job) ? state.text(state.jobs[row.id.job.index].user) : "")
            },
            ListColumn("state", field: "state", title: "STATE") { .text($0.state.word) },
            ListColumn("node", field: "node", title: "NODE", shed: 1) { .word(state.name(of: $0.node)) },
            ListColumn("cpus", field: "cpus", title: "CPUS", side: .right, shed: 4) { .thousandths($0.need.cpus) },
            ListColumn("memBytes", field: "mem", title: "MEM", side: .right, shed: 4) { .bytes($0.need.mem) },
            ListColumn("diskBytes") { .bytes($0.need.disk) },
            ListColumn(
                "gpus", field: "gpus", title: "GPUS", side: .right, shed: 6,
                shown: { $0.need.gpus == 0 ? "" : Quantity.format(thousandths: $0.need.gpus) }
            ) { .thousandths($0.need.gpus) },
            ListColumn("scalars") { .pairs(context.scalars($0.need)) },
            ListColumn("extras") { ListContext.extras(state.taskExtras[$0.id] ?? Extras()) },
            ListColumn("attempt", field: "try", title: "TRY", side: .right, shed: 9) { .count(Int64($0.attempt)) },
            ListColumn("failures", field: "failures") { .count(Int64($0.failures)) },
            ListColumn("runSeconds", field: "run", title: "RUN", side: .right, shed: 2) {
                runTime($0, now: context.now)
            },
            ListColumn("waitSeconds", field: "wait") { row in
                row.state == .queued || row.state == .held ? context.age(row.stateSince) : .none
            },
            ListColumn("exitCode", field: "exit", title: "EXIT", side: .right, shed: 2) { row in
                row.state == .finished || row.state == .failed && row.signal == 0 && row.reason.code == .exited
                    ? .count(Int64(row.exitCode)) : .none
            },
            ListColumn("signal", field: "signal") { $0.signal == 0 ? .none : .count(Int64($0.signal)) },
            ListColumn("reason", field: "why", title: "WHY", shed: 1) { .word(why($0, state)) },
            ListColumn("message") { .word(state.taskMessages[$0.id] ?? "") },
            ListColumn("pid") { $0.pid == 0 ? .none : .count(Int64($0.pid)) },
            ListColumn("cpuSeconds") { $0.state.isTerminal ? .interval($0.cpuTime) : .none },
            ListColumn("cpusMeasured", field: "use") { $0.state.isPlaced ? .thousandths($0.cpuUsed) : .none },
            ListColumn("memMeasuredBytes", field: "rss") { $0.startedAt.isNever ? .none : .bytes($0.memUsed) },
            ListColumn("costPerHour", field: "price", title: "COST/H", side: .right, shed: 7) { row in
                row.state.isPlaced ? .money(row.costPerHour) : .none
            },
            ListColumn("cost") { $0.attempt > 0 ? .money($0.cost(at: context.now).micros) : .none },
            ListColumn("startedAt") { .moment($0.startedAt) },
            ListColumn("endedAt") { .moment($0.endedAt) },
            ListColumn("deadline") { .moment($0.deadline) },
        ]
    }
}
