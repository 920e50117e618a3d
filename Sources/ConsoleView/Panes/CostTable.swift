import ClusterModel

/// The cost pane: what each pool costs, how much of it idles, and to whom the rest goes.
enum CostTable: PaneTable {
    static let columns = [
        ColumnSpec(name: "name", title: "POOL/ROLE", width: 11, grows: true, yields: 0),
        ColumnSpec(name: "kind", title: "KIND", width: 4, yields: 6),
        ColumnSpec(name: "count", title: "N", width: 6, align: .trailing, yields: 4, largestFirst: true),
        ColumnSpec(name: "rate", title: "$/H", width: 7, align: .trailing, yields: 1, largestFirst: true),
        ColumnSpec(name: "idle", title: "IDLE$", width: 6, align: .trailing, yields: 3, largestFirst: true),
        ColumnSpec(name: "today", title: "TODAY", width: 8, align: .trailing, yields: 2, largestFirst: true),
        ColumnSpec(name: "total", title: "TOTAL", width: 9, align: .trailing, yields: 5, largestFirst: true),
        ColumnSpec(
            name: "queued", title: "QUEUED", width: 7, align: .trailing, yields: 20,
            zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "weight", title: "WEIGHT", width: 7, align: .trailing, yields: 21,
            zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "cpu", title: "CPU", width: 7, align: .trailing, yields: 22, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "mem", title: "MEM", width: 6, align: .trailing, yields: 23, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "limit", title: "LIMIT", width: 8, align: .trailing, yields: 24, zoomOnly: true),
        ColumnSpec(name: "fault", title: "PROVIDER SAYS", width: 20, grows: true, yields: 25, zoomOnly: true),
    ]
    static let firstSort = 0

    static func change(_ state: ClusterState) -> UInt64 { state.sequence }

    static func entries(_ context: FrameContext, by column: Int) -> [IndexEntry] {
        let state = context.state
        let pools = state.pools.indices.map {
            IndexEntry(group: 0, sort: sort(state.pools[$0], by: column, context), key: RowKey(.pool, UInt32($0)))
        }
        let roles = state.roles.indices.map {
            IndexEntry(group: 1, sort: sort(state.roles[$0], by: column, context), key: RowKey(.role, UInt32($0)))
        }
        return pools + roles
    }

    private static func sort(_ row: PoolRow, by column: Int, _ context: FrameContext) -> Int64 {
        switch columns[column].name {
        case "name": context.ranks[row.name]
        case "count": Int64(row.instances)
        case "rate": row.meter.ratePerHour
        case "today": row.meter.today(at: context.now).micros
        case "total": row.meter.total(at: context.now).micros
        default: 0
        }
    }

    private static func sort(_ row: RoleRow, by column: Int, _ context: FrameContext) -> Int64 {
        switch columns[column].name {
        case "name": context.ranks[row.path]
        case "count": Int64(row.placed)
        case "rate": row.meter.ratePerHour
        case "today": row.meter.today(at: context.now).micros
        case "total": row.meter.total(at: context.now).micros
        case "queued": Int64(row.queued)
        case "weight": row.weight
        case "cpu": row.allocated.cpus
        case "mem": row.allocated.mem
        default: 0
        }
    }

    static func cell(_ column: Int, _ key: RowKey, _ context: FrameContext) -> TableCell {
        key.kind == .pool
            ? cell(column, key.pool, context.state.pools[key.pool.index], context)
            : cell(column, context.state.roles[key.role.index], context)
    }

    private static func cell(_ column: Int, _ id: PoolID, _ row: PoolRow, _ context: FrameContext) -> TableCell {
        switch columns[column].name {
        case "name": return .text(context.state.text(row.name), row.configured ? .pool : .dim)
        case "kind": return .text("pool", .dim)
        case "count": return .text("\(row.instances)", .text)
        case "rate": return .text(Show.money(row.meter.ratePerHour), .cost)
        case "idle":
            let idle = context.summary.idleRate(of: id, context.state)
            return .text(Show.money(idle), idle > 0 ? .costIdle : .dim)
        case "today": return .text(Show.money(row.meter.today(at: context.now).micros), .cost)
        case "total": return .text(Show.money(row.meter.total(at: context.now).micros), .cost)
        case "limit": return .text(context.state.spec(of: id).map { "\($0.minimum)..\($0.maximum)" } ?? "-", .dim)
        case "fault": return .text(context.state.text(row.fault), .error)
        default: return .text("", .dim)
        }
    }

    private static func cell(_ column: Int, _ row: RoleRow, _ context: FrameContext) -> TableCell {
        switch columns[column].name {
        case "name":
            let path = context.state.text(row.path)
            return .text(path.isEmpty ? "(none)" : path, .role)
        case "kind": return .text("role", .dim)
        case "count": return .text("\(row.placed)", .text)
        case "rate": return .text(Show.money(row.meter.ratePerHour), .cost)
        case "today": return .text(Show.money(row.meter.today(at: context.now).micros), .cost)
        case "total": return .text(Show.money(row.meter.total(at: context.now).micros), .cost)
        case "queued": return .text("\(row.queued)", .text)
        case "weight": return .text(Show.scalar(row.weight), .text)
        case "cpu": return .text(Show.count(row.allocated.cpus), .text)
        case "mem": return .text(Show.bytes(row.allocated.mem), .text)
        default: return .text("", .dim)
        }
    }
}
