import ClusterModel
import ConsoleView

/// Offers: the open ones, then those that were closed lately, newest first.
enum OfferList {
    static func make(_ context: ListContext, closed: Bool) -> List<OfferRow> {
        let state = context.state
        var rows = state.openOffers.map { state.offers[$0.index] }
        if closed { rows += state.closedOffers.reversed().map { state.offers[$0.index] } }
        return List(plural: closed ? "offers" : "open offers", columns: columns(context), rows: rows)
    }

    private static func columns(_ context: ListContext) -> [ListColumn<OfferRow>] {
        let state = context.state
        return [
            ListColumn("offer", field: "offer", title: "OFFER") { .text("O-\($0.id.raw)") },
            ListColumn("framework", field: "framework", title: "FRAMEWORK", shed: 3) {
                .word(state.name(of: $0.framework))
            },
            ListColumn("role", field: "role", title: "ROLE", shed: 2) { .word(state.path(of: $0.role)) },
            ListColumn("node", field: "node", title: "NODE") { .word(state.name(of: $0.node)) },
            ListColumn("cpus", field: "cpus", title: "CPUS", side: .right) { .thousandths($0.resources.cpus) },
            ListColumn("memBytes", field: "mem", title: "MEM", side: .right) { .bytes($0.resources.mem) },
            ListColumn("diskBytes", field: "disk") { .bytes($0.resources.disk) },
            ListColumn(
                "gpus", field: "gpus", title: "GPUS", side: .right, shed: 5,
                shown: { $0.resources.gpus == 0 ? "" : Quantity.format(thousandths: $0.resources.gpus) }
            ) { .thousandths($0.resources.gpus) },
            ListColumn("scalars") { .pairs(context.scalars($0.resources)) },
            ListColumn("extras") { ListContext.extras(state.offerExtras[$0.id] ?? Extras()) },
            ListColumn("outcome", field: "state", title: "OUTCOME", shed: 1) { .text($0.outcome.word) },
            ListColumn("tasks", field: "tasks", title: "TASKS", side: .right, shed: 6) { .count(Int64($0.tasks)) },
            ListColumn("madeAt") { .moment($0.madeAt) },
            ListColumn("closedAt") { .moment($0.closedAt) },
            ListColumn("lifetimeSeconds", field: "age", title: "LIFE", side: .right, shed: 4) { row in
                row.outcome == .open ? context.age(row.madeAt) : .interval(row.closedAt - row.madeAt)
            },
            ListColumn("expiresInSeconds", field: "left", title: "LEFT", side: .right, shed: 4) { row in
                row.outcome == .open && row.expiresAt != .distantFuture
                    ? .interval(max(.zero, row.expiresAt - context.now)) : .none
            },
            ListColumn("refusedUntil") { .moment($0.refusedUntil) },
        ]
    }
}
