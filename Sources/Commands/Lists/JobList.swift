import ClusterModel

/// Jobs by number.
enum JobList {
    struct Row {
        var id: JobID
        var row: JobRow
        var spec: JobSpec
    }

    /// Jobs in the state; ended ones only when asked for or named.
    static func make(_ context: ListContext, jobs: [JobID]?, ended: Bool) -> List<Row> {
        let state = context.state
        let rows = (jobs ?? state.liveJobs).filter(state.contains)
            .map { Row(id: $0, row: state.jobs[$0.index], spec: state.specs[$0.index]) }
            .filter { ended || !$0.row.isTerminal }
        return List(plural: ended ? "jobs" : "jobs that have not ended", columns: columns(context), rows: rows)
    }

    /// Where a job stands in one word.
    static func word(_ row: JobRow) -> String {
        if row.isTerminal {
            if row.succeeded { return "finished" }
            return row.failed > 0 ? "failed" : row.lost > 0 ? "lost" : row.killed > 0 ? "killed" : "ended"
        }
        if row.placed > 0 { return "running" }
        return row.gate == .open ? "queued" : "\(row.gate)"
    }

    private static func columns(_ context: ListContext) -> [ListColumn<Row>] {
        let state = context.state
        return [
            ListColumn("job", field: "job", title: "JOB") { .count(Int64($0.id.raw)) },
            ListColumn("name", field: "name", title: "NAME", shed: 3) { .word($0.spec.name) },
            ListColumn("label") { .text(state.label(of: $0.id)) },
            ListColumn("role", field: "role", title: "ROLE", shed: 5) { .word(state.path(of: $0.row.role)) },
            ListColumn("user", field: "user", title: "USER", shed: 6) { .word(state.text($0.row.user)) },
            ListColumn("state", field: "state", title: "STATE") { .text(word($0.row)) },
            ListColumn("priority", field: "priority", title: "PRIO", side: .right, shed: 7) {
                .count(Int64($0.row.priority))
            },
            ListColumn("tasks", field: "tasks", title: "TASKS", side: .right, shed: 1) { .count(Int64($0.row.count)) },
            ListColumn("nodes", field: "nodes") { .count(Int64($0.row.gang)) },
            ListColumn("queued", field: "queued", title: "WAIT", side: .right, shed: 4) {
                .count(Int64($0.row.queued))
            },
            ListColumn("running", field: "running", title: "RUN", side: .right, shed: 2) {
                .count(Int64($0.row.placed))
            },
            ListColumn("finished", field: "finished", title: "DONE", side: .right, shed: 2) {
                .count(Int64($0.row.finished))
            },
            ListColumn("failed", field: "failed", title: "FAIL", side: .right, shed: 2) {
                .count(Int64($0.row.failed))
            },
            ListColumn("killed") { .count(Int64($0.row.killed)) },
            ListColumn("lost") { .count(Int64($0.row.lost)) },
            ListColumn("cpus", field: "cpus", title: "CPUS", side: .right, shed: 8) { .thousandths($0.row.need.cpus) },
            ListColumn("memBytes", field: "mem", title: "MEM", side: .right, shed: 8) { .bytes($0.row.need.mem) },
            ListColumn("gpus", field: "gpus") { .thousandths($0.row.need.gpus) },
            ListColumn("ageSeconds", field: "age", title: "AGE", side: .right, shed: 6) {
                context.age($0.row.submittedAt)
            },
            ListColumn("submittedAt") { .moment($0.row.submittedAt) },
            ListColumn("endedAt") { .moment($0.row.endedAt) },
            ListColumn("expectedStart") { .moment($0.row.expectedStart) },
            ListColumn("reason", field: "why", title: "WHY", shed: 1) {
                $0.row.isTerminal ? .none : .word("\($0.row.reason)")
            },
            ListColumn("command", title: "COMMAND", shed: 9) { .word($0.spec.argv.joined(separator: " ")) },
            ListColumn("argv") { .words($0.spec.argv) },
            ListColumn("where") { .word($0.spec.requirement) },
            ListColumn("after") { .words($0.spec.after.map { "\($0.raw)" }) },
        ]
    }
}
