import ClusterModel

/// The offers pane: open offers, newest first, and below them those that closed lately with how and how long they
/// lived. Nothing is delayed so that it can be seen.
enum OffersTable: PaneTable {
    static let columns = [
        ColumnSpec(name: "offer", title: "OFFER", width: 7, yields: 0, largestFirst: true),
        ColumnSpec(name: "framework", title: "FRAMEWORK", width: 9, yields: 5),
        ColumnSpec(name: "role", title: "ROLE", width: 7, grows: true, yields: 4),
        ColumnSpec(name: "node", title: "NODE", width: 8, grows: true, yields: 1),
        ColumnSpec(name: "cpu", title: "CPU", width: 4, align: .trailing, yields: 2, largestFirst: true),
        ColumnSpec(name: "mem", title: "MEM", width: 5, align: .trailing, yields: 6, largestFirst: true),
        ColumnSpec(
            name: "gpu", title: "GPU", width: 4, align: .trailing, yields: 20, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "disk", title: "DISK", width: 5, align: .trailing, yields: 21, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "age", title: "AGE", width: 5, align: .trailing, yields: 3, largestFirst: true),
        ColumnSpec(name: "left", title: "LEFT", width: 4, align: .trailing, yields: 19, zoomOnly: true),
        ColumnSpec(name: "state", title: "OUTCOME", width: 9, yields: 1),
        ColumnSpec(
            name: "tasks", title: "TASKS", width: 5, align: .trailing, yields: 22, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "until", title: "REFUSED FOR", width: 11, align: .trailing, yields: 23, zoomOnly: true),
    ]
    static let firstSort = 0

    static func change(_ state: ClusterState) -> UInt64 { state.offers.change }

    static func entries(_ context: FrameContext, by column: Int) -> [IndexEntry] {
        let state = context.state
        var result: [IndexEntry] = []
        for id in state.openOffers where state.offers.contains(id.index) {
            result.append(
                IndexEntry(group: 0, sort: sort(state.offers[id.index], column, context), key: RowKey(.offer, id.raw)))
        }
        for id in state.closedOffers.suffix(ClusterState.closedOfferLimit) where state.offers.contains(id.index) {
            result.append(
                IndexEntry(group: 1, sort: sort(state.offers[id.index], column, context), key: RowKey(.offer, id.raw)))
        }
        return result
    }

    private static func sort(_ row: OfferRow, _ column: Int, _ context: FrameContext) -> Int64 {
        switch columns[column].name {
        case "offer": Int64(row.id.raw)
        case "framework": Int64(row.framework.raw)
        case "role":
            row.role.index < context.state.roles.count ? context.ranks[context.state.roles[row.role.index].path] : -1
        case "node":
            context.state.nodes.contains(row.node.index) ? context.ranks[context.state.nodes[row.node.index].name] : -1
        case "cpu": row.resources.cpus
        case "mem": row.resources.mem
        case "gpu": row.resources.gpus
        case "disk": row.resources.disk
        case "age": row.outcome == .open ? 0 &- row.madeAt.microseconds : (row.closedAt - row.madeAt).microseconds
        case "left": row.expiresAt.microseconds
        case "state": Int64(row.outcome.rawValue)
        case "tasks": Int64(row.tasks)
        default: row.refusedUntil.microseconds
        }
    }

    static func cell(_ column: Int, _ key: RowKey, _ context: FrameContext) -> TableCell {
        let row = context.state.offers[key.offer.index]
        let isOpen = row.outcome == .open
        let quiet: Style = isOpen ? .text : .dim
        switch columns[column].name {
        case "offer": return .text("O-\(row.id.raw)", isOpen ? .offer : .dim)
        case "framework": return .text(context.state.name(of: row.framework), quiet)
        case "role": return .text(context.state.path(of: row.role), isOpen ? .role : .dim)
        case "node": return .text(context.state.name(of: row.node), quiet)
        case "cpu": return .text(Show.count(row.resources.cpus), quiet)
        case "mem": return .text(Show.bytes(row.resources.mem), quiet)
        case "gpu": return .text(row.resources.gpus == 0 ? "-" : Show.scalar(row.resources.gpus), quiet)
        case "disk": return .text(Show.bytes(row.resources.disk), quiet)
        case "age": return .text(lifetime(row, context.now), .dim)
        case "left":
            guard isOpen else { return .text("", .dim) }
            return .text(row.expiresAt == .distantFuture ? "-" : Show.age(row.expiresAt - context.now), .text)
        case "state":
            // An open offer says how long it stays open.
            let isLimited = isOpen && row.expiresAt != .distantFuture
            return .text(
                isLimited ? "\(Show.age(row.expiresAt - context.now)) left" : row.outcome.word, row.outcome.style)
        case "tasks": return .text("\(row.tasks)", quiet)
        default:
            guard row.refusedUntil > context.now, row.refusedUntil != .distantFuture else {
                return .text(row.refusedUntil == .distantFuture ? "for ever" : "", .dim)
            }
            return .text(Show.age(row.refusedUntil - context.now), .dim)
        }
    }

    /// How long an open offer has been open, or how long a closed one lived; short lives in milliseconds.
    static func lifetime(_ row: OfferRow, _ now: Instant) -> String {
        guard row.outcome != .open else { return Show.age(now - row.madeAt) }
        let span = row.closedAt - row.madeAt
        return span < .seconds(1) ? "\(max(0, span.milliseconds))ms" : Show.age(span)
    }
}
